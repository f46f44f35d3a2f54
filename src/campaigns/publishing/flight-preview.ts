import type { Step } from '../../contract/campaign-steps.js';
import { usableZone } from '../engine/people.js';
import type { FlightTimes, Stop } from '../domain/flight-sentences.js';
import { landingOf, nextStops, stepsBehind, type Landing, type Steps } from '../domain/landing.js';
import type { Place } from '../domain/migration-plan.js';
import { endOf, lastThrough } from '../domain/recount.js';
import type { Sentence } from '../domain/sentences.js';
import { arrivalsAt, splitArrivals, type FlightFacts } from '../store/flights.store.js';
import type { Db } from '../../platform/database/db.js';

export const placeKey = ({ versionId, stepId }: Place): string => `${versionId} ${stepId}`;

/** When people go on as they are now. */
export const timesNow = ({ dueNow, first, last }: FlightFacts): FlightTimes => ({ atOnce: dueNow, first, last });

interface Recounted { flight: FlightFacts; step: Step }

/**
 * When people go on whose wait becomes another: counted from when they came. Asked for whole zones, so that a hundred thousand people
 * cost as many looks as they have zones; the first and the last of a zone say when, and halving says who is through at once.
 */
export async function timesRecounted(db: Db, recounted: readonly Recounted[], { now, zone: fallback }: { now: Date; zone: string }): Promise<ReadonlyMap<string, FlightTimes>> {
  if (recounted.length === 0) return new Map();
  const steps = new Map(recounted.map(({ flight, step }) => [placeKey(flight), step]));
  const end = (place: Place & { zone: string | null }) => (arrived: Date) => endOf(steps.get(placeKey(place))!, arrived, usableZone(place.zone, fallback)) ?? now;
  const zoned = await arrivalsAt(db, recounted.map(({ flight }) => flight));
  const split = await splitArrivals(db, zoned.map((place) => ({ ...place, until: lastThrough(end(place), place, now) })));
  return new Map(recounted.map(({ flight }): [string, FlightTimes] => {
    const mine = split.filter((place) => placeKey(place) === placeKey(flight));
    const later = mine.flatMap((place) => (place.next && place.last ? [end(place)(place.next), end(place)(place.last)] : [])).map(Number);
    const waiting = mine.reduce((sum, { people, through }) => sum + people - through, 0);
    return [placeKey(flight), { atOnce: flight.people - waiting, first: later.length === 0 ? null : new Date(Math.min(...later)), last: later.length === 0 ? null : new Date(Math.max(...later)) }];
  }));
}

/** Where the people of a place land, and what comes next on their way there. Steps they have passed already are not told as coming. */
export function wayAfter(before: Steps, after: Steps, stepId: string): { landing: Landing; next: (string | null)[] } {
  const landing = landingOf(before, after, stepId);
  if (landing.kind === 'end') return { landing, next: [null] };
  return { landing, next: withoutPassed(after, landing.kind === 'here' ? nextStops(after, stepId, standsAt(after[stepId])) : nextStops(after, landing.stepId, 'at'), stepsBehind(before, stepId)) };
}

/** Who stands before a message, a branch or an action has it still to come. */
export const standsAt = (step: Step | undefined): 'at' | 'after' => (step?.type === 'wait' || step?.type === 'wait_until' ? 'after' : 'at');

function withoutPassed(steps: Steps, stops: readonly (string | null)[], passed: ReadonlySet<string>): (string | null)[] {
  const found: (string | null)[] = [];
  const seen = new Set<string>();
  const open = [...stops].toReversed();
  for (let stop = open.pop(); stop !== undefined; stop = open.pop()) {
    if (stop === null || !passed.has(stop)) {
      if (!found.includes(stop)) found.push(stop);
    } else if (!seen.has(stop)) {
      seen.add(stop);
      open.push(...nextStops(steps, stop, 'after').toReversed());
    }
  }
  return found;
}

/** Stops with their words. */
export const stopsOf = (steps: Steps, labels: ReadonlyMap<string, Sentence>, ids: readonly (string | null)[]): Stop[] =>
  ids.map((id) => (id === null ? null : { kind: steps[id]?.type === 'message' ? 'message' : 'wait', label: labels.get(id) ?? { en: id, ko: id } }));
