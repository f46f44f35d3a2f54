import type { Problem } from '../../../kernel/errors.js';

/** Puts a value into the statement and answers its placeholder; nothing from outside reaches the text in another way. */
export type Bind = (value: unknown, type: string) => string;

/** Where the SQL of one question finds the moment it asks about, and the zone of people who did not tell theirs. */
export interface Frame {
  now: string;
  zone: string;
  /** The zone of the person, when days are not those of the column `p.time_zone`. */
  personZone?: string;
}

/** What a leaf is compiled with. The person of a question is always `p`, an event of a subquery always `e`. */
export interface Query {
  frame: Frame;
  bind: Bind;
  /** The first instant of a calendar day in the zone of the workspace. */
  startOfDay(day: string): Date;
}

/**
 * Whether a person has such rows, asked for that person alone. `offset 0` keeps PostgreSQL from hashing the rows of everybody
 * instead, whose cost would follow the population: at a million people a look-up of 2,000 read every row of a tag.
 *
 * @param rows what stands between `from` and the end of the statement
 */
export const hasRows = (rows: string): string => `exists (select 1 from ${rows} offset 0)`;

/**
 * The people whose answer differs from that of a person of whom nothing is known, as the parts of one uncorrelated query.
 * With `having` the rows are grouped by person; without, a person may have several rows.
 */
export interface Exceptions {
  person: string;
  from: string;
  where: string;
  having?: string;
  /** The rows go with their person in one transaction, so whoever has one exists. */
  ownedByPerson: boolean;
}

/**
 * Where time alone can change an answer: at `instant + offset` of every row of a source. All answers are steps that hold
 * from their boundary on, so the truth at a boundary is the truth just after it.
 */
export interface Edge {
  /**
   * `calendar`: where a day of the person's calendar begins that lies `offset` days before an anniversary of a date;
   * `workspace_calendar`: the same by the workspace's calendar.
   */
  source: 'column' | 'date' | 'event' | 'entered' | 'received' | 'opened' | 'clicked' | 'in_control' | 'in_holdout' | 'calendar' | 'workspace_calendar';
  /** Built-in key, key of person_date, event name, segment entered; for engagement the campaign, or '' for any. */
  key: string;
  /** Seconds; days of a calendar. */
  offset: number;
}

/** Something outside the definition that a condition names by its id (a topic by its key). */
export interface Reference {
  kind: 'list' | 'campaign' | 'topic';
  id: string;
  /** The part of the condition that holds the id. */
  field: string;
}

/** One kind of condition: everything the compiler, the clock, the checks and the explanation need to know about it. */
export interface LeafKind<L> {
  /** Faults of the condition by itself, each with the path of its place. */
  check(leaf: L, path: string): Problem[];
  /** Two-valued SQL about the person `p`, read by index for that person alone. */
  lookup(leaf: L, query: Query): string;
  /** The same as a set for questions about everybody; null when {@link lookup} reads only the row of `p`. */
  exceptions(leaf: L, query: Query): Exceptions | null;
  /** SQL (jsonb) of what the condition compares: a value, an instant, a number. */
  compared(leaf: L, query: Query): string;
  /** Empty when only data changes the answer. */
  edges(leaf: L): Edge[];
  /** What the answer is made of, as `attribute:plan`, `event:login`, `tag:vip` …: a change that names none of it cannot move it. */
  reads(leaf: L): string[];
  /** The answer for a person of whom nothing is known. */
  unknown(leaf: L): boolean;
  /** What the condition names by id: it must exist when the definition is saved, and sentences say its name. */
  names?(leaf: L): Reference[];
}
