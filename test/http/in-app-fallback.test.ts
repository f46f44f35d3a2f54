import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { judgeFallback, type FallbackFacts } from '../../src/delivery/inbox/domain/fallback.js';
import { insertDeliveryEvents } from '../../src/delivery/tracking/store/delivery-events.store.js';
import { inTransaction, type Db } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Receiver } from '../support/receiver.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** Two in the night before clocks go forward in Berlin: a day later it is three there, and 24 hours have passed all the same. */
const clock = new VirtualClock(new Date('2026-03-28T02:00:00Z'));
const HOUR = 3_600_000;
let app: TestApp;
let named = 0;

const receiver = new Receiver();
beforeAll(async () => { await receiver.start(); app = await startTestApp({ clock, env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } }); });
afterAll(async () => { await app.close(); await receiver.stop(); });

const EMAIL = { subject: 'You have not looked, {{person.firstName}}', body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>' };
async function campaign(content: object = {}, more: object = {}, definition: object = {}): Promise<{ id: string; event: string }> {
  const event = `Waited ${(named += 1)}`;
  const step = { id: 'tip', type: 'message', channel: 'in_app', topic: 'account', variants: [{ key: 'A', content: { body: 'Hi', ...content } }], fallback: { afterHours: 24, email: EMAIL }, next: 'w' };
  const made = await app.api('POST', '/v1/campaigns', { name: event, definition: { type: 'series', ...definition, entry: { type: 'event', event }, start: 'tip', steps: [{ ...step, ...more }, { id: 'w', type: 'wait', for: { days: 30 }, next: null }] } });
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

describe('a ladder: in-app, then e-mail, then webhook', () => {
  let endpointId: string;
  beforeAll(async () => { endpointId = (await app.api('POST', '/v1/webhook-endpoints', { kind: 'standard', name: 'CRM', url: receiver.url })).body.endpoint.id; });
  const rung = (channel: string, content: object, more: object) => ({ channel, content, ...more });
  const ladder = (first = 'displayed', second = 'clicked') => [rung('email', EMAIL, { unless: first, after: { days: 1 } }), rung('webhook', { endpointId, data: { who: { $value: 'person.firstName' } } }, { unless: second, after: { days: 2 } })];
  const climbing = (more: object = {}) => campaign({}, { fallback: undefined, ladder: ladder(), ...more });
  const states = async (person: string) => Object.fromEntries((await rowsOf(person)).map(({ stepId, state, reason }) => [stepId, reason ? `${state} ${reason}` : state]));
  const told = async (person: string, stepId: string, kind: 'click' | 'open' | 'impression', tx: Db = app.db) => {
    const found = (await rowsOf(person)).find((row) => row.stepId === stepId)!;
    return insertDeliveryEvents(tx, [{ deliveryId: found.id, personId: person, kind, eventKey: kind, at: clock.now(), verdict: 'human', evidence: {}, data: {} }]);
  };

  test('each rung goes after its time, is counted by itself, and shows in explain', async () => {
    const { id, event } = await climbing();
    const person = await enter(event);
    expect(await states(person)).toEqual({ tip: 'sent', 'tip~2': 'queued', 'tip~3': 'queued' });
    await pass(24 * HOUR);
    expect(await states(person)).toMatchObject({ 'tip~2': 'sent', 'tip~3': 'queued' });
    await pass(48 * HOUR - 1_000);
    expect((await states(person))['tip~3']).toMatch(/^queued/);
    const before = receiver.got.length;
    await pass(1_000);
    expect((await states(person))['tip~3']).toBe('sent');
    expect(JSON.parse(receiver.got[before]!.body).data).toMatchObject({ who: 'Mina' });
    expect((await resultsOf(id)).map(({ stepId, channel, eligible, reconciliation }) => [stepId, channel, eligible, reconciliation.difference])).toEqual([['tip', 'in_app', 1, 0], ['tip~2', 'email', 1, 0], ['tip~3', 'webhook', 1, 0]]);
    const { status, body } = await app.api('GET', `/v1/campaigns/${id}/explain?personId=${person}&stepId=tip~3`);
    expect([status, body.stepId]).toEqual([200, 'tip~3']);
  });

  test('success on any rung cancels the rest in the transaction that stores it, or not at all', async () => {
    const { id, event } = await climbing();
    const [seen, clicked, opened] = [await enter(event), await enter(event), await enter(event)];
    const inApp = (await rowsOf(seen)).find(({ channel }) => channel === 'in_app')!.id;
    await app.api('POST', `/v1/people/${seen}/inbox/${inApp}/seen`);
    expect(await states(seen)).toMatchObject({ tip: 'delivered', 'tip~2': 'cancelled NO_LONGER_ELIGIBLE', 'tip~3': 'cancelled NO_LONGER_ELIGIBLE' });
    await pass(24 * HOUR);
    await expect(inTransaction(app.db, async (tx) => { await told(clicked, 'tip~2', 'click', tx); throw new Error('killed'); })).rejects.toThrow('killed');
    expect(await states(clicked)).toMatchObject({ 'tip~2': 'sent', 'tip~3': 'queued' });
    await told(clicked, 'tip~2', 'click');
    // What was not asked for is no success: an opened e-mail was not clicked.
    await told(opened, 'tip~2', 'open');
    expect([(await states(clicked))['tip~3'], (await states(opened))['tip~3']]).toEqual(['cancelled NO_LONGER_ELIGIBLE', 'queued']);
    // A late success on an earlier rung ends it as well.
    await app.api('POST', `/v1/people/${opened}/inbox/${(await rowsOf(opened)).find(({ channel }) => channel === 'in_app')!.id}/seen`);
    expect((await states(opened))['tip~3']).toBe('cancelled NO_LONGER_ELIGIBLE');
    await pass(60 * HOUR);
    expect((await resultsOf(id)).map(({ reconciliation }) => reconciliation.difference)).toEqual([0, 0, 0]);
  });

  test('whom a channel does not reach is tried over the next; a goal ends it; an end of the run takes it all back', async () => {
    const { id, event } = await climbing({ channel: 'email', variants: [{ key: 'A', content: EMAIL }], ladder: [rung('in_app', { body: 'Hi' }, { unless: 'opened', after: { days: 1 } }), rung('webhook', { endpointId, data: {} }, { unless: 'goal', after: { days: 1 } })] });
    const person = await enter(event, {});
    expect(await states(person)).toEqual({ 'tip~2': 'sent', 'tip~3': 'queued' });
    expect((await resultsOf(id)).map(({ stepId, reconciliation }) => [stepId, reconciliation.difference])).toEqual([['tip', 0], ['tip~2', 0], ['tip~3', 0]]);
    await app.api('POST', `/v1/campaigns/${id}/stop`, {});
    await app.runner.runUntilIdle();
    expect((await states(person))['tip~3']).toMatch(/^cancelled/);
    const goals = [{ key: 'paid', name: 'Paid', event: { name: 'Paid' } }];
    const forGoal = await campaign({}, { fallback: undefined, ladder: [rung('webhook', { endpointId, data: {} }, { unless: 'goal', after: { days: 1 } })] }, { goals });
    const [paid, not] = [await enter(forGoal.event), await enter(forGoal.event)];
    const { externalId } = (await app.api('GET', `/v1/people/${paid}`)).body;
    await app.api('POST', '/v1/track', { userId: externalId, event: 'Paid', messageId: 'paid-once' });
    await pass(24 * HOUR);
    expect([(await states(paid))['tip~2'], (await states(not))['tip~2']]).toEqual(['cancelled GOAL_REACHED', 'sent']);
  });

  test('what cannot be is said with its place', async () => {
    const check = async (more: object) => {
      const { body } = await app.api('POST', '/v1/campaigns', { name: 'x', definition: { type: 'series', entry: { type: 'event', event: 'x' }, start: 'a', steps: [{ id: 'a', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: 'Hi' } }], next: null, ...more }] } });
      return (await app.api('POST', `/v1/campaigns/${body.id}/check`)).body.findings.filter(({ severity }: { severity: string }) => severity === 'error').map(({ path, code }: { path: string; code: string }) => `${path} ${code}`);
    };
    expect(await check({ ladder: ladder('opened') })).toEqual(['steps.0.ladder.0.unless campaign.ladder-success']);
    expect(await check({ ladder: [...ladder(), rung('email', EMAIL, { unless: 'clicked', after: { days: 1 } })] })).toEqual(['steps.0.ladder.2 campaign.ladder-ends']);
    expect(await check({ ladder: ladder(), fallback: { afterHours: 3, email: EMAIL } })).toEqual(['steps.0.fallback campaign.two-ladders']);
    expect(await check({ ladder: [rung('email', { ...EMAIL, subject: '{{person.' }, { unless: 'displayed', after: { days: 1 } })] })).toEqual(['steps.0.ladder.0.content.subject template.unclosed']);
  });
});

const AT = new Date('2026-03-28T02:00:00Z');
const facts = (more: Partial<FallbackFacts>): FallbackFacts => ({ hours: 24, seconds: null, sentAt: null, hasSuccess: false, state: 'sent', reason: null, dueAt: AT, createdAt: AT, seenAt: null, recalledAt: null, ...more });
const RUNG = { hours: null, seconds: 86_400, createdAt: null, sentAt: AT } as const;
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
  ['a rung whose time has passed', { ...RUNG }, day, 'go'],
  ['a rung before its time', { ...RUNG }, new Date(day.getTime() - 1), { until: day }],
  ['a rung after success', { ...RUNG, hasSuccess: true }, day, 'never'],
  ['a rung after what was seen, when more was asked for', { ...RUNG, seenAt: AT }, day, 'go'],
  ['a rung after what could not go over its channel', { ...RUNG, state: 'cancelled', sentAt: null, reason: 'CHANNEL_UNREACHABLE' }, AT, 'go'],
  ['a rung after what bounced', { ...RUNG, state: 'bounced' }, AT, 'go'],
  ['a rung after one that was not needed', { ...RUNG, state: 'cancelled', sentAt: null, reason: 'NO_LONGER_ELIGIBLE' }, day, 'never'],
  ['a rung after one that waits for its turn', { ...RUNG, state: 'queued', sentAt: null, dueAt: day }, day, { until: new Date(day.getTime() + 24 * HOUR) }],
])('%s', (_, more, now, verdict) => {
  expect(judgeFallback(facts(more), now)).toEqual(verdict);
});
