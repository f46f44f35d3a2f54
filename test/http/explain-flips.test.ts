import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SegmentNode } from '../../src/contract/segment.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { broadcast, email, inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const RUNS = Number(process.env.EXPLAIN_RUNS ?? 10);

/** Explain's smallest change is made for real, by way of the API that clients use, and the engine's own verdict flips. */

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
  ok(await app.api('POST', '/v1/topics', { key: 'offers', name: 'Offers', nameKo: '특가', kind: 'marketing', optIn: true }));
});
afterAll(() => app.close());

type Change = { kind: string; [part: string]: any }; // eslint-disable-line typescript/no-explicit-any -- answers are examined by the test
const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const send = async (type: string, body: object) => {
  const answer = await fetch(`${app.url}/v1/${type}`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify({ timestamp: clock.now().toISOString(), messageId: crypto.randomUUID(), ...body }) });
  if (answer.status !== 200) throw new Error(await answer.text());
};
const settle = () => app.runner.runUntilIdle();
const publish = async (definition: object) => {
  const { body } = ok(await app.api('POST', '/v1/campaigns', { name: '온보딩', definition }));
  ok(await app.api('POST', `/v1/campaigns/${body.id}/publish`));
  await settle();
  return body.id as string;
};
const explain = async (id: string, who: string, more = '') => ok(await app.api('GET', `/v1/campaigns/${id}/explain?personId=external:${who}${more}`)).body;
const runsOf = async (id: string, who: string) => rows<{ state: string }>(app.db, 'select e.state from enrollment as e join person as p on p.id = e.person_id where e.campaign_id = $1 and p.external_id = $2', [id, who]);
const advanceTo = async (at: string) => { clock.set(new Date(at)); await settle(); };
const deliveriesOf = async (id: string, who: string) => rows<{ state: string }>(app.db, 'select d.state from delivery as d join person as p on p.id = d.person_id where d.campaign_id = $1 and p.external_id = $2', [id, who]);

/** Makes one change of an answer for real, a moment after the one before. */
async function make(id: string, who: string, change: Change): Promise<void> {
  clock.advance(1_000);
  const person = `/v1/people/external:${who}`;
  switch (change.kind) {
    case 'attribute': await send('identify', { userId: who, traits: { [change.key]: change.value } }); break;
    case 'event': for (let time = 0; time < change.times; time += 1) await send('track', { userId: who, event: change.name, properties: change.properties }); break;
    case 'tag': ok(await app.api(change.set ? 'PUT' : 'DELETE', `${person}/tags/${encodeURIComponent(change.tag)}`)); break;
    case 'list': ok(await app.api('POST', `/v1/lists/${change.listId}/members${change.on ? '' : '/remove'}`, { people: [`external:${who}`] })); break;
    case 'consent': ok(await app.api('PUT', `${person}/consent`, { consents: [{ channel: change.channel, topic: change.topic, state: change.state }] })); break;
    case 'campaign': ok(await app.api('POST', `/v1/campaigns/${id}/${change.verb}`)); break;
    case 'let_in': ok(await app.api('POST', `/v1/campaigns/${id}/enter`, { people: [{ externalId: who }] })); break;
    case 'suppression': ok(await app.api('DELETE', `/v1/suppressions/${encodeURIComponent(`${who}@example.test`)}`)); break;
    default: throw new Error(`nobody makes ${JSON.stringify(change)}`);
  }
}

async function apply(id: string, who: string, changes: Change[]): Promise<void> {
  for (const change of changes) await make(id, who, change);
  await settle();
}

const is = (key: string, value: unknown): SegmentNode => ({ type: 'attribute', key, op: 'is', value } as SegmentNode);
const did = (event: string, value: number): SegmentNode => ({ type: 'event', event, count: { op: 'at_least', value } });
const onEvent = (change: object) => series({ entry: { type: 'event', event: 'Signed Up' }, goals: [], start: 'm', steps: [inApp('m')], ...change });

describe('the smallest change, made for real, flips the verdict', () => {
  test.each<{ name: string; definition(): object; traits?: object; prepare?(who: string): Promise<void>; changes: object[]; en: string; ko: string }>([
    { name: 'an attribute and the event of the entry', definition: () => onEvent({ audience: is('plan', 'pro') }), changes: [{ kind: 'attribute', key: 'plan', value: 'pro' }, { kind: 'event', name: 'Signed Up', properties: {}, times: 1 }], en: 'It would be yes if “plan” is “pro”, and “Signed Up” happened once more.', ko: '다음이 모두 맞을 경우(‘plan’이 ‘pro’와 같은 경우, ‘Signed Up’을 1번 더 한 경우) 결과가 ‘예’로 바뀝니다.' },
    { name: 'of two ways the shorter one', definition: () => onEvent({ audience: { type: 'any', of: [{ type: 'all', of: [is('a', 'x'), is('b', 'y')] }, { type: 'tag', op: 'has', tag: 'vip' }] } }), changes: [{ kind: 'tag', tag: 'vip', set: true }, { kind: 'event', name: 'Signed Up', properties: {}, times: 1 }], en: 'It would be yes if the tag “vip” is set, and “Signed Up” happened once more.', ko: '다음이 모두 맞을 경우(‘vip’ 태그가 있는 경우, ‘Signed Up’을 1번 더 한 경우) 결과가 ‘예’로 바뀝니다.' },
    { name: 'one change that turns two conditions', definition: () => onEvent({ audience: { type: 'all', of: [is('plan', 'pro'), { type: 'attribute', key: 'plan', op: 'exists' }, { type: 'attribute', key: 'plan', op: 'not_in_list', value: ['free'] }] } }), traits: { plan: 'free' }, changes: [{ kind: 'attribute', key: 'plan', value: 'pro' }, { kind: 'event', name: 'Signed Up', properties: {}, times: 1 }], en: 'It would be yes if “plan” is “pro”, and “Signed Up” happened once more.', ko: '다음이 모두 맞을 경우(‘plan’이 ‘pro’와 같은 경우, ‘Signed Up’을 1번 더 한 경우) 결과가 ‘예’로 바뀝니다.' },
    { name: 'only as many events as are missing', definition: () => series({ entry: { type: 'api' }, audience: did('Login', 3), goals: [], start: 'm', steps: [inApp('m')] }), prepare: (who) => send('track', { userId: who, event: 'Login' }), changes: [{ kind: 'event', name: 'Login', properties: {}, times: 2 }, { kind: 'let_in' }], en: 'It would be yes if “Login” happened 2 times more, and somebody let them in by name.', ko: '다음이 모두 맞을 경우(‘Login’을 2번 더 한 경우, 담당자가 직접 진입시킨 경우) 결과가 ‘예’로 바뀝니다.' },
    { name: 'consent to a topic that asks first, and an address', definition: () => series({ entry: { type: 'api' }, reentry: { policy: 'after_exit' }, goals: [], start: 'm', steps: [email('m', null, { topic: 'offers' })] }), traits: { email: null }, changes: [{ kind: 'consent', channel: 'email', topic: 'offers', state: 'subscribed' }, { kind: 'attribute', key: 'email', value: 'name@example.com' }, { kind: 'let_in' }], en: 'It would be yes if they said yes to “Offers” by e-mail, and they had an e-mail address, and somebody let them in by name.', ko: '다음이 모두 맞을 경우(‘특가’를 이메일로 받겠다고 한 경우, 이메일 주소가 있는 경우, 담당자가 직접 진입시킨 경우) 결과가 ‘예’로 바뀝니다.' },
    { name: 'a block of the address', definition: () => series({ entry: { type: 'api' }, reentry: { policy: 'after_exit' }, goals: [], start: 'm', steps: [email('m', null)] }), prepare: async (who) => { ok(await app.api('POST', '/v1/suppressions', { address: `${who}@example.test`, detail: 'asked' })); }, changes: [{ kind: 'suppression' }, { kind: 'let_in' }], en: 'It would be yes if the block of their address were lifted, and somebody let them in by name.', ko: '다음이 모두 맞을 경우(주소의 발송 차단을 해제한 경우, 담당자가 직접 진입시킨 경우) 결과가 ‘예’로 바뀝니다.' },
    { name: 'a goal that is reached already', definition: () => series({ entry: { type: 'api' }, goals: [{ key: 'paid', name: 'Paid', exits: true, condition: is('plan', 'pro') }], start: 'm', steps: [inApp('m')] }), traits: { plan: 'pro' }, changes: [{ kind: 'attribute', key: 'plan', value: null }, { kind: 'let_in' }], en: 'It would be yes if not (“plan” is “pro”), and somebody let them in by name.', ko: '다음이 모두 맞을 경우((‘plan’이 ‘pro’와 같은 조건)에 해당하지 않는 경우, 담당자가 직접 진입시킨 경우) 결과가 ‘예’로 바뀝니다.' },
  ])('$name', async ({ name, definition, traits = {}, prepare, changes, en, ko }) => {
    const who = `p-${name.replaceAll(/[^a-z]/g, '')}`;
    await send('identify', { userId: who, traits: { email: `${who}@example.test`, ...traits } });
    await prepare?.(who);
    await settle();
    const id = await publish(definition());
    const told = await explain(id, who);
    expect(told).toMatchObject({ basis: 'now', verdict: 'no', nextPossibleAt: null, flip: { to: 'yes', byTime: null, blocked: [], changes } });
    expect(told.flip.sentence).toEqual({ en, ko });
    // All but the first: it is the least, so without it nothing moves.
    await apply(id, who, told.flip.changes.slice(1));
    expect(await deliveriesOf(id, who)).toEqual([]);
    await apply(id, who, [told.flip.changes[0], ...told.flip.changes.slice(1)]);
    expect(await deliveriesOf(id, who)).toHaveLength(1);
  });
});

const leaf = fc.oneof(
  fc.record({ type: fc.constant('attribute' as const), key: fc.constantFrom('a', 'b'), op: fc.constantFrom('is', 'is_not', 'contains', 'not_contains', 'starts_with'), value: fc.constantFrom('x', 'xy', 'z') }),
  fc.record({ type: fc.constant('attribute' as const), key: fc.constantFrom('n', 'm'), op: fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'ne'), value: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ type: fc.constant('attribute' as const), key: fc.constantFrom('a', 'l'), op: fc.constantFrom('exists', 'not_exists') }),
  fc.record({ type: fc.constant('attribute' as const), key: fc.constant('l'), op: fc.constantFrom('has_any', 'has_all', 'has_none'), value: fc.constantFrom<string[]>(['p'], ['p', 'q']) }),
  fc.record({ type: fc.constant('attribute' as const), key: fc.constant('d'), op: fc.constantFrom('within_last', 'older_than', 'in_next'), value: fc.constantFrom({ days: 1 }, { days: 9 }) }),
  fc.record({ type: fc.constant('event' as const), event: fc.constantFrom('Login', 'Enter Me'), count: fc.record({ op: fc.constantFrom('at_least' as const, 'at_most' as const, 'exactly' as const, 'more_than' as const), value: fc.integer({ min: 0, max: 3 }) }) }),
  fc.record({ type: fc.constant('event_value' as const), event: fc.constant('Order'), measure: fc.constantFrom('sum' as const, 'max' as const), property: fc.constant('price'), op: fc.constantFrom('at_least' as const, 'more_than' as const), value: fc.constantFrom(0, 10) }),
  fc.record({ type: fc.constant('sequence' as const), steps: fc.constantFrom<{ event: string }[]>([{ event: 'Login' }, { event: 'Order' }]) }),
  fc.record({ type: fc.constant('tag' as const), op: fc.constantFrom('has' as const, 'has_not' as const), tag: fc.constantFrom('vip', '휴면') }),
);
const node: fc.Arbitrary<SegmentNode> = fc.letrec<{ node: SegmentNode }>((tie) => ({
  node: fc.oneof({ maxDepth: 2, depthSize: 'small' }, leaf, fc.record({ type: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('node'), { minLength: 2, maxLength: 3 }) }), fc.record({ type: fc.constant('not' as const), of: tie('node') })),
})).node;
const somebody = fc.record({
  traits: fc.record({ a: fc.constantFrom('x', 'xy', 'no'), b: fc.constantFrom('z', ''), n: fc.integer({ min: 0, max: 5 }), l: fc.constantFrom(['q'], ['p', 'r']), d: fc.constantFrom('2026-03-01T00:00:00Z', '2026-06-01T00:00:00Z') }, { requiredKeys: [] }),
  events: fc.array(fc.constantFrom('Login', 'Order'), { maxLength: 3 }),
  tag: fc.boolean(),
});

test('of random campaigns and people, what explain suggests is made, and the engine lets the person in', async () => {
  const seen = { flipped: 0, open: 0, none: 0 };
  let count = 0;
  await fc.assert(fc.asyncProperty(node, fc.array(somebody, { minLength: 4, maxLength: 4 }), async (audience, people) => {
    const id = await publish(series({ entry: { type: 'event', event: 'Enter Me' }, audience, goals: [], start: 'm', steps: [inApp('m')] }));
    const told = [];
    for (const { traits, events, tag } of people) {
      const who = `w-${count++}`;
      await send('identify', { userId: who, traits });
      for (const event of events) { clock.advance(1_000); await send('track', { userId: who, event, properties: { price: 3 } }); }
      if (tag) ok(await app.api('PUT', `/v1/people/external:${who}/tags/vip`));
      const { flip, gates } = await explain(id, who);
      const isInside = gates.find(({ gate }: { gate: string }) => gate === 'audience').passed;
      seen[flip.changes.length === 0 ? 'none' : isInside ? 'open' : 'flipped'] += 1;
      for (const change of flip.changes) await make(id, who, change);
      told.push({ who, traits, changes: flip.changes });
    }
    await settle();
    for (const one of told) expect({ audience, ...one, runs: await runsOf(id, one.who) }).toMatchObject({ runs: one.changes.length === 0 ? [] : [{ state: 'completed' }] });
    ok(await app.api('POST', `/v1/campaigns/${id}/stop`));
  }), { numRuns: RUNS, seed: Number(process.env.EXPLAIN_SEED ?? 20261123) });
  // Nearly everything can be flipped: "at most once" of what was done twice cannot.
  expect(seen.flipped).toBeGreaterThan(seen.none);
}, Math.max(240_000, RUNS * 30_000));

describe('time alone, and what no change of data moves', () => {
  test('a date attribute names the moment, by the clock of the person, and the clock brings it', async () => {
    clock.set(new Date('2026-11-20T00:00:00Z'));
    await send('identify', { userId: 'seoul', traits: { timezone: 'Asia/Seoul', renewal: '2026-12-01', plan: 'pro' } });
    await settle();
    const id = await publish(series({ entry: { type: 'date', attribute: 'renewal', days: -7, time: '09:00' }, audience: is('plan', 'pro'), goals: [], start: 'm', steps: [inApp('m')] }));
    const told = await explain(id, 'seoul');
    expect(told).toMatchObject({ verdict: 'later', nextPossibleAt: '2026-11-24T00:00:00.000Z', flip: { to: 'yes', byTime: '2026-11-24T00:00:00.000Z' } });
    expect(told.flip.sentence.en).toMatch(/^Time alone brings it: from 24 Nov 2026, 00:00:00 \(UTC\) on\./);
    await advanceTo('2026-11-23T23:59:59Z');
    expect(await runsOf(id, 'seoul')).toEqual([]);
    await advanceTo(told.nextPossibleAt);
    expect(await runsOf(id, 'seoul')).toHaveLength(1);
  });

  test('a segment that time brings, and an audience that has ended by then: the next one is found, or none', async () => {
    const segment = async (name: string, definition: object) => ok(await app.api('POST', '/v1/segments', { name, definition })).body.id as string;
    await send('identify', { userId: 'young', traits: { joined: clock.now().toISOString() } });
    const week = await segment('한 주', { type: 'attribute', key: 'joined', op: 'older_than', value: { days: 7 } });
    await settle();
    const id = await publish(series({ entry: { type: 'segment', segmentId: week, take: 'current_and_future' }, audience: { type: 'attribute', key: 'joined', op: 'within_last', value: { days: 30 } }, goals: [], start: 'm', steps: [inApp('m')] }));
    const next = new Date(clock.now().getTime() + 7 * 86_400_000).toISOString();
    expect(await explain(id, 'young')).toMatchObject({ verdict: 'later', nextPossibleAt: next });
    const never = await publish(series({ entry: { type: 'segment', segmentId: week }, audience: { type: 'attribute', key: 'joined', op: 'within_last', value: { days: 3 } }, goals: [], start: 'm', steps: [inApp('m')] }));
    expect(await explain(never, 'young')).toMatchObject({ verdict: 'no', nextPossibleAt: null, flip: { byTime: null, changes: [], blocked: [], sentence: { en: 'No change of data that Danbi could make up flips it; see what the refusing gate compared.' } } });
    await advanceTo(next);
    expect([(await runsOf(id, 'young')).length, (await runsOf(never, 'young')).length]).toEqual([1, 0]);
  });

  test('quiet hours of the person put off, and say until when', async () => {
    ok(await app.api('PUT', '/v1/pacing', { caps: [], quietHours: { on: true, from: '21:00', to: '09:00' } }));
    clock.set(new Date('2026-12-07T20:00:00Z'));
    await send('identify', { userId: 'late', traits: { timezone: 'UTC', email: 'late@example.test' } });
    const id = await publish(broadcast({ message: email('message', null), audience: is('$external_id', 'late'), launchAt: '2026-12-07T22:00:00Z' }));
    const told = await explain(id, 'late');
    expect(told).toMatchObject({ verdict: 'later', nextPossibleAt: '2026-12-08T09:00:00.000Z', flip: { byTime: '2026-12-08T09:00:00.000Z' } });
    await advanceTo('2026-12-08T08:59:59Z');
    expect(await deliveriesOf(id, 'late')).toEqual([{ state: 'queued' }]);
    await advanceTo('2026-12-08T09:00:00Z');
    expect(await deliveriesOf(id, 'late')).toEqual([{ state: 'sent' }]);
    ok(await app.api('PUT', '/v1/pacing', { caps: [] }));
  });

  test('holdout, stopped campaign, control arm, earlier run: said by name, with what would', async () => {
    await send('identify', { userId: 'still', traits: { plan: 'pro' } });
    await settle();
    const stopped = await publish(onEvent({}));
    ok(await app.api('POST', `/v1/campaigns/${stopped}/stop`));
    expect((await explain(stopped, 'still')).flip).toMatchObject({ changes: [], blocked: [{ gate: 'campaign', code: 'CAMPAIGN_INACTIVE' }], sentence: { en: 'No change of data can flip it: the campaign was stopped, which is final. A duplicate of it would.' } });
    const paused = await publish(onEvent({ audience: is('plan', 'pro') }));
    ok(await app.api('POST', `/v1/campaigns/${paused}/pause`));
    const told = await explain(paused, 'still');
    expect(told.flip.changes).toEqual([{ kind: 'campaign', verb: 'resume' }, { kind: 'event', name: 'Signed Up', properties: {}, times: 1 }]);
    await apply(paused, 'still', told.flip.changes);
    expect(await runsOf(paused, 'still')).toHaveLength(1);
    const control = await publish(series({ entry: { type: 'api' }, goals: [{ key: 'g', name: 'g', event: { name: 'Paid' } }], start: 'm', steps: [inApp('m', { control: { weight: 1 } })] }));
    ok(await app.api('POST', `/v1/campaigns/${control}/assignments`, { assignments: [{ externalId: 'still', variant: 'control' }] }));
    await apply(control, 'still', [{ kind: 'let_in' }]);
    expect(await explain(control, 'still')).toMatchObject({ verdict: 'no', flip: { changes: [], blocked: [{ gate: 'assignment', code: 'EXPERIMENT_CONTROL' }] } });
    const { body: holdout } = ok(await app.api('POST', '/v1/holdouts', { name: '전체', percent: 50, campaignIds: null, exceptCampaignIds: [], goal: { event: { name: 'Paid' } } }));
    const held = await publish(onEvent({}));
    const kept = async (isHeld: boolean) => { ok(await app.api('PUT', `/v1/holdouts/${holdout.id}/people/external:still`, { held: isHeld })); return explain(held, 'still'); };
    expect((await kept(true)).flip).toMatchObject({ changes: [], blocked: [{ gate: 'holdout', code: 'HOLDOUT' }], sentence: { ko: expect.stringContaining('홀드아웃(“전체”)') } });
    expect((await kept(false)).flip).toMatchObject({ changes: [{ kind: 'event' }], blocked: [] });
    ok(await app.api('POST', `/v1/holdouts/${holdout.id}/end`));
  });
});

describe('other moments and other versions', () => {
  test('a past moment is told by what was decided or known then; another version and a draft by what they would say now', async () => {
    clock.set(new Date('2027-01-04T09:00:00Z'));
    await send('identify', { userId: 'past', traits: { plan: 'free' } });
    await settle();
    const id = await publish(onEvent({ audience: is('plan', 'pro'), reentry: { policy: 'after_exit' } }));
    const before = clock.now().toISOString();
    clock.advance(3_600_000);
    await send('track', { userId: 'past', event: 'Signed Up' });
    await settle();
    const refused = clock.now().toISOString();
    clock.advance(3_600_000);
    await send('identify', { userId: 'past', traits: { plan: 'pro' } });
    await send('track', { userId: 'past', event: 'Signed Up' });
    await settle();
    expect(await explain(id, 'past')).toMatchObject({ basis: 'ledger', verdict: 'yes', flip: null, version: { number: 1 } });
    const then = await explain(id, 'past', `&at=${refused}`);
    expect(then).toMatchObject({ basis: 'ledger', verdict: 'no', runs: [], decisions: [{ code: 'NOT_IN_AUDIENCE' }], flip: { changes: [{ kind: 'attribute', key: 'plan', value: 'pro' }], sentence: { en: 'At that moment it would have been yes if “plan” is “pro”.', ko: '그때 ‘plan’이 ‘pro’와 같은 경우였다면 결과가 달랐을 것입니다.' } } });
    const earlier = await explain(id, 'past', `&at=${before}`);
    expect(earlier).toMatchObject({ basis: 'recorded', verdict: 'no', decisions: [], at: before });
    expect(earlier.gates.slice(0, 3)).toMatchObject([{ gate: 'campaign', passed: true, facts: { state: 'active' } }, { gate: 'trigger', passed: false, facts: { everDone: false } }, { gate: 'audience', passed: false, facts: { explained: { compared: 'free' } } }]);
    const { body: seen } = ok(await app.api('GET', `/v1/campaigns/${id}`));
    ok(await app.api('PUT', `/v1/campaigns/${id}`, { revision: seen.revision, name: seen.name, definition: onEvent({ audience: is('plan', 'team'), reentry: { policy: 'after_exit' } }) }));
    expect(await explain(id, 'past', '&version=draft')).toMatchObject({ basis: 'now', version: { number: null }, flip: { changes: [{ kind: 'attribute', key: 'plan', value: 'team' }, { kind: 'event' }] } });
    ok(await app.api('POST', `/v1/campaigns/${id}/publish`));
    expect(await explain(id, 'past', '&version=1')).toMatchObject({ basis: 'now', version: { number: 1 }, flip: { changes: [{ kind: 'event', name: 'Signed Up' }] } });
    const { body: fresh } = ok(await app.api('POST', '/v1/campaigns', { name: '초안', definition: onEvent({}) }));
    expect(await explain(fresh.id, 'past')).toMatchObject({ basis: 'now', version: { number: null }, flip: { changes: [{ kind: 'campaign', verb: 'publish' }, { kind: 'event' }] } });
  });

  test.each([
    ['a moment to come', `&at=2099-01-01T00:00:00Z`, 400, 'campaign.bad-moment'],
    ['a moment before anything was known', '&at=2001-01-01T00:00:00Z', 400, 'campaign.bad-moment'],
    ['a version that is not there', '&version=77', 404, 'version.not-found'],
    ['a version that is none', '&version=x', 400, 'request.invalid'],
  ])('%s is refused by name', async (_, more, status, code) => {
    const { body } = await app.api('GET', '/v1/campaigns?limit=1');
    const answer = await app.api('GET', `/v1/campaigns/${body.items[0].id}/explain?personId=external:past${more}`);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
