import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AckAnswer } from '../../src/contract/visitor-wire.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage } from '../support/campaign-definitions.js';
import { Browser, claimTogether, post, publishAuto, reconciled } from '../support/displays.js';
import { oneFile } from '../support/one-file.js';
import { spawnDanbi, type DanbiProcess } from '../support/process.js';

const LEASE_MS = 15_000;
let app: TestApp;
let dataDir: string;
const processes: DanbiProcess[] = [];

/** One more process over the same database. */
async function start(): Promise<{ danbi: DanbiProcess; url: string }> {
  const danbi = spawnDanbi({ PORT: '0', DATABASE_URL: app.databaseUrl, DATA_DIR: dataDir, DATABASE_POOL: '6' }, await oneFile());
  processes.push(danbi);
  return { danbi, url: (await danbi.until(/ready at (\S+)/))[1]! };
}

beforeAll(async () => {
  app = await startTestApp();
  dataDir = await mkdtemp(join(tmpdir(), 'danbi-displays-'));
  await app.api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: false } } });
});
afterAll(async () => {
  for (const { child } of processes) child.kill('SIGTERM');
  await Promise.all(processes.map(({ ended }) => ended));
  await app.close();
  await rm(dataDir, { recursive: true, force: true });
});

const shownOf = async (id: string) => (await row<{ shown: number; people: number }>(app.db, `
  select count(*)::int as shown, count(distinct d.person_id)::int as people from delivery as d where d.campaign_id = $1 and d.state = 'delivered'`, [id]))!;

test('a cap of 100 and 1,000 claims at once over three processes: exactly 100 are displayed', async () => {
  const id = await publishAuto(app, autoMessage({ display: { cap: 100 } }));
  const urls = [app.url, (await start()).url, (await start()).url];
  const visitors = Array.from({ length: 1_000 }, (_, index) => new Browser(urls[index % urls.length]!, app.writeKey, `crowd-${index}`));
  // Each browser confirms what it was granted, as browsers do. On a slow machine a lease may end before: then its slot is another's.
  const { answers, underWay } = await claimTogether(visitors, id);
  expect(underWay).toBe(1_000);
  const outcomes = await Promise.all(answers.map(async (answered, index) => {
    const claim = await answered;
    return claim.ok === 0 ? claim.why : (await visitors[index]!.ack(claim.key, 'shown')).ok === 1 ? 'shown' : 'taken away';
  }));
  expect(outcomes.filter((outcome) => outcome === 'shown')).toHaveLength(100);
  expect(await shownOf(id)).toEqual({ shown: 100, people: 100 });
  expect([...new Set(outcomes)].filter((outcome) => !['shown', 'taken away', 'CAP_DEFERRED', 'CAP_DROPPED'].includes(outcome))).toEqual([]);
  // Whoever had to wait for a lease to end asks again: all are confirmed now, so there is nothing to wait for.
  expect(await visitors[outcomes.findIndex((outcome) => outcome !== 'shown')]!.claim(id)).toMatchObject({ ok: 0, why: 'CAP_DROPPED' });
  expect(await row(app.db, 'select t.taken::int from display_tally as t where t.campaign_id = $1', [id])).toEqual({ taken: 100 });
  expect((await reconciled(app, id)).entry).toMatchObject({ entered: 100 });
}, 600_000);

test('killed between claims and acks, and in the middle of them: nothing is displayed twice, and slots that nobody confirms come back', async () => {
  const CAP = 40;
  const id = await publishAuto(app, autoMessage({ display: { cap: CAP } }));
  const victim = await start();
  const visitors = Array.from({ length: CAP }, (_, index) => new Browser(victim.url, app.writeKey, `victim-${index}`));
  const claims = await Promise.all(visitors.map((visitor) => visitor.claim(id)));
  expect(claims.every(({ ok }) => ok === 1)).toBe(true);
  const claimedAt = performance.now();
  // Three quarters say that they displayed it, some of them while the process dies; the others never do.
  const saying = visitors.slice(0, (CAP * 3) / 4);
  const heard = saying.map((visitor, index) => visitor.ack(claims[index]!.key, 'shown').then(({ ok }) => ok === 1, () => false));
  await Promise.race(heard);
  victim.danbi.child.kill('SIGKILL');
  await victim.danbi.ended;
  const before = (await Promise.all(heard)).filter(Boolean).length;
  expect(before).toBeGreaterThan(0);
  expect((await shownOf(id)).shown).toBeGreaterThanOrEqual(before);
  // Browsers say it again to whoever answers now.
  const { url } = await start();
  const again = await Promise.all(saying.map((visitor, index) => post<AckAnswer>(url, '/v1/ack', { k: app.writeKey, a: visitor.id, c: claims[index]!.key, do: 'shown' })));
  expect(again.every(({ status, body }) => status === 200 && body.ok === 1)).toBe(true);
  expect(await shownOf(id)).toEqual({ shown: saying.length, people: saying.length });
  const late = Array.from({ length: CAP }, (_, index) => new Browser(url, app.writeKey, `late-${index}`));
  await sleep(Math.max(0, LEASE_MS + 500 - (performance.now() - claimedAt)));
  const more = await Promise.all(late.map(async (visitor) => ({ visitor, claim: await visitor.claim(id) })));
  const granted = more.filter(({ claim }) => claim.ok === 1);
  expect(granted).toHaveLength(CAP - saying.length);
  await Promise.all(granted.map(({ visitor, claim }) => visitor.ack(claim.key, 'shown')));
  expect(await shownOf(id)).toEqual({ shown: CAP, people: CAP });
  expect(await rows(app.db, `select 1 from delivery_event as e join delivery as d on d.id = e.delivery_id where d.campaign_id = $1 and e.kind = 'impression'`, [id])).toHaveLength(CAP);
  expect((await new Browser(url, app.writeKey, `one-more-${randomUUID()}`).claim(id)).ok).toBe(0);
  await reconciled(app, id);
}, 600_000);
