import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ApiKeys } from '../../src/access/api-keys.service.js';
import { armOf, bucketOf } from '../../src/kernel/bucket.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { callApi, startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, inApp } from '../support/campaign-definitions.js';
import { Browser } from '../support/displays.js';
import { armsOf, drawnPeople, publishTest, writeVerdict, type PublishedTest } from '../support/experiments.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let named = 0;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const GOAL = { key: 'bought', name: 'Bought', event: { name: 'Order Completed' } };
const variants = (...keys: string[]) => keys.map((key) => ({ key, content: { body: key } }));
const tested = (...keys: string[]) => inApp('message', { topic: 'account', variants: variants(...keys), test: { autoWinner: { keep: 0.1 } } });
type Flow = PublishedTest & { event: string };
async function flow(change: object = {}, step = 'message'): Promise<Flow> {
  const event = `Came ${(named += 1)}`;
  const of = await publishTest(app, { type: 'series', entry: { type: 'event', event }, reentry: { policy: 'after_exit' }, goals: [GOAL], start: step, steps: [tested('A', 'B')], ...change }, step);
  return { ...of, event };
}
/** So many new people come. @returns their arms */
async function come(of: Flow, count: number) {
  const before = new Set((await armsOf(app, of)).map(({ personId }) => personId));
  await enter(of, Array.from({ length: count }, () => `came-${(named += 1)}`));
  return (await armsOf(app, of)).filter(({ personId }) => !before.has(personId));
}
/** New people come, twenty at a time, until the share that goes on being split has one of each arm. */
async function keptOf(of: Flow) {
  const came: Awaited<ReturnType<typeof come>> = [];
  while (!['A', 'B'].every((arm) => came.some(({ personId }) => isKept(of, personId) && drawn(of, personId) === arm))) came.push(...(await come(of, 20)));
  return came;
}
async function enter({ event }: Flow, users: readonly string[]) {
  await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: users.map((userId) => ({ type: 'track', userId, event })) }) });
  await app.runner.runUntilIdle();
}
const drawn = (of: PublishedTest, personId: string) => armOf(of.arms, bucketOf(of.salt, personId));
const isKept = (of: PublishedTest, personId: string, keep = 1000) => bucketOf(`${of.salt}:keep`, personId) < keep;
const url = ({ experimentId }: PublishedTest, what = 'choice') => `/v1/experiments/${experimentId}/${what}`;
const audited = async ({ experimentId }: PublishedTest) => ((await app.api('GET', '/v1/audit')).body.items as { actor: string; action: string; subject: string; detail: object }[]).filter(({ subject }) => subject === `experiment:${experimentId}`);
const run = () => app.runner.runUntilIdle();

describe('the auto-winner of a series', () => {
  test('new people get the winner once the verdict names one, except the share that is kept; people keep their arms', async () => {
    const of = await flow();
    const early = await come(of, 40);
    expect(early.every(({ personId, variant, source }) => variant === drawn(of, personId) && source === 'hash')).toBe(true);
    await writeVerdict(app, of, { state: 'collecting' });
    expect((await come(of, 20)).every(({ personId, variant }) => variant === drawn(of, personId))).toBe(true);
    await writeVerdict(app, of, { state: 'winner', winner: 'B' });
    clock.advance(1_000);
    await run();
    const late = [...(await come(of, 60)), ...(await keptOf(of))];
    expect(late.map(({ personId, variant, source }) => [personId, variant, source])).toEqual(late.map(({ personId }) => (isKept(of, personId) ? [personId, drawn(of, personId), 'hash'] : [personId, 'B', 'choice'])));
    const kept = late.filter(({ source }) => source === 'hash');
    expect(new Set(kept.map(({ variant }) => variant))).toEqual(new Set(['A', 'B']));
    // Everybody again: each message is of the arm they had.
    const all = await armsOf(app, of);
    const names = await rows<{ name: string }>(app.db, 'select p.external_id as name from person as p join assignment as a on a.person_id = p.id where a.experiment_id = $1', [of.experimentId]);
    await enter(of, names.map(({ name }) => name));
    expect(await armsOf(app, of)).toEqual(all);
    expect(await rows(app.db, 'select d.person_id from delivery as d where d.campaign_id = $1 group by d.person_id having count(*) <> 2 or count(distinct d.variant) > 1', [of.id])).toEqual([]);
    const steering = (await app.api('GET', url(of))).body;
    expect(steering).toMatchObject({ choice: { variant: 'B', keep: 0.1, claim: 'winner', chosenBy: 'verdict', endedAt: null }, arms: [{ key: 'A', share: 0.5, dropped: null }, { key: 'B', share: 0.5 }], testThenSend: null });
    expect(await audited(of)).toMatchObject([{ actor: 'system', action: 'experiment.choose', detail: { variant: 'B', keep: 1000, claim: 'winner', because: 'verdict' } }]);
    // In no comparison, but in what was sent.
    const [step] = (await app.api('GET', `/v1/campaigns/${of.id}/results`)).body.steps;
    const chosen = late.filter(({ source }) => source === 'choice').length;
    expect(step.variants.map(({ assigned, chosen: given }: { assigned: number; chosen: number }) => [assigned, given])).toEqual(['A', 'B'].map((key) => [all.filter(({ variant, source }) => variant === key && source === 'hash').length, key === 'B' ? chosen : 0]));
    expect(step.reconciliation).toMatchObject({ eligible: 2 * all.length, difference: 0 });
    const told = await Promise.all([early[0]!, late.find(({ source }) => source === 'choice')!].map(async ({ personId }) => (await app.api('GET', `/v1/campaigns/${of.id}/explain?personId=${personId}`)).body));
    expect(told[0].answer.en).not.toContain('drawn');
    expect(told[1].answer.en).toContain('The version “B” was not drawn: since 2 Mar 2026, 09:00:01 (UTC) new people get it because it won the test.');
    expect(told[1].answer.ko).toContain('테스트에서 이겼기 때문에');
    expect(told.map(({ gates }) => gates.find(({ gate }: { gate: string }) => gate === 'assignment').facts.source)).toEqual(['hash', 'choice']);
  });

  test('begins by what analytics finds, once seven days of entries are matured and not before', async () => {
    const of = await flow({ goals: [{ ...GOAL, window: { days: 1 } }] });
    const began = clock.now();
    const choice = async () => (await app.api('GET', url(of))).body.choice;
    for (let day = 0; day < 9; day += 1) {
      clock.set(new Date(began.getTime() + day * 86_400_000));
      const { A, B } = await drawnPeople(app, of, { prefix: `real-${day}`, now: clock.now(), perArm: { A: 30, B: 30 } });
      await enter(of, [...A, ...B]);
      await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: [...A.slice(0, 3), ...B.slice(0, 22)].map((userId) => ({ type: 'track', userId, event: 'Order Completed' })) }) });
      await run();
      if (day < 8) expect([day, await choice()]).toEqual([day, null]);
    }
    for (let hours = 0; hours < 26 && !(await choice()); hours += 1) {
      clock.advance(3_600_000);
      await run();
    }
    expect(await choice()).toMatchObject({ variant: 'B', keep: 0.1, claim: 'winner', chosenBy: 'verdict' });
    const { body: result } = await app.api('GET', `/v1/experiments/${of.experimentId}`);
    expect(result).toMatchObject({ verdict: { state: 'winner', winner: 'B', recorded: { kind: 'early' } }, action: { type: 'auto_winner', arm: 'B', proven: true } });
    expect(result.action.sentence.en).toMatch(/^B won; since .* new people get it, except 10% who go on being split\.$/);
    const assigned = result.arms.reduce((sum: number, arm: { assigned: number }) => sum + arm.assigned, 0);
    const late = await come(of, 40);
    const { body: after } = await app.api('GET', `/v1/experiments/${of.experimentId}`);
    expect(late.some(({ source }) => source === 'choice')).toBe(true);
    expect(after.arms.reduce((sum: number, arm: { assigned: number }) => sum + arm.assigned, 0)).toBe(assigned + late.filter(({ source }) => source === 'hash').length);
  });

  test('is undone by hand for good, and chosen by hand with the number of people it concerns', async () => {
    const of = await flow({ start: 'wait', steps: [{ id: 'wait', type: 'wait', for: { hours: 1 }, next: 'message' }, tested('A', 'B')] });
    await enter(of, ['waits-1', 'waits-2', 'waits-3']);
    await writeVerdict(app, of, { state: 'winner', winner: 'A' });
    await run();
    const asked = await app.api('POST', url(of), { variant: 'B', keep: 0.5 });
    expect(asked).toMatchObject({ status: 200, body: { applied: false, concerns: { people: 3, keepTheirs: 0, lastWeek: 0 }, experiment: { choice: { variant: 'A' } } } });
    expect(asked.body.concerns.sentence.en).toBe('New people get “B”; 50 % of them go on being split. 3 people on the way have no version yet; 0 got one in the last seven days. 0 people keep theirs.');
    const { secret } = await app.nest.get(ApiKeys, { strict: false }).create({ kind: 'server', name: 'reader', role: 'analyst' }, 'setup');
    expect((await callApi(`${app.url}${url(of)}`, secret, 'POST', { variant: 'B', confirm: true })).status).toBe(403);
    expect((await callApi(`${app.url}${url(of)}`, secret, 'DELETE')).status).toBe(403);
    expect((await app.api('DELETE', url(of))).body).toMatchObject({ choice: null, history: [{ variant: 'A', endReason: 'undone' }] });
    expect(await app.api('DELETE', url(of))).toMatchObject({ status: 409, body: { code: 'experiment.no-choice' } });
    // The verdict still stands; people decide from now on.
    await run();
    expect((await app.api('GET', url(of))).body.choice).toBeNull();
    clock.advance(3_600_000);
    await run();
    expect((await armsOf(app, of)).every(({ personId, variant, source }) => variant === drawn(of, personId) && source === 'hash')).toBe(true);
    for (const [variant, claim] of [['B', 'none'], ['A', 'winner']] as const) expect((await app.api('POST', url(of), { variant, confirm: true })).body).toMatchObject({ applied: true, experiment: { choice: { variant, claim } } });
    expect((await app.api('GET', url(of))).body.history.map(({ variant, endReason }: { variant: string; endReason: string | null }) => [variant, endReason])).toEqual([['A', null], ['B', 'replaced'], ['A', 'undone']]);
    expect((await audited(of)).map(({ action }) => action)).toEqual(['experiment.choose', 'experiment.choose', 'experiment.unchoose', 'experiment.choose']);
    expect((await app.api('POST', `/v1/experiments/${newId()}/choice`, { variant: 'A' })).status).toBe(404);
    expect((await app.api('POST', url(of), { variant: 'A', keep: 0.51 })).status).toBe(400);
    await app.api('POST', `/v1/campaigns/${of.id}/stop`);
    expect((await app.api('POST', url(of), { variant: 'A', confirm: true })).body.code).toBe('experiment.over');
  });

  test('a guardrail that the winner harms never lets it begin, and ends it: people are split again; harm of another arm does not', async () => {
    const of = await flow();
    await writeVerdict(app, of, { state: 'winner', winner: 'B', harmed: ['B'] });
    expect((await come(of, 20)).every(({ source }) => source === 'hash')).toBe(true);
    const later = await flow();
    await writeVerdict(app, later, { state: 'winner', winner: 'B', harmed: ['A'] });
    await run();
    expect((await come(later, 20)).some(({ source }) => source === 'choice')).toBe(true);
    await writeVerdict(app, later, { state: 'winner', winner: 'B', harmed: ['A', 'B'] });
    await run();
    expect((await come(later, 20)).every(({ personId, variant, source }) => source === 'hash' && variant === drawn(later, personId))).toBe(true);
    expect((await app.api('GET', url(later))).body).toMatchObject({ choice: null, history: [{ variant: 'B', endReason: 'guardrail', endedBy: 'verdict' }] });
    // What a person chooses stays.
    await app.api('POST', url(later), { variant: 'B', confirm: true });
    await run();
    expect((await app.api('GET', url(later))).body.choice).toMatchObject({ variant: 'B', claim: 'winner' });
  });

  test('a split sends new people the way that won, and a new version with the same arms goes on with it', async () => {
    const steps = [{ id: 'fork', type: 'split', arms: [{ key: 'long', weight: 1, next: 'x' }, { key: 'short', weight: 3, next: 'y' }], test: { autoWinner: { keep: 0 } } }, inApp('x', { topic: 'account' }), inApp('y', { topic: 'account' })];
    const of = await flow({ start: 'fork', steps }, 'fork');
    await app.api('POST', url(of), { variant: 'long', confirm: true });
    expect((await come(of, 12)).every(({ variant, source }) => variant === 'long' && source === 'choice')).toBe(true);
    const { body } = await app.api('GET', `/v1/campaigns/${of.id}`);
    await app.api('PUT', `/v1/campaigns/${of.id}`, { revision: body.revision, name: body.name, definition: { ...body.definition, exitRules: [{ key: 'left', condition: { type: 'attribute', key: 'left', op: 'exists' } }] } });
    expect((await app.api('POST', `/v1/campaigns/${of.id}/publish`)).status).toBe(200);
    expect((await come(of, 5)).every(({ variant }) => variant === 'long')).toBe(true);
    expect(await rows(app.db, `select d.step_id as step, count(*)::int as n from delivery as d where d.campaign_id = $1 group by 1`, [of.id])).toEqual([{ step: 'x', n: 17 }]);
  });
});

test('an auto message displays the choice to new visitors; what was displayed before is the arm they keep', async () => {
  const of = await publishTest(app, autoMessage({ display: { frequency: { times: null } }, message: tested('A', 'B') }));
  await run();
  const browser = () => new Browser(app.url, app.writeKey, randomUUID());
  const early = browser();
  const claim = await early.claim(of.id);
  expect(claim.ok).toBe(1);
  const [held] = await rows<{ variant: string }>(app.db, `select k.arm ->> 'variant' as variant from display_claim as k where k.key = $1`, [claim.key]);
  const other = held!.variant === 'A' ? 'B' : 'A';
  await app.api('POST', url(of), { variant: other, confirm: true });
  expect(await early.ack(claim.key, 'shown')).toEqual({ ok: 1 });
  const [first] = await armsOf(app, of);
  expect(first).toMatchObject({ variant: held!.variant, source: 'hash' });
  for (let index = 0; index < 8; index += 1) expect(typeof (await browser().display(of.id))).toBe('object');
  expect((await armsOf(app, of)).filter(({ personId }) => personId !== first!.personId).map(({ variant, source }) => `${variant} ${source}`)).toEqual(Array.from({ length: 8 }, () => `${other} choice`));
  expect(await rows(app.db, 'select d.variant, count(*)::int as n from delivery as d where d.campaign_id = $1 group by 1 order by 2', [of.id])).toEqual([{ variant: held!.variant, n: 1 }, { variant: other, n: 8 }]);
});

test('a beaten arm is dropped by hand: its buckets go to the rest, everybody else stays', async () => {
  const of = await flow({ steps: [tested('A', 'B', 'C')] });
  const early = await come(of, 60);
  await writeVerdict(app, of, { state: 'collecting' });
  expect((await app.api('POST', url(of, 'drop'), { variant: 'C', confirm: true })).body.code).toBe('experiment.not-beaten');
  await rows(app.db, `insert into verdict_evaluation (id, experiment_id, campaign_id, at, inputs, result) values ($1, $2, $3, $4, '{}', $5::jsonb)`, [newId(), of.experimentId, of.id, clock.now(), JSON.stringify({
    comparisons: [{ a: 'A', b: 'B', lift: { lo: -0.1, hi: 0.2 } }, { a: 'A', b: 'C', lift: { lo: -0.5, hi: -0.1 } }, { a: 'B', b: 'C', lift: null }] })]);
  expect((await app.api('POST', url(of, 'drop'), { variant: 'A', confirm: true })).body.code).toBe('experiment.not-beaten');
  const asked = (await app.api('POST', url(of, 'drop'), { variant: 'C' })).body;
  expect(asked).toMatchObject({ applied: false, concerns: { keepTheirs: 60, lastWeek: 60 } });
  expect(asked.concerns.sentence.en).toMatch(/^Nobody new gets “C”; its share goes to the others in proportion, for good\./);
  const dropped = (await app.api('POST', url(of, 'drop'), { variant: 'C', confirm: true })).body.experiment;
  expect(dropped.arms.map(({ key, share, dropped: by }: { key: string; share: number; dropped: object | null }) => [key, share, by !== null])).toEqual([['A', 0.5001, false], ['B', 0.4999, false], ['C', 0, true]]);
  const late = await come(of, 100);
  expect(late.some(({ variant }) => variant === 'C')).toBe(false);
  const moved = late.filter(({ personId }) => drawn(of, personId) === 'C');
  expect(moved.length).toBeGreaterThan(0);
  expect(late.filter(({ personId, variant }) => drawn(of, personId) !== 'C' && variant !== drawn(of, personId))).toEqual([]);
  expect(late.every(({ source }) => source === 'hash')).toBe(true);
  const kept = new Map((await armsOf(app, of)).map(({ personId, variant }) => [personId, variant]));
  expect(early.every(({ personId, variant }) => kept.get(personId) === variant)).toBe(true);
  // What is left is compared.
  expect((await app.api('GET', `/v1/experiments/${of.experimentId}`)).body.comparisons.map(({ a, b }: { a: string; b: string }) => a + b)).toEqual(['AB']);
  expect((await audited(of))[0]).toMatchObject({ action: 'experiment.drop', detail: { variant: 'C' } });
  expect((await app.api('POST', url(of), { variant: 'C', confirm: true })).body.code).toBe('experiment.unknown-variant');
  expect((await app.api('POST', url(of, 'drop'), { variant: 'B', confirm: true })).body.code).toBe('experiment.two-arms-left');
});
