import { readdirSync, readFileSync } from 'node:fs';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { newPerson, type WorldPerson } from './segment-world.js';

/** What a case says about its person; moments are ISO texts. */
export interface CasePerson {
  attributes?: Record<string, unknown>;
  tags?: string[];
  lists?: string[];
  /** By `channel:topic`. */
  consents?: Record<string, 'subscribed' | 'unsubscribed'>;
  events?: { name: string; at: string; properties?: Record<string, unknown>; context?: Record<string, unknown> }[];
  kind?: WorldPerson['kind'];
  email?: string | null;
  timeZone?: string | null;
  signedUpAt?: string | null;
}

/** One row of `test/cases/segments*.json`: a definition, one person, a moment, and the answer. */
export interface SegmentCase {
  name: string;
  definition: SegmentNode;
  person?: CasePerson;
  /** Short for `person: {attributes}`. */
  attributes?: Record<string, unknown>;
  /** {@link CASE_NOW} when absent. */
  now?: string;
  /** Zone of the workspace; UTC when absent. */
  zone?: string;
  expected: boolean;
  /** What explain must show as compared, when the case is about that. */
  compared?: unknown;
  /** When explain must say that time alone changes the answer (null: never), when the case is about that. */
  nextChangeAt?: string | null;
}

export const CASE_NOW = new Date('2026-03-10T09:00:00Z');
const folder = new URL('../cases/', import.meta.url);

/** Every case of every file, in the order of file names; worlds are read by the differential test. */
export function loadSegmentCases(): SegmentCase[] {
  const files = readdirSync(folder).filter((file) => /^segments(?!-worlds).*\.json$/.test(file)).toSorted();
  return files.flatMap((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as SegmentCase[]);
}

/** The person of a case. */
export function personOf({ person = {}, attributes }: SegmentCase): WorldPerson {
  const { kind = 'user', email = 'ada@Example.com', timeZone = 'Asia/Seoul', signedUpAt = '2026-03-07T09:00:00Z', tags = [], lists = [], consents = {}, events = [] } = person;
  return newPerson({
    kind, email, timeZone, attributes: person.attributes ?? attributes ?? {}, tags: new Set(tags), lists: new Set(lists), consents: new Map(Object.entries(consents)), lastSeenAt: CASE_NOW, signedUpAt: signedUpAt === null ? null : new Date(signedUpAt),
    events: events.map(({ name, at, properties = {}, context }) => ({ id: newId(), name, properties, context, at: new Date(at) })),
  });
}
