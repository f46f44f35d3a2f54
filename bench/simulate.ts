import type { DataSource } from 'typeorm';
import { createDataSource } from '../ormconfig.js';
import { normalise } from '../src/campaigns/domain/normalise.js';
import { planExperiments } from '../src/campaigns/domain/experiments.js';
import { planOf } from '../src/campaigns/simulate/plan.js';
import { simulate } from '../src/campaigns/simulate/simulator.js';
import { Tally } from '../src/campaigns/simulate/domain/tally.js';
import { SeriesDefinition } from '../src/contract/campaign.js';
import { compileMessage } from '../src/delivery/content/compile.js';
import { newId } from '../src/kernel/ids.js';
import { inTransaction, row, rows, type Db } from '../src/platform/database/db.js';
import type { BenchContext, BenchRow } from './bench.js';

const DAY_MS = 86_400_000;
const TO = new Date('2026-03-02T09:00:00Z');
const DAYS = 90;
const FROM = new Date(TO.getTime() - DAYS * DAY_MS);
const BUDGET_S = 60;
/** Events of each person in the period, their sign-up included. */
const EVENTS = 20;

/**
 * A campaign from sign-up until active over 90 days: everybody signs up once, and enters; three messages with waits between, a branch, a condition
 * that is waited for, a goal that ends the run. Floor: one pass over the same events by raw SQL.
 */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const db = await createDataSource(url, 2).initialize();
  try {
    await prepare(db, people);
    const floor = await timed(() => row(db, `select count(*) as events, count(distinct e.person_id) as people, max(e.properties ->> 'plan') as plan from event as e where e.occurred_at > $1 and e.occurred_at <= $2`, [FROM, TO]));
    const subject = await signUp();
    const read = <T>(work: (tx: Db) => Promise<T>): Promise<T> => inTransaction(db, async (tx) => {
      await rows(tx, 'set transaction isolation level repeatable read, read only');
      await rows(tx, `set local max_parallel_workers_per_gather = 0`);
      return work(tx);
    });
    const plan = await read((tx) => planOf(tx, subject, { from: FROM, to: TO, reactions: 'none' }));
    const tally = new Tally({ from: FROM, to: TO, zone: 'UTC' });
    const took = await timed(() => simulate(plan, read, (personId, lines) => tally.add(personId, lines), async () => undefined));
    const { totals } = tally.side();
    if (totals.entered < people * 0.9 || totals.sent < people) throw new Error(`nobody went through: ${JSON.stringify(totals)}`);
    const line = { value: took, unit: 's', floor, ratio: took / floor };
    return [{ name: `simulation of ${DAYS} days × ${people.toLocaleString('en')} people: ${totals.entered.toLocaleString('en')} runs, ${totals.sent.toLocaleString('en')} messages, ${(people * EVENTS).toLocaleString('en')} events; floor: one pass over the events`, ...line, budget: `<= ${BUDGET_S} s at 200,000`, ok: took <= (BUDGET_S * people) / 200_000 }];
  } finally {
    await db.destroy();
  }
}

async function prepare(db: DataSource, people: number): Promise<void> {
  await rows(db, `insert into topic (key, name, kind, created_at) values ('product-updates', 'News', 'marketing', $1) on conflict do nothing`, [FROM]);
  await rows(db, `
    insert into person (id, external_id, kind, email, time_zone, language, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select gen_random_uuid(), 'u' || n, 'user', 'person' || n || '@example.test', (array['Asia/Seoul', 'Europe/Berlin', null])[1 + n % 3], (array['ko', 'en'])[1 + n % 2],
           jsonb_build_object('plan', (array['trial', 'team'])[1 + n % 2], 'firstName', 'Name ' || n), $2, $2, $2, $2 from generate_series(1, $1::int) as n`, [people, FROM]);
  await rows(db, `create table numbered as select p.id, row_number() over () as n from person as p`);
  for (let first = 0; first < EVENTS; first += 1) {
    await rows(db, `
      insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id)
      select gen_random_uuid(), x.id, 'track', case when $1::int = 0 then 'Signed Up' when $1::int = $2::int - 1 and x.n % 3 = 0 then 'Project Created' else 'Login' end, '{"plan": "trial"}', t.at, t.at, gen_random_uuid()::text
        from numbered as x cross join lateral (select $3::timestamptz + make_interval(secs => 1 + (x.n * 7919 % (60 * 86400)) + $1::int * (30 * 86400.0 / $2::int) * (0.5 + (x.n % 97) / 194.0)) as at) as t`, [first, EVENTS, FROM]);
  }
  await rows(db, 'vacuum analyze');
}

async function signUp() {
  const content = (subject: string) => ({ subject, body: '<mj-section><mj-column><mj-text>Hello {{person.firstName}}, welcome.</mj-text><mj-button href="https://example.test">Go</mj-button></mj-column></mj-section>' });
  const mail = (id: string, next: string | null) => ({ id, type: 'message', channel: 'email', variants: [{ key: 'A', content: content(`${id} A`) }, { key: 'B', content: content(`${id} B`) }], next });
  const definition = SeriesDefinition.parse({
    type: 'series', entry: { type: 'event', event: 'Signed Up' }, audience: { type: 'attribute', key: 'plan', op: 'exists' }, start: 'welcome', goals: [{ key: 'active', name: 'Active', exits: true, event: { name: 'Project Created' } }],
    steps: [
      mail('welcome', 'wait'), { id: 'wait', type: 'wait', for: { days: 1 }, until: { time: '09:00' }, next: 'branch' },
      { id: 'branch', type: 'branch', branches: [{ condition: { type: 'event', event: 'Login', within: { days: 7 }, count: { op: 'at_least', value: 2 } }, next: 'tips' }], otherwise: 'help' }, mail('tips', 'until'), mail('help', 'until'),
      { id: 'until', type: 'wait_until', condition: { type: 'event', event: 'Login', count: { op: 'at_least', value: 8 } }, timeout: { days: 14 }, next: 'more', onTimeout: null }, mail('more', null),
    ],
  });
  const plan = normalise(definition);
  const contents = new Map<string, Awaited<ReturnType<typeof compileMessage>>>();
  const byStep: Record<string, Record<string, string>> = {};
  for (const step of Object.values(plan.steps)) {
    if (step.type !== 'message' || step.channel !== 'email') continue;
    byStep[step.id] = {};
    for (const { key, content: written } of step.variants) {
      const id = `${step.id} ${key}`;
      byStep[step.id]![key] = id;
      contents.set(id, await compileMessage('email', written));
    }
  }
  const id = newId();
  const experiments = Object.fromEntries(planExperiments(plan, null, 1, newId).map(({ stepId, experiment }) => [stepId, experiment]));
  return { version: { id, campaignId: id, number: 1, published: { ...plan, contents: byStep, conditions: {}, experiments } }, contents };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}
