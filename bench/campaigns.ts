import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { ApiKeys } from '../src/access/api-keys.service.js';
import { startApp, type RunningApp } from '../src/app.js';
import { Drafts } from '../src/campaigns/publishing/drafts.service.js';
import { Publishing } from '../src/campaigns/publishing/publish.service.js';
import { CampaignDefinition } from '../src/contract/campaign.js';
import { newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { row, rows } from '../src/platform/database/db.js';
import type { BenchContext, BenchRow } from './bench.js';
import type { Flow, Flowed } from './segments-client.js';
import { cpuOfServer, cpuOfThis } from './tracking.js';

const OWNER = { kind: 'server_key', id: newId(), role: 'owner' } as const;
/** Runs that fall due within a minute while the rest waits for days. */
const DUE = 10_000;
const MINUTE_S = 60;
const SETTLED_S = 10;
const IDLE_S = 30;
const LIVE = 50;
const PER_SECOND = 1_000;
const FLOW_S = 20;
/** One event in so many is one that a campaign waits for. */
const EVERY = 10;

/**
 * The engine with its workers running over real time: many runs that wait, some of which fall due within one minute, what the rest
 * costs while nothing is due, and many live campaigns while events come over HTTP from another process. `--people` is how many wait.
 */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', INGEST_REQUESTS_PER_MINUTE: '0' }), databaseUrl: url, workers: 'manual' });
  const db = app.nest.get(DataSource, { strict: false });
  try {
    await makePeople(db, people);
    const [waiting] = await publish(app, ['Signed Up'], [{ id: 'wait', type: 'wait', for: { days: 3 }, next: 'm' }, message()]);
    const live = await publish(app, Array.from({ length: LIVE }, (_, n) => `Asked ${n}`), [message()]);
    await rows(db, 'vacuum analyze');
    await app.runner.runUntilIdle();
    const first = await makeRuns(db, waiting!, people);
    const running = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', INGEST_REQUESTS_PER_MINUTE: '0' }), databaseUrl: url });
    try {
      return [...(await fallingDue(db, waiting!, first, people)), ...(await idle(db, people)), ...(await flowing(running, db, live, people))];
    } finally {
      await running.close();
    }
  } finally {
    await app.close();
  }
}

const message = () => ({ id: 'm', type: 'message', channel: 'in_app', topic: 'product-updates', variants: [{ key: 'A', content: { body: 'Hello {{default person.name "there"}}' } }], next: null });

async function publish(app: RunningApp, events: readonly string[], steps: readonly object[]): Promise<string[]> {
  const [drafts, publishing] = [app.nest.get(Drafts, { strict: false }), app.nest.get(Publishing, { strict: false })];
  const ids: string[] = [];
  for (const event of events) {
    const definition = { type: 'series', entry: { type: 'event', event }, reentry: { policy: 'after_exit' }, start: (steps[0] as { id: string }).id, steps };
    const { id } = await drafts.create({ name: event, definition: CampaignDefinition.parse(definition) }, OWNER);
    await publishing.publish(id, {}, OWNER);
    ids.push(id);
  }
  return ids;
}

const idOf = (n: string) => `md5('person' || ${n})::uuid`;

async function makePeople(db: DataSource, people: number): Promise<void> {
  await rows(db, `
    insert into person (id, external_id, kind, email, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select ${idOf('n')}, 'bench-' || n, 'user', 'p' || n || '@example.com', jsonb_build_object('name', 'Person ' || n), now(), now(), now(), now() from generate_series(0, $1::int - 1) as n`, [people]);
  await rows(db, `insert into person_identity (kind, value, person_id, linked_at) select 'user_id', 'bench-' || n, ${idOf('n')}, now() from generate_series(0, $1::int - 1) as n`, [people]);
}

/** A waiting run of everybody; the first {@link DUE} fall due one after the other within a minute, the rest over thirty days. @returns when the first does */
async function makeRuns(db: DataSource, campaignId: string, people: number): Promise<Date> {
  const { version } = (await row<{ version: string }>(db, 'select c.current_version_id as version from campaign as c where c.id = $1', [campaignId]))!;
  await rows(db, 'alter table enrollment disable trigger user');
  const entry = JSON.stringify({ kind: 'event', at: new Date().toISOString(), event: 'Signed Up' });
  await rows(db, `
    insert into enrollment (id, person_id, campaign_id, version_id, state, step_id, step_arrived_at, due_at, entered_at, entry)
    select md5('run' || n)::uuid, ${idOf('n')}, $1, $2, 'active', 'wait', now(), now() + interval '1 day' + n * interval '30 days' / $3, now(), $4::jsonb from generate_series(0, $3::int - 1) as n`, [campaignId, version, people, entry]);
  await rows(db, `insert into step_visit (enrollment_id, person_id, step_id, campaign_id, version_id, arrived_at) select e.id, e.person_id, 'wait', e.campaign_id, e.version_id, e.entered_at from enrollment as e where e.campaign_id = $1`, [campaignId]);
  await rows(db, 'alter table enrollment enable trigger user');
  await rows(db, 'vacuum analyze enrollment, step_visit');
  const first = new Date(Date.now() + 10_000);
  await rows(db, `update enrollment as e set due_at = $2::timestamptz + g.n * interval '1 minute' / ${DUE} from generate_series(0, ${DUE} - 1) as g (n) where e.id = md5('run' || g.n)::uuid and e.campaign_id = $1`, [campaignId, first]);
  return first;
}

const percentile = (values: readonly number[], share: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

/** From the moment a run is due until its message is decided, and the floor: the same deliveries written by one raw statement. */
async function fallingDue(db: DataSource, campaignId: string, first: Date, people: number): Promise<BenchRow[]> {
  const started = Date.now();
  const count = async () => (await row<{ count: number }>(db, 'select count(*)::int as count from delivery as d where d.campaign_id = $1', [campaignId]))!.count;
  while ((await count()) < DUE) {
    if (Date.now() - started > 10 * MINUTE_S * 1_000) throw new Error(`after ten minutes ${await count()} of ${DUE} runs that were due have gone on`);
    await pause(500);
  }
  const lags = (await rows<{ lag: number }>(db, `
    select extract(epoch from d.queued_at - ($2::timestamptz + g.n * interval '1 minute' / ${DUE}))::float8 as lag
      from generate_series(0, ${DUE} - 1) as g (n) join delivery as d on d.enrollment_id = md5('run' || g.n)::uuid where d.campaign_id = $1`, [campaignId, first])).map(({ lag }) => lag);
  await rows(db, 'create table copy_of_delivery (like delivery including all)');
  const at = performance.now();
  await rows(db, 'insert into copy_of_delivery select d.* from delivery as d where d.campaign_id = $1', [campaignId]);
  const floor = (performance.now() - at) / 1_000;
  const slowest = percentile(lags, 1);
  const named = `of ${people.toLocaleString('en')} waiting runs ${DUE.toLocaleString('en')} fall due within a minute`;
  return [
    { name: `${named}: the slowest, from due to decided (floor: their deliveries by one insert … select)`, value: slowest, unit: 's', floor, ratio: null, budget: `<= ${SETTLED_S} s`, ok: slowest <= SETTLED_S },
    { name: 'the same: 99 in 100', value: percentile(lags, 0.99), unit: 's', floor: null, ratio: null, budget: '-', ok: true },
  ];
}

/** What it costs that the others wait: CPU time of service and database together, as a share of one core. */
async function idle(db: DataSource, people: number): Promise<BenchRow[]> {
  const { postmaster } = (await row<{ postmaster: number }>(db, `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as postmaster`))!;
  // Results are counted and messages delivered first; the ends of autovacuum are not ours.
  await rows(db, 'alter system set autovacuum = off');
  await rows(db, 'select pg_reload_conf()');
  const since = performance.now();
  while ((await row(db, 'select from result_mark limit 1')) !== null || (await row(db, `select from delivery as d where d.state = 'queued' limit 1`)) !== null) await pause(200);
  while ((await row(db, `select from pg_stat_activity as a where a.backend_type = 'autovacuum worker' limit 1`)) !== null) await pause(200);
  await rows(db, 'checkpoint');
  // The database writes a list of what runs once after each checkpoint, within 15 seconds.
  await pause(20_000);
  process.stdout.write(`idle: waited ${((performance.now() - since) / 1_000).toFixed(0)} s for what loading left over (results to count, messages to deliver, autovacuum, a checkpoint); autovacuum is off meanwhile\n`);
  const connections = async () => (await row<{ made: number }>(db, 'select sum(s.sessions)::int as made from pg_stat_database as s'))!.made;
  const made = await connections();
  const [own, database, began] = [cpuOfThis(), await cpuOfServer(postmaster), performance.now()];
  await pause(IDLE_S * 1_000);
  const micros = (performance.now() - began) * 1_000;
  const [ownShare, databaseShare] = [(100 * (cpuOfThis() - own)) / micros, (100 * ((await cpuOfServer(postmaster)) - database)) / micros];
  process.stdout.write(`idle: ${(await connections()) - made} connections were made in ${IDLE_S} s\n`);
  const plain = (name: string, value: number, most: number | null): BenchRow => ({ name, value, unit: '% of a core', floor: null, ratio: null, budget: most === null ? '-' : `<= ${most} %`, ok: most === null || value <= most });
  return [plain(`${(people - DUE).toLocaleString('en')} waiting runs, nothing due: service and database`, ownShare + databaseShare, 1), plain('of it the service', ownShare, null), plain('of it the database', databaseShare, null)];
}

/** From the receipt of an event to the row of its delivery, while fifty campaigns are live and other events come as well. */
async function flowing(app: RunningApp, db: DataSource, live: readonly string[], people: number): Promise<BenchRow[]> {
  const { secret: key } = await app.nest.get(ApiKeys, { strict: false }).create({ kind: 'write', name: 'bench' }, 'setup');
  const child = fork(fileURLToPath(new URL('./segments-client.js', import.meta.url)), { execArgv: [] });
  try {
    const names = Array.from({ length: LIVE * EVERY }, (_, n) => (n % EVERY === 0 ? `Asked ${n / EVERY}` : 'Page Viewed'));
    child.send({ url: app.url, key, names, from: 0, people, count: FLOW_S * PER_SECOND, perSecond: PER_SECOND, batch: 50 } satisfies Flow);
    const [answer] = (await once(child, 'message')) as [{ flowed: Flowed } | { error: string }];
    if ('error' in answer) throw new Error(answer.error);
    const wanted = (FLOW_S * PER_SECOND) / EVERY;
    const found = () => rows<{ lag: number }>(db, `
      select extract(epoch from d.queued_at - e.received_at)::float8 as lag from delivery as d join enrollment as r on r.id = d.enrollment_id join event as e on e.id = (r.entry ->> 'eventId')::uuid where d.campaign_id = any($1::uuid[])`, [live]);
    for (let tries = 0; (await found()).length < wanted; tries += 1) {
      if (tries > 600) throw new Error(`${(await found()).length} of ${wanted} events led to a delivery`);
      await pause(100);
    }
    const lags = (await found()).map(({ lag }) => lag);
    const p99 = percentile(lags, 0.99);
    return [
      { name: `${LIVE} live campaigns, ${PER_SECOND.toLocaleString('en')} events/s of which one in ${EVERY} lets somebody in: 99 in 100, from event to delivery row`, value: p99, unit: 's', floor: null, ratio: null, budget: '<= 1 s', ok: p99 <= 1 },
      { name: 'the same: half of them', value: percentile(lags, 0.5), unit: 's', floor: null, ratio: null, budget: '-', ok: true },
    ];
  } finally {
    child.kill();
  }
}
