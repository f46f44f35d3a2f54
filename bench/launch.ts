import { DataSource } from 'typeorm';
import { createDataSource } from '../ormconfig.js';
import { advanceBatch } from '../src/campaigns/engine/advance.js';
import { launchNext } from '../src/campaigns/engine/launch.js';
import type { PublishedDefinition } from '../src/campaigns/domain/published.js';
import { changeState, insertDraft } from '../src/campaigns/store/campaigns.store.js';
import { insertVersion } from '../src/campaigns/store/versions.store.js';
import { SeriesDefinition } from '../src/contract/campaign.js';
import { newId } from '../src/kernel/ids.js';
import { inTransaction, row, rows } from '../src/platform/database/db.js';
import type { BenchContext, BenchRow } from './bench.js';

const PAGE = 2_000;
const NOW = new Date('2026-03-02T09:00:00Z');
/** What a launch writes; the first two are what it is for. */
const TABLES = ['delivery', 'decision', 'enrollment', 'step_visit', 'assignment'];
const BUDGET = 0.4;
const FIRST_S = 2;

/**
 * Launch: audience → gates → delivery and decision rows, over two variants and control, with one person in twenty without an
 * address. The floor is a raw `insert … select` of the very same rows, page by page, into tables with the same indexes.
 */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const db = await createDataSource(url, 4).initialize();
  try {
    const { campaignId, launchId } = await prepare(db, people);
    let first = NaN;
    const launch = await timed(async () => { first = await run(db, campaignId, launchId); });
    const counts = await Promise.all(TABLES.map((table) => count(db, table)));
    const [queued, refused] = counts;
    if (queued! + refused! !== people) throw new Error(`${people} people gave ${queued} deliveries and ${refused} decisions`);
    await rows(db, `create table page_of as select m.person_id, (row_number() over (order by m.person_id) - 1) / ${PAGE} as page from segment_member as m`);
    for (const table of TABLES) await prepareCopy(db, table);
    const all = await timed(() => copyPages(db, TABLES));
    const outcome = await timed(() => copyPages(db, TABLES.slice(0, 2), '_again'));
    const line = (name: string, floor: number) => ({ name, value: Math.round(people / launch), unit: 'people/s', floor: Math.round(people / floor), ratio: floor / launch });
    return [
      { ...line(`launch; floor: raw insert … select of the same enrollment, step_visit, assignment, delivery and decision rows, ${PAGE.toLocaleString('en')} people a transaction as well`, all), budget: `>= ${BUDGET}`, ok: all / launch >= BUDGET },
      { ...line('the same; floor: its delivery and decision rows alone', outcome), budget: '-', ok: true },
      { name: `from the start of the launch to ${people.toLocaleString('en')} people until its first messages are due`, value: first, unit: 's', floor: null, ratio: null, budget: `<= ${FIRST_S} s`, ok: first <= FIRST_S },
      { name: 'resident memory', value: Math.round(process.memoryUsage().rss / 1_048_576), unit: 'MB', floor: null, ratio: null, budget: '<= 400 MB', ok: process.memoryUsage().rss < 400 * 1_048_576 },
    ];
  } finally {
    await db.destroy();
  }
}

/** A page of the launch, then the step of that page, as the two workers do by turns. @returns seconds until the first page was committed: a sender may take its messages from then on */
async function run(db: DataSource, campaignId: string, launchId: string): Promise<number> {
  const [start, firsts] = [performance.now(), [] as number[]];
  for (let busy = true; busy; ) {
    const entered = await inTransaction(db, (tx) => launchNext(tx, launchId, PAGE, { now: NOW, zone: 'UTC' }));
    const moved = await inTransaction(db, (tx) => advanceBatch(tx, { campaignIds: [campaignId], limit: PAGE, now: NOW, zone: 'UTC' }));
    if (firsts.length === 0) firsts.push((performance.now() - start) / 1_000);
    busy = entered + moved > 0;
  }
  return firsts[0]!;
}

async function prepare(db: DataSource, people: number): Promise<{ campaignId: string; launchId: string }> {
  const segmentId = newId();
  await rows(db, `insert into topic (key, name, kind, created_at) values ('news', 'News', 'marketing', $1) on conflict do nothing`, [NOW]);
  await rows(db, `insert into segment (id, name, definition, state, created_by, created_at, updated_at) values ($1, 'Everybody', '{}', 'live', 'bench', $2, $2)`, [segmentId, NOW]);
  await rows(db, `
    insert into person (id, kind, email, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select gen_random_uuid(), 'user', case when n % 20 > 0 then 'person' || n || '@example.test' end, jsonb_build_object('country', 'KR', 'n', n), $2, $2, $2, $2 from generate_series(1, $1::int) as n`, [people, NOW]);
  await rows(db, 'insert into segment_member (segment_id, person_id, since) select $1, p.id, $2 from person as p', [segmentId, NOW]);
  const definition = SeriesDefinition.parse({
    type: 'series', entry: { type: 'segment', segmentId }, audience: { type: 'attribute', key: 'country', op: 'is', value: 'KR' }, start: 'm',
    steps: [{ id: 'm', type: 'message', channel: 'email', topic: 'news', next: null, control: { weight: 1 }, variants: ['a', 'b'].map((key) => ({ key, weight: 2, content: { subject: 's', body: 'b' } })) }],
  });
  const campaignId = await insertDraft(db, { name: 'Bench', definition, by: 'bench', now: NOW });
  const published: PublishedDefinition = {
    definition, entry: definition.entry, reentry: { policy: 'never' }, audience: definition.audience, start: 'm', steps: { m: definition.steps[0]! },
    contents: { m: { a: newId(), b: newId() } }, conditions: {}, goals: [], exitRules: [],
    experiments: { m: { experimentId: newId(), salt: newId(), arms: [{ key: 'a', basisPoints: 4_000, isControl: false }, { key: 'b', basisPoints: 4_000, isControl: false }, { key: 'control', basisPoints: 2_000, isControl: true }] } },
  };
  const versionId = newId();
  await insertVersion(db, { id: versionId, campaignId, number: 1, published, by: 'bench', now: NOW });
  await changeState(db, { id: campaignId, from: ['draft'], to: 'active', now: NOW });
  const launchId = newId();
  await rows(db, `insert into launch (id, campaign_id, version_id, segment_id, due_at, state) values ($1, $2, $3, $4, $5, 'waiting')`, [launchId, campaignId, versionId, segmentId, NOW]);
  await rows(db, 'analyze');
  return { campaignId, launchId };
}

const count = async (db: DataSource, table: string) => (await row<{ count: number }>(db, `select count(*)::int as count from ${table}`))!.count;

/** The rows of a table by page, and two empty tables with the same indexes to write them to. */
async function prepareCopy(db: DataSource, table: string): Promise<void> {
  for (const again of ['', '_again']) await rows(db, `create table copy_of_${table}${again} (like ${table} including all)`);
  await rows(db, `create table source_of_${table} as select t.*, p.page from ${table} as t join page_of as p using (person_id) order by p.page, t.ctid`);
  await rows(db, `create index on source_of_${table} (page)`);
  await rows(db, `analyze source_of_${table}`);
}
/** Writes the rows of the tables again, a page of people in one transaction as the launch does. */
async function copyPages(db: DataSource, tables: readonly string[], again = ''): Promise<void> {
  const columns = new Map<string, string>();
  for (const table of tables) {
    const found = await rows<{ name: string }>(db, `select a.attname as name from pg_attribute as a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`, [table]);
    columns.set(table, found.map(({ name }) => `"${name}"`).join(', '));
  }
  const { last } = (await row<{ last: number }>(db, 'select max(p.page)::int as last from page_of as p'))!;
  for (let page = 0; page <= last; page += 1) {
    await inTransaction(db, async (tx) => {
      for (const table of tables) await rows(tx, `insert into copy_of_${table}${again} (${columns.get(table)}) select ${columns.get(table)} from source_of_${table} where page = $1`, [page]);
    });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}
