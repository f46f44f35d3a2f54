import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { deliveries, EMAIL, IN_APP, makePeople, makePlace, queue, type Place } from '../support/deliveries.js';
import { inApp as inAppStep, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const DAY = new Date('2026-03-02T03:00:00Z');
const NIGHT = new Date('2026-03-02T13:00:00Z');
const MORNING = new Date('2026-03-02T23:00:00Z').getTime();
const clock = new VirtualClock(DAY);
let app: TestApp;
let inApp: Place;
let email: Place;

beforeAll(async () => {
  app = await startTestApp({ clock });
  [inApp, email] = [await makePlace(app.db, DAY, IN_APP), await makePlace(app.db, DAY, EMAIL)];
});
afterAll(() => app.close());
beforeEach(async () => {
  await rows(app.db, `truncate delivery, person, person_preference, consent, in_app_message, pacing_release`);
  await rows(app.db, `delete from workspace`);
  await app.api('PATCH', '/v1/workspace', { name: '단비', timeZone: 'Asia/Seoul', language: 'ko', settings: { senderContact: '02-123-4567' } });
});

const rule = async (key: string) => (await app.api('GET', '/v1/sending-rules')).body.items.find((item: { key: string }) => item.key === key);
const change = (rules: object) => app.api('PATCH', '/v1/sending-rules', { rules });
const run = () => app.runner.runUntilIdle();
const stateOf = async (id: string) => (await deliveries(app.db)).get(id)!;
const person = async (timeZone: string | null = null) => {
  const [id] = await makePeople(app.db, 1, DAY);
  await rows(app.db, 'update person set time_zone = $2 where id = $1', [id, timeZone]);
  return id!;
};
const send = async (personId: string, more: object = {}, place = inApp) => (await queue(app.db, place, [personId], clock.now(), { channel: place === email ? 'email' : 'in_app', ...more }))[0]!;

test('rules say what they do, where they come from, and why they are on; each can be switched and is audited', async () => {
  const { body } = await app.api('GET', '/v1/sending-rules');
  expect(body.korean).toBe(true);
  for (const { key, title, text, sources, because } of body.items) {
    expect([key, title.ko, text.ko].every((said) => said.length > 0) && sources.length > 0 && /[가-힣]/.test(title.ko + because.ko)).toBe(true);
  }
  expect(body.items.map(({ key, on }: { key: string; on: boolean }) => [key, on])).toEqual([
    ['ad_label', true], ['sender_identity', true], ['opt_out_notice', true], ['night_gate', true], ['consent_confirmation', true],
    ['transactional_reason', true], ['promotional_signs', true], ['frequency_preference', true], ['verified_sender', true], ['display_limit', true], ['one_click_unsubscribe', true]]);
  expect(await rule('night_gate')).toMatchObject({ parameters: { channels: ['in_app'], from: '21:00', to: '08:00' }, because: { en: expect.stringContaining('Korean') } });
  const changed = await change({ night_gate: { on: false, parameters: { from: '20:30' } } });
  expect([changed.status, await rule('night_gate')]).toEqual([200, expect.objectContaining({ on: false, set: true, parameters: expect.objectContaining({ from: '20:30', to: '08:00', channels: ['in_app'] }) })]);
  expect((await app.api('GET', '/v1/audit?limit=1')).body.items[0]).toMatchObject({ action: 'sending-rule.change', subject: 'sending-rule:night_gate', detail: { was: { on: true }, is: { on: false } } });
  await change({ night_gate: null });
  expect(await rule('night_gate')).toMatchObject({ on: true, set: false, parameters: { from: '21:00' } });
  await app.api('PATCH', '/v1/workspace', { timeZone: 'Europe/Berlin', language: 'de', settings: { senderContact: 'x' } });
  expect((await app.api('GET', '/v1/sending-rules')).body.items.filter(({ on }: { on: boolean }) => on).map(({ key }: { key: string }) => key)).toEqual(['transactional_reason', 'promotional_signs', 'frequency_preference', 'verified_sender', 'display_limit', 'one_click_unsubscribe']);
});

test.each([
  ['an unknown rule', { nothing: { on: true } }, 'rules'],
  ['no rule', {}, 'rules'],
  ['an hour that is none', { night_gate: { parameters: { from: '25:00' } } }, 'rules.night_gate.parameters.from'],
  ['a night without end', { night_gate: { parameters: { from: '08:00' } } }, 'rules.night_gate.parameters'],
  ['an unknown parameter', { night_gate: { parameters: { colour: 1 } } }, 'rules.night_gate.parameters'],
  ['a rule without switch', { one_click_unsubscribe: { on: false } }, 'rules.one_click_unsubscribe'],
])('%s is refused with its place, and nothing changes', async (_name, rules, path) => {
  const refused = await change({ ...rules });
  expect([refused.status, refused.body.problems[0].path]).toEqual([400, expect.stringContaining(path)]);
  expect((await app.api('GET', '/v1/workspace')).body.settings.rules).toBeUndefined();
});

test('advertising waits for the morning of each person; control waits alike; receipts and day people do not', async () => {
  clock.set(NIGHT);
  const [seoul, berlin, nowhere, control] = [await person('Asia/Seoul'), await person('Europe/Berlin'), await person(), await person()];
  const [late, day, defaulted, ghost, receipt, mail] = [await send(seoul), await send(berlin), await send(nowhere), await send(control, { isControl: true }), await send(seoul, { topic: 'receipts' }), await send(seoul, {}, email)];
  await run();
  for (const id of [late, defaulted, ghost]) {
    const row = await stateOf(id);
    expect(row).toMatchObject({ state: 'queued', reason: 'QUIET_HOURS_DEFERRED', detail: 'NIGHT_CONSENT_MISSING: 21:00 to 08:00 in Asia/Seoul', attempts: 0, lockedBy: null });
    expect(row.dueAt.getTime() - MORNING).toBeGreaterThanOrEqual(0);
    expect(row.dueAt.getTime() - MORNING).toBeLessThan(600_000);
  }
  expect([(await stateOf(day)).state, (await stateOf(receipt)).state, (await stateOf(mail)).state]).toEqual(['sent', 'sent', 'sent']);
  const fences = [(await stateOf(late)).fence];
  for (let hour = 0; hour < 8; hour += 1) { clock.advance(3_600_000); await run(); }
  expect([(await stateOf(late)).fence, (await stateOf(late)).state]).toEqual([fences[0], 'queued']);
  clock.set(new Date(MORNING + 600_000));
  await run();
  expect(await Promise.all([late, defaulted, ghost].map(async (id) => (await stateOf(id)).state))).toEqual(['sent', 'sent', 'ghost']);
  expect((await stateOf(late)).reason).toBeNull();
});

test.each([
  ['2026-03-02T11:59:59Z', 'sent'], ['2026-03-02T12:00:00Z', 'queued'], ['2026-03-02T22:59:59Z', 'queued'], ['2026-03-02T23:00:00Z', 'sent'],
])('at %s in Seoul a message is %s', async (at, state) => {
  clock.set(new Date(at));
  const id = await send(await person('Asia/Seoul'));
  await run();
  expect((await stateOf(id)).state).toBe(state);
});

test('a night consent given before, or in the middle of the night, lets it go at once', async () => {
  clock.set(NIGHT);
  const [before, during, other] = [await person(), await person(), await person()];
  const allow = (id: string) => app.api('PUT', `/v1/people/${id}/consent`, { consents: [{ channel: 'in_app', topic: '$night', state: 'subscribed' }] });
  await allow(before);
  const ids = [await send(before), await send(during), await send(other)];
  await run();
  expect(await Promise.all(ids.map(async (id) => (await stateOf(id)).state))).toEqual(['sent', 'queued', 'queued']);
  clock.advance(1000);
  await allow(during);
  await run();
  expect(await Promise.all(ids.map(async (id) => (await stateOf(id)).state))).toEqual(['sent', 'sent', 'queued']);
});

test('switched off in the middle of the night, everything that waits goes', async () => {
  clock.set(NIGHT);
  const ids = [await send(await person()), await send(await person())];
  await run();
  await change({ night_gate: { on: false } });
  await run();
  expect(await Promise.all(ids.map(async (id) => (await stateOf(id)).state))).toEqual(['sent', 'sent']);
  expect(await rows(app.db, 'select r.reason from pacing_release as r')).toEqual([]);
});

test('explain tells that a message waits for the morning, until when, and why; and what would wait for somebody never considered', async () => {
  clock.set(NIGHT);
  const eventName = 'Signed Up';
  const { body: { id } } = await app.api('POST', '/v1/campaigns', { name: '야간', definition: series({ entry: { type: 'event', event: eventName, where: [] }, start: 'hello', steps: [{ ...inAppStep('hello'), topic: 'news' }] }) });
  expect((await app.api('POST', `/v1/campaigns/${id}/publish`)).status).toBeLessThan(300);
  await run();
  const fetchPost = (type: string, body: object) => fetch(`${app.url}/v1/${type}`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify({ messageId: crypto.randomUUID(), timestamp: clock.now().toISOString(), ...body }) });
  await fetchPost('identify', { userId: 'night-owl' });
  await fetchPost('identify', { userId: 'stranger' });
  await fetchPost('track', { userId: 'night-owl', event: eventName });
  await run();
  const explain = async (who: string) => (await app.api('GET', `/v1/campaigns/${id}/explain?personId=external:${who}`)).body;
  const told = await explain('night-owl');
  const quiet = told.gates.find(({ gate }: { gate: string }) => gate === 'quiet_hours');
  expect(quiet).toMatchObject({ passed: false, code: 'QUIET_HOURS_DEFERRED', facts: { detail: expect.stringContaining('NIGHT_CONSENT_MISSING') } });
  expect([told.basis, told.nextPossibleAt, Math.floor((new Date(quiet.nextCheckAt).getTime() - MORNING) / 600_000)]).toEqual(['ledger', quiet.nextCheckAt, 0]);
  expect([told.answer.en, told.answer.ko]).toEqual([expect.stringContaining('it is night for the person'), expect.stringContaining('야간')]);
  const live = await explain('stranger');
  expect(live.gates.find(({ gate }: { gate: string }) => gate === 'quiet_hours')).toMatchObject({ passed: false, code: 'QUIET_HOURS_DEFERRED', nextCheckAt: new Date(MORNING).toISOString(), facts: { rule: 'night_gate', zone: 'Asia/Seoul' } });
  expect(live.answer.en).toContain('entry condition');
});

test('the switch chooses channels: e-mail waits too when chosen', async () => {
  clock.set(NIGHT);
  await change({ night_gate: { parameters: { channels: ['email'] } } });
  const [who] = [await person()];
  const [mail, chat] = [await send(who, {}, email), await send(who)];
  await run();
  expect([(await stateOf(mail)).reason, (await stateOf(chat)).state]).toEqual(['QUIET_HOURS_DEFERRED', 'sent']);
});

test('who wants e-mail weekly gets one a week, the first queued first; the next names what took its place, and ends after its time', async () => {
  clock.set(DAY);
  const who = await person();
  await rows(app.db, `insert into person_preference (person_id, email_frequency, updated_at, source) values ($1, 'weekly', $2, 'test')`, [who, DAY]);
  const ids = [await send(who, {}, email), await send(who, {}, email), await send(who, { topic: 'receipts' }, email), await send(who)];
  const states = async () => Promise.all(ids.map(async (id) => (await stateOf(id)).state));
  await run();
  const sent = (await states()).indexOf('sent');
  const waiting = 1 - sent;
  expect((await states()).slice(2)).toEqual(['sent', 'sent']);
  expect(await stateOf(ids[waiting]!)).toMatchObject({ state: 'queued', reason: 'CAP_DEFERRED', detail: `weekly: delivery ${ids[sent]} took the slot` });
  clock.advance(300_000);
  await run();
  expect((await stateOf(ids[waiting]!)).dueAt).toEqual(new Date(DAY.getTime() + 7 * 86_400_000));
  clock.set(new Date(DAY.getTime() + 7 * 86_400_000 - 1000));
  await run();
  expect((await stateOf(ids[waiting]!)).state).toBe('queued');
  clock.advance(1000);
  await run();
  expect((await stateOf(ids[waiting]!)).state).toBe('sent');
  // Whoever wants all of it again need not wait for what they wanted before.
  const back = await send(who, {}, email);
  await run();
  expect(await stateOf(back)).toMatchObject({ state: 'queued', reason: 'CAP_DEFERRED' });
  clock.advance(1000);
  const page = (await app.nest.get(LinkKeys, { strict: false }).signer()).forMessage(ids[sent]!, who).preferences();
  await fetch(app.url + new URL(page).pathname, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'action=save&frequency=all' });
  await run();
  expect((await stateOf(back)).state).toBe('sent');
  await rows(app.db, `update person_preference set email_frequency = 'weekly'`);
  await change({ frequency_preference: { parameters: { waitDays: 2 } } });
  const third = await send(who, {}, email);
  await run();
  clock.advance(2 * 86_400_000);
  await run();
  expect(await stateOf(third)).toMatchObject({ state: 'cancelled', reason: 'CAP_DROPPED', detail: `weekly: delivery ${back} took the slot` });
});
