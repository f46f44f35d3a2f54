/** Something that is chosen in proportion to its weight. `credit` is the chooser's own memory. */
export interface Weighted { weight: number; credit: number }

/**
 * The next one by smooth weighted round robin: over any stretch of choices each gets its share to within one, and a heavy one
 * is not taken many times in a row. Null when there is nothing to choose from.
 */
export function pick<T extends Weighted>(candidates: readonly T[]): T | null {
  let best: T | null = null;
  let total = 0;
  for (const each of candidates) {
    each.credit += each.weight;
    total += each.weight;
    if (best === null || each.credit > best.credit) best = each;
  }
  if (best) best.credit -= total;
  return best;
}
