import { readdirSync, readFileSync } from 'node:fs';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { EXPERIMENTS } from './segment-campaigns.js';
import type { WorldAssignment, WorldDelivery, WorldEngagement, WorldReaction } from './segment-world-engagement.js';
import { newPerson, type WorldPerson } from './segment-world.js';

/** What campaigns did to the person of a case; what is not said is of the step `hello` of the first campaign, in its variant `a`. */
interface CaseEngagement {
  deliveries?: (Partial<Omit<WorldDelivery, 'reactions' | 'sentAt' | 'settledAt'>> & { at: string; /** `at` when absent. */ settledAt?: string; reactions?: (Omit<WorldReaction, 'at'> & { at: string })[] })[];
  assignments?: (Partial<Omit<WorldAssignment, 'at'>> & { at: string })[];
  holdouts?: { campaignId?: string; at: string }[];
}

/** What a case says about its person; moments are ISO texts. */
export interface CasePerson {
  attributes?: Record<string, unknown>;
  tags?: string[];
  lists?: string[];
  /** By `channel:topic`. */
  consents?: Record<string, 'subscribed' | 'unsubscribed'>;
  events?: { name: string; at: string; properties?: Record<string, unknown>; context?: Record<string, unknown> }[];
  engagement?: CaseEngagement;
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
  const { kind = 'user', email = 'ada@Example.com', timeZone = 'Asia/Seoul', signedUpAt = '2026-03-07T09:00:00Z', tags = [], lists = [], consents = {}, events = [], engagement = {} } = person;
  return newPerson({
    kind, email, timeZone, attributes: person.attributes ?? attributes ?? {}, tags: new Set(tags), lists: new Set(lists), consents: new Map(Object.entries(consents)), lastSeenAt: CASE_NOW, signedUpAt: signedUpAt === null ? null : new Date(signedUpAt),
    engagement: engagementOf(engagement),
    events: events.map(({ name, at, properties = {}, context }) => ({ id: newId(), name, properties, context, at: new Date(at) })),
  });
}

function engagementOf({ deliveries = [], assignments = [], holdouts = [] }: CaseEngagement): WorldEngagement {
  const { campaign, stepId, experimentId } = EXPERIMENTS[0]!;
  return {
    deliveries: deliveries.map(({ at, settledAt = at, reactions = [], ...given }) => ({
      id: newId(), campaignId: campaign.id, stepId, variant: 'a', channel: 'email', isControl: false, isNotice: false, state: 'sent', ...given, sentAt: new Date(at), settledAt: new Date(settledAt), reactions: reactions.map((one) => ({ ...one, at: new Date(one.at) })),
    })),
    assignments: assignments.map((given) => {
      const place = EXPERIMENTS.find((one) => one.experimentId === (given.experimentId ?? experimentId))!;
      return { experimentId, campaignId: place.campaign.id, stepId: place.stepId, variant: 'a', isControl: false, visits: [], runId: newId(), ...given, at: new Date(given.at) };
    }),
    holdouts: holdouts.map((given) => ({ id: newId(), campaignId: campaign.id, ...given, at: new Date(given.at) })),
  };
}
