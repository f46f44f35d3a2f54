import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stageOf } from '../../src/campaigns/domain/ramp.js';
import { row, rows } from '../../src/platform/database/db.js';
import { Cutter, type Cut } from '../model/cutter.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';
import { makePeople } from '../support/experiments.js';
import fc from '../support/fast-check.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** How many places of each story lose their connection: in CI some, at night all. */
const CUTS = process.env.DANBI_MODEL_CUTS ?? '3';
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const clock = new VirtualClock(new Date('2026-03-02T00:00:00Z'));
let cutter: Cutter;
let app: TestApp;
beforeAll(async () => {
  cutter = new Cutter();
  app = await startTestApp({ clock });
});
afterAll(async () => {
  await app.close();
  cutter.restore();
});

interface Place extends Cut { round: number }
/** What a story can do while it is told; every `settle` and `again` is a round in which a connection may be lost. */
interface Teller { n: number; settle(): Promise<void>; pass(hours: number): Promise<void>; again(method: string, path: string, body?: unknown): Promise<void> }
/** @returns what came of it, without ids and with times from the beginning: the same each time it is told */
type Story = (teller: Teller) => Promise<unknown[]>;

async function ok(method: string, path: string, body?: unknown) {
  const answer = await app.api(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

let told = 0;
async function tell(story: Story, cut: Place | null): Promise<{ lines: string[]; statements: number[] }> {
  clock.set(new Date((Math.floor(clock.now().getTime() / WEEK) + 1) * WEEK));
  const start = clock.now().getTime();
  const statements: number[] = [];
  const round = async (work: () => Promise<void>): Promise<void> => {
    cutter.arm(cut?.round === statements.length + 1 ? cut : null);
    const before = cutter.made;
    // Who lost a connection comes again, a worker as much as a caller.
    await work().catch((error: unknown) => { if (cutter.made === before) throw error; });
    statements.push(cutter.counted);
    cutter.arm(null);
    if (cutter.made > before) await work();
  };
  const settle = () => round(async () => void (await app.runner.runUntilIdle()));
  const lines = await story({
    n: (told += 1), settle,
    pass: (hours) => { clock.advance(hours * HOUR); return settle(); },
    again: (method, path, body) => round(async () => void (await ok(method, path, body))),
  });
  return { statements, lines: lines.map((line) => JSON.stringify(line, (_key, value: unknown) => (typeof value === 'string' && /^\d{4}-.*Z$/.test(value) ? `+${(Date.parse(value) - start) / 60_000} min` : value))).toSorted() };
}

/** Runs, steps, messages and refusals of a campaign, people by their place in the list. */
async function ledger(campaignId: string, people: readonly string[]): Promise<unknown[]> {
  const who = (all: { person: string }[]) => all.map(({ person, ...rest }) => [people.indexOf(person), rest]);
  return [
    ...who(await rows(app.db, 'select e.person_id as person, v.number as version, e.state, e.exit_code, e.step_id, e.due_at, e.left_at from enrollment as e join campaign_version as v on v.id = e.version_id where e.campaign_id = $1', [campaignId])),
    ...who(await rows(app.db, 'select e.person_id as person, s.step_id, s.arrived_at, s.left_at, s.outcome from step_visit as s join enrollment as e on e.id = s.enrollment_id where s.campaign_id = $1', [campaignId])),
    ...who(await rows(app.db, 'select d.person_id as person, d.step_id, v.number as version, d.channel, d.state, d.reason, d.queued_at, d.due_at, d.sent_at from delivery as d join campaign_version as v on v.id = d.version_id where d.campaign_id = $1', [campaignId])),
    ...who(await rows(app.db, 'select c.person_id as person, c.step_id, c.stage, c.code from decision as c where c.campaign_id = $1', [campaignId])),
  ];
}

/** Their ids and external ids, in the order of the list. */
const namesOf = async (people: readonly string[]) =>
  (await rows<{ id: string; name: string }>(app.db, 'select p.id, p.external_id as name from person as p where p.id = any($1::uuid[])', [people])).toSorted((a, b) => people.indexOf(a.id) - people.indexOf(b.id));

const note = (id: string, next: string | null, more: object = {}) => inApp(id, { next, topic: 'account', ...more });
const wait = (id: string, next: string | null, hours: number) => ({ id, type: 'wait', for: { hours }, next });

const STORIES: Record<string, Story> = {
  'a live edit that moves people': async ({ n, settle, pass }) => {
    const people = await makePeople(app, `moved-${n}`, 5);
    const handles = await namesOf(people);
    const define = (steps: { id: string }[]) => series({ entry: { type: 'event', event: `Begin ${n}` }, start: 'a', steps });
    const { id } = await ok('POST', '/v1/campaigns', { name: `Edited ${n}`, definition: define([note('a', 'w'), wait('w', 'b', 20), note('b', 'v'), wait('v', 'c', 20), note('c', null)]) });
    await ok('POST', `/v1/campaigns/${id}/publish`);
    const come = async (some: typeof handles) => { for (const { name } of some) await ok('POST', '/v1/track', { userId: name, event: `Begin ${n}`, messageId: `${name}-begin`, timestamp: clock.now().toISOString() }); };
    await come(handles.slice(0, 2));
    await settle();
    await pass(21);
    await come(handles.slice(2));
    await settle();
    const { revision, name } = await ok('GET', `/v1/campaigns/${id}`);
    await ok('PUT', `/v1/campaigns/${id}`, { revision, name, definition: define([note('a', 'w'), wait('w', 'x', 10), note('x', 'c'), note('c', null)]) });
    await ok('POST', `/v1/campaigns/${id}/publish`, { inFlight: { move: 'migrate', steps: [{ version: 1, step: 'v', move: 'restart' }] } });
    await settle();
    for (const hours of [5, 6, 24]) await pass(hours);
    const moves = (await ok('GET', `/v1/campaigns/${id}/migrations`)).items.map(({ state, people: all, migrated, restarted, kept, ended }: Record<string, unknown>) => ({ state, all, migrated, restarted, kept, ended }));
    return [...await ledger(id, people), moves];
  },

  'a ladder climbed and left': async ({ n, settle, pass, again }) => {
    const people = await makePeople(app, `ladder-${n}`, 3);
    const handles = await namesOf(people);
    const rung = (unless: string, days: number) => ({ channel: 'in_app', unless, after: { days }, content: { body: 'Once more' } });
    const definition = series({
      entry: { type: 'event', event: `Climb ${n}` }, goals: [{ key: 'bought', name: 'Bought', event: { name: `Buy ${n}` }, exits: true, window: { days: 7 } }],
      start: 'a', steps: [note('a', 'w', { ladder: [rung('displayed', 1), rung('goal', 2)] }), wait('w', null, 30 * 24)],
    });
    const { id } = await ok('POST', '/v1/campaigns', { name: `Ladder ${n}`, definition });
    await ok('POST', `/v1/campaigns/${id}/publish`);
    for (const { name } of handles) await ok('POST', '/v1/track', { userId: name, event: `Climb ${n}`, messageId: `${name}-climb`, timestamp: clock.now().toISOString() });
    await settle();
    const first = (await row<{ id: string }>(app.db, `select d.id from delivery as d where d.campaign_id = $1 and d.person_id = $2 and d.step_id = 'a'`, [id, people[0]]))!;
    await again('POST', `/v1/people/${people[0]}/inbox/${first.id}/seen`);
    await pass(25);
    // The goal in the middle takes back what still waits.
    await again('POST', '/v1/track', { userId: handles[1]!.name, event: `Buy ${n}`, messageId: `${handles[1]!.name}-buy`, timestamp: clock.now().toISOString() });
    await settle();
    for (const hours of [49, 1]) await pass(hours);
    return ledger(id, people);
  },

  'a launch that opens by stages': async ({ n, settle, pass }) => {
    await makePeople(app, `stages-${n}`, 20, { group: `stages-${n}` });
    const segment = await ok('POST', '/v1/segments', { name: `Stages ${n}`, definition: { type: 'attribute', key: 'group', op: 'is', value: `stages-${n}` } });
    await settle();
    const definition = { type: 'broadcast', segmentId: segment.id, ramp: { stages: [{ percent: 20, wait: { hours: 1 } }, { percent: 50, wait: { hours: 2 } }] }, message: note('message', null) };
    const { id } = await ok('POST', '/v1/campaigns', { name: `Stages ${n}`, definition });
    const start = clock.now().getTime();
    await ok('POST', `/v1/campaigns/${id}/publish`);
    await settle();
    for (const hours of [1, 1, 1, 1]) await pass(hours);
    const launch = (await row<{ id: string }>(app.db, 'select l.id from launch as l where l.campaign_id = $1', [id]))!.id;
    const stages = [{ basisPoints: 2_000, wait: {} }, { basisPoints: 5_000, wait: {} }];
    const sent = await rows<{ person: string; at: Date; state: string }>(app.db, 'select d.person_id as person, d.sent_at as at, d.state from delivery as d where d.campaign_id = $1', [id]);
    // Who belongs to a stage hangs on the id of the launch; when a stage goes does not.
    const late = sent.filter(({ person, at }) => at.getTime() !== start + [0, 1, 3][stageOf(stages, launch, person) - 1]! * HOUR);
    const { launch: end } = await ok('GET', `/v1/campaigns/${id}/launch`);
    return [[sent.length, new Set(sent.map(({ person }) => person)).size, sent.filter(({ state }) => state === 'sent').length], late, [end.state, end.people, end.taken, end.ramp.stage]];
  },
};

describe('a connection lost at any statement leaves the ledger as it would have been', () => {
  test.each(Object.keys(STORIES))('%s', async (name) => {
    const whole = await tell(STORIES[name]!, null);
    expect(whole.lines.length).toBeGreaterThan(2);
    const places = whole.statements.flatMap((count, round) => Array.from({ length: count }, (_, statement) => ({ round: round + 1, statement: statement + 1 }))).flatMap((place) => (['before', 'after'] as const).map((when) => ({ ...place, when })));
    const chosen: Place[] = CUTS === 'all' ? places : fc.sample(fc.constantFrom(...places), Number(CUTS));
    for (const cut of chosen) {
      const made = cutter.made;
      const { lines } = await tell(STORIES[name]!, cut);
      expect(cutter.made).toBe(made + 1);
      expect({ cut, lines }).toEqual({ cut, lines: whole.lines });
    }
    process.stdout.write(`${name}: ${places.length / 2} statements in transactions, ${chosen.length} cuts\n`);
  }, CUTS === 'all' ? 4 * 3_600_000 : 240_000);
});
