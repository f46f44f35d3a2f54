import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callApi } from '../support/app.js';
import { identifyPeople, launchToAll, type Target } from '../support/crash/launch.js';
import { killDatabase } from '../support/crash/own-database.js';
import { judge, type Verdict } from '../support/crash/verdict.js';
import { oneFile } from '../support/one-file.js';
import { spawnDanbi, type DanbiProcess } from '../support/process.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { random } from '../story/world.js';

const KILLS = Number(process.env.DANBI_KILLS_OF_POSTGRES ?? 9);
const PEOPLE = KILLS * 150;
const SEED = Number(process.env.DANBI_KILL_SEED ?? Date.now() % 1_000_000);
const CONNECTIONS = 5;
const VICTIMS = ['backend', 'server', 'both'] as const;

let dataDir: string;
let sink: SmtpSink;
let service: string;
let danbi: DanbiProcess;
let target: Target;
let key: string;
let campaignId: string;
let verdict: Verdict;
const killed = { backend: 0, server: 0, both: 0 };

/** The service as it is first started: its own database, a set-up token on the terminal. */
async function start(): Promise<string> {
  danbi = spawnDanbi({ PORT: '0', DATA_DIR: dataDir, SMTP_URL: sink.url, SMTP_CONNECTIONS: String(CONNECTIONS) }, service);
  return (await danbi.until(/ready at (\S+)/))[1]!;
}

beforeAll(async () => {
  service = await oneFile();
  sink = await new SmtpSink({ delay: 25 }).start();
  dataDir = await mkdtemp(join(tmpdir(), 'danbi-crash-'));
  await chmod(dataDir, 0o755);
  let url = await start();
  const [, token] = await danbi.until(/token=(\S+)/);
  const person = { email: 'owner@example.org', name: 'Owner', password: 'correct horse battery staple', workspace: { name: 'Crash', timeZone: 'UTC', language: 'en' } };
  const { body } = await callApi<{ serverKey: string; writeKey: string }>(`${url}/v1/setup`, '', 'POST', { token, ...person });
  key = body.serverKey;
  target = { get url() { return url; }, writeKey: body.writeKey, api: (method, path, content) => callApi(`${url}${path}`, key, method, content) };
  await identifyPeople(target, PEOPLE);
  campaignId = await launchToAll(target);
  await dieAndLive(async () => { url = await start(); });
  await settled();
  verdict = judge(await states(), sink.read, sink.accepted);
}, Number(process.env.DANBI_KILL_MINUTES ?? 10) * 60_000);
afterAll(async () => {
  danbi.child.kill('SIGTERM');
  await danbi.ended;
  await sink.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Each time something was sent again, the database dies anew: alone, with Danbi left to bring it back, or both at once. */
async function dieAndLive(startAgain: () => Promise<void>): Promise<void> {
  const next = random(SEED);
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sending();
    await sleep(next() * 300);
    const victim = VICTIMS[kill % VICTIMS.length]!;
    await killDatabase(dataDir, victim === 'backend' ? 'backend' : 'server', next);
    if (victim === 'both') {
      danbi.child.kill('SIGKILL');
      await danbi.ended;
      await startAgain();
    }
    killed[victim] += 1;
  }
}

/** Resolves when the mail server has read something new. */
async function sending(): Promise<void> {
  const before = sink.read.length;
  for (const until = performance.now() + 60_000; sink.read.length === before; ) {
    if (performance.now() > until) throw new Error(`nothing was sent for a minute after ${JSON.stringify(killed)}`);
    await sleep(10);
  }
}

async function settled(): Promise<void> {
  sink.script = {};
  for (let open = 1; open > 0; ) {
    await sleep(500);
    const all = await states().catch(() => null);
    open = all === null ? 1 : PEOPLE - [...all.values()].filter((state) => state === 'sent' || state === 'uncertain').length;
  }
}

async function states(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let after = ''; ; ) {
    const { status, body } = await target.api('GET', `/v1/deliveries?campaignId=${campaignId}&limit=200${after && `&after=${encodeURIComponent(after)}`}`);
    if (status !== 200) throw new Error(`deliveries answered ${status}`);
    for (const { id, state } of body.items) found.set(id, state);
    if (!body.next) return found;
    after = body.next;
  }
}

describe(`a launch to ${PEOPLE} people, the database killed ${KILLS} times (seed ${SEED})`, () => {
  test('PostgreSQL really died in every way while messages were going out', () => {
    process.stdout.write(`kills of PostgreSQL: ${JSON.stringify(killed)}; ${JSON.stringify(verdict.states)}, ${sink.read.length} bodies read\n`);
    expect(killed.backend + killed.server + killed.both).toBe(KILLS);
  });

  test('lost = 0 and twice = 0; what is called sent was accepted, and the reverse', () => {
    expect(verdict).toMatchObject({ lost: [], twice: [], claimed: [], denied: [] });
    expect((verdict.states.sent ?? 0) + (verdict.states.uncertain ?? 0)).toBe(PEOPLE);
  });

  test('nothing is uncertain for a death of the database alone', () => {
    expect(verdict.states.uncertain ?? 0).toBeLessThanOrEqual(killed.both * CONNECTIONS);
  });
});
