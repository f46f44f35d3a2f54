import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { EVERYBODY, inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const settle = () => app.runner.runUntilIdle();
const person = async (externalId: string, attributes: object = {}) => ok(await app.api('POST', '/v1/people', { externalId, attributes: { email: `${externalId}@example.test`, ...attributes } })).body.id as string;
const track = async (userId: string, event: string, properties: object = {}) => { ok(await app.api('POST', '/v1/track', { userId, event, properties, messageId: crypto.randomUUID(), timestamp: clock.now().toISOString() })); };
const draft = async (definition: unknown) => ok(await app.api('POST', '/v1/campaigns', { name: 'Whole', definition })).body.id as string;
const publish = async (definition: unknown) => {
  const id = await draft(definition);
  ok(await app.api('POST', `/v1/campaigns/${id}/publish`));
  await settle();
  return id;
};
const runsOf = (campaignId: string) => rows<{ key: string; state: string; step: string }>(app.db, `select e.entry_key as key, e.state, e.step_id as step from enrollment as e where e.campaign_id = $1 order by e.entry_key, e.entered_at`, [campaignId]);
const tag = (name: string) => ({ type: 'tag', op: 'has', tag: name });
const act = (id: string, action: object, next: string | null = null) => ({ id, type: 'action', action, next });

test('what can not be meant is said with its place, and in Korean', async () => {
  const missing = '0198c0de-0000-7000-8000-000000000009';
  const id = await draft(series({
    entry: { type: 'segment', segmentId: missing, on: 'left' }, reentry: { policy: 'concurrent_by_key' }, start: 'date',
    exitRules: [{ key: 'both', condition: tag('x'), event: { name: 'Left' } }, { key: 'none' }],
    steps: [
      { id: 'date', type: 'wait', date: { attribute: 'trial_ends' }, for: { days: 1 }, next: 'until', onMissed: 'nowhere' },
      { id: 'until', type: 'wait_until', event: { name: 'Paid', sameKey: true }, condition: tag('x'), timeout: { days: 1 }, next: 'a' },
      act('a', { kind: 'set_attribute', attribute: 'email', value: 'no address' }, 'b'), act('b', { kind: 'add_to_list', listId: missing }, 'c'), act('c', { kind: 'set_attribute', attribute: '$tag:x', value: true }, 'm'), inApp('m'),
    ],
  }));
  const { findings } = ok(await app.api('POST', `/v1/campaigns/${id}/check`)).body;
  const said = (findings as { severity: string; path: string; code: string; messageKo?: string }[]).filter(({ severity }) => severity === 'error');
  expect(said.map(({ path, code }) => `${path} ${code}`).toSorted()).toEqual([
    'entry.segmentId campaign.unknown-segment', 'entry.take campaign.leaving-is-future', 'exitRules.0 campaign.rule-kind', 'exitRules.1 campaign.rule-kind', 'reentry.policy campaign.no-key',
    'steps.0 campaign.two-waits', 'steps.0.onMissed campaign.unknown-step', 'steps.1 campaign.wait-kind', 'steps.1.event.sameKey campaign.no-key',
    'steps.2.action.value campaign.unfit-value', 'steps.3.action.listId campaign.unknown-list', 'steps.4.action.attribute campaign.kept-attribute',
  ]);
  expect(said.filter(({ messageKo }) => !messageKo)).toEqual([]);
});

test('each order has its run: it waits for its own payment, tags the buyer, and a segment over the tag lets into the next series', async () => {
  const segment = ok(await app.api('POST', '/v1/segments', { name: 'Buyers', definition: tag('buyer') })).body.id as string;
  await settle();
  const orders = await publish(series({
    entry: { type: 'event', event: 'Ordered', key: 'order_id' }, reentry: { policy: 'concurrent_by_key' }, start: 'paid', exitRules: [{ key: 'gone', event: { name: 'Cancelled', sameKey: true } }],
    steps: [{ id: 'paid', type: 'wait_until', event: { name: 'Paid', sameKey: true }, timeout: { days: 2 }, next: 'tag', onTimeout: 'remind' }, act('tag', { kind: 'add_tag', tag: 'buyer' }, 'thanks'), inApp('thanks'), inApp('remind')],
  }));
  const welcome = await publish(series({ entry: { type: 'segment', segmentId: segment, take: 'future_only' }, start: 'm', steps: [inApp('m')] }));
  const ann = await person('ann');
  for (const order of ['1', '2', '3']) await track('ann', 'Ordered', { order_id: order });
  await settle();
  clock.advance(1_000);
  await track('ann', 'Paid', { order_id: '2' });
  await track('ann', 'Cancelled', { order_id: '3' });
  await settle();
  expect(await runsOf(orders)).toEqual([{ key: '1', state: 'active', step: 'paid' }, { key: '2', state: 'completed', step: 'thanks' }, { key: '3', state: 'exited', step: 'paid' }]);
  expect(await runsOf(welcome)).toEqual([{ key: '', state: 'completed', step: 'm' }]);
  expect(ok(await app.api('GET', `/v1/people/${ann}`)).body.tags).toEqual(['buyer']);
  const { steps, edges } = ok(await app.api('GET', `/v1/campaigns/${orders}/reports/step-flow`)).body;
  expect(steps.map(({ stepId, type, arrived }: { stepId: string; type: string; arrived: number }) => `${stepId} ${type} ${arrived}`)).toEqual(['paid wait_until 3', 'tag action 1', 'thanks message 1', 'remind message 0']);
  expect(edges).toContainEqual(expect.objectContaining({ from: 'tag', to: 'thanks', outcome: 'done', count: 1 }));
});

test('explain of somebody who never entered: inside, and let in by leaving; and the next anniversary', async () => {
  const segment = ok(await app.api('POST', '/v1/segments', { name: 'Trial', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } })).body.id as string;
  await settle();
  const leaving = await publish(series({ entry: { type: 'segment', segmentId: segment, on: 'left', take: 'future_only' }, start: 'm', steps: [inApp('m')] }));
  const yearly = await publish(series({ entry: { type: 'date', attribute: 'born', every: 'year', days: -7 }, start: 'm', steps: [inApp('m')] }));
  const bob = await person('bob', { plan: 'trial', born: '1992-02-29' });
  await settle();
  const trigger = async (id: string) => ok(await app.api('GET', `/v1/campaigns/${id}/explain?personId=${bob}`)).body.gates.find(({ gate }: { gate: string }) => gate === 'trigger');
  expect(await trigger(leaving)).toMatchObject({ passed: false, code: 'TRIGGER_NOT_MET', facts: { on: 'left', inside: true } });
  expect(await trigger(yearly)).toMatchObject({ passed: false, nextCheckAt: '2027-02-21T09:00:00.000Z', facts: { every: 'year' } });
  ok(await app.api('PATCH', `/v1/people/${bob}`, { attributes: { plan: 'team' } }));
  await settle();
  expect(await runsOf(leaving)).toEqual([{ key: '', state: 'completed', step: 'm' }]);
});

test('two campaigns that call each other by their actions come to rest', async () => {
  const segment = ok(await app.api('POST', '/v1/segments', { name: 'Ping', definition: tag('ping') })).body.id as string;
  await settle();
  const loop = { reentry: { policy: 'after_exit' }, start: 'act' };
  const off = await publish(series({ ...loop, entry: { type: 'segment', segmentId: segment, take: 'future_only' }, steps: [act('act', { kind: 'remove_tag', tag: 'ping' })] }));
  const on = await publish(series({ ...loop, entry: { type: 'segment', segmentId: segment, on: 'left', take: 'future_only' }, steps: [act('act', { kind: 'add_tag', tag: 'ping' })] }));
  const cho = await person('cho');
  ok(await app.api('PUT', `/v1/people/${cho}/tags/ping`));
  await settle();
  expect([(await runsOf(off)).length, (await runsOf(on)).length]).toEqual([20, 20]);
  expect(await rows(app.db, `select d.campaign_id as id, d.code, d.facts ->> 'loopLimit' as limit from decision as d where d.campaign_id = any($1::uuid[])`, [[off, on]])).toEqual([{ id: off, code: 'REENTRY_BLOCKED', limit: '20' }]);
});

test('500 steps are checked, published and passed through', async () => {
  const steps = Array.from({ length: 500 }, (_, index) => {
    const [id, next] = [`s${index}`, index === 499 ? null : `s${index + 1}`];
    if (index % 5 === 0) return { id, type: 'branch', branches: [{ condition: { type: 'attribute', key: 'plan', op: 'is', value: 'team' }, next }], otherwise: next };
    if (index % 5 === 1) return { id, type: 'split', arms: [{ key: 'A', weight: 1, next }, { key: 'B', weight: 1, next }] };
    if (index % 5 === 2) return { id, type: 'wait_until', condition: EVERYBODY, timeout: { days: 1 }, next, onTimeout: next };
    return index % 5 === 3 ? act(id, { kind: 'set_attribute', attribute: 'at', value: index }, next) : inApp(id, { next });
  });
  const long = await publish(series({ entry: { type: 'event', event: 'Long' }, start: 's0', steps }));
  await person('dan', { plan: 'team' });
  await track('dan', 'Long');
  await settle();
  expect(await runsOf(long)).toEqual([{ key: '', state: 'completed', step: 's499' }]);
  expect(await rows(app.db, 'select count(*)::int as visits, count(distinct v.step_id)::int as steps from step_visit as v where v.campaign_id = $1', [long])).toEqual([{ visits: 500, steps: 500 }]);
  const longer = await app.api('POST', '/v1/campaigns', { name: 'Longer', definition: series({ start: 's0', steps: [...steps, inApp('s500')] }) });
  expect([longer.status, JSON.stringify(longer.body)]).toEqual([400, expect.stringContaining('definition.steps')]);
});

test('people named over the API enter once each, through the gates; every row is accounted for', async () => {
  const enter = async (id: string, people: unknown[], key?: string) => {
    const answer = await fetch(`${app.url}/v1/campaigns/${id}/enter`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) }, body: JSON.stringify({ people }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const id = await publish(series({
    entry: { type: 'api', key: 'order_id' }, reentry: { policy: 'concurrent_by_key' }, audience: { type: 'attribute', key: 'plan', op: 'is', value: 'team' }, start: 'w',
    steps: [{ id: 'w', type: 'wait_until', event: { name: 'Paid', sameKey: true }, timeout: { days: 2 }, next: 'm' }, inApp('m', { variants: [{ key: 'A', content: { body: 'Order {{event.order}}' } }] })],
  }));
  const eva = await person('eva', { plan: 'team' });
  await person('fay', { plan: 'solo' });
  const people = [{ personId: eva, key: '1', properties: { order: 'one' } }, { externalId: 'eva', key: '2', properties: { order: 'two' } }, { externalId: 'eva', key: '1' }, { externalId: 'eva' }, { externalId: 'fay', key: '3' }, { externalId: 'nobody', key: '4' }, { key: '5' }];
  expect(ok(await enter(id, people, 'first')).body).toEqual({
    received: 7, entered: 2, repeated: 0, refused: [{ index: 2, code: 'REENTRY_BLOCKED' }, { index: 3, code: 'TRIGGER_NOT_MET' }, { index: 4, code: 'NOT_IN_AUDIENCE' }],
    rejected: [{ index: 5, code: 'enter.unknown-person', message: expect.any(String) }, { index: 6, code: 'enter.invalid', message: 'give exactly one of personId and externalId' }],
  });
  expect(ok(await enter(id, people, 'first')).body).toMatchObject({ received: 7, entered: 0, repeated: 5, refused: [] });
  expect(ok(await enter(id, [{ externalId: 'eva', key: '6', requestId: 'r' }, { externalId: 'eva', key: '7', requestId: 'r' }])).body).toMatchObject({ entered: 1, repeated: 1 });
  await settle();
  clock.advance(1_000);
  await track('eva', 'Paid', { order_id: '2' });
  await settle();
  expect(await runsOf(id)).toEqual([{ key: '1', state: 'active', step: 'w' }, { key: '2', state: 'completed', step: 'm' }, { key: '6', state: 'active', step: 'w' }]);
  expect((await enter(id, [{ externalId: 'eva' }], 'no spaces')).status).toBe(400);
  ok(await app.api('POST', `/v1/campaigns/${id}/pause`));
  expect(ok(await enter(id, [{ externalId: 'eva', key: '8' }])).body).toMatchObject({ entered: 0, refused: [{ index: 0, code: 'CAMPAIGN_INACTIVE' }] });
  ok(await app.api('POST', `/v1/campaigns/${id}/stop`));
  expect(await enter(id, [{ externalId: 'eva', key: '9' }])).toMatchObject({ status: 409, body: { code: 'campaign.not-running' } });
  const other = await publish(series());
  expect(await enter(other, [{ externalId: 'eva' }])).toMatchObject({ status: 409, body: { code: 'campaign.no-api-entry' } });
});

test('who waits for the end of what never ends waits beside the others: a date at the edge of the calendar stops nobody', async () => {
  const wait = { id: 'until', type: 'wait', date: { attribute: 'ends', days: 1 }, next: 'm', onMissed: 'late' };
  const id = await publish(series({ entry: { type: 'event', event: 'Subscribed' }, start: 'until', steps: [wait, inApp('m', { topic: 'account' }), inApp('late', { topic: 'account' })] }));
  const yearly = await publish(series({ entry: { type: 'date', attribute: 'ends', days: 0, every: 'year' }, start: 'm', steps: [inApp('m', { topic: 'account' })] }));
  const ends: Record<string, string> = { never: '9999-12-31', never_at_all: '9999-12-31T23:59:59Z', began: '0001-01-01', soon: new Date(clock.now().getTime() + 86_400_000).toISOString().slice(0, 10) };
  for (const [name, date] of Object.entries(ends)) await person(name, { ends: date, timezone: 'Asia/Seoul' });
  for (const name of Object.keys(ends)) await track(name, 'Subscribed');
  await settle();
  const stand = async () => Object.fromEntries((await rows<{ name: string; at: string }>(app.db, `select p.external_id as name, e.state || ' ' || e.step_id as at from enrollment as e join person as p on p.id = e.person_id where e.campaign_id = $1`, [id])).map(({ name, at }) => [name, at]));
  expect(await stand()).toEqual({ never: 'active until', never_at_all: 'active until', began: 'completed late', soon: 'active until' });
  for (const name of Object.keys(ends)) for (const campaign of [id, yearly]) ok(await app.api('GET', `/v1/campaigns/${campaign}/explain?personId=external:${name}`));
  ok(await app.api('GET', `/v1/campaigns/${id}/remaining`));
  clock.advance(3 * 86_400_000);
  await settle();
  expect(await stand()).toMatchObject({ never: 'active until', never_at_all: 'active until', soon: 'completed m' });
});
