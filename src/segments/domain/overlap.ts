/** People by the set of segments they are in: bit n of `mask` stands for the n-th segment. */
export interface MaskCount { mask: number; people: number }

export interface Overlap {
  /** In at least one of them, and in every one. */
  any: number;
  all: number;
  segments: { id: string; members: number; only: number }[];
  pairs: { ids: [string, string]; both: number }[];
}

/** Sizes, intersections of two and who is in one alone: all from the same counts, so that they always add up. */
export function assembleOverlap(ids: readonly string[], counts: readonly MaskCount[]): Overlap {
  const people = (fits: (mask: number) => boolean): number => counts.reduce((total, count) => total + (fits(count.mask) ? count.people : 0), 0);
  const bit = (index: number): number => 1 << index;
  return {
    any: people(() => true),
    all: people((mask) => mask === bit(ids.length) - 1),
    segments: ids.map((id, index) => ({ id, members: people((mask) => (mask & bit(index)) !== 0), only: people((mask) => mask === bit(index)) })),
    pairs: ids.flatMap((one, first) => ids.slice(first + 1).map((other, rest) => ({ ids: [one, other] as [string, string], both: people((mask) => (mask & bit(first)) !== 0 && (mask & bit(first + 1 + rest)) !== 0) }))),
  };
}
