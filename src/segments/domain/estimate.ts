/** A number of people, as it was counted or as a sample tells it. */
export interface Estimate { exact: boolean; count: number; low: number; high: number; sampled: number; total: number }

/** Of a normal distribution, 95 % lies within so many standard deviations. */
const Z = 1.959_963_985;

/**
 * How many of `total` people match when `hits` of `sampled` chosen at random do: the 95 % interval of Wilson, narrower the
 * greater a part of everybody the sample is (finite-population correction). Never less than what was seen itself.
 */
export function estimateFrom(hits: number, sampled: number, total: number): Estimate {
  if (sampled === 0 || sampled >= total) return { exact: true, count: hits, low: hits, high: hits, sampled, total: Math.max(total, sampled) };
  const worth = (sampled * (total - 1)) / (total - sampled);
  const share = hits / sampled;
  const centre = (share + (Z * Z) / (2 * worth)) / (1 + (Z * Z) / worth);
  const reach = (Z / (1 + (Z * Z) / worth)) * Math.sqrt((share * (1 - share)) / worth + (Z * Z) / (4 * worth * worth));
  const low = Math.max(hits, digits(Math.max(0, centre - reach) * total, Math.floor));
  const high = Math.min(total - (sampled - hits), digits(Math.min(1, centre + reach) * total, Math.ceil));
  return { exact: false, count: Math.min(high, Math.max(low, digits(share * total, Math.round))), low, high, sampled, total };
}

/** Three digits say all that a sample can. */
function digits(value: number, round: (value: number) => number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2);
  return round(value / step) * step;
}
