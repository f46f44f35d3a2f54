import type { Db } from '../platform/database/db.js';
import { judgedOf, type Judged, type Occurrences, type Shelf } from './domain/in-memory.js';
import { readsOf } from './domain/reads.js';
import { momentsOfChange, type PastDefinition, type PersonMoment } from './past-questions.js';
import { occurrencesOf } from './store/occurrences.js';

export { Counter, instantsOf, judge, partsOf, type Judged, type Occurrences } from './domain/in-memory.js';

/** Definitions that are judged in memory, with what they need of the data. */
export interface InMemory {
  /** By place of the definition; null: it has to be asked of the data. */
  judged: readonly (Judged | null)[];
  rows: Shelf['rows'];
  parts: readonly PastDefinition[];
  timeZone: string;
}

/** Which of these definitions can be judged in memory, and how. */
export function inMemoryOf(definitions: readonly (PastDefinition | null)[]): InMemory {
  const shelf: Shelf = { rows: [], parts: [] };
  const judged = definitions.map((definition) => definition && judgedOf(definition.tree, shelf));
  const timeZone = definitions.find((definition) => definition)?.timeZone ?? 'UTC';
  return { judged, rows: shelf.rows, parts: shelf.parts.map((tree) => ({ tree, reads: readsOf(tree), timeZone, engagement: false })), timeZone };
}

/** What is counted of these people over a span: for each of the rows, by person. */
export async function loadCounts(db: Db, { rows, timeZone }: InMemory, personIds: readonly string[], span: { after: Date; to: Date }): Promise<Map<string, Occurrences>[]> {
  const found: Map<string, Occurrences>[] = [];
  for (const { of, reach } of rows) found.push(await occurrencesOf(db, of, personIds, { ...span, reach, timeZone }));
  return found;
}

/** The instants at which parts of a definition can have changed. */
export async function partMoments(db: Db, { parts }: InMemory, places: readonly number[], personIds: readonly string[], span: { after: Date; to: Date }): Promise<PersonMoment[]> {
  const found: PersonMoment[] = [];
  for (const place of places) found.push(...(await momentsOfChange(db, parts[place]!, personIds, span)));
  return found;
}
