/** Ends beyond four times better or worse are drawn at the edge; the text beside says what they are. */
const FURTHEST = Math.log(5);
/** Where a lift stands on the scale of ratios. */
export const place = (lift: number) => Math.max(-FURTHEST, Math.min(FURTHEST, Math.log(Math.max(1 + lift, 1e-9))));

const TICKS = [-0.8, -0.5, -0.33, -0.2, -0.1, -0.05, 0.05, 0.1, 0.25, 0.5, 1, 2, 4];
/** Lifts to write under the bars: on each side those that have room, seen from zero outwards. @param scale half of the width, as a log ratio */
export function ticksOf(scale: number): number[] {
  const side = (lifts: number[]) => lifts.reduce<number[]>((taken, lift) => (Math.abs(place(lift)) <= scale * 0.94 && Math.abs(place(lift)) - Math.abs(place(taken.at(-1) ?? 0)) >= scale * 0.3 ? [...taken, lift] : taken), []);
  return [...side(TICKS.filter((lift) => lift < 0).toReversed()).toReversed(), 0, ...side(TICKS.filter((lift) => lift > 0))];
}
