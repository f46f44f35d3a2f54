import type { DataSource } from 'typeorm';
import { createDataSource } from '../ormconfig.js';
import { row, rows, type Db } from '../src/platform/database/db.js';
import { compileSet, compileTruths } from '../src/segments/domain/compile.js';
import { resolveOrThrow } from '../src/segments/domain/resolved.js';
import { countMembers } from '../src/segments/segment-questions.js';
import { median, type BenchContext, type BenchRow } from './bench.js';
import { liveRows } from './segments-live.js';
import { strategyOf } from './segments-plan.js';
import { questionsAt, thirtySegments } from './segments-questions.js';
import { addLive, everybodyRows, progress, timed, upkeep, type Upkeep } from './segments-steps.js';
import { idOf, populate } from './segments-world.js';

const ROUNDS = 5;
const AGO = 2 * 3_600_000;

/**
 * Segments at N people and 20 events each, 30 of them live: full evaluation beside hand-written SQL, upkeep of one changed
 * person beside the same at N / 10, the clock, builds, and the real service under load. Says on stderr how far it is.
 */
export async function bench(context: BenchContext): Promise<BenchRow[]> {
  const { url, people } = context;
  // Some hours ago, so that what moves the clock on stays behind the service, whose clock is the real one.
  const now = new Date(Math.floor(Date.now() / 60_000) * 60_000 - AGO);
  const db = await createDataSource(url, 4).initialize();
  try {
    const tenth = Math.max(1_000, Math.floor(people / 10));
    const small = await sized(db, 0, tenth, now);
    const large = await sized(db, tenth, people, now);
    printPlanChanges(small.plans, large.plans);
    const found = noted([loadRow(large, tenth, people), ...upkeepRows(small.upkeep, large.upkeep, people)]);
    progress('full evaluations');
    found.push(...noted(await evaluations(db, now)));
    progress('a segment of everybody');
    found.push(...noted(await everybodyRows(db, people, now)));
    progress('the service');
    found.push(...noted(await liveRows(db, context)));
    return found;
  } finally {
    await db.destroy();
  }
}

/** Shows figures as they come: the whole takes minutes. */
function noted(found: BenchRow[]): BenchRow[] {
  for (const { name, value, unit, ratio } of found) process.stderr.write(`         ${name}: ${value.toFixed(2)} ${unit}${ratio === null ? '' : ` (${ratio.toFixed(2)})`}\n`);
  return found;
}

interface Sized { loadSeconds: number; events: number; plans: Map<string, string>; upkeep: Upkeep }

/** Adds people up to `to` and measures what is measured at both sizes. */
async function sized(db: DataSource, from: number, to: number, now: Date): Promise<Sized> {
  progress(`loading people ${from} to ${to}`);
  const loadSeconds = (await timed(() => populate(db, from, to, now))) / 1_000;
  const events = Number((await row<{ count: string }>(db, 'select count(*) as count from event'))!.count);
  progress(`${events} events; thirty segments`);
  for (const table of ['segment', 'segment_member', 'membership_change', 'settled_change']) await rows(db, `truncate ${table}`);
  await addLive(db, thirtySegments(), now);
  progress('upkeep');
  return { loadSeconds, events, plans: await plansOf(db, to, now), upkeep: await upkeep(db, to, now) };
}

async function plansOf(db: Db, people: number, now: Date): Promise<Map<string, string>> {
  const moment = { now, timeZone: 'UTC' };
  const ids = (await rows<{ id: string }>(db, `select ${idOf('(k * 7919) % $1::bigint')} as id from generate_series(1::bigint, 2000) as k`, [people])).map(({ id }) => id);
  const plans = new Map<string, string>();
  for (const { name, node, sql } of questionsAt(now)) {
    plans.set(`everybody: ${name}`, await strategyOf(db, compileSet(resolveOrThrow(node, new Map()), moment, 'count')));
    plans.set(`by hand: ${name}`, await strategyOf(db, { text: sql, values: [] }));
  }
  plans.set('2,000 people, thirty segments', await strategyOf(db, compileTruths(thirtySegments().map((node) => resolveOrThrow(node, new Map())), ids, moment)));
  return plans;
}

function printPlanChanges(small: ReadonlyMap<string, string>, large: ReadonlyMap<string, string>): void {
  for (const [name, plan] of large) {
    if (small.get(name) === plan) process.stderr.write(`plan, the same at both sizes: ${name}: ${plan}\n`);
    else process.stderr.write(`plan CHANGED: ${name}\n  at a tenth: ${small.get(name)}\n  at full size: ${plan}\n`);
  }
}

/** Ours and the hand-written one by turns, so that a busy moment of the machine meets both. */
async function evaluations(db: Db, now: Date): Promise<BenchRow[]> {
  const lines: BenchRow[] = [];
  for (const { name, node, sql } of questionsAt(now)) {
    const [counted, written] = [await countMembers(db, node, now), Number((await row<{ count: string }>(db, sql))!.count)];
    if (counted !== written) throw new Error(`${name}: ${counted} people by the compiler, ${written} by hand`);
    const ours: number[] = [];
    const byHand: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await timed(() => countMembers(db, node, now)));
      byHand.push(await timed(() => rows(db, sql)));
    }
    const ratio = median(ours) / median(byHand);
    lines.push({ name: `full evaluation: ${name} (${counted})`, value: median(ours), unit: 'ms', floor: median(byHand), ratio, budget: '<= 1.3', ok: ratio <= 1.3 });
  }
  return lines;
}

function upkeepRows(small: Upkeep, large: Upkeep, people: number): BenchRow[] {
  const ratio = large.perPerson / small.perPerson;
  return [
    { name: `upkeep of a changed person, 30 segments, ${people} people beside a tenth`, value: large.perPerson, unit: 'ms', floor: small.perPerson, ratio, budget: '<= 1.2', ok: ratio <= 1.2 },
    { name: `a five-second tick of 30 segments (${large.flips} flips in ${large.ticks})`, value: large.idle, unit: 'ms', floor: small.idle, ratio: large.idle / small.idle, budget: '<= 50 ms', ok: large.idle <= 50 },
  ];
}

const loadRow = ({ loadSeconds, events }: Sized, from: number, people: number): BenchRow =>
  ({ name: `loading the last ${people - from} people (${events} events there in the end)`, value: loadSeconds, unit: 's', floor: null, ratio: null, budget: 'report', ok: true });
