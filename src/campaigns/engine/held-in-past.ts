import type { SegmentNode } from '../../contract/segment.js';
import { AppError } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { heldThen, momentsOfChange, readPast, type PastDefinition } from '../../segments/past-questions.js';
import { stateAt } from '../simulate/replay/sim-person.js';
import { loadStates } from '../simulate/store/states.store.js';

/** A stretch of time of one run that began in the past: both ends included. */
export interface Stretch { id: string; personId: string; from: Date; to: Date }

/**
 * When a condition first held within each stretch, by what was known then: attributes, tags, lists and consents by their history, the rest by the tables,
 * asked at its beginning and at every moment at which the answer can have changed. Nothing is known of somebody before we knew them: there it held for nobody. Answers the runs for which it held.
 */
export async function whenHeld(db: Db, condition: SegmentNode, stretches: readonly Stretch[]): Promise<Map<string, Date>> {
  const asked = stretches.filter(({ from, to }) => from <= to);
  const definition = asked.length === 0 ? null : await pastOf(db, condition);
  if (!definition) return new Map();
  const personIds = [...new Set(asked.map(({ personId }) => personId))];
  const [after, to] = [new Date(Math.min(...asked.map((each) => each.from.getTime()))), new Date(Math.max(...asked.map((each) => each.to.getTime())))];
  const states = await loadStates(db, personIds, { from: after, to, campaignId: '', dateKeys: [], whole: false });
  const changes = new Map<string, number[]>();
  for (const { personId, at } of await momentsOfChange(db, definition, personIds, { after, to })) {
    const list = changes.get(personId);
    if (list) list.push(at.getTime());
    else changes.set(personId, [at.getTime()]);
  }
  const questions = asked.flatMap(({ id, personId, from, to: end }) => {
    const known = states.get(personId);
    if (!known) return [];
    const moments = (changes.get(personId) ?? []).filter((at) => at > from.getTime() && at <= end.getTime());
    return [...new Set([from.getTime(), ...moments])].map((at) => ({ id, personId, at: new Date(at), then: stateAt(known, at).known }));
  });
  const truths = await heldThen(db, definition, questions);
  const first = new Map<string, Date>();
  for (const [place, { id, at }] of questions.entries()) if (truths[place] === true && !(first.get(id)! <= at)) first.set(id, at);
  return first;
}

/** A moment of one run that began in the past. */
export interface PastMoment { id: string; personId: string; at: Date }

/** The runs for which a condition held at their moment, by what was known then as in {@link whenHeld}. */
export async function whoHeldThen(db: Db, condition: SegmentNode, moments: readonly PastMoment[]): Promise<Set<string>> {
  const definition = moments.length === 0 ? null : await pastOf(db, condition);
  if (!definition) return new Set();
  const ats = moments.map(({ at }) => at.getTime());
  const states = await loadStates(db, [...new Set(moments.map(({ personId }) => personId))], { from: new Date(Math.min(...ats)), to: new Date(Math.max(...ats)), campaignId: '', dateKeys: [], whole: false });
  const questions = moments.flatMap(({ id, personId, at }) => (states.has(personId) ? [{ id, personId, at, then: stateAt(states.get(personId)!, at.getTime()).known }] : []));
  const truths = await heldThen(db, definition, questions);
  return new Set(questions.filter((_, place) => truths[place] === true).map(({ id }) => id));
}

/** Null for one that names a segment that was archived: it holds for nobody. */
async function pastOf(db: Db, condition: SegmentNode): Promise<PastDefinition | null> {
  try {
    return await readPast(db, condition);
  } catch (error) {
    if (error instanceof AppError && error.code === 'segment.invalid') return null;
    throw error;
  }
}
