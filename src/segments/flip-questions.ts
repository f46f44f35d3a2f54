import type { SegmentNode } from '../contract/segment.js';
import { notFound } from '../kernel/errors.js';
import { loadPastPerson } from '../people/past-person.js';
import type { Db } from '../platform/database/db.js';
import { placesOf } from './domain/explain.js';
import type { Change } from './domain/flips/change.js';
import { searchFlips, type Candidate, type Evaluate } from './domain/flips/search.js';
import { completeGoals } from './store/goals.js';
import { resolveOrThrow } from './domain/resolved.js';
import { explainAt, workspaceZone } from './store/answers.js';
import { loadNamed } from './store/definitions.js';
import { suppose } from './supposed.js';

/** Candidates that are asked about; each is one statement about one person, a few milliseconds. */
const TRIES = 80;

export interface Asked {
  personId: string;
  /** What was known of them then; every later change is left out. */
  at: Date;
  /** Changes taken as made: the answer is on top of them. */
  given?: readonly Change[];
  /** What the definition is to be; true when absent. */
  wanted?: boolean;
}

/**
 * The fewest changes of what is known of a person for which a definition is (or is no longer) true at `at`; empty when it is so
 * already, null when none was found. Each answer was asked of the compiler over the person so changed, as any other question is.
 *
 * @throws AppError `person.not-found`
 */
export async function smallestFlip(db: Db, definition: SegmentNode, { personId, at, given = [], wanted = true }: Asked): Promise<Candidate | null> {
  const person = await loadPastPerson(db, personId, at);
  if (!person) throw notFound('person', personId);
  const tree = await completeGoals(db, resolveOrThrow(definition, await loadNamed(db, [definition])));
  const places = placesOf(tree);
  const zone = person.timeZone ?? (await workspaceZone(db));
  const evaluate: Evaluate = async (changes) => (await explainAt(db, places, personId, [at.toISOString()], suppose(person, [...changes, ...given])))[0] ?? null;
  return searchFlips(places, evaluate, { wanted, when: { now: at, zone }, tries: TRIES });
}
