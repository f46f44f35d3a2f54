import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import type { SegmentNode } from '../src/contract/segment.js';
import { Clock } from '../src/kernel/clock.js';
import { newId } from '../src/kernel/ids.js';
import { row, rows, type Db } from '../src/platform/database/db.js';
import { BuildService } from '../src/segments/build.service.js';
import { compileSet } from '../src/segments/domain/compile.js';
import { resolveOrThrow } from '../src/segments/domain/resolved.js';
import { MembershipService } from '../src/segments/membership.service.js';
import { insertSegment } from '../src/segments/store/segments.store.js';
import { median, type BenchRow } from './bench.js';
import { DAY, idOf } from './segments-world.js';

const CHANGED = 2_000;
const PER_CHANGE = 20;
const log = pino({ level: 'silent' });
const began = performance.now();

/** Says on stderr how far a long bench is. */
export const progress = (what: string): void => { process.stderr.write(`${((performance.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${what}\n`); };

export class BenchClock extends Clock {
  constructor(public at: Date) { super(); }
  now(): Date { return this.at; }
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Live segments with the members they have at `now`, as builds would have left them. */
export async function addLive(db: Db, definitions: readonly SegmentNode[], now: Date): Promise<string[]> {
  const ids: string[] = [];
  for (const node of definitions) {
    const id = newId();
    await rows(db, `insert into segment (id, name, definition, state, evaluated_to, created_by, created_at, updated_at) values ($1, $2, $3, 'live', $4, 'bench', $4, $4)`, [id, `bench ${id}`, JSON.stringify(node), now]);
    const { text, values } = compileSet(resolveOrThrow(node, new Map()), { now, timeZone: 'UTC' });
    await rows(db, `insert into segment_member (segment_id, person_id, since) select '${id}', q.person_id, '${now.toISOString()}' from (${text}) as q`, values);
    await rows(db, 'update segment as s set member_count = (select count(*) from segment_member as m where m.segment_id = s.id) where s.id = $1', [id]);
    ids.push(id);
  }
  await rows(db, 'vacuum analyze segment_member');
  return ids;
}

export interface Upkeep { perPerson: number; idle: number; ticks: number; flips: number }

/** 2,000 changed people spread over everybody, 30 live segments, other people each round; then five-second ticks in which little happens. */
export async function upkeep(db: DataSource, people: number, now: Date): Promise<Upkeep> {
  const clock = new BenchClock(now);
  const service = new MembershipService(db, clock, log);
  const round = async (number: number) => {
    await rows(db, `
      insert into person_change (kind, at, person_ids, attribute_keys, event_names)
      select 'changed', $1::timestamptz, array_agg(q.id), '{plan}', '{login,purchase}'
        from (select ${idOf('i')} as id, k / ${PER_CHANGE} as part from generate_series(0, ${CHANGED - 1}) as k, lateral (select ((k::bigint + $3::bigint * ${CHANGED}) * 7919) % $2::bigint as i) as spread) as q group by q.part`, [clock.at, people, number]);
    return timed(async () => {
      for (let open = true; open; ) open = ((await service.advance())?.changes ?? 0) > 0;
    });
  };
  await round(0);
  const times: number[] = [];
  for (let number = 1; number <= 7; number += 1) times.push(await round(number));
  const ticks: number[] = [];
  for (let tick = 0; tick < 7; tick += 1) {
    clock.at = new Date(clock.at.getTime() + 5_000);
    ticks.push(await timed(() => service.advance()));
  }
  const flips = await row<{ count: number }>(db, `select count(*)::int as count from membership_change as c where c.cause = 'clock'`);
  return { perPerson: median(times) / CHANGED, idle: median(ticks), ticks: ticks.length, flips: flips!.count };
}

const report = (name: string, value: number, unit: string, most: number | null = null): BenchRow => ({ name, value, unit, floor: null, ratio: null, budget: most === null ? 'report' : `<= ${most} ${unit}`, ok: most === null || value <= most });

/** A segment that everybody belongs to: its pages, its adoption (which the evaluator waits for), and its end at one instant. */
export async function everybodyRows(db: DataSource, people: number, now: Date): Promise<BenchRow[]> {
  const clock = new BenchClock(new Date(now.getTime() + 60_000));
  const membership = new MembershipService(db, clock, log);
  const builds = new BuildService(db, membership, log);
  await settleAll(membership);
  const id = await insertSegment(db, { name: 'everybody', description: '', purpose: 'shared', ownerId: null, definition: { type: 'attribute', key: 'brought_in', op: 'within_last', value: { days: 3 } }, createdBy: 'bench' }, clock.now());
  const pages: number[] = [];
  const makePage = async () => {
    const start = performance.now();
    const done = await builds.advance();
    pages.push(performance.now() - start);
    return done;
  };
  while ((await makePage()) > 0);
  const [adoption, ...others] = pages.toSorted((a, b) => b - a);
  progress('everybody leaves at one instant');
  clock.at = new Date(now.getTime() + DAY / 24 + 5_000);
  const rounds: number[] = [];
  let [memory, flips, behind] = [0, 0, true];
  while (behind) {
    const start = performance.now();
    const step = await membership.advance();
    rounds.push(performance.now() - start);
    memory = Math.max(memory, process.memoryUsage().rss / 1_048_576);
    flips += step!.flips;
    behind = step!.behind;
  }
  const left = await row<{ members: number }>(db, 'select s.member_count as members from segment as s where s.id = $1', [id]);
  if (left!.members !== 0) throw new Error(`${left!.members} people did not leave`);
  await rows(db, 'delete from segment where id = $1', [id]);
  return [
    report(`building a segment of all ${people} people, nothing else going on`, pages.reduce((sum, page) => sum + page, 0) / 1_000, 's'),
    report('its longest page but for adoption', others[0] ?? 0, 'ms'),
    report(`its adoption: ${people} members at once (the evaluator waits)`, adoption! / 1_000, 's'),
    report(`${people} people leave at one instant (${flips} flips in ${rounds.length} rounds)`, rounds.reduce((sum, one) => sum + one, 0) / 1_000, 's'),
    report('the longest of these rounds', Math.max(...rounds), 'ms'),
    report('memory of the process meanwhile', Math.round(memory), 'MB', 400),
  ];
}

async function settleAll(membership: MembershipService): Promise<void> {
  for (let step = await membership.advance(); step!.changes + step!.flips > 0 || step!.behind; ) step = await membership.advance();
}
