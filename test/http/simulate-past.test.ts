import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { AdvanceWorker } from '../../src/campaigns/jobs/advance.job.js';
import { DatesWorker } from '../../src/campaigns/jobs/dates.job.js';
import { EntryWorker } from '../../src/campaigns/jobs/entry.job.js';
import { LaunchWorker } from '../../src/campaigns/jobs/launch.job.js';
import { InAppWorker } from '../../src/delivery/inbox/jobs/in-app.worker.js';
import { HEAP_MB, SimulationsWorker } from '../../src/campaigns/simulate/jobs/simulations.job.js';
import { EmailWorker } from '../../src/delivery/sending/jobs/email.worker.js';
import { rows } from '../../src/platform/database/db.js';
import { ManualAlarms } from '../../src/platform/jobs/alarms.js';
import { WorkerRunner } from '../../src/platform/jobs/runner.js';
import type { Worker } from '../../src/platform/jobs/worker.js';
import { createLog } from '../../src/platform/logging.js';
import { BuildWorker } from '../../src/segments/jobs/build.worker.js';
import { MembershipWorker } from '../../src/segments/jobs/membership.worker.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { broadcast, email, EVERYBODY, inApp, series } from '../support/campaign-definitions.js';
import { liveLedger, simulateVersion } from '../support/simulate.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-16T09:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const clock = new VirtualClock(START);
/** Of all workers those that campaigns need: a look of every other one at each moment would be most of the time. */
const runner = new WorkerRunner(new ManualAlarms(), createLog('error'));
const WORKERS = [MembershipWorker, BuildWorker, EntryWorker, DatesWorker, LaunchWorker, AdvanceWorker, InAppWorker, EmailWorker];
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
  runner.add(WORKERS.map((worker) => app.nest.get<Worker>(worker as Type<Worker>, { strict: false })));
});
afterAll(() => app.close());

const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const attribute = (key: string, value: unknown) => ({ type: 'attribute', key, op: 'is', value });
const tag = (name: string) => ({ type: 'tag', op: 'has', tag: name });
const zones = ['Asia/Seoul', 'Europe/Berlin', 'America/New_York'];

/** Lets the clock stand at each moment at which something falls due, up to a moment. */
async function live(to: number): Promise<void> {
  for (let next = await runner.runUntilIdle(); next !== null && next.getTime() <= to; next = await runner.runUntilIdle()) clock.set(next > clock.now() ? next : new Date(clock.now().getTime() + 1));
  if (clock.now().getTime() < to) clock.set(new Date(to));
  await runner.runUntilIdle();
}
const track = async (userId: string, event: string, properties: object = {}) => { ok(await app.api('POST', '/v1/track', { userId, event, properties, messageId: crypto.randomUUID(), timestamp: clock.now().toISOString() })); };
const publish = async (name: string, definition: unknown) => {
  const id = ok(await app.api('POST', '/v1/campaigns', { name, definition })).body.id as string;
  ok(await app.api('POST', `/v1/campaigns/${id}/publish`));
  return id;
};
const rng = (seed: number) => () => { seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; return seed / 2 ** 32; };

const ids = new Map<string, string>();
let period = { from: START.toISOString(), to: START.toISOString() };

/** Something somebody does, at a moment. */
type Happening = { at: number; do: () => Promise<unknown> };

test('nine days of live campaigns are reproduced to the row: who entered and when, what was sent, refused, put off and ended', async () => {
  ok(await app.api('PATCH', '/v1/workspace', { name: 'Danbi', timeZone: 'Asia/Seoul', language: 'ko', settings: { senderContact: '서울시 어딘가 1' } }));
  ok(await app.api('PUT', '/v1/pacing', { caps: [{ key: 'few', limit: 2, window: { kind: 'rolling', for: { days: 2 } } }], waitDays: 2, quietHours: { on: true, from: '22:00', to: '07:30' } }));
  ok(await app.api('POST', '/v1/topics', { key: 'wanted', name: 'Wanted', kind: 'marketing', optIn: true }));
  ok(await app.api('POST', '/v1/holdouts', { name: 'Some', percent: 15, goal: { event: { name: 'Paid' }, window: { days: 7 } } }));
  const trial = ok(await app.api('POST', '/v1/segments', { name: 'Trial', definition: attribute('plan', 'trial') })).body.id as string;
  const idle = ok(await app.api('POST', '/v1/segments', { name: 'Idle', definition: { type: 'not', of: { type: 'event', event: 'Login', within: { days: 3 }, count: { op: 'at_least', value: 1 } } } })).body.id as string;
  await live(START.getTime() + 1_000);
  const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
  for (const [index, name] of names.entries()) ok(await app.api('POST', '/v1/people', { externalId: name, attributes: { email: `${name}@example.test`, plan: index % 3 === 0 ? 'trial' : 'solo', ...(index % 4 === 3 ? {} : { timezone: zones[index % 3] }), language: index % 2 === 0 ? 'ko' : 'en', renews: new Date(START.getTime() + (index + 2) * DAY).toISOString().slice(0, 10), ...(index % 5 === 0 ? {} : { firstName: name }) } }));
  await live(clock.now().getTime() + 60_000);
  const begin = clock.now();

  const variants = [{ key: 'A', weight: 1, content: { subject: 'Hi {{person.firstName}}', body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>', language: 'en', translations: { ko: { subject: '안녕', body: '<mj-section><mj-column><mj-text>안녕하세요</mj-text></mj-column></mj-section>' } } } }, { key: 'B', weight: 1, content: { subject: 'Hi', body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>' } }];
  const campaigns = {
    signup: await publish('Sign-up', series({
      entry: { type: 'event', event: 'Ordered', key: 'order' }, reentry: { policy: 'concurrent_by_key' }, start: 'first',
      goals: [{ key: 'paid', name: 'Paid', exits: true, event: { name: 'Paid', sameKey: true } }], exitRules: [{ key: 'vip', condition: tag('vip') }],
      steps: [
        email('first', 'wait', { variants, control: { weight: 1 } }), { id: 'wait', type: 'wait', for: { days: 1 }, until: { time: '10:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'] }, next: 'plan' },
        { id: 'plan', type: 'branch', branches: [{ name: 'trial', condition: attribute('plan', 'trial'), next: 'mark' }], otherwise: 'split' }, { id: 'mark', type: 'action', action: { kind: 'add_tag', tag: 'reminded' }, next: 'until' },
        { id: 'split', type: 'split', arms: [{ key: 'x', weight: 1, next: 'until' }, { key: 'y', weight: 1, next: 'end' }] },
        { id: 'until', type: 'wait_until', condition: { type: 'event', event: 'Login', within: { days: 2 }, count: { op: 'at_least', value: 2 } }, timeout: { days: 3 }, next: 'tip', onTimeout: 'late' },
        inApp('tip', { topic: 'account', next: 'end' }), email('late', 'end'), { id: 'end', type: 'exit' },
      ],
    })),
    inside: await publish('Inside', series({
      entry: { type: 'segment', segmentId: trial, take: 'current_and_future' }, reentry: { policy: 'after_interval', interval: { days: 4 } }, audience: { type: 'not', of: tag('vip') }, start: 'm',
      pacing: { class: 'important', sendWindow: { weekdays: ['mon', 'wed', 'fri'], from: '09:00', to: '18:00' } }, steps: [email('m', 'd'), { id: 'd', type: 'wait', date: { attribute: 'renews', days: -1, time: '08:00' }, next: 'n', onMissed: 'o' }, email('n', null), inApp('o')],
    })),
    idle: await publish('Idle', series({ entry: { type: 'segment', segmentId: idle, take: 'future_only' }, reentry: { policy: 'after_exit' }, start: 'm', pacing: { expiresAfter: { hours: 30 } }, steps: [email('m', null, { topic: 'wanted' })] })),
    renewal: await publish('Renewal', series({ entry: { type: 'date', attribute: 'renews', days: -2, time: '09:30' }, audience: EVERYBODY, start: 'm', steps: [inApp('m', { variants: [{ key: 'A', content: { body: '{{person.firstName}}' } }], fallback: { afterHours: 12, email: { subject: 'Seen?', body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>' } } })] })),
    news: await publish('News', broadcast({ segmentId: trial, launchAt: new Date(begin.getTime() + 4 * DAY).toISOString(), localTime: '09:00', pacing: { class: 'important', reserveHours: 24 }, message: email('message', null) })),
  };
  await runner.runUntilIdle();

  const random = rng(7);
  const happenings: Happening[] = [];
  for (let index = 0; index < 48; index += 1) {
    const at = begin.getTime() + 60_000 + Math.floor(random() * 9 * DAY);
    const name = names[Math.floor(random() * names.length)]!;
    const order = String(1 + Math.floor(random() * 2));
    const kind = Math.floor(random() * 12);
    happenings.push({ at, do: async () => {
      if (kind < 3) return track(name, 'Login');
      if (kind < 6) return track(name, 'Ordered', { order });
      if (kind === 6) return track(name, 'Paid', { order });
      if (kind < 9) return ok(await app.api('PATCH', `/v1/people/external:${name}`, { attributes: { plan: kind === 7 ? 'trial' : 'solo', ...(kind === 8 ? { renews: new Date(at + 5 * DAY).toISOString().slice(0, 10) } : {}) } }));
      if (kind === 9) return ok(await app.api(index % 2 === 0 ? 'PUT' : 'DELETE', `/v1/people/external:${name}/tags/vip`));
      return ok(await app.api('PUT', `/v1/people/external:${name}/consent`, { source: 'test', consents: [{ channel: 'email', topic: kind === 10 ? 'wanted' : 'product-updates', state: index % 3 === 0 ? 'unsubscribed' : 'subscribed' }] }));
    } });
  }
  // Enough people that nothing hangs on who of them a holdout or a test draws: the half pays, the others become guests of honour.
  for (const [index, name] of names.entries()) {
    const at = begin.getTime() + HOUR + index * 60_000;
    happenings.push({ at, do: () => track(name, 'Ordered', { order: '9' }) });
    happenings.push({ at: at + 20 * HOUR, do: async () => (index < 6 ? track(name, 'Paid', { order: '9' }) : ok(await app.api('PUT', `/v1/people/external:${name}/tags/vip`))) });
  }
  // Versions by hand: over one that was drawn, before any was drawn, and taken back.
  const { experimentId } = (await rows<{ experimentId: string }>(app.db, `select x.id as "experimentId" from experiment as x where x.campaign_id = $1 and x.step_id = 'first'`, [campaigns.signup]))[0]!;
  const byHand = (name: string, method: string, variant?: string) => async () => { ok(await app.api(method, `/v1/experiments/${experimentId}/overrides/external:${name}`, variant && { variant })); };
  for (const [index, name] of names.slice(0, 8).entries()) {
    const variant = ['A', 'B', 'control'][index % 3]!;
    // Some lie before the first order of the half that comes anyway (an hour in), the others behind it and before one that all of them get.
    happenings.push({ at: begin.getTime() + (index % 2 === 0 ? 20 * 60_000 : 30 * HOUR), do: byHand(name, 'PUT', variant) });
    happenings.push({ at: begin.getTime() + 50 * HOUR + index, do: () => track(name, 'Ordered', { order: '8' }) });
    if (index > 3) happenings.push({ at: begin.getTime() + 60 * HOUR, do: byHand(name, 'DELETE') });
    happenings.push({ at: begin.getTime() + 70 * HOUR + index, do: () => track(name, 'Ordered', { order: '7' }) });
  }
  for (const { at, do: act } of happenings.toSorted((one, other) => one.at - other.at)) {
    await live(at);
    await act();
    await runner.runUntilIdle();
  }
  const to = new Date(begin.getTime() + 9 * DAY);
  await live(to.getTime());
  period = { from: begin.toISOString(), to: to.toISOString() };

  const before = await rows(app.db, 'select (select count(*) from delivery) as d, (select count(*) from decision) as c, (select count(*) from enrollment) as e, (select count(*) from assignment) as a');
  const kinds: string[] = [];
  for (const [name, id] of Object.entries(campaigns)) {
    ids.set(name, id);
    const real = await liveLedger(app.db, id);
    const { ledger } = await simulateVersion(app.db, id, { from: begin, to });
    kinds.push(...ledger.map((line) => line.replace(/^\S+ /, `${name} `).replace(/ \S+$/, '')));
    expect({ name, ledger }).toEqual({ name, ledger: real });
  }
  expect(kinds).toEqual(expect.arrayContaining(['signup exited GOAL_REACHED at wait', 'signup exited EXIT_RULE at wait', 'idle refused step m NO_CONSENT', 'inside m A sent ', 'news message A sent ', 'renewal completed  at m']));
  expect(await rows(app.db, 'select (select count(*) from delivery) as d, (select count(*) from decision) as c, (select count(*) from enrollment) as e, (select count(*) from assignment) as a')).toEqual(before);
}, 600_000);

const worker = () => app.nest.get(SimulationsWorker, { strict: false });
const ask = (campaign: string, body: object) => app.api('POST', `/v1/campaigns/${campaign}/simulations`, { ...period, ...body });

test('over the API: what a period of a draft would bring, beside the running version, with people, and what nobody can know', async () => {
  const id = ids.get('signup')!;
  const { body: campaign } = ok(await app.api('GET', `/v1/campaigns/${id}`));
  ok(await app.api('PUT', `/v1/campaigns/${id}`, { name: campaign.name, revision: campaign.revision, definition: { ...campaign.definition, audience: attribute('plan', 'trial') } }));
  const asked = ok(await ask(id, { compare: true, reactions: 'worst_case' })).body;
  expect(asked).toMatchObject({ state: 'waiting', version: null, comparedWith: 1, revision: campaign.revision + 1, result: null });
  await worker().runOnce();
  const path = `/v1/campaigns/${id}/simulations/${asked.id}`;
  const { body } = ok(await app.api('GET', path));
  expect(body).toMatchObject({ state: 'done', problem: null });
  const { subject, running, unknown } = body.result;
  expect(running.totals.entered).toBeGreaterThan(subject.totals.entered);
  expect(subject.refusals).toContainEqual({ stage: 'entry', stepId: null, code: 'NOT_IN_AUDIENCE', count: expect.any(Number) });
  for (const side of [subject, running]) {
    const { totals } = side;
    const sum = (list: { count: number }[]) => list.reduce((total, { count }) => total + count, 0);
    expect(totals.triggered).toBe(totals.entered + sum(side.refusals.filter(({ stage }: { stage: string }) => stage === 'entry')));
    expect(totals.entered).toBe(totals.completed + totals.exited + totals.underWay);
    expect([totals.sent + totals.ghosts, totals.entered, totals.sent]).toEqual([sum(side.messages), side.days.reduce((total: number, day: { entered: number }) => total + day.entered, 0), side.days.reduce((total: number, day: { sent: number }) => total + day.sent, 0)]);
  }
  expect(unknown.map(({ code }: { code: string }) => code)).toEqual(['reactions_worst', 'behaviour', 'others', 'settings', 'transport', 'begins_empty']);
  expect(unknown.every(({ en, ko }: { en: string; ko: string }) => en !== '' && /[가-힣]/.test(ko))).toBe(true);
  const people: { lines: { kind: string; code?: string }[] }[] = [];
  // Whoever was put off is an example of that, so who is one of a goal hangs on who was drawn into a holdout.
  for (const outcome of running.outcomes) people.push(...ok(await app.api('GET', `${path}/people?side=running&outcome=${outcome}`)).body.items.filter(({ lines }: { lines: { code?: string }[] }) => lines.some(({ code }) => code === 'GOAL_REACHED')));
  expect(people.length).toBeGreaterThan(0);
  expect(people[0]!.lines.map(({ kind }: { kind: string }) => kind)).toEqual(expect.arrayContaining(['entered', 'queued', 'ended']));
  expect(people[0]!.lines.find(({ kind }: { kind: string }) => kind === 'ended')).toMatchObject({ code: 'GOAL_REACHED', state: 'exited', stepId: 'wait' });
  expect(ok(await app.api('GET', `/v1/campaigns/${id}/simulations`)).body.items[0]).toMatchObject({ id: asked.id, totals: { entered: subject.totals.entered } });
  expect((await app.api('GET', '/v1/audit?limit=1')).body.items[0]).toMatchObject({ action: 'campaign.simulate', detail: { reactions: 'worst_case', compare: true } });
  expect((await app.api('DELETE', path)).status).toBe(204);
  expect((await app.api('GET', path)).status).toBe(404);
  expect(await rows(app.db, 'select from simulation_person')).toEqual([]);
});

test('a version given by hand on a draft is the one that is simulated, as publishing would make it hold', async () => {
  const variants = ['A', 'B'].map((key) => ({ key, weight: 1, content: { body: key } }));
  const { body: campaign } = ok(await app.api('POST', '/v1/campaigns', { name: 'By hand', definition: series({ entry: { type: 'event', event: 'Ordered' }, start: 'm', steps: [inApp('m', { topic: 'account', variants })] }) }));
  const got = async () => {
    const { body } = ok(await ask(campaign.id, {}));
    await worker().runOnce();
    const path = `/v1/campaigns/${campaign.id}/simulations/${body.id}`;
    const { state, result } = ok(await app.api('GET', path)).body;
    expect(state).toBe('done');
    const people: { externalId: string; lines: { kind: string; variant?: string }[] }[] = [];
    for (const outcome of result.subject.outcomes) people.push(...ok(await app.api('GET', `${path}/people?outcome=${outcome}&limit=100`)).body.items);
    return new Map(people.flatMap(({ externalId, lines }) => lines.flatMap(({ kind, variant }) => (kind === 'queued' ? [[externalId, variant!] as const] : []))));
  };
  const drawn = await got();
  expect(drawn.size).toBeGreaterThan(5);
  const turned = new Map([...drawn].slice(0, 4).map(([name, variant]) => [name, variant === 'A' ? 'B' : 'A']));
  for (const [name, variant] of turned) ok(await app.api('PUT', `/v1/campaigns/${campaign.id}/draft-overrides/m/external:${name}`, { variant }));
  expect(await got()).toEqual(new Map([...drawn, ...turned]));
  expect(await rows(app.db, `select from assignment as a where a.campaign_id = $1 union all select from experiment_override as o where o.campaign_id = $1`, [campaign.id])).toEqual([]);
});

test('a draft that never was: nobody reacts, or everybody leaves at the first message, or as often as was observed', async () => {
  const id = ok(await app.api('POST', '/v1/campaigns', { name: 'Two', definition: series({ entry: { type: 'event', event: 'Login' }, start: 'one', steps: [email('one', 'w', { topic: 'account', control: { weight: 0.0001 } }), { id: 'w', type: 'wait', for: { hours: 1 }, next: 'two' }, email('two', 'v'), { id: 'v', type: 'wait', for: { hours: 1 }, next: 'three' }, email('three', null)] }) })).body.id as string;
  const found = async (reactions: string) => {
    const { body } = ok(await ask(id, { reactions }));
    await worker().runOnce();
    const { state, result } = ok(await app.api('GET', `/v1/campaigns/${id}/simulations/${body.id}`)).body;
    expect([state, result.unknown.map(({ code }: { code: string }) => code)]).toEqual(['done', expect.arrayContaining(['arms', `reactions_${reactions.replace('_case', '').replace('_rate', '')}`])]);
    const gone = (step: string, code: string) => result.subject.refusals.filter((each: { stepId: string; code: string }) => each.stepId === step && each.code === code).reduce((sum: number, { count }: { count: number }) => sum + count, 0) as number;
    return { entered: result.subject.totals.entered as number, left: gone('three', 'TOPIC_UNSUBSCRIBED'), account: gone('two', 'NO_CONSENT') };
  };
  const [none, worst, observed] = [await found('none'), await found('worst_case'), await found('observed_rate')];
  expect([worst.entered, observed.entered]).toEqual([none.entered, none.entered]);
  // Whoever got the second message has left its topic by the third.
  expect(worst.left).toBeGreaterThan(none.left);
  // In these days nobody unsubscribed by a message.
  expect(observed).toEqual(none);
});

test('what cannot be simulated is said with its place; a stopped one ends, one whose process died is done again, and only so often', async () => {
  const id = ids.get('signup')!;
  const refused = async (body: object) => {
    const answer = await ask(id, body);
    return [answer.status, answer.body.code, answer.body.problems?.[0]?.path];
  };
  const later = new Date(Date.parse(period.to) + 60 * DAY).toISOString();
  expect(await refused({ to: later })).toEqual([400, 'simulation.future', 'to']);
  expect(await refused({ from: period.to })).toEqual([400, 'simulation.empty-period', 'from']);
  expect(await refused({ from: '2024-01-01T00:00:00Z' })).toEqual([400, 'simulation.too-long', 'from']);
  expect(await refused({ from: '2025-09-01T00:00:00Z', to: '2025-10-01T00:00:00Z' })).toEqual([400, 'simulation.no-history', 'to']);
  expect(await refused({ from: 'yesterday' })).toEqual([400, 'request.invalid', 'from']);
  expect(await refused({ version: 7 })).toEqual([404, 'version.not-found', undefined]);
  expect(await refused({ version: 1, compare: true })).toEqual([409, 'simulation.nothing-to-compare', undefined]);

  const stopped = ok(await ask(id, { version: 1 })).body;
  expect((await app.api('DELETE', `/v1/campaigns/${id}/simulations/${stopped.id}`)).status).toBe(204);
  expect(await worker().runOnce()).toMatchObject({ done: 0 });
  expect(ok(await app.api('GET', `/v1/campaigns/${id}/simulations/${stopped.id}`)).body).toMatchObject({ state: 'cancelled', result: null });

  const killed = ok(await ask(id, { version: 1 })).body;
  const die = () => rows(app.db, `update simulation set state = 'running', tries = tries + 1, lease_until = $2 where id = $1`, [killed.id, clock.now()]);
  await die();
  expect(await worker().runOnce()).toMatchObject({ done: 0 });
  clock.advance(1_000);
  await worker().runOnce();
  expect(ok(await app.api('GET', `/v1/campaigns/${id}/simulations/${killed.id}`)).body).toMatchObject({ state: 'done' });
  const hopeless = ok(await ask(id, { version: 1 })).body;
  await rows(app.db, `update simulation set state = 'running', tries = 3, lease_until = $2 where id = $1`, [hopeless.id, new Date(clock.now().getTime() - 1)]);
  await worker().runOnce();
  expect(ok(await app.api('GET', `/v1/campaigns/${id}/simulations/${hopeless.id}`)).body).toMatchObject({ state: 'failed', problem: { code: 'simulation.given-up' } });
});

test('a simulation runs in a thread: one that needs too much memory ends alone and says so, one that is cancelled or whose process stops is left in the middle', async () => {
  const id = ids.get('signup')!;
  const path = `/v1/campaigns/${id}/simulations`;
  const state = async (simulation: string) => ok(await app.api('GET', `${path}/${simulation}`)).body;
  const jobs = worker();
  await jobs.drain();
  jobs.heapMb = 4;
  const large = ok(await ask(id, { version: 1 })).body;
  expect(await jobs.runOnce()).toEqual({ done: 1 });
  expect(await state(large.id)).toMatchObject({ state: 'failed', result: null, problem: { code: 'simulation.out-of-memory', message: expect.stringContaining('4 MB') } });
  jobs.heapMb = HEAP_MB;

  /** What is asked of a simulation that stands in its middle: it waits for people, which somebody else holds. */
  const inTheMiddle = async (simulation: string, act: () => Promise<unknown>) => {
    const other = app.db.createQueryRunner();
    await other.startTransaction();
    await other.query('lock table attribute_history in access exclusive mode');
    const round = jobs.runOnce();
    try {
      while ((await rows(app.db, `select from pg_stat_activity as a where a.datname = current_database() and a.application_name = 'danbi simulation' and a.wait_event_type = 'Lock'`)).length === 0) expect((await state(simulation)).state).not.toBe('failed');
      await act();
    } finally {
      await other.rollbackTransaction();
      await other.release();
    }
    return round;
  };
  const cancelled = ok(await ask(id, { version: 1 })).body;
  expect(await inTheMiddle(cancelled.id, () => app.api('DELETE', `${path}/${cancelled.id}`))).toEqual({ done: 1 });
  expect(await state(cancelled.id)).toMatchObject({ state: 'cancelled', result: null });

  // What stops gives back what it had begun, and who comes after it does it.
  const stopped = ok(await ask(id, { version: 1 })).body;
  const next = new SimulationsWorker(app.db, clock, createLog('error'));
  const begun = async () => (await rows<{ state: string; tries: number }>(app.db, 'select s.state, s.tries from simulation as s where s.id = $1', [stopped.id]))[0];
  expect(await inTheMiddle(stopped.id, async () => { jobs.stop(); expect(await begun()).toEqual({ state: 'running', tries: 1 }); })).toEqual({ done: 0 });
  expect(await begun()).toEqual({ state: 'waiting', tries: 0 });
  await jobs.drain();
  expect(await next.runOnce()).toEqual({ done: 1 });
  await next.drain();
  expect(await state(stopped.id)).toMatchObject({ state: 'done', result: { subject: { totals: { entered: expect.any(Number) } } } });
});

test('collisions name the campaign that really took the place, and what it does to the same people', async () => {
  const put = await rows<{ campaignId: string; personId: string; stepId: string; winner: { campaignId: string; kept: boolean } }>(app.db, `
    select d.campaign_id as "campaignId", d.person_id as "personId", d.step_id as "stepId", d.gate_facts -> 'winner' as winner from delivery as d where d.gate_facts ? 'winner'`);
  const winners = new Set(put.map(({ winner }) => winner.campaignId));
  // How many there are hangs on whom the tests and the holdout drew: one to five were seen.
  expect([put.length > 0, winners.size > 0]).toEqual([true, true]);
  for (const id of new Set(put.map(({ campaignId }) => campaignId))) {
    const { lines } = await simulateVersion(app.db, id, { from: new Date(period.from), to: new Date(period.to) });
    for (const { personId, stepId, winner } of put.filter(({ campaignId }) => campaignId === id)) {
      const told = (lines.get(personId) ?? []).flatMap((line) => ((line.kind === 'deferred' || line.kind === 'cancelled') && line.stepId === stepId && line.winner ? [line.winner] : []));
      expect({ personId, stepId, told }).toEqual({ personId, stepId, told: expect.arrayContaining([{ campaignId: winner.campaignId, kept: winner.kept }]) });
    }
  }
});

test('who would have come into a segment that is new is computed from the history, and is who came into one that was followed', async () => {
  const span = { from: new Date(period.from), to: new Date(period.to) };
  for (const [name, definition] of [['inside', attribute('plan', 'trial')], ['idle', { type: 'not', of: { type: 'event', event: 'Login', within: { days: 3 }, count: { op: 'at_least', value: 1 } } }]] as const) {
    const { body: original } = ok(await app.api('GET', `/v1/campaigns/${ids.get(name)}`));
    const segmentId = ok(await app.api('POST', '/v1/segments', { name: `${name} again`, definition })).body.id as string;
    await runner.runUntilIdle();
    const copy = await publish(`${name} again`, { ...original.definition, entry: { ...original.definition.entry, segmentId } });
    const entries = async (id: string) => (await simulateVersion(app.db, id, span)).ledger.filter((line) => / entered | refused entry /.test(line));
    const [followed, computed] = [await entries(ids.get(name)!), await entries(copy)];
    expect(followed.length).toBeGreaterThan(5);
    expect({ name, computed }).toEqual({ name, computed: followed });
  }
});

test('a ladder of three rungs is climbed as it was: who saw the first gets no more of it, the others each next one in its time', async () => {
  const begin = clock.now();
  clock.advance(1_000);
  const rung = (channel: string, content: object, unless: string, hours: number) => ({ channel, content, unless, after: { hours } });
  const mail = { subject: 'Seen?', body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>' };
  const id = await publish('Ladder', series({
    entry: { type: 'event', event: 'Invited' }, start: 'tip', pacing: { class: 'important' },
    steps: [inApp('tip', { topic: 'account', ladder: [rung('email', mail, 'displayed', 5), rung('in_app', { body: 'Again' }, 'clicked', 7), rung('email', { ...mail, subject: 'Last' }, 'displayed', 30)] })],
  }));
  const invited = ['p1', 'p2', 'p4', 'p5', 'p7', 'p8'];
  for (const name of invited) await track(name, 'Invited');
  await runner.runUntilIdle();
  await live(clock.now().getTime() + HOUR);
  const see = async (stepId: string, names: readonly string[]) => {
    for (const { id: message, personId } of await rows<{ id: string; personId: string }>(app.db, `
      select d.id, d.person_id as "personId" from delivery as d join person as p on p.id = d.person_id where d.campaign_id = $1 and d.step_id = $2 and p.external_id = any($3) and d.sent_at is not null`, [id, stepId, names])) ok(await app.api('POST', `/v1/people/${personId}/inbox/${message}/seen`));
  };
  await see('tip', ['p1', 'p2']);
  await live(clock.now().getTime() + 20 * HOUR);
  await see('tip~3', ['p4']);
  // Late, when the rung behind it has gone: it ends the ones after all the same.
  await see('tip', ['p5']);
  const to = new Date(clock.now().getTime() + 4 * DAY);
  await live(to.getTime());
  // To the millisecond, the rungs that a success took back included.
  const real = await liveLedger(app.db, id);
  expect(real.map((line) => line.replace(/^\S+ /, '').replace(/ \S+$/, ''))).toEqual(expect.arrayContaining([expect.stringMatching(/^tip~2 A cancelled/), expect.stringMatching(/^tip~2 A sent/), expect.stringMatching(/^tip~3 A sent/), expect.stringMatching(/^tip~4 A sent/)]));
  expect((await simulateVersion(app.db, id, { from: begin, to })).ledger).toEqual(real);
}, 600_000);
