import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';
import { oneFile } from '../support/one-file.js';
import { spawnDanbi } from '../support/process.js';
import { random } from '../story/world.js';

/** In CI two; a hundred at night. Each kill needs some pages of its own, of which a launch takes 2,000 people each. */
const KILLS = process.env.DANBI_KILLS === undefined ? 2 : 100;
const PEOPLE = KILLS === 2 ? 6_000 : 60_000;
const SEED = Number(process.env.DANBI_KILL_SEED ?? Date.now() % 1_000_000);
const next = random(SEED);
const DAY = 86_400_000;

let app: TestApp;
let service: string;

const ok = async <T = any>(method: string, path: string, body?: unknown): Promise<T> => { // eslint-disable-line typescript/no-explicit-any -- answers are examined by the test
  const answer = await app.api(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as T;
};

beforeAll(async () => {
  service = await oneFile();
  app = await startTestApp();
  const now = Date.now();
  for (let from = 0; from < PEOPLE; from += 1_000) {
    // Half a day from every boundary of the course, so that it is the same whenever a process gets to it.
    const batch = Array.from({ length: 1_000 }, (_, index) => ({ type: 'track', event: 'Trial started', userId: `p-${from + index}`, messageId: `e-${from + index}`, timestamp: new Date(now - ((from + index) % 12 + 0.5) * DAY).toISOString() }));
    const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch }) });
    if (!answer.ok) throw new Error(`refused: ${answer.status} ${await answer.text()}`);
  }
  await app.runner.runUntilIdle();
}, 600_000);
afterAll(() => app.close());

const message = (id: string, to: string | null) => inApp(id, { next: to, topic: 'account' });
const wait = (id: string, days: number, to: string) => ({ id, type: 'wait', for: { days }, next: to });

/** A course of eight days over whoever began it in the last ten; it starts at once. */
const publish = async (name: string): Promise<string> => {
  const { id } = await ok('POST', '/v1/campaigns', { name, definition: series({
    entry: { type: 'event', event: 'Trial started', take: 'current_and_future', lookBack: { days: 10 } }, start: 'welcome', pacing: { class: 'important' },
    steps: [message('welcome', 'three'), wait('three', 3, 'tips'), message('tips', 'until'), { id: 'until', type: 'wait_until', condition: { type: 'event', event: 'Trial started', count: { op: 'at_least', value: 1 }, within: { days: 2 } }, timeout: { days: 2 }, next: 'last', onTimeout: 'pause' }, wait('pause', 1, 'last'), message('last', null)],
  }) });
  await ok('POST', `/v1/campaigns/${id}/publish`);
  return id;
};

/** All that a launch leaves of its people, but for ids and for the moments at which it came to them. */
const ledger = (id: string): Promise<{ line: string }[]> => rows(app.db, `
  select l.line from (
    select concat_ws(' ', p.external_id, 'run', e.state, e.step_id, e.entry ->> 'at', case when e.state = 'active' then e.due_at end) as line from enrollment as e join person as p on p.id = e.person_id where e.campaign_id = $1
    union all select concat_ws(' ', p.external_id, 'visit', v.step_id, v.outcome) from step_visit as v join person as p on p.id = v.person_id where v.campaign_id = $1
    union all select concat_ws(' ', p.external_id, 'decision', d.stage, d.step_id, d.code, d.facts ->> 'wasDueAt') from decision as d join person as p on p.id = d.person_id where d.campaign_id = $1
    union all select concat_ws(' ', p.external_id, 'delivery', d.step_id, d.variant, d.state, d.reason) from delivery as d join person as p on p.id = d.person_id where d.campaign_id = $1
    union all select concat_ws(' ', p.external_id, 'given', a.variant) from assignment as a join person as p on p.id = a.person_id where a.campaign_id = $1) as l order by l.line`, [id]);

const taken = async (id: string): Promise<number> => (await row<{ count: number }>(app.db, 'select count(*)::int as count from enrollment as e where e.campaign_id = $1', [id]))!.count;
const isOpen = async (id: string): Promise<boolean> => (await row<{ open: boolean }>(app.db, `
  select exists (select from launch as l where l.campaign_id = $1 and l.state in ('waiting', 'running')) or exists (select from delivery as d where d.campaign_id = $1 and d.state in ('queued', 'sending')) as open`, [id]))!.open;

test(`a launch that looks back leaves the same ledger when its process is killed in the middle of it (seed ${SEED})`, async () => {
  const whole = await publish('Unharmed');
  await app.runner.runUntilIdle();
  const expected = await ledger(whole);
  const id = await publish('Killed');
  const env = { PORT: '0', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, DATABASE_POOL: '6' };
  const stood: number[] = [];
  for (let kill = 0; kill < KILLS && (await isOpen(id)); kill += 1) {
    const danbi = spawnDanbi(env, service);
    const before = await taken(id);
    await danbi.until(/ready at/);
    // One in two as soon as another page is in, so that the kill falls into the next one; the others wherever it is.
    if (kill % 2 === 0) while ((await taken(id)) === before && (await isOpen(id))) await sleep(2);
    await sleep(next() * 150);
    danbi.child.kill('SIGKILL');
    await danbi.ended;
    stood.push(await taken(id));
  }
  const last = spawnDanbi(env, service);
  await last.until(/ready at/);
  while (await isOpen(id)) await sleep(100);
  last.child.kill('SIGTERM');
  await last.ended;
  process.stdout.write(`killed with so many of ${expected.filter(({ line }) => line.includes(' run ')).length} runs: ${stood.join(', ')}\n`);
  expect(stood.length).toBeGreaterThan(0);
  expect(expected.length).toBeGreaterThan(PEOPLE);
  expect(await ledger(id)).toEqual(expected);
}, 3_600_000);
