import { bucketStarts, type BucketSize } from '../../kernel/local-time.js';
import { AppError } from '../../kernel/errors.js';

export const CAUSES = ['change', 'clock', 'build', 'merge', 'erase'] as const;
export type Cause = (typeof CAUSES)[number];
export type ByCause = Record<Cause, number>;

/** Flips of one kind in one span; `bucket` counts from 1, the one after the last holds everything later. */
export interface FlipCount { bucket: number; cause: Cause; entered: boolean; people: number }
export interface GrowthBucket { from: Date; to: Date; entered: ByCause; left: ByCause; members: number }

const MOST_BUCKETS = 400;

/** The edges of all whole buckets that touch [from, to): one more than there are buckets. */
export function growthEdges(span: { from: Date; to: Date; every: BucketSize; timeZone: string }): Date[] {
  if (span.to <= span.from) {
    const message = '"from" must lie in the past and before "to".';
    throw new AppError('segment.growth-span', message, 'invalid', [{ path: 'from', code: 'segment.growth-span', message }]);
  }
  const edges = bucketStarts(span.from, span.to, span.every, span.timeZone, MOST_BUCKETS + 2);
  if (edges.length > MOST_BUCKETS + 1) {
    const message = `The span has more than ${MOST_BUCKETS} ${span.every}s. Ask for a shorter one, or for longer buckets (hour, day, week).`;
    throw new AppError('segment.growth-span', message, 'invalid', [{ path: 'every', code: 'segment.growth-span', message }]);
  }
  return edges;
}

/** Puts counts into buckets, and goes back from the members there are now to those at the end of each. */
export function assembleGrowth(edges: readonly Date[], counts: readonly FlipCount[], membersNow: number): GrowthBucket[] {
  const none = (): ByCause => ({ change: 0, clock: 0, build: 0, merge: 0, erase: 0 });
  const moved = edges.map(() => ({ entered: none(), left: none() }));
  for (const { bucket, cause, entered, people } of counts) moved[bucket - 1]![entered ? 'entered' : 'left'][cause] += people;
  const sum = (by: ByCause): number => CAUSES.reduce((total, cause) => total + by[cause], 0);
  const growth: GrowthBucket[] = [];
  let members = membersNow;
  for (let index = edges.length - 1; index > 0; index -= 1) {
    members -= sum(moved[index]!.entered) - sum(moved[index]!.left);
    growth.push({ from: edges[index - 1]!, to: edges[index]!, ...moved[index - 1]!, members });
  }
  return growth.toReversed();
}
