import type { DataSource } from 'typeorm';
import { rows } from '../src/platform/database/db.js';
import { median, type BenchRow } from './bench.js';

/** What of a world these need: a campaign whose people and deliveries there are already. */
interface Ids { campaignId: string; versionId: string; experimentId: string }

const ROUNDS = 15;
const TABLES = ['assignment', 'enrollment', 'step_visit', 'decision', 'delivery', 'delivery_event'];

/** One statement, or several of one transaction, that change `people` at once; the same way and by the same rows each time. */
interface Change { name: string; people: number; make(round: number): { sql: string; values: unknown[] }[] }

/**
 * What the marks of results cost whoever writes: the same statements with their triggers and without, in turns on one server, microseconds for each
 * person. Leaves the world as it found it but for some reactions.
 */
export async function benchMarks(db: DataSource, { campaignId, versionId, experimentId }: Ids): Promise<BenchRow[]> {
  const deliveries = (await rows<{ id: string }>(db, `select d.id from delivery as d where d.campaign_id = $1 and d.state = 'sent' order by d.id limit 5000`, [campaignId])).map(({ id }) => id);
  const some = (round: number, count: number) => Array.from({ length: count }, (_, place) => deliveries[(round * count + place) % deliveries.length]!);
  const fresh = `select gen_random_uuid() as person, gen_random_uuid() as run from generate_series(1, 1000)`;
  const changes: Change[] = [
    {
      name: 'launching a page of 1,000', people: 1_000,
      make: () => [{
        sql: `
          with new as materialized (${fresh}),
               a as (insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, bucket, source, assigned_at) select $3, n.person, $1, 'a', false, 0, 'hash', now() from new as n),
               e as (insert into enrollment (id, person_id, campaign_id, version_id, state, entered_at, left_at) select n.run, n.person, $1, $2, 'completed', now(), now() from new as n),
               v as (insert into step_visit (enrollment_id, person_id, step_id, campaign_id, version_id, arrived_at, left_at, outcome) select n.run, n.person, 'message', $1, $2, now(), now(), 'queued' from new as n)
          insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, experiment_id, variant, is_control, topic, state, due_at, queued_at)
          select gen_random_uuid(), n.person, $1, $2, 'message', n.run, 'email', $3, 'a', false, 'news', 'queued', now(), now() from new as n`,
        values: [campaignId, versionId, experimentId],
      }],
    },
    { name: 'claiming 100 deliveries', people: 100, make: (round) => [{ sql: `update delivery as d set state = case d.state when 'queued' then 'sending' else d.state end, attempts = d.attempts + 1 where d.id = any($1::uuid[])`, values: [some(round, 100)] }] },
    { name: 'settling 100 deliveries', people: 100, make: (round) => [{ sql: `update delivery as d set state = case d.state when 'sent' then 'delivered' else 'sent' end, settled_at = now() where d.id = any($1::uuid[])`, values: [some(round, 100)] }] },
    { name: 'storing 50 opens', people: 50, make: (round) => [{ sql: `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict) select d.id, d.person_id, 'open', gen_random_uuid()::text, now(), 'human' from delivery as d where d.id = any($1::uuid[])`, values: [some(round, 50)] }] },
    { name: 'storing one open', people: 1, make: (round) => [{ sql: `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict) select d.id, d.person_id, 'open', gen_random_uuid()::text, now(), 'human' from delivery as d where d.id = any($1::uuid[])`, values: [some(round, 1)] }] },
  ];
  const found: BenchRow[] = [];
  for (const { name, people, make } of changes) {
    const took: Record<'enable' | 'disable', number[]> = { enable: [], disable: [] };
    for (let round = 0; round < 2 * ROUNDS; round += 1) {
      const how = round % 2 === 0 ? 'enable' : 'disable';
      for (const table of TABLES) await rows(db, `alter table ${table} ${how} trigger user`);
      // The first of each kind meets what the change of triggers has thrown out of caches.
      for (const isWarm of [false, true]) {
        const statements = make(round * 2 + (isWarm ? 1 : 0));
        const start = performance.now();
        for (const { sql, values } of statements) await rows(db, sql, values);
        if (isWarm) took[how].push((1_000 * (performance.now() - start)) / people);
      }
    }
    for (const table of TABLES) await rows(db, `alter table ${table} enable trigger user`);
    const [value, floor] = [median(took.enable), median(took.disable)];
    found.push({ name: `marks: ${name}, for each (floor: without triggers)`, value, unit: 'us', floor, ratio: value / floor, budget: '-', ok: true });
  }
  return found;
}
