import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, type Verdict } from '../support/crash/verdict.js';
import type { Fleet } from '../support/fleet/fleet.js';
import { signUps, Traffic } from '../support/fleet/traffic.js';
import { FleetWorld, publishWelcome } from '../support/fleet/fleet-world.js';
import type { SmtpSink } from '../support/smtp-sink.js';
import { random } from '../story/world.js';

const SECONDS = Number(process.env.DANBI_FLEET_SECONDS ?? 20);
const PER_SECOND = Number(process.env.DANBI_FLEET_PER_SECOND ?? 10);
const SEED = Number(process.env.DANBI_FLEET_SEED ?? Date.now() % 1_000_000);
/** Between two disturbances, on the average. */
const PAUSE_MS = 2_500;
const SETTLE_MS = 10 * 60_000;

type Harm = 'one connection cut' | 'all connections cut' | 'PostgreSQL restarted' | 'worker replaced' | 'worker killed' | 'api replaced';
const HARMS: Harm[] = ['one connection cut', 'all connections cut', 'PostgreSQL restarted', 'worker replaced', 'worker killed', 'api replaced'];
/** When something was harmed, when the harming was over, and when the next request was taken and the next message handed over after it. */
interface Harmed { harm: Harm; began: number; ended: number; answered: number; sent: number }

let world: FleetWorld;
let sink: SmtpSink;
let fleet: Fleet;
let traffic: Traffic;
const harmed: Harmed[] = [];
/** What was claimed, and by whom, when a worker had just been killed, and once more when another was there in its place. */
const underWay = new Set<string>();
let uncertain: string[];
let campaignId: string;
let verdict: Verdict;
let counts: Record<string, number>;

beforeAll(async () => {
  world = await FleetWorld.start({ workers: 3, apis: 2, delay: 5, pooler: process.env.DANBI_FLEET_POOLER === '1' });
  ({ fleet, sink } = world);
  campaignId = await publishWelcome(world.api);
  traffic = new Traffic({ urls: () => fleet.apis.map(({ url }) => url), writeKey: world.writeKey, perSecond: PER_SECOND, batch: 5, bodyOf: signUps });
  await harmForAWhile();
  await traffic.stop();
  await settled();
  const states = await world.ask<{ id: string; state: string; claim: string }>(`select d.id, d.state, ${CLAIM} as claim from delivery as d where d.campaign_id = $1`, [campaignId]);
  uncertain = states.filter(({ state }) => state === 'uncertain').map(({ claim }) => claim);
  verdict = judge(new Map(states.map(({ id, state }) => [id, state])), sink.read, sink.accepted);
  counts = await counted();
}, SECONDS * 1_000 + SETTLE_MS);

afterAll(() => world.stop());

async function harmForAWhile(): Promise<void> {
  const next = random(SEED);
  for (let turn = 0; turn < HARMS.length || Date.now() - harmed[0]!.began < SECONDS * 1_000; turn += 1) {
    await sleep(PAUSE_MS * (0.5 + next()));
    const harm = turn < HARMS.length ? HARMS[turn]! : HARMS[Math.floor(next() * HARMS.length)]!;
    const one: Harmed = { harm, began: Date.now(), ended: NaN, answered: NaN, sent: NaN };
    harmed.push(one);
    await doHarm(harm, next);
    one.ended = Date.now();
    const accepted = sink.accepted.length;
    const taken = traffic.sent.length;
    // The next harm comes over the recovery of this one when that takes its time.
    void (async () => {
      while (traffic.sent.length === taken) await sleep(20);
      one.answered = Date.now();
      while (sink.accepted.length === accepted) await sleep(20);
      one.sent = Date.now();
    })();
  }
}

/** A delivery and who claimed it, which an uncertain one keeps. */
const CLAIM = `concat(d.id, ' ', d.locked_by)`;

async function noteClaims(): Promise<void> {
  for (const { claim } of await world.ask<{ claim: string }>(`select ${CLAIM} as claim from delivery as d where d.state = 'sending'`)) underWay.add(claim);
}

async function doHarm(harm: Harm, next: () => number): Promise<void> {
  const one = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;
  if (harm === 'PostgreSQL restarted') {
    await world.server.stop();
    await world.server.revive();
  } else if (harm === 'worker replaced') await fleet.replace(one(fleet.workers), 'SIGTERM');
  else if (harm === 'worker killed') {
    await fleet.replace(one(fleet.workers), 'SIGKILL', noteClaims);
    await noteClaims();
  } else if (harm === 'api replaced') await fleet.replace(one(fleet.apis), 'SIGTERM');
  else await world.ask(`select pg_terminate_backend(a.pid) from (select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by random() limit $1) as a`, [harm === 'one connection cut' ? 1 : 1_000]);
}

/** Everybody has gone through, and nothing waits or is in flight. */
async function settled(): Promise<void> {
  const until = Date.now() + SETTLE_MS;
  for (let done = 0; done < traffic.count; await sleep(500)) {
    if (Date.now() > until) return;
    const [found] = await world.ask<{ done: number }>(`select count(*)::int as done from enrollment as e where e.campaign_id = $1 and e.state = 'completed' and not exists (select from delivery as d where d.enrollment_id = e.id and d.state in ('queued', 'sending'))`, [campaignId]);
    done = found!.done;
  }
}

const counted = async () => (await world.ask<Record<string, number>>(`
  select (select count(*)::int from person as p where p.external_id like 'p-%') as people,
         (select count(*)::int from event as e where e.name = 'Signed Up') as events,
         (select count(distinct e.properties ->> 'n')::int from event as e where e.name = 'Signed Up') as different,
         (select count(*)::int from enrollment as e where e.campaign_id = $1) as runs,
         (select count(distinct e.person_id)::int from enrollment as e where e.campaign_id = $1) as persons,
         (select count(*)::int from step_visit as v where v.campaign_id = $1) as visits,
         (select count(*)::int from delivery as d where d.campaign_id = $1) as deliveries,
         (select count(*)::int from decision as d where d.campaign_id = $1) as refusals,
         (select count(*)::int from assignment as a where a.campaign_id = $1) as assigned`, [campaignId]))[0]!;

const seconds = (values: readonly number[]) => `${(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]! / 1_000).toFixed(1)} s (longest ${(Math.max(...values) / 1_000).toFixed(1)} s)`;

describe(`three workers and two API processes for ${SECONDS} s at ${PER_SECOND} people/s, harmed all the while (seed ${SEED})`, () => {
  test('every kind of harm was done, and traffic went on', () => {
    for (const harm of HARMS) {
      const these = harmed.filter((one) => one.harm === harm);
      expect(these.length).toBeGreaterThan(0);
      process.stdout.write(`${harm}: ${these.length} times; it took ${seconds(these.map(({ began, ended }) => ended - began))}, then a request was taken after ${seconds(these.map(({ ended, answered }) => answered - ended))} and a message handed over after ${seconds(these.map(({ ended, sent }) => sent - ended))}\n`);
    }
    process.stdout.write(`${traffic.count} people; requests ${traffic.sent.length}, said again ${traffic.sent.filter(({ tries }) => tries > 1).length}, the slowest ${Math.max(...traffic.sent.map(({ began, ended }) => ended - began))} ms; starts that failed ${fleet.failedStarts}; ${JSON.stringify(verdict.states)}; ${sink.read.length} bodies read\n`);
    expect(fleet.badEnds).toEqual([]);
  });

  test('nothing is lost: every person, event, run, step and message is there, once', () => {
    const people = traffic.count;
    expect(counts).toMatchObject({ people, events: people, different: people, runs: people, persons: people, visits: people * 4, deliveries: people * 2, refusals: 0, assigned: people * 2 });
    expect(verdict).toMatchObject({ lost: [], claimed: [], denied: [] });
  });

  test('nothing went twice', () => {
    expect(verdict.twice).toEqual([]);
  });

  test('what is uncertain was claimed by a worker when it was killed, and by no other', () => {
    const killed = harmed.filter(({ harm }) => harm === 'worker killed').length;
    // The journal goes with the machine here, so nobody can tell which of its claims had been begun.
    expect(uncertain.filter((claim) => !underWay.has(claim))).toEqual([]);
    expect(new Set(uncertain.map((claim) => claim.split(' ')[1])).size).toBeLessThanOrEqual(killed);
  });
});
