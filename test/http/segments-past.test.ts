import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { explainAsKnown } from '../../src/segments/segment-questions.js';
import { BuildWorker } from '../../src/segments/jobs/build.worker.js';
import { MembershipWorker } from '../../src/segments/jobs/membership.worker.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';
import fc from '../support/fast-check.js';

const START = new Date('2026-03-10T09:00:00Z');
const clock = new VirtualClock(START);
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
  app.runner.wake = () => undefined;
  await rows(app.db, `insert into list (id, name, created_by, created_at, updated_at) values ($1, 'past', 'test', $2, $2)`, [LIST, START]);
});
afterAll(() => app.close());

async function settle(): Promise<void> {
  const workers = [app.nest.get(BuildWorker, { strict: false }), app.nest.get(MembershipWorker, { strict: false })];
  while ((await Promise.all([await workers[0]!.runOnce(), await workers[1]!.runOnce()])).some(({ done }) => done > 0));
}

const LIST = newId();
const DEFINITIONS: SegmentNode[] = [
  { type: 'attribute', key: 'plan', op: 'is', value: 'pro' },
  { type: 'attribute', key: 'plan', op: 'not_exists' },
  { type: 'attribute', key: 'renewed', op: 'within_last', value: { minutes: 20 } },
  { type: 'not', of: { type: 'attribute', key: 'renewed', op: 'older_than', value: { minutes: 5 } } },
  { type: 'event', event: 'Login', count: { op: 'at_least', value: 2 }, within: { minutes: 30 } },
  { type: 'event', event: 'Login', count: { op: 'exactly', value: 1 } },
  { type: 'attribute', key: '$email', op: 'ends_with', value: '@a.kr' },
  { type: 'attribute', key: '$signed_up_at', op: 'on', value: '2026-03-11' },
  { type: 'attribute', key: '$time_zone', op: 'is', value: 'Pacific/Auckland' },
  { type: 'attribute', key: '$last_seen_at', op: 'within_last', value: { minutes: 8 } },
  { type: 'attribute', key: '$first_seen_at', op: 'older_than', value: { minutes: 25 } },
  { type: 'attribute', key: '$kind', op: 'is', value: 'user' },
  { type: 'attribute', key: '$external_id', op: 'exists' },
  { type: 'tag', op: 'has', tag: 'vip' },
  { type: 'list', op: 'in', listId: LIST },
  { type: 'consent', channel: 'email', topic: 'product-updates', state: 'allowed' },
  { type: 'consent', channel: 'email', topic: 'product-updates', state: 'unset' },
  { type: 'all', of: [{ type: 'attribute', key: '$email', op: 'not_exists' }, { type: 'any', of: [{ type: 'attribute', key: 'plan', op: 'is_not', value: 'pro' }, { type: 'event', event: 'Login', count: { op: 'exactly', value: 0 } }] }] },
];

type Action = { act: 'traits' | 'api' | 'login' | 'late' | 'tag' | 'list' | 'consent' | 'join'; who: number; value: number; seconds: number };
const action: fc.Arbitrary<Action> = fc.record({ act: fc.constantFrom('traits', 'traits', 'api', 'login', 'late', 'tag', 'list', 'consent', 'join'), who: fc.nat({ max: 2 }), value: fc.nat({ max: 5 }), seconds: fc.integer({ min: 1, max: 900 }) });

const traitsOf = (value: number, now: Date): Record<string, unknown> => [
  { plan: 'pro' }, { plan: null }, { plan: 'free', email: `x${value}@a.kr` }, { renewed: new Date(now.getTime() - 200_000).toISOString() },
  { renewed: null, timezone: 'Pacific/Auckland', createdAt: '2026-03-10T18:00:00Z' }, { email: 'y@b.kr', timezone: null, renewed: new Date(now.getTime() + 300_000).toISOString() }][value]!;

/** One thing that happens, by way of the API that clients use. */
async function happen({ act, who, value }: Action, world: string): Promise<void> {
  const now = clock.now();
  const ids = value % 2 === 0 ? { userId: `${world}-u${who}` } : { anonymousId: `${world}-a${who}` };
  const send = async (message: object) => expect((await app.api('POST', '/v1/batch', { writeKey: app.key, batch: [{ messageId: newId(), timestamp: now.toISOString(), context: { library: { name: 'analytics-node' } }, ...message }] })).status).toBe(200);
  if (act === 'traits') return send({ type: 'identify', ...ids, traits: traitsOf(value, now) });
  if (act === 'login') return send({ type: 'track', event: 'Login', ...ids });
  if (act === 'late') return send({ type: 'track', event: 'Login', ...ids, timestamp: new Date(now.getTime() - value * 400_000).toISOString() });
  if (act === 'join') return send({ type: 'identify', userId: `${world}-u${who}`, anonymousId: `${world}-a${(who + value) % 3}` });
  const handle = `${'userId' in ids ? 'external' : 'anonymous'}:${Object.values(ids)[0]}`;
  if (act === 'list') return void (await app.api('POST', `/v1/lists/${LIST}/members${value < 4 ? '' : '/remove'}`, { people: [handle] }));
  if (act === 'consent') return void (await app.api('PUT', `/v1/people/${handle}/consent`, { consents: [{ channel: 'email', topic: 'product-updates', state: value < 3 ? 'subscribed' : 'unsubscribed' }] }));
  if ((await app.api('GET', `/v1/people/${handle}`)).status === 404) await app.api('POST', '/v1/people', { ...('userId' in ids ? { externalId: ids.userId } : ids), tags: value > 3 ? ['vip'] : [] });
  else if (act === 'api') await app.api('PATCH', `/v1/people/${handle}`, { attributes: traitsOf(value, now) });
  else await app.api(value < 4 ? 'PUT' : 'DELETE', `/v1/people/${handle}/tags/vip`);
}

/** Whom a segment held at a moment, from its flips alone. */
async function wasMember(segmentId: string, personId: string, at: Date): Promise<boolean> {
  const [last] = await rows<{ entered: boolean }>(app.db, 'select c.entered from membership_change as c where c.segment_id = $1 and c.person_id = $2 and c.at <= $3 order by c.id desc limit 1', [segmentId, personId, at]);
  return last?.entered ?? false;
}

test('explaining any past moment agrees with the membership as it was then', async () => {
  const segments: string[] = [];
  for (const [index, definition] of DEFINITIONS.entries()) segments.push((await app.api('POST', '/v1/segments', { name: `past ${index}`, definition })).body.id);
  await settle();
  const runs = Number(process.env.SEGMENT_RUNS ?? 5);
  await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 14 }), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), async (actions, moments) => {
    const world = newId();
    const begin = clock.now().getTime();
    for (const one of actions) {
      await happen(one, world);
      await settle();
      clock.advance(one.seconds * 1000);
      await settle();
    }
    const people = await rows<{ id: string; made: Date }>(app.db, `
      select p.id, p.created_at as made from person as p where p.id in (select i.person_id from person_identity as i where i.value like $1)`, [`${world}-%`]);
    for (const { id, made } of people) {
      for (const part of moments) {
        const at = new Date(Math.max(made.getTime(), Math.round(begin + part * (clock.now().getTime() - begin))));
        for (const [index, segmentId] of segments.entries()) {
          const { truth } = await explainAsKnown(app.db, DEFINITIONS[index]!, id, at);
          expect({ node: DEFINITIONS[index], id, at, truth }).toEqual({ node: DEFINITIONS[index], id, at, truth: await wasMember(segmentId, id, at) });
        }
      }
    }
  }), { numRuns: runs });
}, 600_000);
