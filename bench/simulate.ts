import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createDataSource } from '../ormconfig.js';
import { HEAP_MB } from '../src/campaigns/simulate/jobs/simulations.job.js';
import type { Found } from '../src/campaigns/simulate/run-simulation.js';
import { SimulationThread } from '../src/campaigns/simulate/simulation-thread.js';
import { row } from '../src/platform/database/db.js';
import type { BenchContext, BenchRow } from './bench.js';
import { DAYS, EVENTS, FROM, prepare, signUp, TO } from './simulate-world.js';
import { cpuOfServer, cpuOfThis } from './tracking.js';

const BUDGET_S = 60;
/** Nobody who asks the service something may notice that it simulates. */
const BUDGET_WAIT_MS = 100;

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
    const thread = new SimulationThread(url);
    const delays = monitorEventLoopDelay({ resolution: 5 });
    const { postmaster } = (await row<{ postmaster: number }>(db, `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as postmaster`))!;
    const [own, server] = [cpuOfThis(), await cpuOfServer(postmaster)];
    delays.enable();
    const taken = { id: subject.version.id, campaignId: subject.version.campaignId, versionId: null, comparedId: null, draft: { published: subject.version.published, contents: [...subject.contents], newTests: true }, from: FROM, to: TO, reactions: 'none' as const, tries: 1 };
    const found: (Found | null)[] = [];
    const took = await timed(async () => found.push(await thread.run(taken, HEAP_MB, async () => true)));
    delays.disable();
    await thread.end();
    const [ownCpu, serverCpu] = [(cpuOfThis() - own) / 1e6, ((await cpuOfServer(postmaster)) - server) / 1e6];
    const { totals } = found[0]!.result.subject;
    if (totals.entered < people * 0.9 || totals.sent < people) throw new Error(`nobody went through: ${JSON.stringify(totals)}`);
    const line = { value: took, unit: 's', floor, ratio: took / floor };
    const cpu = (name: string, value: number): BenchRow => ({ name, value, unit: 's', floor: null, ratio: null, budget: 'watched', ok: true });
    return [{ name: `simulation of ${DAYS} days × ${people.toLocaleString('en')} people: ${totals.entered.toLocaleString('en')} runs, ${totals.sent.toLocaleString('en')} messages, ${(people * EVENTS).toLocaleString('en')} events; floor: one pass over the events`, ...line, budget: `<= ${BUDGET_S} s at 200,000`, ok: took <= (BUDGET_S * people) / 200_000 }, cpu('CPU time of this process for it', ownCpu), cpu('CPU time of PostgreSQL for it', serverCpu), { name: 'longest wait of the event loop of this process meanwhile', value: delays.max / 1e6, unit: 'ms', floor: null, ratio: null, budget: `<= ${BUDGET_WAIT_MS} ms`, ok: delays.max / 1e6 <= BUDGET_WAIT_MS }];
  } finally {
    await db.destroy();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}
