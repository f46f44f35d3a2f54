import type { DataSource } from 'typeorm';
import { RollupsService } from '../src/analytics/rollups.service.js';
import { Verdicts } from '../src/analytics/verdicts/verdicts.service.js';
import { plannedGoal } from '../src/analytics/domain/verdict-plan.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { storePlan } from '../src/campaigns/store/test-plans.store.js';
import { newId } from '../src/kernel/ids.js';
import { rows } from '../src/platform/database/db.js';
import { idOf, populate } from './segments-world.js';

const GOAL = { key: 'bought', name: 'Bought', primary: true, exits: false, window: { days: 7 }, event: { name: 'purchase', where: [] } };
const ARMS = [{ key: 'A', basisPoints: 5_000, isControl: false }, { key: 'B', basisPoints: 5_000, isControl: false }];
const STEP = 'message';
/** Deliveries of each campaign, to people one after the other. */
export const EACH = 2_500;
const SEGMENTS = 50;
/** Events of the last minute, as of a busy site. */
const FRESH = 60_000;
const QUIET = ['assignment', 'enrollment', 'step_visit', 'delivery', 'delivery_event'];

interface Ids { campaignId: string; versionId: string; experimentId: string; number: number }

/**
 * People with their events, campaigns with a test each that was sent to 2,500 of them, and segments. The first campaign is counted and
 * looked at as ever; the sums and the last look of the others are copies of its own, which is what lists read.
 */
export async function populateLists(db: DataSource, nest: NestFastifyApplication, people: number, campaigns: number): Promise<void> {
  await populate(db, 0, people, new Date());
  const all: Ids[] = [];
  for (let number = 0; number < campaigns; number += 1) {
    const ids = { campaignId: newId(), versionId: newId(), experimentId: newId(), number };
    await makeCampaign(db, ids);
    if (number === 0) {
      await deliver(db, ids, people);
      await count(nest, db);
      for (const table of QUIET) await rows(db, `alter table ${table} disable trigger user`);
    } else {
      await deliver(db, ids, people);
      await copyNumbers(db, all[0]!, ids);
    }
    all.push(ids);
  }
  for (const table of QUIET) await rows(db, `alter table ${table} enable trigger user`);
  for (let number = 0; number < SEGMENTS; number += 1) {
    await rows(db, `insert into segment (id, name, definition, purpose, state, member_count, created_by, created_at, updated_at, revision) values ($1, $2, $3, 'shared', 'live', $4, 'bench', now(), now(), 1)`,
      [newId(), `Segment ${number}`, JSON.stringify({ type: 'attribute', key: 'plan', op: 'is', value: 'pro' }), Math.floor(people / 5)]);
  }
  await rows(db, `insert into event (id, person_id, type, name, occurred_at, received_at, message_id) select gen_random_uuid(), ${idOf(`(n % ${people})`)}, 'track', 'login', e.at, e.at, 'bench' from generate_series(1, ${FRESH}) as n, lateral (select now() - n * interval '1 millisecond' as at) as e`);
  await rows(db, 'vacuum analyze');
}

async function makeCampaign(db: DataSource, ids: Ids): Promise<void> {
  const definition = { definition: { type: 'broadcast' }, goals: [GOAL], steps: { [STEP]: { id: STEP, type: 'message', channel: 'email' } }, experiments: { [STEP]: { experimentId: ids.experimentId, salt: ids.experimentId, arms: ARMS } }, conditions: {} };
  const at = `now() - interval '30 days' + ${ids.number} * interval '1 minute'`;
  const draft = { type: 'broadcast', goals: [GOAL], message: { id: STEP, type: 'message', channel: 'email', variants: ARMS.map(({ key }) => ({ key, content: { subject: 'Hello', body: '<mj-section></mj-section>' } })) } };
  await rows(db, `insert into campaign (id, type, name, state, draft, created_by, created_at, updated_at, state_at, current_version_id) values ($1, 'broadcast', $3, 'active', $4, 'bench', ${at}, ${at}, ${at}, $2)`, [ids.campaignId, ids.versionId, `Campaign ${ids.number}`, JSON.stringify(draft)]);
  await rows(db, `insert into campaign_version (id, campaign_id, number, definition, published_by, published_at) values ($1, $2, 1, $3, 'bench', ${at})`, [ids.versionId, ids.campaignId, JSON.stringify(definition)]);
  await rows(db, `insert into experiment (id, campaign_id, step_id, version_id, salt, arms, origin, created_at) values ($1, $2, '${STEP}', $3, ($1::uuid)::text, $4, 'danbi', ${at})`, [ids.experimentId, ids.campaignId, ids.versionId, JSON.stringify(ARMS)]);
  const assumed = { lift: 0.2, baseline: { rate: null, mean: null, from: 'unknown' as const }, volume: { perDay: null, atOnce: 0, from: 'unknown' as const }, peoplePerArm: null, detectable: null };
  await storePlan(db, { ...ids, goal: plannedGoal(GOAL, {}), measure: 'rate', direction: 'higher', mode: 'planned', alphaEarly: 0.01, alphaFinal: 0.04, plannedPeople: 5_000, readoutAt: new Date(Date.now() + 30 * 86_400_000), minEffect: 0.05, minDays: 7, weights: { A: 0.5, B: 0.5 }, caps: {}, assumed },
    { goal: null, measure: 'rate', direction: 'higher', mode: 'planned', minEffect: 0.05, readoutAt: null, cap: null }, new Date());
}

async function deliver(db: DataSource, { campaignId, versionId, experimentId, number }: Ids, people: number): Promise<void> {
  const at = `now() - interval '20 days' + (n % 900) * interval '15 minutes'`;
  const person = idOf(`((${number} * ${EACH} + n) % ${people})`);
  const run = `md5('run' || $1::text || n)::uuid`;
  const arm = `case when n % 2 = 0 then 'A' else 'B' end`;
  const from = `generate_series(0, ${Math.min(EACH, people) - 1}) as n`;
  await rows(db, `insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, bucket, source, assigned_at) select $2, ${person}, $1::uuid, ${arm}, false, 0, 'hash', ${at} from ${from}`, [campaignId, experimentId]);
  await rows(db, `insert into enrollment (id, person_id, campaign_id, version_id, state, entered_at, left_at) select ${run}, ${person}, $1::uuid, $2, 'completed', ${at}, ${at} from ${from}`, [campaignId, versionId]);
  await rows(db, `insert into step_visit (enrollment_id, person_id, step_id, campaign_id, version_id, arrived_at, left_at, outcome) select ${run}, ${person}, '${STEP}', $1::uuid, $2, ${at}, ${at}, 'queued' from ${from}`, [campaignId, versionId]);
  await rows(db, `insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, experiment_id, variant, is_control, topic, state, due_at, queued_at, sent_at, settled_at, language, address, attempts)
    select md5('delivery' || $1::text || n)::uuid, ${person}, $1::uuid, $2, '${STEP}', ${run}, 'email', $3, ${arm}, false, 'news', case when n % 50 = 0 then 'bounced' else 'sent' end, ${at}, ${at}, ${at}, ${at}, case n % 2 when 0 then 'ko' else 'en' end, 'p@example.com', 1 from ${from}`, [campaignId, versionId, experimentId]);
  await rows(db, `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict) select md5('delivery' || $1::text || n)::uuid, ${person}, 'click', 'first', ${at} + interval '1 hour', 'human' from ${from} where n % 10 = 0`, [campaignId]);
}

async function count(nest: NestFastifyApplication, db: DataSource): Promise<void> {
  const [rollups, verdicts] = [nest.get(RollupsService, { strict: false }), nest.get(Verdicts, { strict: false })];
  for (let goes = true; goes;) {
    await rollups.work();
    goes = await rollups.hasWork();
  }
  await rows(db, 'update experiment_verdict set due_at = now()');
  await verdicts.lookAtNext();
}

/** What lists read of a campaign that was counted, under the names of another one. */
async function copyNumbers(db: DataSource, from: Ids, to: Ids): Promise<void> {
  await rows(db, `
    insert into result_cell (campaign_id, key, measure, version_id, step_id, experiment_id, variant, channel, language, detail, further, bucket, count, amount, squares)
    select $2::uuid, gen_random_uuid(), c.measure, case when c.version_id is not null then $3::uuid end, c.step_id, case when c.experiment_id is not null then $4::uuid end, c.variant, c.channel, c.language, c.detail, c.further, c.bucket, c.count, c.amount, c.squares
      from result_cell as c where c.campaign_id = $1::uuid`, [from.campaignId, to.campaignId, to.versionId, to.experimentId]);
  await rows(db, `
    update experiment_verdict as e set view = f.view, state = f.state, evaluated_at = f.evaluated_at, due_at = null from experiment_verdict as f where e.experiment_id = $2 and f.experiment_id = $1`, [from.experimentId, to.experimentId]);
}
