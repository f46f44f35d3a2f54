import type { Touch } from './sim-person.js';
import type { SimDelivery, Walk } from './walk.js';

/** What each touch is a success of (the function `end_ladders` of the database). */
const SUCCESS: Record<Touch['kind'], readonly string[]> = { impression: ['displayed'], open: ['opened'], click: ['displayed', 'opened', 'clicked'], reply: ['displayed', 'answered'] };

/** Touches that some rung may wait for are news when they happen. @param touches of a message that just went */
export function tellOf(walk: Walk, delivery: SimDelivery, touches: readonly Touch[]): void {
  delivery.touches = touches;
  if (walk.queue.some(({ fallback }) => fallback?.of === delivery && fallback.unless !== null)) walk.news.push(...touches.map(({ at }) => at));
}

/** A success takes back every rung of its ladder that still waits, at that moment: as the statement that stores it does. */
export function endLadders(walk: Walk, at: number): void {
  const won = walk.rungs.filter(({ fallback }) => fallback!.of.touches.some((touch) => touch.at === at && SUCCESS[touch.kind].includes(fallback!.unless!)));
  for (const rung of won) {
    for (const waiting of walk.queue.filter((each) => each.run === rung.run && each.fallback !== null && each.fallback.unless !== null && ladderOf(each) === ladderOf(rung))) {
      walk.cancel(waiting, { code: 'NO_LONGER_ELIGIBLE', detail: 'An earlier rung of the ladder had success.', winner: null }, at);
    }
  }
}

const ladderOf = ({ stepId }: SimDelivery): string => stepId.split('~', 1)[0]!;

/** Whether what a rung asks for became of the message before it. */
export const hadSuccess = ({ of, unless }: NonNullable<SimDelivery['fallback']>, at: number): boolean =>
  unless === 'displayed' ? of.seenAt !== null && of.seenAt <= at : of.touches.some((touch) => touch.at <= at && SUCCESS[touch.kind].includes(unless ?? ''));
