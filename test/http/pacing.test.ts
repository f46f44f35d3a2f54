import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GatedQueue } from '../../src/delivery/sending/gated-claims.js';
import { newId } from '../../src/kernel/ids.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, broadcast, inApp, series } from '../support/campaign-definitions.js';
import { deliveries, IN_APP, makePeople, makePlace, queue } from '../support/deliveries.js';
import { VirtualClock } from '../support/virtual-clock.js';
import fc from '../support/fast-check.js';

const START = new Date('2026-03-02T09:00:00Z');
const HOUR = 3_600_000;
const clock = new VirtualClock(START);
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());
beforeEach(async () => {
  await rows(app.db, 'truncate delivery, person, in_app_message, pacing_release, enrollment, step_visit, decision');
  await rows(app.db, 'delete from workspace');
  await app.api('PATCH', '/v1/workspace', { name: 'Danbi', timeZone: 'UTC', language: 'en' });
});

const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const pace = (settings: object) => app.api('PUT', '/v1/pacing', settings);
const run = () => app.runner.runUntilIdle();
const cap = (key: string, limit: number, more: object = {}) => ({ key, limit, window: { kind: 'rolling', for: { days: 1 } }, ...more });
const publish = async (definition: object) => {
  const { body } = ok(await app.api('POST', '/v1/campaigns', { name: '소식', definition }));
  ok(await app.api('POST', `/v1/campaigns/${body.id}/publish`));
  await run();
  return body.id as string;
};
let events = 0;
/** A series entered by an event of its own. */
const onEvent = async (pacing?: object, step: object = {}) => {
  const event = `Go ${events += 1}`;
  const id = await publish(series({ entry: { type: 'event', event }, start: 'm', steps: [inApp('m', step)], ...(pacing ? { pacing } : {}) }));
  return { id, go: (personIds: readonly string[]) => meet(personIds, event) };
};
const wire = async (type: string, body: object) => {
  const answer = await fetch(`${app.url}/v1/${type}`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify({ messageId: crypto.randomUUID(), timestamp: clock.now().toISOString(), ...body }) });
  if (answer.status !== 200) throw new Error(await answer.text());
};
const users = new Map<string, string>();
/** People whom events can be told of. */
const people = async (count: number): Promise<string[]> => {
  const names = Array.from({ length: count }, () => crypto.randomUUID());
  await wire('batch', { batch: names.map((userId) => ({ type: 'identify', messageId: crypto.randomUUID(), userId, timestamp: clock.now().toISOString() })) });
  const found = await rows<{ id: string; name: string }>(app.db, 'select p.id, p.external_id as name from person as p where p.external_id = any($1::text[]) order by p.id', [names]);
  for (const { id, name } of found) users.set(id, name);
  return found.map(({ id }) => id);
};
const meet = async (personIds: readonly string[], event: string) => {
  await wire('batch', { batch: personIds.map((id) => ({ type: 'track', messageId: crypto.randomUUID(), userId: users.get(id), event, timestamp: clock.now().toISOString() })) });
  await run();
};
const of = (campaignId: string) => rows<{ id: string; personId: string; state: string; reason: string | null; detail: string | null; gateFacts: { rule?: string; winner: { campaignId: string } } | null; dueAt: Date }>(app.db, `
  select d.id, d.person_id as "personId", d.state, d.reason, d.detail, d.gate_facts as "gateFacts", d.due_at as "dueAt" from delivery as d where d.campaign_id = $1 order by d.person_id, d.queued_at`, [campaignId]);
const explain = async (campaignId: string, personId: string) => ok(await app.api('GET', `/v1/campaigns/${campaignId}/explain?personId=${personId}`)).body;

test('caps and quiet hours of the workspace are kept, audited, and refused with the place of a fault', async () => {
  expect(ok(await app.api('GET', '/v1/pacing')).body).toMatchObject({ caps: [], waitDays: 7, quietHours: { on: false } });
  const settings = { caps: [cap('daily', 1, { channels: ['email'], topics: ['account'] })], waitDays: 3, quietHours: { on: true, from: '23:00', to: '07:00' } };
  expect(ok(await pace(settings)).body).toMatchObject({ waitDays: 3, caps: [{ key: 'daily', on: true, limit: 1, channels: ['email'], topics: ['account'], classes: [] }], quietHours: { on: true, from: '23:00' } });
  expect((await app.api('GET', '/v1/audit?limit=1')).body.items[0]).toMatchObject({ action: 'pacing.change', detail: { was: { caps: [] }, is: { waitDays: 3 } } });
  const faults = [{ caps: [cap('a', 0)] }, { caps: [cap('a', 1, { topics: ['nothing'] })] }, { caps: [cap('a', 1), cap('a', 2)] }, { quietHours: { from: '25:00' } }];
  const refused = await Promise.all(faults.map(async (each) => { const { status, body } = await pace(each); return [status, body.problems[0].path]; }));
  expect(refused).toEqual([[400, 'caps.0.limit'], [400, 'caps.0.topics.0'], [400, 'caps'], [400, 'quietHours.from']]);
  expect((await app.api('GET', '/v1/pacing')).body.waitDays).toBe(3);
});

test('a cap defers to the second, names the message that took the slot, and lets go when it leaves the window', async () => {
  ok(await pace({ caps: [cap('daily', 1)] }));
  const [first, second] = [await onEvent(), await onEvent()];
  const [person] = await people(1);
  const began = clock.now().getTime();
  await first.go([person!]);
  clock.advance(HOUR + 1_000);
  await second.go([person!]);
  const [winner] = await of(first.id);
  const [waiting] = await of(second.id);
  expect(waiting).toMatchObject({ state: 'queued', reason: 'CAP_DEFERRED', dueAt: new Date(began + 24 * HOUR), gateFacts: { rule: 'cap', cap: 'daily', limit: 1, winner: { campaignId: first.id, stepId: 'm', deliveryId: winner!.id, kept: false } } });
  const told = await explain(second.id, person!);
  expect(told.gates.find(({ gate }: { gate: string }) => gate === 'frequency_cap')).toMatchObject({ passed: false, code: 'CAP_DEFERRED', facts: waiting!.gateFacts!, nextCheckAt: waiting!.dueAt.toISOString() });
  expect([told.answer.en, told.answer.ko]).toEqual([expect.stringContaining('“소식”, step “m”, took the place'), expect.stringContaining('“소식”')]);
  clock.set(new Date(began + 24 * HOUR - 1));
  await run();
  expect((await of(second.id))[0]!.state).toBe('queued');
  clock.advance(1);
  await run();
  expect((await of(second.id))[0]).toMatchObject({ state: 'sent', gateFacts: { rule: 'cap' } });
  ok(await app.api('DELETE', `/v1/people/${person}`));
  await run();
  expect((await of(second.id))[0]).toMatchObject({ state: 'recalled', gateFacts: null, detail: null });
});

test('what has waited as long as it may is dropped, with the message that took its place; an expiry that pacing did not cause is said', async () => {
  ok(await pace({ caps: [cap('weekly', 1, { window: { kind: 'calendar', unit: 'week' } })] }));
  const [first, second] = [await onEvent(), await onEvent({ expiresAfter: { hours: 5 } })];
  const [person, other] = await people(2);
  await first.go([person!]);
  await second.go([person!]);
  await queue(app.db, await makePlace(app.db, clock.now(), IN_APP), [other!], clock.now(), { channel: 'in_app', expiresAt: new Date(clock.now().getTime() - 1) });
  await run();
  expect([...(await deliveries(app.db)).values()].find(({ personId }) => personId === other)).toMatchObject({ state: 'cancelled', reason: 'EXPIRED' });
  expect((await of(second.id))[0]).toMatchObject({ state: 'queued', dueAt: new Date(clock.now().getTime() + 5 * HOUR) });
  clock.advance(5 * HOUR);
  await run();
  expect((await of(second.id))[0]).toMatchObject({ state: 'cancelled', reason: 'CAP_DROPPED', gateFacts: { winner: { campaignId: first.id } } });
});

test('essential and transactional messages neither count nor wait; of several for one person the one that matters more goes', async () => {
  ok(await pace({ caps: [cap('daily', 1)] }));
  const [plain, better, urgent, essential] = [await onEvent(), await onEvent({ priority: 90 }), await onEvent({ class: 'important' }), await onEvent({ class: 'essential' })];
  const three = await makePeople(app.db, 3, clock.now());
  const place = await makePlace(app.db, clock.now(), IN_APP);
  const mine = { channel: 'in_app' as const, contentId: place.contentId };
  for (const { id, more } of [{ id: plain.id, more: {} }, { id: better.id, more: { priority: 90 } }, { id: urgent.id, more: { class: 'important' as const } }, { id: essential.id, more: { class: 'essential' as const } }]) {
    await queue(app.db, { ...place, campaignId: id }, three, clock.now(), { ...mine, ...more });
  }
  await queue(app.db, { ...place, campaignId: newId() }, three, clock.now(), { ...mine, topic: 'receipts' });
  await run();
  const states = async (id: string) => (await of(id)).map(({ state }) => state);
  expect([await states(plain.id), await states(better.id), await states(urgent.id), await states(essential.id)]).toEqual([['queued', 'queued', 'queued'], ['queued', 'queued', 'queued'], ['sent', 'sent', 'sent'], ['sent', 'sent', 'sent']]);
  expect(new Set((await of(better.id)).map(({ gateFacts }) => gateFacts!.winner.campaignId))).toEqual(new Set([urgent.id]));
});

describe('a broadcast to come keeps a place', () => {
  const setUp = async () => {
    ok(await pace({ caps: [cap('daily', 1)] }));
    const lower = await onEvent();
    const [inside, outside] = await people(2);
    await rows(app.db, `update person as p set attributes = p.attributes || '{"vip": true}' where p.id = $1`, [inside]);
    const launchAt = new Date(clock.now().getTime() + 2 * HOUR);
    const launch = await publish(broadcast({ launchAt: launchAt.toISOString(), audience: { type: 'attribute', key: 'vip', op: 'is_true' }, pacing: { class: 'important', reserveHours: 3 } }));
    await lower.go([inside!, outside!]);
    return { lower, inside: inside!, outside: outside!, launchAt, launch };
  };
  const stateOf = async (id: string, personId: string) => (await of(id)).find((each) => each.personId === personId)!;

  test('with whom it means, until it has come; then its message is the one that took it', async () => {
    const { lower, inside, outside, launchAt, launch } = await setUp();
    expect(await stateOf(lower.id, inside)).toMatchObject({ state: 'queued', reason: 'CAP_DEFERRED', dueAt: launchAt, gateFacts: { winner: { campaignId: launch, stepId: 'message', kept: true, at: launchAt.toISOString() } } });
    expect((await stateOf(lower.id, outside)).state).toBe('sent');
    clock.set(launchAt);
    await run();
    expect((await stateOf(launch, inside)).state).toBe('sent');
    // Whoever was asked in the moment of the launch itself is asked again a minute later.
    clock.advance(60_000);
    await run();
    expect(await stateOf(lower.id, inside)).toMatchObject({ state: 'queued', gateFacts: { winner: { campaignId: launch, kept: false } }, dueAt: new Date(launchAt.getTime() + 24 * HOUR) });
  });

  test('and no longer when it does not come', async () => {
    const { lower, inside, launch } = await setUp();
    ok(await app.api('POST', `/v1/campaigns/${launch}/stop`));
    await run();
    expect((await stateOf(lower.id, inside)).state).toBe('sent');
  });
});

test('two senders at once never exceed a cap', async () => {
  ok(await pace({ caps: [cap('two', 2)] }));
  const forty = await makePeople(app.db, 40, clock.now());
  const place = await makePlace(app.db, clock.now(), IN_APP);
  for (let campaign = 0; campaign < 6; campaign += 1) await queue(app.db, { ...place, campaignId: newId() }, forty, clock.now(), { channel: 'in_app' });
  // Another order for each campaign: so different senders hold messages of the same people.
  await rows(app.db, `
    update delivery as d set due_at = d.due_at - make_interval(secs => (n.person * 7 + n.campaign * 13) % 40)
      from (select e.id, dense_rank() over (order by e.person_id) as person, dense_rank() over (order by e.campaign_id) as campaign from delivery as e) as n where n.id = d.id`);
  const gated = app.nest.get(GatedQueue, { strict: false });
  const claim = (worker: string) => inTransaction(app.db, (tx) => gated.claimIn(tx, { channel: 'in_app', worker, leaseUntil: new Date(clock.now().getTime() + HOUR), limit: 60, now: clock.now() }));
  let taken = 0;
  for (let round = 0; round < 4; round += 1) taken += (await Promise.all(['a', 'b', 'c'].map(claim))).reduce((sum, claimed) => sum + claimed.taken, 0);
  const busy = await rows<{ count: number }>(app.db, `select count(*)::int as count from delivery as d where d.state = 'sending' group by d.person_id`);
  expect([taken, busy.length, Math.max(...busy.map(({ count }) => count)), Math.min(...busy.map(({ count }) => count))]).toEqual([240, 40, 2, 2]);
});

test('a campaign goes only in its window of each person’s day, and nothing but what is essential goes in quiet hours', async () => {
  ok(await pace({ quietHours: { on: true, from: '22:00', to: '08:00' } }));
  const [own, essential] = [await onEvent({ sendWindow: { from: '10:00', to: '12:00', weekdays: ['tue', 'wed'] } }), await onEvent({ class: 'essential' })];
  const [seoul, berlin] = await people(2);
  await rows(app.db, `update person as p set time_zone = case p.id when $1::uuid then 'Asia/Seoul' else 'Europe/Berlin' end`, [seoul]);
  clock.set(new Date('2026-03-02T13:30:00Z'));
  await own.go([seoul!, berlin!]);
  await essential.go([seoul!]);
  const dues = async () => Object.fromEntries((await of(own.id)).map(({ personId, dueAt, gateFacts, reason }) => [personId, [reason, gateFacts?.rule, dueAt.toISOString()]]));
  expect(await dues()).toEqual({ [seoul!]: ['QUIET_HOURS_DEFERRED', 'quiet_hours', '2026-03-03T01:00:00.000Z'], [berlin!]: ['QUIET_HOURS_DEFERRED', 'send_window', '2026-03-03T09:00:00.000Z'] });
  expect((await of(essential.id))[0]!.state).toBe('sent');
  clock.set(new Date('2026-03-03T01:00:00Z'));
  await run();
  expect((await of(own.id)).map(({ personId, state }) => [personId, state]).toSorted()).toEqual([[seoul!, 'sent'], [berlin!, 'queued']].toSorted());
});

test('a message may keep hours of its own in place of its campaign’s; explain says the same, and one that is displayed has none', async () => {
  const { id, go } = await onEvent({ sendWindow: { from: '10:00', to: '12:00' } }, { sendWindow: { from: '20:00', to: '21:00' } });
  const [person, asked] = await people(2);
  await go([person!]);
  const [waiting] = await of(id);
  expect(waiting).toMatchObject({ state: 'queued', reason: 'QUIET_HOURS_DEFERRED', gateFacts: { rule: 'send_window', from: '20:00' } });
  expect(waiting!.dueAt.toISOString().slice(11)).toBe('20:00:00.000Z');
  expect((await explain(id, asked!)).gates.find(({ gate }: { gate: string }) => gate === 'quiet_hours')).toMatchObject({ passed: false, facts: { rule: 'send_window', from: '20:00', to: '21:00' }, nextCheckAt: waiting!.dueAt.toISOString() });
  clock.set(waiting!.dueAt);
  await run();
  expect((await of(id))[0]!.state).toBe('sent');
  const auto = ok(await app.api('POST', '/v1/campaigns', { name: '화면', definition: autoMessage({ message: inApp('message', { sendWindow: { from: '20:00', to: '21:00' } }) }) })).body;
  expect((await app.api('POST', `/v1/campaigns/${auto.id}/check`)).body.findings).toEqual(expect.arrayContaining([expect.objectContaining({ path: 'message.sendWindow', code: 'campaign.window-of-display' })]));
});

test('the preview says what waits for one person, until when and for whom, and how their week would have gone under other settings', async () => {
  ok(await pace({ caps: [cap('two', 2)] }));
  const [first, second, third] = [await onEvent(), await onEvent(), await onEvent()];
  const [person] = await people(1);
  const began = clock.now().getTime();
  for (const each of [first, second, third]) { await each.go([person!]); clock.advance(HOUR); }
  const [waiting] = await of(third.id);
  const { body } = ok(await app.api('GET', `/v1/people/${person}/pacing`));
  expect(body).toMatchObject({
    timeZone: 'UTC', channels: [{ channel: 'email', wait: { code: 'CAP_DEFERRED', cap: 'two' } }, { channel: 'in_app', wait: { until: waiting!.dueAt.toISOString() } }],
    waiting: [{ deliveryId: waiting!.id, campaignName: '소식', wait: { rule: 'cap', cap: 'two', until: waiting!.dueAt.toISOString(), winner: { campaignId: first.id, campaignName: '소식', stepId: 'm', kept: false } } }],
    week: [{ campaignId: first.id, wait: null }, { campaignId: second.id, wait: null }, { campaignId: third.id, wait: { cap: 'two' }, goesAt: new Date(began + 24 * HOUR).toISOString() }],
  });
  const settings = { caps: [cap('one', 1, { window: { kind: 'rolling', for: { days: 30 } } })], waitDays: 3 };
  const tried = ok(await app.api('POST', '/v1/pacing/preview', { personId: person, settings })).body;
  expect(tried.week.map(({ goesAt, wait }: { goesAt: string | null; wait: { cap: string } | null }) => [goesAt, wait?.cap ?? null])).toEqual([[new Date(began).toISOString(), null], [null, 'one'], [null, 'one']]);
  expect(ok(await app.api('GET', '/v1/pacing')).body.caps[0].key).toBe('two');
  const { body: told } = ok(await app.api('GET', `/v1/deliveries/${waiting!.id}`));
  expect(told).toMatchObject({ class: 'standard', priority: 50, expiresAt: null, pacing: { rule: 'cap', cap: 'two', winner: { campaignName: '소식', campaignId: first.id } } });
  expect((await app.api('POST', '/v1/pacing/preview', { personId: person, settings: { caps: [cap('a', 0)] } })).body.problems[0].path).toBe('settings.caps.0.limit');
  expect((await app.api('GET', `/v1/people/${newId()}/pacing`)).status).toBe(404);
});

test('explain says of somebody who never came what the sender then does: code, facts, moment', async () => {
  const worlds = fc.sample(fc.record({
    limit: fc.integer({ min: 1, max: 2 }), calendar: fc.boolean(), hour: fc.integer({ min: 0, max: 23 }), quiet: fc.boolean(), window: fc.option(fc.constantFrom({ from: '09:00', to: '17:00' }, { from: '20:00', to: '03:00' })),
    class: fc.constantFrom('standard', 'important', 'essential'), zones: fc.array(fc.constantFrom('Asia/Seoul', 'America/New_York', 'UTC'), { minLength: 4, maxLength: 4 }), before: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 4, maxLength: 4 }),
  }), { numRuns: 6, seed: 8 });
  const met = new Set<string>();
  for (const world of worlds) {
    clock.set(new Date(Date.UTC(2026, 3, 6, world.hour, 17, 3)));
    ok(await pace({ caps: [cap('c', world.limit, world.calendar ? { window: { kind: 'calendar', unit: 'day' } } : {})], quietHours: { on: world.quiet, from: '21:30', to: '07:15' } }));
    const those = await people(4);
    const place = await makePlace(app.db, clock.now(), IN_APP);
    for (const [index, personId] of those.entries()) {
      await rows(app.db, 'update person as p set time_zone = $2 where p.id = $1', [personId, world.zones[index]]);
      const earlier = await queue(app.db, place, [personId, personId], clock.now(), { channel: 'in_app' });
      await rows(app.db, `update delivery as d set state = 'sent', sent_at = $2::timestamptz, settled_at = $2::timestamptz where d.id = any($1::uuid[])`, [earlier.slice(0, index % 3), new Date(clock.now().getTime() - world.before[index]! * HOUR)]);
      await rows(app.db, `delete from delivery as d where d.id = any($1::uuid[])`, [earlier.slice(index % 3)]);
    }
    const { id, go } = await onEvent({ class: world.class, ...(world.window ? { sendWindow: world.window } : {}) });
    const told = new Map<string, { code: string; facts: object; nextCheckAt: string } | undefined>();
    for (const personId of those) told.set(personId, (await explain(id, personId)).gates.find(({ gate, passed }: { gate: string; passed: boolean | null }) => ['quiet_hours', 'frequency_cap'].includes(gate) && passed === false));
    await go(those);
    for (const { personId, state, reason, gateFacts, detail, dueAt } of await of(id)) {
      const said = told.get(personId);
      met.add(said?.code ?? 'sent');
      expect(state === 'sent' ? null : { code: reason, facts: { ...gateFacts, detail }, nextCheckAt: dueAt.toISOString() }).toEqual(said ? { code: said.code, facts: said.facts, nextCheckAt: said.nextCheckAt } : null);
    }
  }
  expect([...met].toSorted()).toEqual(['CAP_DEFERRED', 'QUIET_HOURS_DEFERRED', 'sent']);
});
