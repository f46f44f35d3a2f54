import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bucketOf } from '../../src/kernel/bucket.js';
import { row, rows } from '../../src/platform/database/db.js';
import { detectableLift } from '../../src/analytics/domain/statistics/planning.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, broadcast, EVERYBODY, inApp, series } from '../support/campaign-definitions.js';
import { Browser, post, publishAuto, reconciled } from '../support/displays.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const DAY = 86_400_000;
const people = Array.from({ length: 60 }, (_, index) => `p${index}`);
const goal = { event: { name: 'Order Completed' }, window: { days: 7 } };
const settle = () => app.runner.runUntilIdle();
const ids = async () => new Map((await rows<{ id: string; name: string }>(app.db, 'select p.id, p.external_id as name from person as p where p.external_id is not null')).map(({ id, name }) => [name, id]));
const identify = (userId: string) => post(app.url, '/v1/identify', { writeKey: app.writeKey, userId, traits: { email: `${userId}@example.test` }, timestamp: clock.now().toISOString() });
const track = (userId: string, event: string) => post(app.url, '/v1/track', { writeKey: app.writeKey, userId, event, messageId: crypto.randomUUID(), timestamp: clock.now().toISOString() });
const begin = async (more: object = {}) => {
  const { status, body } = await app.api('POST', '/v1/holdouts', { name: '전체 홀드아웃', percent: 50, goal, ...more });
  expect([status, body.problems ?? []]).toEqual([201, []]);
  return body as { id: string };
};
const end = (id: string) => app.api('POST', `/v1/holdouts/${id}/end`);
const held = async (id: string) => new Set((await rows<{ name: string }>(app.db, 'select p.external_id as name from holdout_person as h join person as p on p.id = h.person_id where h.holdout_id = $1 and h.held', [id])).map(({ name }) => name));
const entered = async (campaignId: string) => new Set((await rows<{ name: string }>(app.db, 'select p.external_id as name from enrollment as e join person as p on p.id = e.person_id where e.campaign_id = $1', [campaignId])).map(({ name }) => name));
const publish = (definition: unknown) => publishAuto(app, definition);
const onEvent = (event: string, change: object = {}) => series({ entry: { type: 'event', event }, steps: [inApp('a')], start: 'a', ...change });

test('keeps the people of its first buckets out of every campaign, always the same ones, and the ledger says so', async () => {
  for (const name of people) await identify(name);
  const [first, second] = [await publish(onEvent('One')), await publish(broadcast({ audience: EVERYBODY, launchAt: '2026-03-02T10:00:00Z' }))];
  const holdout = await begin();
  const known = await ids();
  const expected = people.filter((name) => bucketOf(`holdout:${holdout.id}`, known.get(name)!) < 5_000);
  expect(expected.length).toBeGreaterThan(10);
  for (const name of people) await track(name, 'One');
  await settle();
  expect([...(await held(holdout.id))].toSorted()).toEqual(expected.toSorted());
  expect([...(await entered(first))].toSorted()).toEqual(people.filter((name) => !expected.includes(name)).toSorted());
  clock.set(new Date('2026-03-02T10:00:00Z'));
  await settle();
  expect([...(await entered(second))].toSorted()).toEqual([...(await entered(first))].toSorted());
  for (const campaign of [first, second]) {
    const results = await reconciled(app, campaign);
    expect(results.entry).toMatchObject({ considered: 60, entered: 60 - expected.length, refusals: [{ code: 'HOLDOUT', count: expected.length }] });
  }
  const told = (await app.api('GET', `/v1/campaigns/${first}/explain?personId=external:${expected[0]!}`)).body;
  expect(told.gates.find(({ gate }: { gate: string }) => gate === 'holdout')).toMatchObject({ passed: false, code: 'HOLDOUT', facts: { holdout: holdout.id, name: '전체 홀드아웃', percent: 50 } });
  expect([told.answer.en, told.answer.ko]).toEqual([expect.stringContaining('in a holdout'), expect.stringContaining('홀드아웃')]);
  // Nobody was kept out twice over: both campaigns look at one record.
  expect(await row(app.db, 'select count(*)::int as all, count(*) filter (where h.held)::int as held from holdout_person as h')).toEqual({ all: 60, held: expected.length });
  // Ended: whoever was kept out enters now, and the record stays.
  expect((await end(holdout.id)).body).toMatchObject({ held: expected.length, considered: 60, endedAt: clock.now().toISOString() });
  await track(expected[0]!, 'One');
  await settle();
  expect((await entered(first)).has(expected[0]!)).toBe(true);
  expect(await end(holdout.id)).toMatchObject({ status: 409, body: { code: 'holdout.over' } });
});

test('lets through what is owed to everybody, campaigns that are excepted or not of it, and who is on the way', async () => {
  await app.api('POST', '/v1/topics', { key: 'receipts', name: 'Receipts', kind: 'transactional', reason: 'receipt', reasonText: '' });
  const steps = (topic: string) => [inApp('a', { topic, next: 'w' }), { id: 'w', type: 'wait', for: { days: 1 }, next: 'b' }, inApp('b', { topic })];
  const [owed, excepted, other, inside] = [await publish(onEvent('Two', { steps: steps('receipts') })), await publish(onEvent('Two', { steps: steps('product-updates') })), await publish(onEvent('Two')), await publish(onEvent('Two', { steps: steps('product-updates') }))];
  await track('p0', 'Two');
  await settle();
  const holdout = await begin({ campaignIds: [owed, excepted, inside], exceptCampaignIds: [excepted] });
  await app.api('PUT', `/v1/holdouts/${holdout.id}/people/external:p0`, { held: true });
  await app.api('PUT', `/v1/holdouts/${holdout.id}/people/external:p1`, { held: true });
  clock.advance(DAY);
  await settle();
  // On the way before it began: the second message goes.
  expect(await row(app.db, `select count(*)::int as count from delivery as d where d.campaign_id = $1 and d.step_id = 'b' and d.state = 'sent'`, [inside])).toEqual({ count: 1 });
  await track('p1', 'Two');
  await settle();
  expect(await Promise.all([owed, excepted, other, inside].map(async (id) => (await entered(id)).has('p1')))).toEqual([true, true, true, false]);
  expect((await app.api('PATCH', `/v1/holdouts/${holdout.id}`, { name: '새 이름', exceptCampaignIds: [excepted, inside] })).body).toMatchObject({ name: '새 이름', exceptCampaignIds: [excepted, inside] });
  await track('p1', 'Two');
  await settle();
  expect((await entered(inside)).has('p1')).toBe(true);
  await end(holdout.id);
});

test('keeps displays back as well, and asks once who is on which side', async () => {
  await app.api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: false } } });
  const id = await publish(autoMessage());
  const holdout = await begin({ percent: 50 });
  const visitors = Array.from({ length: 6 }, (_, index) => new Browser(app.url, app.writeKey, `held-${index}`));
  // Two are put, so that there is one on each side whatever the buckets say.
  for (const [index, isHeld] of [true, false].entries()) {
    await post(app.url, '/v1/track', { writeKey: app.writeKey, anonymousId: `held-${index}`, event: 'Seen', timestamp: clock.now().toISOString() });
    const { id: personId } = (await row<{ id: string }>(app.db, 'select i.person_id as id from person_identity as i where i.value = $1', [`held-${index}`]))!;
    expect((await app.api('PUT', `/v1/holdouts/${holdout.id}/people/${personId}`, { held: isHeld })).status).toBe(200);
  }
  const answers: boolean[] = [];
  for (const visitor of visitors) {
    const claim = await visitor.claim(id);
    const side = await row<{ held: boolean }>(app.db, `select h.held from holdout_person as h join person_identity as i on i.person_id = h.person_id where h.holdout_id = $1 and i.value = $2`, [holdout.id, visitor.id]);
    expect(claim).toMatchObject(side!.held ? { ok: 0, why: 'HOLDOUT' } : { ok: 1 });
    if (claim.ok === 1) expect(await visitor.ack(claim.key, 'shown')).toEqual({ ok: 1 });
    answers.push(side!.held);
  }
  expect(new Set(answers).size).toBe(2);
  expect((await reconciled(app, id)).entry.refusals).toEqual([{ code: 'HOLDOUT', count: answers.filter(Boolean).length }]);
  await end(holdout.id);
});

test('a person stays on the survivor’s side when two are merged, and one who had none takes it along', async () => {
  const holdout = await begin();
  const side = async (name: string) => (await row<{ held: boolean }>(app.db, 'select h.held from holdout_person as h join person as p on p.id = h.person_id where h.holdout_id = $1 and p.external_id = $2', [holdout.id, name]))?.held ?? null;
  for (const [guest, name] of [['g1', 'p2'], ['g2', 'p3']] as const) await post(app.url, '/v1/track', { writeKey: app.writeKey, anonymousId: guest, event: 'Seen', timestamp: clock.now().toISOString() }).then(() => identify(name));
  const guest = async (value: string) => (await row<{ id: string }>(app.db, `select i.person_id as id from person_identity as i where i.value = $1`, [value]))!.id;
  for (const [person, isHeld] of [[await guest('g1'), true], [(await ids()).get('p2')!, false], [await guest('g2'), true]] as const) await app.api('PUT', `/v1/holdouts/${holdout.id}/people/${person}`, { held: isHeld });
  for (const [anonymousId, userId] of [['g1', 'p2'], ['g2', 'p3']]) await post(app.url, '/v1/identify', { writeKey: app.writeKey, anonymousId, userId, timestamp: clock.now().toISOString() });
  await settle();
  expect([await side('p2'), await side('p3')]).toEqual([false, true]);
  await end(holdout.id);
});

describe('what it found', () => {
  const PERIOD = '?from=2026-01-01T00:00:00Z&to=2026-12-01T00:00:00Z';
  test('compares those to whom a message could have gone, by the events after they were considered, and leaves out who was put by hand', async () => {
    const holdout = await begin({ percent: 20 });
    const at = clock.now();
    const side = async (isHeld: boolean, count: number, converted: number, more: { open?: boolean; source?: string } = {}) => {
      await app.db.query(`
        with made as (insert into person (id, kind, first_seen_at, last_seen_at, created_at, updated_at) select gen_random_uuid(), 'user', $2, $2, $2, $2 from generate_series(1, $5::int) returning id),
        sided as (insert into holdout_person (holdout_id, person_id, held, open, source, at) select $1, m.id, $3, $4, $6, $2 from made as m)
        insert into event (id, person_id, type, name, occurred_at, received_at, message_id) select gen_random_uuid(), m.id, 'track', 'Order Completed', $2::timestamptz + interval '1 day', $2, gen_random_uuid()::text from made as m limit $7`,
      [holdout.id, at, isHeld, more.open ?? true, count, more.source ?? 'hash', converted]);
    };
    await side(true, 400, 40);
    await side(false, 1_600, 320);
    await side(true, 50, 50, { open: false });
    await side(true, 50, 50, { source: 'override' });
    const item = async () => (await app.api('GET', `/v1/reports/holdouts${PERIOD}`)).body.items.find((one: { holdout: { id: string } | null }) => one.holdout?.id === holdout.id);
    expect(await item()).toMatchObject({ kind: 'holdout', kept: { people: 0 }, messaged: { people: 0 }, missing: 'people', detectable: { rate: null, lift: null, later: { kept: 400, messaged: 1_600, lift: null } } });
    clock.advance(7 * DAY);
    const found = await item();
    expect(found).toMatchObject({ holdout: { name: '전체 홀드아웃', percent: 20, endedAt: null }, kept: { people: 400, converted: 40 }, messaged: { people: 1_600, converted: 320 }, missing: null });
    // 10 % against 20 %: of 320 conversions half, give or take; log ratio ln 2, variance 1/320 - 1/1600 + 1/40 - 1/400.
    expect(found.caused.point).toBeCloseTo(160, 6);
    expect(found.caused.lo).toBeGreaterThan(30);
    expect(found.sentence.en).toMatch(/^Of 320 conversions among people you messaged, \d+ to \d+ would not have happened without the message\.$/);
    // 18 % over both sides; as planned for 400 of 2,000.
    expect(found.detectable).toMatchObject({ rate: 0.18, later: { kept: 400, messaged: 1_600, lift: found.detectable.lift } });
    expect(found.detectable.lift).toBeCloseTo(detectableLift({ weights: [0.2, 0.8], alphaEarly: 0.05, alphaFinal: 0 }, { rate: 0.18 }, 2_000)!, 9);
    expect(found.detectable.sentence.en).toMatch(/^With 400 people kept out and a goal rate of 18%, an increase of [\d.]+% or more is found in four of five cases\.$/);
    const listed = (await app.api('GET', `/v1/holdouts/${holdout.id}/people?held=true&limit=200`)).body;
    expect([listed.items.length, listed.next === null]).toEqual([200, false]);
    expect((await app.api('GET', `/v1/holdouts/${holdout.id}`)).body).toMatchObject({ held: 500, considered: 2_100 });
    await end(holdout.id);
    expect((await item()).holdout.endedAt).not.toBeNull();
  });

  test('says before it begins how many it would concern and the smallest effect it would find', async () => {
    const question = { percent: 10, goal };
    const plan = (await app.api('POST', '/v1/holdouts/plan', question)).body;
    expect(plan.people).toBe((await row<{ people: number }>(app.db, `select count(distinct e.person_id)::int as people from enrollment as e where e.entered_at > $1::timestamptz - interval '28 days'`, [clock.now()]))!.people);
    expect(plan.people).toBeGreaterThan(10);
    expect(plan.after.map(({ days }: { days: number }) => days)).toEqual([28, 90, 180]);
    for (const { people: coming, held: kept } of plan.after) expect(kept).toBe(Math.round(coming * 0.1));
    expect(plan.sentence.ko).toMatch(/제외/);
    const nobody = (await app.api('POST', '/v1/holdouts/plan', { ...question, campaignIds: [await publish(onEvent('Never'))] })).body;
    expect(nobody).toMatchObject({ people: 0, baseline: null, after: [{ lift: null }, { lift: null }, { lift: null }] });
  });
});

test('refuses what it can not be, with its place', async () => {
  const unknown = '00000000-0000-7000-8000-000000000000';
  const refused = async (body: object) => { const { status, body: said } = await app.api('POST', '/v1/holdouts', { name: 'x', percent: 10, goal, ...body }); return [status, said.problems?.map(({ path }: { path: string }) => path)]; };
  expect(await refused({ percent: 60 })).toEqual([400, ['percent']]);
  expect(await refused({ percent: 0.001 })).toEqual([400, expect.arrayContaining(['percent'])]);
  expect(await refused({ percent: 1.234 })).toEqual([400, ['percent']]);
  expect(await refused({ name: ' ' })).toEqual([400, ['name']]);
  expect(await refused({ goal: { event: { name: '' } } })).toEqual([400, ['goal.event.name']]);
  expect(await refused({ exceptCampaignIds: [unknown] })).toEqual([400, ['exceptCampaignIds.0']]);
  expect((await app.api('GET', `/v1/holdouts/${unknown}`)).status).toBe(404);
  expect((await app.api('PATCH', `/v1/holdouts/${unknown}`, {})).status).toBe(400);
  for (const { id, endedAt } of (await app.api('GET', '/v1/holdouts')).body.items) if (!endedAt) await end(id);
  for (let count = 0; count < 10; count += 1) await begin({ percent: 0.01 });
  expect(await app.api('POST', '/v1/holdouts', { name: 'eleventh', percent: 1, goal })).toMatchObject({ status: 409, body: { code: 'holdout.too-many' } });
});
