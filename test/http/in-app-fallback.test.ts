import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { judgeFallback, type FallbackFacts } from '../../src/delivery/inbox/domain/fallback.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** Two in the night before clocks go forward in Berlin: a day later it is three there, and 24 hours have passed all the same. */
const clock = new VirtualClock(new Date('2026-03-28T02:00:00Z'));
const HOUR = 3_600_000;
let app: TestApp;
let named = 0;

beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const EMAIL = { subject: 'You have not looked, {{person.firstName}}', body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>' };
async function campaign(content: object = {}, more: object = {}): Promise<{ id: string; event: string }> {
  const event = `Waited ${(named += 1)}`;
  const step = { id: 'tip', type: 'message', channel: 'in_app', topic: 'account', variants: [{ key: 'A', content: { body: 'Hi', ...content } }], fallback: { afterHours: 24, email: EMAIL }, next: 'w' };
  const made = await app.api('POST', '/v1/campaigns', { name: event, definition: { type: 'series', entry: { type: 'event', event }, start: 'tip', steps: [{ ...step, ...more }, { id: 'w', type: 'wait', for: { days: 30 }, next: null }] } });
  const published = await app.api('POST', `/v1/campaigns/${made.body.id}/publish`, {});
  expect({ status: published.status, problems: published.body.problems }).toEqual({ status: 200, problems: undefined });
  return { id: made.body.id, event };
}
async function enter(event: string, traits: object = { email: `f${(named += 1)}@example.org` }): Promise<string> {
  const userId = `fallback-${(named += 1)}`;
  await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: [{ type: 'identify', userId, traits: { firstName: 'Mina', timezone: 'Europe/Berlin', ...traits } }, { type: 'track', userId, event }] }) });
  await app.runner.runUntilIdle();
  return (await app.api('GET', `/v1/people/external:${userId}`)).body.id;
}
const pass = async (ms: number) => {
  clock.advance(ms);
  await app.runner.runUntilIdle();
};
const rowsOf = async (personId: string): Promise<{ id: string; channel: string; stepId: string; state: string; reason: string | null }[]> =>
  app.db.query(`select d.id, d.channel, d.step_id as "stepId", d.state, d.reason from delivery as d where d.person_id = $1 order by d.channel desc`, [personId]);
const emailOf = async (personId: string) => (await rowsOf(personId)).find(({ channel }) => channel === 'email');
const resultsOf = async (id: string) => (await app.api('GET', `/v1/campaigns/${id}/results`)).body.steps as { stepId: string; channel: string; eligible: number; inProgress: number; reconciliation: { difference: number; delivered: number }; refusals: object[]; variants: { sent: number }[] }[];

describe('an e-mail for what nobody saw', () => {
  test('goes once, after its hours to the second, under a step of its own', async () => {
    const { id, event } = await campaign();
    const person = await enter(event);
    expect(await rowsOf(person)).toMatchObject([{ channel: 'in_app', stepId: 'tip', state: 'sent' }, { channel: 'email', stepId: 'tip~email', state: 'queued' }]);
    await pass(24 * HOUR - 1_000);
    expect(await emailOf(person)).toMatchObject({ state: 'queued' });
    expect((await resultsOf(id)).find(({ channel }) => channel === 'email')).toMatchObject({ eligible: 1, inProgress: 1, reconciliation: { difference: 0 } });
    await pass(1_000);
    expect(await emailOf(person)).toMatchObject({ state: 'sent', reason: null });
    const mails = (await app.api('GET', '/v1/sandbox/mails')).body.items.filter(({ subject }: { subject: string }) => subject === 'You have not looked, Mina');
    expect(mails).toHaveLength(1);
    await pass(48 * HOUR);
    expect((await rowsOf(person)).filter(({ channel }) => channel === 'email')).toHaveLength(1);
    expect((await resultsOf(id)).map(({ stepId, channel, eligible, reconciliation, variants }) => [stepId, channel, eligible, reconciliation.delivered, reconciliation.difference, variants[0]!.sent])).toEqual([
      ['tip', 'in_app', 1, 0, 0, 1], ['tip~email', 'email', 1, 1, 0, 1]]);
  });

  test('never goes when the message was seen, was taken back, or the campaign stopped', async () => {
    const { id, event } = await campaign();
    const [seen, recalled] = [await enter(event), await enter(event)];
    const inApp = async (person: string) => (await rowsOf(person)).find(({ channel }) => channel === 'in_app')!.id;
    await pass(23 * HOUR);
    await app.api('POST', `/v1/people/${seen}/inbox/${await inApp(seen)}/seen`);
    await app.api('POST', '/v1/inbox/recall', { deliveryId: await inApp(recalled) });
    await pass(2 * HOUR);
    for (const person of [seen, recalled]) expect(await emailOf(person)).toMatchObject({ state: 'cancelled', reason: 'NO_LONGER_ELIGIBLE' });
    const stopped = await enter(event);
    await app.api('POST', `/v1/campaigns/${id}/stop`, {});
    await pass(30 * HOUR);
    expect(await emailOf(stopped)).toMatchObject({ state: 'cancelled' });
    expect((await resultsOf(id)).every(({ reconciliation }) => reconciliation.difference === 0)).toBe(true);
  });

  test('passes every gate of e-mail: no address, an address that is blocked', async () => {
    const { event } = await campaign();
    const without = await enter(event, {});
    const blocked = await enter(event, { email: 'blocked@example.org' });
    await app.api('POST', '/v1/suppressions', { address: 'blocked@example.org', detail: 'asked by telephone' });
    await pass(24 * HOUR);
    expect(await emailOf(without)).toMatchObject({ state: 'cancelled', reason: 'CHANNEL_UNREACHABLE' });
    expect((await emailOf(blocked))!.reason).toMatch(/^SUPPRESSED/);
  });

  test('goes for a message that expired unseen, and not to a control', async () => {
    const { event } = await campaign({ expiresAfterHours: 3 }, { control: { weight: 1 } });
    const people = await Promise.all(Array.from({ length: 40 }, () => enter(event)));
    await pass(24 * HOUR);
    const rows = await Promise.all(people.map(rowsOf));
    const controls = rows.filter(([inApp]) => inApp!.state === 'ghost');
    const treated = rows.filter(([inApp]) => inApp!.state === 'failed' && inApp!.reason === 'EXPIRED');
    expect(controls.length).toBeGreaterThan(0);
    expect(treated.length).toBeGreaterThan(0);
    expect(controls.length + treated.length).toBe(40);
    for (const row of controls) expect(row).toHaveLength(1);
    for (const row of treated) expect(row[1]).toMatchObject({ channel: 'email', state: 'sent' });
  });
});

test('what is wrong with it is said with its place', async () => {
  const broken = await app.api('POST', '/v1/campaigns', { name: 'x', definition: { type: 'series', entry: { type: 'event', event: 'x' }, start: 'a', steps: [{ id: 'a', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: 'Hi' } }], fallback: { afterHours: 24, email: { ...EMAIL, subject: '{{person.' } }, next: null }] } });
  const published = await app.api('POST', `/v1/campaigns/${broken.body.id}/publish`, {});
  expect([published.status, published.body.problems[0].path]).toEqual([400, 'steps.0.fallback.email.subject']);
  const long = await app.api('POST', '/v1/campaigns', { name: 'x', definition: { type: 'series', entry: { type: 'event', event: 'x' }, start: 'a', steps: [{ id: 'a', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: 'Hi' } }], fallback: { afterHours: 0, email: EMAIL }, next: null }] } });
  expect([long.status, JSON.stringify(long.body.problems)]).toEqual([400, expect.stringContaining('afterHours')]);
});

const AT = new Date('2026-03-28T02:00:00Z');
const facts = (more: Partial<FallbackFacts>): FallbackFacts => ({ hours: 24, state: 'sent', reason: null, dueAt: AT, createdAt: AT, seenAt: null, recalledAt: null, ...more });
const day = new Date(AT.getTime() + 24 * HOUR);
test.each<[string, Partial<FallbackFacts>, Date, unknown]>([
  ['its hours are over', {}, day, 'go'],
  ['a moment before', {}, new Date(day.getTime() - 1), { until: day }],
  ['reached the inbox later than it was queued', { createdAt: new Date(AT.getTime() + HOUR) }, day, { until: new Date(day.getTime() + HOUR) }],
  ['still waits for the morning', { state: 'queued', createdAt: null, dueAt: new Date(day.getTime() + HOUR) }, day, { until: new Date(day.getTime() + 25 * HOUR) }],
  ['seen', { seenAt: AT }, day, 'never'],
  ['taken back', { recalledAt: AT }, day, 'never'],
  ['refused', { state: 'cancelled', createdAt: null }, day, 'never'],
  ['could not be made', { state: 'failed', createdAt: null, reason: 'RENDER_ERROR' }, day, 'never'],
  ['expired unseen', { state: 'failed', reason: 'EXPIRED' }, day, 'go'],
])('%s', (_, more, now, verdict) => {
  expect(judgeFallback(facts(more), now)).toEqual(verdict);
});
