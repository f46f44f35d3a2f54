import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { followMerges } from '../../src/campaigns/engine/people-moves.js';
import { recordDecisions } from '../../src/campaigns/store/decisions.store.js';
import type { EngagementCondition } from '../../src/contract/segment-conditions.js';
import { newId } from '../../src/kernel/ids.js';
import { announceEngagement, awaitEngagementWriters, readEngagement } from '../../src/people/store/change.store.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { explainAsKnown } from '../../src/segments/segment-questions.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { CAMPAIGN_IDS, storeCampaigns } from '../support/segment-campaigns.js';
import { newPerson, storePeople } from '../support/segment-world.js';
import type { WorldDelivery } from '../support/segment-world-engagement.js';

const NOW = new Date('2026-03-10T09:00:00Z');
const [campaignId] = CAMPAIGN_IDS as [string];
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await storeCampaigns(database.db);
});
afterAll(() => database.drop());

const announced = () => rows(database.db, 'select c.person_ids as people, c.other_keys as keys from person_change as c order by c.id');
const forget = () => rows(database.db, 'delete from person_change');
const noReader = () => rows(database.db, 'delete from change_reader');
const newDelivery = (given: Partial<WorldDelivery> = {}): WorldDelivery => ({ id: newId(), campaignId, stepId: 'hello', variant: 'a', channel: 'email', isControl: false, isNotice: false, state: 'sent', sentAt: NOW, settledAt: NOW, reactions: [], ...given });
const decided = (personId: string, code: 'HOLDOUT' | 'NOT_IN_AUDIENCE') => ({ personId, campaignId, versionId: null, stepId: null, enrollmentId: null, variant: null, stage: 'entry' as const, code, facts: {}, nextCheckAt: null });

test('nothing is announced while nobody reads it; then holdouts are, and no other decision', async () => {
  const [held, other] = [newPerson({ lastSeenAt: NOW }), newPerson({ lastSeenAt: NOW })];
  await storePeople(database.db, [held, other]);
  const decide = () => inTransaction(database.db, (tx) => recordDecisions(tx, [decided(held.id, 'HOLDOUT'), decided(other.id, 'NOT_IN_AUDIENCE')], NOW));
  await noReader();
  await decide();
  expect(await announced()).toEqual([]);
  await readEngagement(database.db);
  await decide();
  expect(await announced()).toEqual([{ people: [held.id], keys: ['campaign', `campaign:${campaignId}`] }]);
  await forget();
});

test('a reader that begins waits for writers that could not see it, and has later ones announce', async () => {
  await noReader();
  const person = newPerson({ lastSeenAt: NOW });
  const order: string[] = [];
  let commit = (): void => undefined;
  let begun = (): void => undefined;
  const mayCommit = new Promise<void>((resolve) => { commit = resolve; });
  const wrote = new Promise<void>((resolve) => { begun = resolve; });
  const writer = inTransaction(database.db, async (tx) => {
    expect(await announceEngagement(tx, [{ personId: person.id, campaignId }], NOW)).toBe(false);
    begun();
    await mayCommit;
    order.push('writer');
  });
  await wrote;
  await readEngagement(database.db);
  const reader = inTransaction(database.db, async (tx) => {
    await awaitEngagementWriters(tx);
    order.push('reader');
  });
  // The reader is seen to wait (or not) before the writer may end.
  while (order.length === 0 && (await rows(database.db, `select from pg_locks as l where l.locktype = 'advisory' and l.objid = 7305003 and not l.granted`)).length === 0);
  commit();
  await Promise.all([writer, reader]);
  expect(order).toEqual(['writer', 'reader']);
  expect(await inTransaction(database.db, (tx) => announceEngagement(tx, [{ personId: person.id, campaignId }], NOW))).toBe(true);
  await forget();
});

test('what comes to a survivor is announced with its campaigns', async () => {
  await readEngagement(database.db);
  const [from, into] = [newPerson({ lastSeenAt: NOW, engagement: { deliveries: [newDelivery()], assignments: [], holdouts: [{ id: newId(), campaignId: CAMPAIGN_IDS[1]!, at: NOW }] } }), newPerson({ lastSeenAt: NOW })];
  await storePeople(database.db, [from, into]);
  const change = { id: '1', kind: 'merged', at: NOW, personIds: [from.id, into.id], mergedInto: into.id } as unknown as Parameters<typeof followMerges>[1][number];
  expect(await inTransaction(database.db, (tx) => followMerges(tx, [change], NOW))).toBe(0);
  expect(await announced()).toEqual([{ people: [into.id], keys: ['campaign', ...CAMPAIGN_IDS.toSorted().map((id) => `campaign:${id}`)] }]);
  expect(await rows(database.db, 'select d.person_id as "personId" from delivery as d where d.person_id = any($1)', [[from.id, into.id]])).toEqual([{ personId: into.id }]);
  await forget();
});

test('merges are followed as a set, and only those wait whose message a sender holds', async () => {
  const world = ['sent', 'sending', 'sent'].map((state) => ({ from: newPerson({ lastSeenAt: NOW, engagement: { deliveries: [newDelivery({ state } as Partial<WorldDelivery>)], assignments: [], holdouts: [] } }), into: newPerson({ lastSeenAt: NOW }) }));
  await storePeople(database.db, world.flatMap(({ from, into }) => [from, into]));
  const changes = world.map(({ from, into }, index) => ({ id: String(index), kind: 'merged', personIds: [from.id, into.id], eventNames: [], events: [], flips: [], mergedInto: into.id }) as Parameters<typeof followMerges>[1][number]);
  expect(await inTransaction(database.db, (tx) => followMerges(tx, changes, NOW))).toBe(1);
  const [first, held, last] = world as [typeof world[0], typeof world[0], typeof world[0]];
  const owners = await rows<{ personId: string }>(database.db, 'select d.person_id as "personId" from delivery as d where d.person_id = any($1) order by 1', [world.flatMap(({ from, into }) => [from.id, into.id])]);
  expect(owners.map(({ personId }) => personId)).toEqual([first.into.id, held.from.id, last.into.id].toSorted());
  expect(await rows(database.db, 'delete from settled_change as s returning s.kind, s.person_ids as people, s.merged_into as "into"')).toEqual([{ kind: 'merged', people: [held.from.id, held.into.id], into: held.into.id }]);
  await forget();
});

test.each<{ name: string; leaf: Partial<EngagementCondition>; moments: [seconds: number, truth: boolean][] }>([
  { name: 'received', leaf: { kind: 'received', channel: 'email' }, moments: [[99, false], [100, true], [900, true]] },
  { name: 'displayed', leaf: { kind: 'received', channel: 'in_app' }, moments: [[100, false], [199, false], [200, true]] },
  { name: 'opened', leaf: { kind: 'opened' }, moments: [[299, false], [300, true]] },
  { name: 'received within a window', leaf: { kind: 'received', channel: 'email', within: { minutes: 1 } }, moments: [[99, false], [100, true], [159, true], [160, false]] },
  { name: 'control', leaf: { kind: 'in_control' }, moments: [[49, false], [50, true]] },
  { name: 'held out', leaf: { kind: 'in_holdout' }, moments: [[399, false], [400, true]] },
])('the past knows what campaigns had done by then: $name', async ({ leaf, moments }) => {
  const person = newPerson({
    lastSeenAt: NOW, engagement: {
      deliveries: [newDelivery({ sentAt: later(100), settledAt: later(100), reactions: [{ kind: 'open', verdict: 'human', at: later(300) }] }), newDelivery({ channel: 'in_app', state: 'delivered', sentAt: later(100), settledAt: later(200) })],
      assignments: [{ experimentId: '01900000-0000-7000-8000-0000000000e1', campaignId, stepId: 'hello', variant: 'a', isControl: true, at: later(50), visits: [], runId: newId() }], holdouts: [{ id: newId(), campaignId, at: later(400) }],
    },
  });
  await storePeople(database.db, [person]);
  const then = async ([seconds]: [number, boolean]): Promise<[number, boolean]> => [seconds, (await explainAsKnown(database.db, { type: 'engagement', ...leaf } as EngagementCondition, person.id, later(seconds))).truth];
  expect(await Promise.all(moments.map(then))).toEqual(moments);
});
