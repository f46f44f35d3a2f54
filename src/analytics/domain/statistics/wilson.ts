import { normalQuantile } from './multipliers.js';

/** Wilson's interval of one rate, `x` of `n`; the whole range for nobody. For display only: it decides nothing. */
export function wilson(x: number, n: number, alpha = 0.05): { lo: number; hi: number } {
  if (!(n > 0)) return { lo: 0, hi: 1 };
  const p = x / n;
  const z = normalQuantile(1 - alpha / 2, 0, 1);
  const share = (z * z) / n;
  const middle = (p + share / 2) / (1 + share);
  const half = (Math.sqrt((p * (1 - p)) * share + (share * share) / 4)) / (1 + share);
  return { lo: x === 0 ? 0 : Math.max(0, middle - half), hi: x === n ? 1 : Math.min(1, middle + half) };
}
