import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startTestApp, type TestApp } from '../support/app.js';
import { identifyPeople, launchToAll } from '../support/crash/launch.js';
import { killAt, MOMENTS as ALL, type Moment } from '../support/crash/moments.js';
import { judge, openWork, statesOf, type Verdict } from '../support/crash/verdict.js';
import { oneFile } from '../support/one-file.js';
import { spawnDanbi } from '../support/process.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { random } from '../story/world.js';

const KILLS = Number(process.env.DANBI_KILLS ?? 24);
/** Enough that there is something to send at the last kill: a life sends 20 messages a second, and more where it is let by step by step. */
const PEOPLE = Number(process.env.DANBI_KILL_PEOPLE ?? KILLS * 75);
const SEED = Number(process.env.DANBI_KILL_SEED ?? Date.now() % 1_000_000);
/** Only these moments, to look at one of them closely. */
const MOMENTS = ALL.filter((moment) => (process.env.DANBI_KILL_MOMENTS ?? moment).split(',').includes(moment));
const CONNECTIONS = 5;
/** Two processes work on the same launch; each has a mail server of its own, so that a moment of one kills that one. */
const LANES = 2;

let app: TestApp;
let service: string;
let sinks: SmtpSink[];
let campaignId: string;
let verdict: Verdict;
const killedAt = new Map<Moment, number>();
let livesThatSent = 0;

beforeAll(async () => {
  sinks = await Promise.all(Array.from({ length: LANES }, () => new SmtpSink({ delay: 25 }).start()));
  service = await oneFile();
  app = await startTestApp();
  await identifyPeople(app, PEOPLE);
  await app.runner.runUntilIdle();
  campaignId = await launchToAll(app);
  await Promise.all(sinks.map((sink, lane) => liveAndDie(sink, lane)));
  await finish();
  verdict = judge(await statesOf(app.db, campaignId), sinks.flatMap(({ read }) => read), sinks.flatMap(({ accepted }) => accepted));
}, Number(process.env.DANBI_KILL_MINUTES ?? 15) * 60_000);
afterAll(async () => {
  await app.close();
  await Promise.all(sinks.map((sink) => sink.stop()));
});

const environment = (sink: SmtpSink) => ({ PORT: '0', DATABASE_URL: app.databaseUrl, SMTP_URL: sink.url, SMTP_CONNECTIONS: String(CONNECTIONS), DATA_DIR: app.dataDir, DATABASE_POOL: '6' });

/** One process after another, killed at each moment in turn; how far into it is drawn from the seed. */
async function liveAndDie(sink: SmtpSink, lane: number): Promise<void> {
  const next = random(SEED + lane);
  const admin = new pg.Client({ connectionString: app.databaseUrl });
  await admin.connect();
  for (let kill = lane; kill < KILLS; kill += LANES) {
    const before = sink.read.length;
    const danbi = spawnDanbi(environment(sink), service);
    const at = await killAt(MOMENTS[(Math.floor(kill / LANES) + lane * 3) % MOMENTS.length]!, { danbi, sink, admin, random: next });
    // A process asked to stop may be gone before the SIGKILL: that is no kill.
    if ((await danbi.ended).code === null) killedAt.set(at, (killedAt.get(at) ?? 0) + 1);
    if (sink.read.length > before) livesThatSent += 1;
  }
  await admin.end();
}

async function finish(): Promise<void> {
  for (const sink of sinks) sink.script = {};
  const last = spawnDanbi(environment(sinks[0]!));
  await last.until(/ready at/);
  while ((await openWork(app.db)) > 0) await sleep(250);
  last.child.kill('SIGTERM');
  expect((await last.ended).code).toBe(0);
}

describe(`a launch to ${PEOPLE} people by ${LANES} processes, killed ${KILLS} times (seed ${SEED})`, () => {
  test('they really were killed, at every moment there is, mostly while they were sending', () => {
    const kills = [...killedAt.values()].reduce((sum, count) => sum + count, 0);
    process.stdout.write(`kills: ${MOMENTS.map((moment) => `${moment} ${killedAt.get(moment) ?? 0}`).join(', ')}; ${livesThatSent} lives sent something; ${JSON.stringify(verdict.states)}, ${sinks.reduce((sum, { read }) => sum + read.length, 0)} bodies read\n`);
    expect(kills).toBeGreaterThan(KILLS * 0.8);
    // A slow machine may miss one: then the process was killed wherever it was.
    expect(MOMENTS.filter((moment) => killedAt.has(moment)).length).toBeGreaterThanOrEqual(MOMENTS.length - 1);
    expect(livesThatSent).toBeGreaterThan(KILLS / 3);
  });

  test('lost = 0: each person has one delivery, sent or listed as uncertain', () => {
    expect(verdict.lost).toEqual([]);
    expect((verdict.states.sent ?? 0) + (verdict.states.uncertain ?? 0)).toBe(PEOPLE);
  });

  test('twice = 0: the mail servers read each body at most once', () => {
    expect(verdict.twice).toEqual([]);
  });

  test('what is called sent was accepted, and what was accepted is sent or uncertain', () => {
    expect({ claimed: verdict.claimed, denied: verdict.denied }).toEqual({ claimed: [], denied: [] });
  });

  test('uncertain is at most one message a connection and kill, is listed exactly, and the results add up', async () => {
    const uncertain = verdict.states.uncertain ?? 0;
    expect(uncertain).toBeLessThanOrEqual(KILLS * CONNECTIONS);
    const listed: string[] = [];
    for (let after = ''; ; ) {
      const { body } = await app.api('GET', `/v1/deliveries?campaignId=${campaignId}&state=uncertain&limit=200${after && `&after=${encodeURIComponent(after)}`}`);
      listed.push(...body.items.map((each: { id: string }) => each.id));
      if (!body.next) break;
      after = body.next;
    }
    expect(new Set(listed).size).toBe(uncertain);
    // The last process may have ended before it counted what it sent last.
    await app.runner.runUntilIdle();
    const { body } = await app.api('GET', `/v1/campaigns/${campaignId}/results`);
    expect(body.steps[0].reconciliation).toMatchObject({ eligible: PEOPLE, uncertain, delivered: PEOPLE - uncertain, difference: 0 });
  });
});
