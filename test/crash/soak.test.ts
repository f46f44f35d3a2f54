import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { emailStep, FleetWorld, publish, publishWelcome } from '../support/fleet/fleet-world.js';
import { signUps, Traffic } from '../support/fleet/traffic.js';

const MINUTES = Number(process.env.DANBI_SOAK_MINUTES ?? 0);
const PER_SECOND = 500;
const PEOPLE = 20_000;
/** People who sign up meanwhile, a second: each gets two messages by mail. */
const SIGN_UPS = 5;
const CAMPAIGNS = 10;
/** One event in so many is one that a campaign waits for. */
const EVERY = 50;
/** Caches and pools are full after these minutes; growth counts from there. */
const WARM_UP = Math.max(1, Math.round(MINUTES / 6));
/** What memory may grow by between the first and the last third behind the warm-up. */
const GROWTH = 1.1;

/** Whose rows grow with what people do. */
const TABLES = ['person', 'person_identity', 'event', 'event_receipt', 'enrollment', 'step_visit', 'assignment', 'delivery', 'delivery_event', 'decision'];

/** What one minute looked like. Memory in MB by process; how long from an event to its delivery (s); connections to the database. */
interface Minute { memory: number[]; half: number; ninetyNine: number; slowest: number; deliveries: number; connections: number; idleInTransaction: number; waiting: number }

const memoryOf = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1_024;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const busy = (from: number, count: number): object[] => Array.from({ length: count }, (_, index) => from + index).map((n) => ({
  type: 'track', userId: `b-${(n * 7_919) % PEOPLE}`, messageId: `e-${n}`, event: n % EVERY === 0 ? `Asked ${(n / EVERY) % CAMPAIGNS}` : 'Page Viewed', properties: { amount: n % 100 },
}));

async function look(world: FleetWorld, since: Date): Promise<Minute> {
  const [lag] = await world.ask<Omit<Minute, 'memory'>>(`
    with lag as (
      select extract(epoch from d.queued_at - e.received_at)::float8 as s
        from delivery as d join enrollment as r on r.id = d.enrollment_id join event as e on e.id = (r.entry ->> 'eventId')::uuid
       where d.queued_at > $1::timestamptz and d.step_id in ('m', 'welcome'))
    select count(*)::int as deliveries, coalesce(percentile_cont(0.5) within group (order by s), 'NaN')::float8 as half, coalesce(percentile_cont(0.99) within group (order by s), 'NaN')::float8 as "ninetyNine", coalesce(max(s), 'NaN')::float8 as slowest,
           (select count(*)::int from pg_stat_activity as a where a.datname = current_database() and a.application_name <> 'proof') as connections,
           (select count(*)::int from pg_stat_activity as a where a.datname = current_database() and a.state = 'idle in transaction' and a.state_change < now() - interval '1 minute') as "idleInTransaction",
           (select count(*)::int from delivery as d where d.state in ('queued', 'sending') and d.channel = 'email') as waiting
      from lag`, [since]);
  return { ...lag!, memory: world.fleet.members.map(({ process }) => memoryOf(process.child.pid!)) };
}

/** `npm run nightly -- soak`: 500 events a second with campaigns live, minute by minute. */
(MINUTES > 0 ? test : test.skip)(`${MINUTES} minutes at ${PER_SECOND} events/s with campaigns live: memory and connections do not grow, nothing is lost`, async () => {
  const world = await FleetWorld.start({ workers: 1, apis: 1, delay: 5 });
  try {
    await soak(world);
  } finally {
    await world.stop();
  }
}, (MINUTES + 10) * 60_000);

async function soak(world: FleetWorld): Promise<void> {
  const welcome = await publishWelcome(world.api);
  const definition = (event: string, channel: string) => ({
    type: 'series', entry: { type: 'event', event }, reentry: { policy: 'after_exit' }, start: 'm',
    steps: [channel === 'email' ? emailStep('m', null) : { id: 'm', type: 'message', channel: 'in_app', topic: 'product-updates', variants: [{ key: 'A', content: { body: 'Hello' } }], next: null }],
  });
  for (let n = 0; n < CAMPAIGNS; n += 1) await publish(world.api, `Asked ${n}`, definition(`Asked ${n}`, n % 2 === 0 ? 'in_app' : 'email'));
  const traffic = (perSecond: number, batch: number, bodyOf: typeof busy) => new Traffic({ urls: () => world.fleet.apis.map(({ url }) => url), writeKey: world.writeKey, perSecond, batch, bodyOf });
  const known = traffic(5_000, 500, (from, count) => (from >= PEOPLE ? [] : Array.from({ length: count }, (_, n) => ({ type: 'identify', userId: `b-${from + n}`, messageId: `b-${from + n}`, traits: { email: `b-${from + n}@example.org` } }))));
  while (known.count < PEOPLE) await sleep(100);
  await known.stop();
  const [events, people] = [traffic(PER_SECOND, 50, busy), traffic(SIGN_UPS, 5, signUps)];
  const minutes: Minute[] = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const since = new Date();
    await sleep(60_000);
    const found = await look(world, since);
    minutes.push(found);
    process.stdout.write(`minute ${minute + 1}: memory ${found.memory.map((value) => Math.round(value)).join(' + ')} MB; event → delivery ${found.half.toFixed(2)} s, 99 in 100 ${found.ninetyNine.toFixed(2)} s, slowest ${found.slowest.toFixed(2)} s of ${found.deliveries}; ${found.connections} connections; ${found.waiting} mails waiting\n`);
  }
  await Promise.all([events.stop(), people.stop()]);
  for (let left = 1; left > 0; await sleep(1_000)) [{ left }] = await world.ask<{ left: number }>(`select count(*)::int as left from enrollment as e where e.state = 'active' or exists (select from delivery as d where d.enrollment_id = e.id and d.state in ('queued', 'sending') and d.channel = 'email')`) as [{ left: number }];
  const [count] = await world.ask<{ events: number; welcomed: number }>(`
    select (select count(*)::int from event as e where e.name = 'Page Viewed' or e.name like 'Asked %') as events, (select count(*)::int from delivery as d where d.campaign_id = $1 and d.state = 'sent') as welcomed`, [welcome]);
  const sizes: string[] = [];
  for (const table of TABLES) {
    const [{ rows, bytes }] = await world.ask<{ rows: number; bytes: number }>(`select (select count(*) from ${table})::int as rows, coalesce((select sum(pg_total_relation_size(p.inhrelid)) from pg_inherits as p where p.inhparent = '${table}'::regclass), pg_total_relation_size('${table}'))::float8 as bytes`) as [{ rows: number; bytes: number }];
    sizes.push(`${table} ${Math.round(bytes / Math.max(1, rows))} (${rows} rows)`);
  }
  process.stdout.write(`bytes a row with indexes: ${sizes.join(', ')}\n`);
  const slowest = Math.max(...[...events.sent, ...people.sent].map(({ began, ended }) => ended - began));
  const again = [...events.sent, ...people.sent].filter(({ tries }) => tries > 1).length;
  process.stdout.write(`${events.count} events and ${people.count} people in ${MINUTES} minutes; the slowest request ${slowest} ms, said again ${again}; ${world.sink.accepted.length} mails\n`);
  const twice = [...world.sink.counts().values()].filter((times) => times > 1).length;
  expect({ ...count, twice }).toEqual({ events: events.count, welcomed: people.count * 2, twice: 0 });
  const steady = minutes.slice(WARM_UP);
  const third = Math.max(1, Math.floor(steady.length / 3));
  for (const [n] of world.fleet.members.entries()) {
    const [first, last] = [mean(steady.slice(0, third).map(({ memory }) => memory[n]!)), mean(steady.slice(-third).map(({ memory }) => memory[n]!))];
    expect(last / first).toBeLessThan(GROWTH);
  }
  // Pools open one when many ask at once and close it when it rests, so a minute may have one or two more; a leak only ever adds.
  const open = (of: readonly Minute[]) => mean(of.map(({ connections }) => connections));
  expect(open(steady.slice(-third)) - open(steady.slice(0, third))).toBeLessThan(1);
  expect(minutes.map(({ idleInTransaction }) => idleInTransaction)).toEqual(minutes.map(() => 0));
}
