import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { runningEmbedded } from '../../src/platform/database/embedded.js';
import { callApi } from '../support/app.js';
import { identifyPeople, launchToAll, type Target } from '../support/crash/launch.js';
import { spawnDanbi } from '../support/process.js';
import { SmtpSink } from '../support/smtp-sink.js';

const git = (...args: string[]): string => {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // No history here, or no such name: there is nothing to upgrade from then.
    return '';
  }
};
/** The release before: what is asked for, else the last tag, else what landed last. Empty: nothing of it is known here. */
const FROM = [process.env.DANBI_UPGRADE_FROM ?? '', git('describe', '--tags', '--abbrev=0'), 'origin/main'].map((name) => (name === '' ? '' : git('rev-parse', '--verify', '--quiet', `${name}^{commit}`))).find((found) => found !== '') ?? '';
const isWanted = process.env.DANBI_UPGRADE === '1' && FROM !== '';
if (process.env.DANBI_UPGRADE === '1' && !isWanted) process.stdout.write('no release to upgrade from is known here: set DANBI_UPGRADE_FROM, or fetch tags\n');
const PEOPLE = 200;

/** Builds the release before beside this one, with the packages of this one. @returns its program */
function buildOld(folder: string): string {
  execFileSync('sh', ['-c', `git archive ${FROM} | tar x -C "${folder}"`]);
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { cwd: folder, stdio: 'inherit' });
  execFileSync(process.execPath, ['scripts/copy-assets.mjs'], { cwd: folder });
  const built = process.env.DANBI_TEST_MAIN === undefined ? resolve('dist') : resolve(process.env.DANBI_TEST_MAIN, '../..');
  for (const part of ['web', 'sdk']) if (existsSync(join(built, part))) cpSync(join(built, part), join(folder, 'dist', part), { recursive: true });
  return join(folder, 'dist/src/main.js');
}

/** `npm run nightly -- upgrade`. The old code goes on while the new one migrates, takes people and sends beside it, and then goes. */
(isWanted ? test : test.skip)('the release before works on the new schema, with traffic, until it is replaced; nothing is lost and nothing goes twice', async () => {
  const root = mkdtempSync(join(tmpdir(), 'danbi-upgrade-'));
  chmodSync(root, 0o755);
  const [source, data, second] = ['source', 'data', 'second'].map((name) => join(root, name)) as [string, string, string];
  for (const folder of [source, data, second]) mkdirSync(folder, { mode: 0o755 });
  const sink = await new SmtpSink({ delay: 40 }).start();
  const old = spawnDanbi({ PORT: '0', DATA_DIR: data, SMTP_URL: sink.url, SMTP_CONNECTIONS: '2' }, buildOld(source));
  const url = (await old.until(/ready at (\S+)/))[1]!;
  const [, token] = await old.until(/token=(\S+)/);
  const { body } = await callApi<{ serverKey: string; writeKey: string }>(`${url}/v1/setup`, '', 'POST', { token, email: 'owner@example.org', name: 'Owner', password: 'correct horse battery staple', workspace: { name: 'Upgrade', timeZone: 'UTC', language: 'en' } });
  const target = (base: string): Target => ({ url: base, writeKey: body.writeKey, api: (method, path, content) => callApi(`${base}${path}`, body.serverKey, method, content) });
  const client = new pg.Client({ connectionString: await runningEmbedded(data) });
  await client.connect();
  const migrated = async () => (await client.query<{ n: number }>('select count(*)::int as n from migration')).rows[0]!.n;
  await identifyPeople(target(url), PEOPLE);
  const first = await launchToAll(target(url));
  const before = await migrated();

  // Its database, seen by the new release as that of somebody else.
  const young = spawnDanbi({ PORT: '0', DATA_DIR: second, DATABASE_URL: await runningEmbedded(data), SMTP_URL: sink.url, SMTP_CONNECTIONS: '2', DATABASE_POOL: '6' });
  const [refused, answered] = [[] as number[], [] as number[]];
  const state = { isUp: false };
  const traffic = (async () => {
    for (let n = 0; !state.isUp || n < 20; n += 1) {
      const answer = await fetch(`${url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: body.writeKey, batch: [{ type: 'track', userId: `p-${n % PEOPLE}`, event: 'Order', messageId: `o-${n}`, properties: { total: n } }] }) });
      (answer.ok ? answered : refused).push(n);
      const read = await callApi(`${url}/v1/campaigns/${first}/results`, body.serverKey, 'GET');
      if (read.status !== 200) refused.push(n);
      await sleep(20);
    }
  })();
  const here = (await young.until(/ready at (\S+)/))[1]!;
  state.isUp = true;
  await traffic;
  expect(await migrated()).toBeGreaterThan(before);
  expect(refused).toEqual([]);
  // Each makes a launch of its own, on the schema they share.
  const launches = [first];
  for (const [base, name] of [[url, 'old'], [here, 'new']] as const) {
    const segment = (await target(base).api('POST', '/v1/segments', { name, definition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } })).body.id;
    const content = { subject: name, body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>' };
    const made = await target(base).api('POST', '/v1/campaigns', { name, definition: { type: 'broadcast', segmentId: segment, message: { id: 'message', type: 'message', channel: 'email', variants: [{ key: 'A', content }] } } });
    expect((await target(base).api('POST', `/v1/campaigns/${made.body.id}/publish`, {})).status).toBe(200);
    launches.push(made.body.id);
  }
  const sent = async () => (await client.query<{ n: number }>(`select count(*)::int as n from delivery where state = 'sent' and campaign_id = any($1)`, [launches])).rows[0]!.n;
  while ((await sent()) < launches.length * PEOPLE) await sleep(250);
  expect(sink.accepted).toHaveLength(launches.length * PEOPLE);
  expect((await client.query<{ n: number }>(`select count(*)::int as n from event where name = 'Order'`)).rows[0]!.n).toBe(answered.length);
  await client.end();
  for (const process of [young, old]) {
    process.child.kill('SIGTERM');
    expect((await process.ended).code).toBe(0);
  }
  await sink.stop();
  rmSync(root, { recursive: true, force: true });
  globalThis.process.stdout.write(`upgraded from ${FROM.slice(0, 8)} with traffic: ${answered.length} requests answered, none refused; ${sink.accepted.length} messages, none twice\n`);
}, 20 * 60_000);
