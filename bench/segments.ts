import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../ormconfig.js';
import { Clock } from '../src/kernel/clock.js';
import type { SegmentNode } from '../src/contract/segment.js';
import { rows, type Db } from '../src/platform/database/db.js';
import { ensurePartitions } from '../src/platform/database/prepare-db.js';
import { MembershipService } from '../src/segments/membership.service.js';
import { countMembers } from '../src/segments/segment-questions.js';
import type { BenchContext, BenchRow } from './bench.js';

const NOW = new Date('2026-03-10T09:00:00Z');
const DAY = 86_400_000;
const EVENTS_EACH = 20;
const CHANGED = 2_000;
const PER_CHANGE = 20;

class BenchClock extends Clock {
  at = NOW;
  now(): Date { return this.at; }
}

const ago = (days: number) => new Date(NOW.getTime() - days * DAY).toISOString();
const logins: SegmentNode = { type: 'event', event: 'login', count: { op: 'at_least', value: 3 }, within: { days: 30 } };
const bought: SegmentNode = { type: 'event', event: 'purchase', count: { op: 'at_least', value: 1 }, within: { days: 7 }, where: [{ property: 'amount', op: 'gte', value: 50 }] };
const isPro: SegmentNode = { type: 'attribute', key: 'plan', op: 'is', value: 'pro' };
const settled: SegmentNode = { type: 'attribute', key: '$signed_up_at', op: 'older_than', value: { days: 3 } };

/** Typical definitions, each beside the SQL that somebody who knows the tables would write for it. */
const QUESTIONS: { name: string; node: SegmentNode; sql: string }[] = [
  { name: 'attribute and sign-up', node: { type: 'all', of: [isPro, settled] }, sql: `select count(*) from person where attributes ->> 'plan' = 'pro' and signed_up_at <= '${ago(3)}'` },
  { name: 'three logins in 30 days', node: logins, sql: `select count(*) from (select person_id from event where name = 'login' and occurred_at > '${ago(30)}' and occurred_at <= '${ago(0)}' group by person_id having count(*) >= 3) as x` },
  {
    name: 'no login in 30 days, with sign-up', node: { type: 'all', of: [settled, { ...logins, count: { op: 'exactly', value: 0 } }] },
    sql: `select count(*) from person as p where p.signed_up_at <= '${ago(3)}' and not exists (select 1 from event as e where e.person_id = p.id and e.name = 'login' and e.occurred_at > '${ago(30)}' and e.occurred_at <= '${ago(0)}')`,
  },
  {
    name: 'pro or bought for 50 in 7 days', node: { type: 'any', of: [isPro, bought] },
    sql: `select count(*) from (select id from person where attributes ->> 'plan' = 'pro' union select person_id from event where name = 'purchase' and occurred_at > '${ago(7)}' and occurred_at <= '${ago(0)}' and (properties ->> 'amount')::numeric >= 50) as x`,
  },
  {
    name: 'tag and bought, not pro', node: { type: 'all', of: [{ type: 'tag', op: 'has', tag: 'vip' }, bought, { type: 'not', of: isPro }] },
    sql: `select count(*) from person_tag as t join person as p on p.id = t.person_id where t.tag = 'vip' and p.attributes ->> 'plan' is distinct from 'pro' and exists (select 1 from event as e where e.person_id = t.person_id and e.name = 'purchase' and e.occurred_at > '${ago(7)}' and e.occurred_at <= '${ago(0)}' and (e.properties ->> 'amount')::numeric >= 50)`,
  },
];

/**
 * Segments: full evaluation beside hand-written SQL, and the upkeep of one changed person at N people beside N / 10.
 * Deterministic people, 20 events each on average, a few of them very busy.
 */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const db = await createDataSource(url, 4).initialize();
  try {
    for (const month of [0, 31, 62]) await ensurePartitions(db, new Date(NOW.getTime() - month * DAY));
    await insertSegments(db);
    const tenth = Math.max(1_000, Math.floor(people / 10));
    await populate(db, 0, tenth);
    const small = await upkeep(db, tenth);
    await populate(db, tenth, people);
    const large = await upkeep(db, people);
    return [...(await evaluations(db)), ...upkeepRows(small, large, people)];
  } finally {
    await db.destroy();
  }
}

const ID = `('018f0000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid`;
/** A number in (0, 1) that depends on nothing but its arguments. */
const chance = (of: string, salt: number) => `((hashint8extended(${of}, ${salt}) & 1048575) + 1) / 1048577.0`;

async function populate(db: Db, from: number, to: number): Promise<void> {
  await rows(db, `
    insert into person (id, kind, email, attributes, signed_up_at, first_seen_at, last_seen_at, created_at, updated_at)
    select ${ID}, 'user', 'p' || i || '@example.com', jsonb_build_object('plan', (array['free','free','free','team','pro'])[1 + (i % 5)], 'name', 'Person ' || i, 'age', 18 + i % 60), s.at, s.at, $3::timestamptz, s.at, s.at
      from generate_series($1::bigint, $2::bigint - 1) as i, lateral (select $3::timestamptz - ${chance('i', 1)} * interval '300 days' as at) as s`, [from, to, NOW]);
  await rows(db, `insert into person_tag (person_id, tag, added_at) select ${ID}, 'vip', $3::timestamptz from generate_series($1::bigint, $2::bigint - 1) as i where i % 20 = 0`, [from, to, NOW]);
  await rows(db, `
    insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id)
    select gen_random_uuid(), ${ID}, 'track', case when e.kind < 0.5 then 'login' when e.kind < 0.95 then 'view' else 'purchase' end, jsonb_build_object('amount', round((e.kind * 1000)::numeric % 100)), e.at, e.at, ''
      from generate_series($1::bigint, $2::bigint - 1) as i,
           lateral generate_series(1, least(2000, 1 + floor(-ln(${chance('i', 2)}) * ${EVENTS_EACH - 1})::int)) as n,
           lateral (select ${chance('i * 4096 + n', 3)} as kind, $3::timestamptz - (${chance('i * 4096 + n', 4)}) ^ 2 * interval '85 days' as at) as e`, [from, to, NOW]);
  for (const table of ['person', 'person_tag', 'event']) await rows(db, `vacuum analyze ${table}`);
}

async function insertSegments(db: Db): Promise<void> {
  for (let index = 0; index < 30; index += 1) {
    const { node } = QUESTIONS[index % QUESTIONS.length]!;
    await rows(db, `insert into segment (id, name, definition, state, evaluated_to, created_by, created_at, updated_at) values (gen_random_uuid(), $1, $2, 'live', $3, 'bench', $3, $3)`, [`bench ${index}`, JSON.stringify(node), NOW]);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

async function evaluations(db: Db): Promise<BenchRow[]> {
  const lines: BenchRow[] = [];
  for (const { name, node, sql } of QUESTIONS) {
    const ours: number[] = [];
    const byHand: number[] = [];
    const [counted, written] = [await countMembers(db, node, NOW), Number((await rows<{ count: string }>(db, sql))[0]!.count)];
    if (counted !== written) throw new Error(`${name}: ${counted} people by the compiler, ${written} by hand`);
    for (let round = 0; round < 5; round += 1) {
      ours.push(await timed(() => countMembers(db, node, NOW)));
      byHand.push(await timed(() => rows(db, sql)));
    }
    const ratio = median(ours) / median(byHand);
    lines.push({ name: `full evaluation: ${name}`, value: median(ours), unit: 'ms', floor: median(byHand), ratio, budget: '<= 1.3', ok: ratio <= 1.3 });
  }
  return lines;
}

interface Upkeep { perPerson: number; idle: number }

/** 2,000 changed people spread over everybody, 30 live segments; then one five-second tick in which little happens. */
async function upkeep(db: DataSource, people: number): Promise<Upkeep> {
  const clock = new BenchClock();
  const service = new MembershipService(db, clock, pino({ level: 'silent' }));
  const round = async () => {
    await rows(db, `
      insert into person_change (kind, at, person_ids, attribute_keys, event_names)
      select 'changed', $1::timestamptz, array_agg(q.id), '{plan}', '{login,purchase}'
        from (select ${ID} as id, k / ${PER_CHANGE} as part from generate_series(0, ${CHANGED - 1}) as k, lateral (select (k::bigint * 7919) % $2::bigint as i) as spread) as q group by q.part`, [clock.at, people]);
    return timed(async () => {
      for (let open = true; open; ) open = ((await service.advance())?.changes ?? 0) > 0;
    });
  };
  // The first round enters everybody who was never evaluated; the later ones are upkeep.
  await round();
  const times = [await round(), await round(), await round()];
  const ticks: number[] = [];
  for (let tick = 0; tick < 5; tick += 1) {
    clock.at = new Date(clock.at.getTime() + 5_000);
    ticks.push(await timed(() => service.advance()));
  }
  await rows(db, 'delete from segment_member');
  await rows(db, 'delete from membership_change');
  await rows(db, 'update segment set evaluated_to = $1', [NOW]);
  return { perPerson: median(times) / CHANGED, idle: median(ticks) };
}

function upkeepRows(small: Upkeep, large: Upkeep, people: number): BenchRow[] {
  const ratio = large.perPerson / small.perPerson;
  return [
    { name: `upkeep of a changed person, 30 segments, ${people} people`, value: large.perPerson, unit: 'ms', floor: small.perPerson, ratio, budget: '<= 1.2', ok: ratio <= 1.2 },
    { name: 'a five-second tick of 30 segments', value: large.idle, unit: 'ms', floor: small.idle, ratio: large.idle / small.idle, budget: '<= 50 ms', ok: large.idle <= 50 },
  ];
}
