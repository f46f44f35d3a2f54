import { DataSource } from 'typeorm';
import { ReportsService } from '../src/analytics/reports.service.js';
import { RollupsService } from '../src/analytics/rollups.service.js';
import { Verdicts } from '../src/analytics/verdicts/verdicts.service.js';
import { plannedGoal } from '../src/analytics/domain/verdict-plan.js';
import { startApp } from '../src/app.js';
import { storePlan } from '../src/campaigns/store/test-plans.store.js';
import { newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { row, rows } from '../src/platform/database/db.js';
import { Reports } from '../src/analytics/reports/reports.service.js';
import { median, type BenchContext, type BenchRow } from './bench.js';
import { benchMarks } from './results-marks.js';
import { benchReports } from './results-reports.js';

const SIZES = [10_000, 100_000, 1_000_000, 5_000_000];
/** So many people are counted by the worker; the parts of more are copies of theirs, written by SQL. */
const COUNTED = 100_000;
/** The reports over the ledger are asked among so many deliveries at most. */
const REPORTED = 1_000_000;
const UPKEEP = 10_000;
const LOOKS = 21;
const PAGE_MS = 50;
const STEP = 'message';

interface Ids { campaignId: string; versionId: string; experimentId: string }

/**
 * The results page of one campaign with a test of three arms as it grows, what it costs to keep its numbers (per 10,000 opens and per
 * 10,000 settled deliveries, in time of the one worker), and one look at the test, of which there is at most one an hour; at the
 * largest size what marks cost writers, and the reports over the ledger. `--people` is the largest number of deliveries.
 */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', ROLE: 'api' }), databaseUrl: url, workers: 'manual' });
  try {
    const db = app.nest.get(DataSource, { strict: false });
    const [reports, rollups, verdicts] = [app.nest.get(ReportsService, { strict: false }), app.nest.get(RollupsService, { strict: false }), app.nest.get(Verdicts, { strict: false })];
    const ids = await makeCampaign(db);
    const found: BenchRow[] = [];
    let size = 0;
    for (const next of SIZES.filter((each) => each <= people)) {
      const counted = Math.min(next, COUNTED) - Math.min(size, COUNTED);
      if (counted > 0) {
        await grow(db, ids, size, size + counted);
        const seconds = await timed(() => workOff(rollups));
        found.push(line(`first count of ${counted.toLocaleString('en')} people`, counted / seconds, 'people/s'));
        size += counted;
      }
      if (next > size) await copy(db, ids, size, next);
      size = next;
      await rows(db, 'vacuum analyze');
      await rows(db, 'update experiment_verdict as e set due_at = now() where e.experiment_id = $1', [ids.experimentId]);
      found.push(line(`one look at the test of ${next.toLocaleString('en')} people`, await timed(() => verdicts.lookAtNext()), 's'));
      await reports.results(ids.campaignId, { goals: 'as_published' });
      const looks: number[] = [];
      for (let look = 0; look < LOOKS; look += 1) looks.push(1_000 * (await timed(() => reports.results(ids.campaignId, { goals: 'as_published' }))));
      const page = median(looks);
      found.push({ name: `page at ${next.toLocaleString('en')} deliveries`, value: page, unit: 'ms', floor: null, ratio: page / PAGE_MS, budget: `<= ${PAGE_MS} ms`, ok: page <= PAGE_MS });
      found.push(await upkeep(db, rollups, ids, `upkeep of ${UPKEEP.toLocaleString('en')} opens at ${next.toLocaleString('en')}`, OPENS));
      found.push(await upkeep(db, rollups, ids, `upkeep of ${UPKEEP.toLocaleString('en')} settled deliveries at ${next.toLocaleString('en')}`, SETTLES));
      const answer = await reports.results(ids.campaignId, { goals: 'as_published' });
      const tested = answer.experiments[0]!.arms.reduce((sum, { assigned }) => sum + assigned, 0);
      if (tested !== next || answer.pending !== 0 || answer.steps[0]!.eligible !== next || answer.steps[0]!.reconciliation.difference !== 0) throw new Error(`the page is wrong: ${JSON.stringify([tested, answer.steps[0]!.reconciliation])}`);
    }
    found.push(...(await benchMarks(db, ids)));
    await rows(db, 'delete from result_mark');
    found.push(...(await benchReports(db, app.nest.get(Reports, { strict: false }), Math.min(size, REPORTED), id)));
    return found;
  } finally {
    await app.close();
  }
}

const line = (name: string, value: number, unit: string): BenchRow => ({ name, value, unit, floor: null, ratio: null, budget: '-', ok: true });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

async function workOff(rollups: RollupsService): Promise<void> {
  for (let goes = true; goes;) {
    await rollups.work();
    goes = await rollups.hasWork();
  }
}

async function makeCampaign(db: DataSource): Promise<Ids> {
  const ids = { campaignId: newId(), versionId: newId(), experimentId: newId() };
  const goal = { key: 'bought', name: 'Bought', primary: true, exits: false, window: { days: 7 }, event: { name: 'Order', where: [] }, value: { property: 'total', currency: 'KRW' } };
  const arms = [{ key: 'a', basisPoints: 4_500, isControl: false }, { key: 'b', basisPoints: 4_500, isControl: false }, { key: 'control', basisPoints: 1_000, isControl: true }];
  const definition = { definition: { type: 'broadcast' }, goals: [goal], steps: { [STEP]: { id: STEP, type: 'message', channel: 'email' } }, experiments: { [STEP]: { experimentId: ids.experimentId, salt: 's', arms } }, conditions: {} };
  await rows(db, `insert into campaign (id, type, name, state, draft, created_by, created_at, updated_at, state_at, current_version_id) values ($1, 'broadcast', 'Bench', 'active', '{}', 'bench', now(), now(), now(), $2)`, [ids.campaignId, ids.versionId]);
  await rows(db, `insert into campaign_version (id, campaign_id, number, definition, published_by, published_at) values ($1, $2, 1, $3, 'bench', now() - interval '30 days')`, [ids.versionId, ids.campaignId, JSON.stringify(definition)]);
  await rows(db, `insert into experiment (id, campaign_id, step_id, version_id, salt, arms, origin, created_at) values ($1, $2, '${STEP}', $3, 's', $4, 'danbi', now() - interval '30 days')`, [ids.experimentId, ids.campaignId, ids.versionId, JSON.stringify(arms)]);
  const assumed = { lift: 0.2, baseline: { rate: null, mean: null, from: 'unknown' as const }, volume: { perDay: null, atOnce: 0, from: 'unknown' as const }, peoplePerArm: null, detectable: null };
  await storePlan(db, { ...ids, goal: plannedGoal(goal, {}), measure: 'rate', direction: 'higher', mode: 'planned', alphaEarly: 0.01, alphaFinal: 0.04, plannedPeople: 5_000, readoutAt: new Date(Date.now() + 30 * 86_400_000), minEffect: 0.05, minDays: 7, weights: { a: 0.45, b: 0.45, control: 0.1 }, caps: {}, assumed },
    { goal: null, measure: 'rate', direction: 'higher', mode: 'planned', minEffect: 0.05, readoutAt: null, cap: null }, new Date());
  return ids;
}

/** Ids of people, runs and deliveries by number, so that no statement has to look any up. */
const id = (kind: string, number: string) => `(lpad(to_hex(${number}), 8, '0') || '-0000-7000-8000-${kind}')::uuid`;
const PERSON = id('000000000001', 'n');
const RUN = id('000000000002', 'n');
const DELIVERY = id('000000000003', 'n');
const ARM = `case when n % 10 = 9 then 'control' when n % 2 = 0 then 'a' else 'b' end`;

/** People from one number to another: assigned, sent a message nine days ago; some open, some buy. */
async function grow(db: DataSource, { campaignId, versionId, experimentId }: Ids, from: number, to: number): Promise<void> {
  const at = `now() - interval '9 days' + (n % 40) * interval '15 minutes'`;
  for (let start = from; start < to; start += 50_000) {
    const people = `generate_series(${start}, ${Math.min(start + 50_000, to) - 1}) as n`;
    await rows(db, `insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, bucket, source, assigned_at) select $1, ${PERSON}, $2, ${ARM}, n % 10 = 9, 0, 'hash', ${at} from ${people}`, [experimentId, campaignId]);
    await rows(db, `insert into enrollment (id, person_id, campaign_id, version_id, state, entered_at, left_at) select ${RUN}, ${PERSON}, $1, $2, 'completed', ${at}, ${at} from ${people}`, [campaignId, versionId]);
    await rows(db, `insert into step_visit (enrollment_id, person_id, step_id, campaign_id, version_id, arrived_at, left_at, outcome) select ${RUN}, ${PERSON}, '${STEP}', $1, $2, ${at}, ${at}, 'queued' from ${people}`, [campaignId, versionId]);
    await rows(db, `insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, experiment_id, variant, is_control, topic, state, due_at, queued_at, sent_at, settled_at, language)
      select ${DELIVERY}, ${PERSON}, $1, $2, '${STEP}', ${RUN}, 'email', $3, ${ARM}, n % 10 = 9, 'news', case when n % 10 = 9 then 'ghost' when n % 50 = 0 then 'bounced' else 'sent' end, ${at}, ${at}, case when n % 10 < 9 then ${at} end, ${at}, case n % 3 when 0 then 'ko' when 1 then 'en' end from ${people}`, [campaignId, versionId, experimentId]);
    await rows(db, `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict) select ${DELIVERY}, ${PERSON}, 'open', 'first', ${at} + (n % 900) * interval '1 minute', case when n % 4 = 0 then 'machine' else 'human' end from ${people} where n % 10 < 3`);
    await rows(db, `insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id) select ${RUN}, ${PERSON}, 'track', 'Order', jsonb_build_object('total', n % 100), ${at} + (n % 5000) * interval '1 minute', now(), n::text from ${people} where n % 20 = 0`);
  }
  await rows(db, 'analyze');
}

/** More people, each with the part of one who was counted: the page reads the same rows, among as many others. */
async function copy(db: DataSource, ids: Ids, from: number, to: number): Promise<void> {
  for (const table of ['assignment', 'enrollment', 'step_visit', 'delivery', 'delivery_event']) await rows(db, `alter table ${table} disable trigger user`);
  await grow(db, ids, from, to);
  for (const table of ['assignment', 'enrollment', 'step_visit', 'delivery', 'delivery_event']) await rows(db, `alter table ${table} enable trigger user`);
  await rows(db, `
    insert into result_person (campaign_id, person_id, cells, counts, amounts, entered_at)
    select p.campaign_id, ${PERSON}, p.cells, p.counts, p.amounts, p.entered_at
      from generate_series(${from}, ${to - 1}) as n join result_person as p on p.campaign_id = $1 and p.person_id = ${id('000000000001', `(n % ${COUNTED})`)}`, [ids.campaignId]);
  await rows(db, `
    update result_cell as c set count = s.n, amount = s.amount, squares = s.squares
      from (select u.cell, sum(coalesce(u.n, 1)) as n, sum(u.amount) as amount, sum(u.amount * u.amount) as squares from result_person as p cross join lateral unnest(p.cells, p.counts, p.amounts) as u (cell, n, amount) group by u.cell) as s
     where s.cell = c.id`);
  // What they add to the verdict, too; as many to each cell.
  const times = to / from;
  if (!Number.isInteger(times)) throw new Error('sizes must be multiples of one another');
  const of = `generate_series(${from}, ${to - 1}) as n`;
  const like = `p.person_id = ${id('000000000001', `(n % ${COUNTED})`)}`;
  await rows(db, `insert into result_tested (experiment_id, person_id, variant, is_control, assigned_at, eligible, reactions) select p.experiment_id, ${PERSON}, p.variant, p.is_control, p.assigned_at, p.eligible, p.reactions from ${of} join result_tested as p on p.experiment_id = $1 and ${like}`, [ids.experimentId]);
  await rows(db, `insert into result_tested_goal (experiment_id, goal, person_id, variant, assigned_at, amount) select p.experiment_id, p.goal, ${PERSON}, p.variant, p.assigned_at, p.amount from ${of} join result_tested_goal as p on p.experiment_id = $1 and ${like}`, [ids.experimentId]);
  const multiplied = (names: readonly string[]) => names.map((name) => `${name} = ${name} * ${times}`).join(', ');
  await rows(db, `update result_tested_cell set ${multiplied(['assigned', 'eligible', 'messaged', 'bounced', 'unsubscribed', 'complained', 'opened', 'machine', 'clicked'])}`);
  await rows(db, `update result_tested_goal_cell set ${multiplied(['converted', 'non_zero', 'amount', 'squares'])}`);
}

/** Somebody opens once more; a message turns out to have bounced, or not to have. */
const OPENS = `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict) select d.id, d.person_id, 'open', gen_random_uuid()::text, now(), 'human' from delivery as d where d.id = any($1::uuid[])`;
const SETTLES = `update delivery as d set state = case d.state when 'sent' then 'delivered' else 'sent' end, settled_at = now() where d.id = any($1::uuid[])`;

async function upkeep(db: DataSource, rollups: RollupsService, { campaignId }: Ids, name: string, change: string): Promise<BenchRow> {
  const some = await rows<{ id: string }>(db, 'select d.id from delivery as d where d.campaign_id = $1 and not d.is_control order by d.id limit $2', [campaignId, UPKEEP]);
  const seconds: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    // As trackers and senders write: some hundred at a time.
    for (let from = 0; from < some.length; from += 250) await rows(db, change, [some.slice(from, from + 250).map((each) => each.id)]);
    const marks = (await row<{ marks: number }>(db, 'select count(*)::int as marks from result_mark'))!.marks;
    if (marks === 0) throw new Error('no marks were left');
    seconds.push(await timed(() => workOff(rollups)));
  }
  return line(name, median(seconds), 's');
}
