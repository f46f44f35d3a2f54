import { createDataSource } from '../ormconfig.js';
import { Tally } from '../src/campaigns/simulate/domain/tally.js';
import { planOf } from '../src/campaigns/simulate/plan.js';
import { simulate } from '../src/campaigns/simulate/simulator.js';
import { inTransaction, row, rows, type Db } from '../src/platform/database/db.js';
import type { BenchContext, BenchRow } from './bench.js';
import { DAYS, EVENTS, FROM, prepare, signUp, TO } from './simulate-world.js';
import { cpuOfServer, cpuOfThis } from './tracking.js';

const BUDGET_S = 60;

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
    const { postmaster } = (await row<{ postmaster: number }>(db, `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as postmaster`))!;
    const [own, server] = [cpuOfThis(), await cpuOfServer(postmaster)];
    const took = await timed(() => simulate(plan, read, (personId, lines) => tally.add(personId, lines), async () => undefined));
    const [ownCpu, serverCpu] = [(cpuOfThis() - own) / 1e6, ((await cpuOfServer(postmaster)) - server) / 1e6];
    const { totals } = tally.side();
    if (totals.entered < people * 0.9 || totals.sent < people) throw new Error(`nobody went through: ${JSON.stringify(totals)}`);
    const line = { value: took, unit: 's', floor, ratio: took / floor };
    const cpu = (name: string, value: number): BenchRow => ({ name, value, unit: 's', floor: null, ratio: null, budget: 'watched', ok: true });
    return [{ name: `simulation of ${DAYS} days × ${people.toLocaleString('en')} people: ${totals.entered.toLocaleString('en')} runs, ${totals.sent.toLocaleString('en')} messages, ${(people * EVENTS).toLocaleString('en')} events; floor: one pass over the events`, ...line, budget: `<= ${BUDGET_S} s at 200,000`, ok: took <= (BUDGET_S * people) / 200_000 }, cpu('CPU time of this process for it', ownCpu), cpu('CPU time of PostgreSQL for it', serverCpu)];
  } finally {
    await db.destroy();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}
