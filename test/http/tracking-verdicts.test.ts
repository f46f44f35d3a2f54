import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { request } from 'node:http';
import { v7 } from 'uuid';
import type { MessageLinks } from '../../src/delivery/content/compiled.js';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { VerdictReviews } from '../../src/delivery/tracking/reviews.service.js';
import { moveToSurvivors } from '../../src/campaigns/store/people-moves.store.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const BROWSER = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36', 'accept-language': 'ko-KR' };
const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let message: Message;

interface Message { deliveryId: string; personId: string; links: MessageLinks }

async function send(personId = v7()): Promise<Message> {
  const deliveryId = v7();
  await app.db.query(`insert into person (id, kind, email, first_seen_at, last_seen_at, created_at, updated_at) values ($1, 'user', $2, $3, $3, $3, $3) on conflict do nothing`, [personId, `${personId}@example.org`, clock.now()]);
  await app.db.query(`
    insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, topic, state, due_at, queued_at, sent_at)
    values ($1, $2, $3, $3, 's', $3, 'email', 'a', 'product-updates', 'sent', $4, $4, $4)`, [deliveryId, personId, v7(), clock.now()]);
  return { deliveryId, personId, links: (await app.nest.get(LinkKeys, { strict: false }).signer()).forMessage(deliveryId, personId) };
}

beforeAll(async () => { app = await startTestApp({ clock, env: { LINK_REQUESTS_PER_MINUTE: '0' } }); });
afterAll(() => app.close());
beforeEach(async () => {
  clock.advance(3_600_000);
  message = await send();
  clock.advance(60_000);
});

/** Without the helpfulness of fetch, which names a language by itself. */
const call = (url: string, headers: Record<string, string> = BROWSER, to = app.url) => new Promise<{ status: number; location: string | undefined; body: string }>((resolve, reject) => {
  request(to + new URL(url).pathname, { headers }, (answer) => {
    let body = '';
    answer.setEncoding('latin1').on('data', (chunk: string) => { body += chunk; }).on('end', () => resolve({ status: answer.statusCode!, location: answer.headers.location, body: Buffer.from(body, 'latin1').toString() }));
  }).on('error', reject).end();
});
const click = (link: number, { links } = message, headers?: Record<string, string>) => call(links.click(link, `https://shop.example/${link}`), headers);
interface EventView { kind: string; verdict: string; evidence: { reasons: string[] }; inWords: { en: string; ko: string } | null }
const events = async ({ deliveryId } = message) => (await app.api<{ events: EventView[] }>('GET', `/v1/deliveries/${deliveryId}`)).body.events;
const verdicts = async (of = message) => (await events(of)).map(({ kind, verdict, evidence }) => [kind, verdict, evidence.reasons.join()]);

test('whoever follows the hidden link is a machine, with all it did within a minute before and after', async () => {
  await click(0);
  clock.advance(1_000);
  const other = await send();
  await call(message.links.open());
  await call(other.links.open());
  clock.advance(58_000);
  const hit = await call(message.links.honeypot());
  expect([hit.status, hit.location, hit.body.includes('사람을 위한 링크가 아닙니다')]).toEqual([200, undefined, true]);
  clock.advance(60_000);
  await call(message.links.open());
  clock.advance(1);
  await call(message.links.open());
  expect(await verdicts()).toEqual([
    ['click', 'machine', 'honeypot'], ['open', 'machine', 'honeypot'], ['honeypot', 'machine', 'honeypot'], ['open', 'machine', 'honeypot'], ['open', 'human', ''],
  ]);
  expect((await verdicts(other))[0]).toEqual(['open', 'human', '']);
  expect((await events())[0]!.inWords).toEqual({ en: 'Counted as a machine: the same network followed a link that people cannot see.', ko: '기계로 집계: 같은 네트워크에서 사람에게 보이지 않는 링크를 열었습니다.' });
});

test('hits on the hidden link beside many opens leave none of them a person’s', async () => {
  await Promise.all([...Array.from({ length: 60 }, () => call(message.links.open())), call(message.links.honeypot()), ...Array.from({ length: 60 }, () => call(message.links.open()))]);
  const found = await verdicts();
  expect([found.length, found.filter(([, verdict]) => verdict !== 'machine')]).toEqual([121, []]);
});

test('once the proxy of Apple loaded a message of somebody, later opens of theirs settle nothing', async () => {
  await call(message.links.open());
  clock.advance(1_000);
  const second = await send(message.personId);
  clock.advance(30_000);
  await call(second.links.open(), { 'user-agent': 'Mozilla/5.0' });
  clock.advance(1_000);
  await call(second.links.open());
  await call(message.links.open());
  await click(0);
  expect(await verdicts()).toEqual([['open', 'human', ''], ['open', 'unknown', 'mpp-recipient'], ['click', 'human', '']]);
  expect(await verdicts(second)).toEqual([['open', 'machine', 'apple-mpp'], ['open', 'unknown', 'mpp-recipient']]);
});

test('one address that follows links of ten messages in ten seconds is a machine’s, through whichever process', async () => {
  const second = await startSecond();
  try {
    const messages = await Promise.all(Array.from({ length: 11 }, () => send()));
    clock.advance(60_000);
    for (const [index, { links }] of messages.entries()) {
      await call(links.click(0, 'https://shop.example/'), BROWSER, index % 2 === 0 ? app.url : second.url);
      if (index === 8) expect(await verdicts(messages[0])).toEqual([['click', 'human', '']]);
      clock.advance(500);
    }
    expect(await Promise.all(messages.map(async (each) => (await verdicts(each))[0]))).toEqual(messages.map(() => ['click', 'machine', 'many-people']));
  } finally {
    await second.close();
  }
});

async function startSecond(env: NodeJS.ProcessEnv = {}) {
  const { startApp } = await import('../../src/app.js');
  const { readConfig } = await import('../../src/platform/config.js');
  return startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', DATA_DIR: app.dataDir, DATABASE_POOL: '4', ...env }), databaseUrl: app.databaseUrl, clock, workers: 'manual' });
}

test('a list of scanner networks is taken whole or not at all, and tells who is behind a click at once', async () => {
  const put = (list: string) => app.api('PUT', '/v1/scanner-networks', { list });
  const refused = await put('127.0.0.0/8\nnonsense\n10.0.0.0/40');
  expect([refused.status, refused.body.code, refused.body.message, refused.body.problems.map(({ path }: { path: string }) => path)]).toEqual([400, 'scanner-networks.invalid', expect.stringContaining('Line 2'), ['list.2', 'list.3']]);
  expect((await app.api('GET', '/v1/scanner-networks')).body).toEqual({ items: [], next: null });
  const { 'accept-language': _, ...silent } = BROWSER;
  await click(0, message, silent);
  expect((await put('127.0.0.0/8 # loopback\n2001:db8::/32\n10.1.2.3')).body).toEqual({ added: 3, removed: 0, kept: 0 });
  clock.advance(10_000);
  await click(1, message, silent);
  await click(1);
  expect(await verdicts()).toEqual([['click', 'human', 'no-language'], ['click', 'machine', 'scanner,no-language'], ['click', 'human', 'scanner']]);
  const page = (await app.api('GET', '/v1/scanner-networks?limit=2')).body;
  expect(page.items).toEqual([{ network: '10.1.2.3/32', note: '', addedAt: expect.any(String) }, { network: '127.0.0.0/8', note: 'loopback', addedAt: expect.any(String) }]);
  expect((await app.api('GET', `/v1/scanner-networks?limit=2&after=${page.next}`)).body.items.map(({ network }: { network: string }) => network)).toEqual(['2001:db8::/32']);
  expect((await put('127.0.0.0/8')).body).toEqual({ added: 0, removed: 2, kept: 1 });
  expect((await put('')).body).toEqual({ added: 0, removed: 1, kept: 0 });
  expect((await app.db.query(`select count(*)::int as count from audit_entry as a where a.action = 'scanner-networks.replace'`))[0].count).toBe(3);
});

test('a review judges a period again by the list of today, changes nothing else, and what it changes is announced', async () => {
  const before = await send();
  clock.advance(60_000);
  const { 'accept-language': _, ...silent } = BROWSER;
  await click(0, before, silent);
  clock.advance(3_600_000);
  const from = clock.now();
  await click(0, message, silent);
  await click(1);
  await call(message.links.open());
  for (const link of [0, 1, 2]) await call(before.links.click(link, 'https://shop.example/'));
  await app.api('PUT', '/v1/scanner-networks', { list: '127.0.0.0/16' });
  await app.db.query(`insert into change_reader (key) values ('campaign') on conflict do nothing`);
  await app.db.query('delete from person_change');
  clock.advance(3_600_000);
  const review = await app.api('POST', '/v1/verdict-reviews', { from: from.toISOString(), until: clock.now().toISOString() });
  expect([review.status, review.body]).toMatchObject([202, { state: 'waiting', examined: 0, changed: 0, reachedAt: from.toISOString() }]);
  const reviews = app.nest.get(VerdictReviews, { strict: false });
  expect([await reviews.step(), await reviews.step(), await reviews.step()]).toEqual([6, 0, null]);
  expect(await verdicts()).toEqual([['click', 'machine', 'scanner,no-language'], ['click', 'human', 'scanner'], ['open', 'human', '']]);
  expect(await verdicts(before)).toEqual([['click', 'human', 'no-language'], ...[0, 1, 2].map(() => ['click', 'machine', 'scanner,burst'])]);
  const done = (await app.api('GET', `/v1/verdict-reviews/${review.body.id}`)).body;
  expect(done).toMatchObject({ state: 'done', examined: 6, changed: 5, finishedAt: clock.now().toISOString() });
  expect((await app.api('GET', '/v1/verdict-reviews')).body.items).toEqual([done]);
  const announced = await app.db.query(`select c.person_ids as people from person_change as c where 'campaign' = any(c.other_keys)`) as { people: string[] }[];
  expect(announced.flatMap(({ people }) => people)).toEqual([message.personId]);
  // Taken off the list again, everything is as before.
  await app.api('PUT', '/v1/scanner-networks', { list: '' });
  await app.api('POST', '/v1/verdict-reviews', { from: from.toISOString(), until: clock.now().toISOString() });
  await app.runner.runUntilIdle();
  expect((await verdicts())[0]).toEqual(['click', 'human', 'no-language']);
  expect((await app.api('POST', '/v1/verdict-reviews', { from: from.toISOString(), until: from.toISOString() })).body.code).toBe('verdict-review.period');
  expect((await app.api('GET', `/v1/verdict-reviews/${v7()}`)).status).toBe(404);
});

test('a review of many steps looks at every open once', async () => {
  const from = clock.now();
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(Array.from({ length: 400 }, () => call(message.links.open())));
    if (round > 0) clock.advance(7);
  }
  await app.db.query(`update delivery_event as e set verdict = 'machine', evidence = jsonb_set(e.evidence, '{reasons}', '["bot"]') where e.delivery_id = $1`, [message.deliveryId]);
  const { body: { id } } = await app.api('POST', '/v1/verdict-reviews', { from: from.toISOString(), until: new Date(clock.now().getTime() + 1).toISOString() });
  await app.runner.runUntilIdle();
  expect((await app.api('GET', `/v1/verdict-reviews/${id}`)).body).toMatchObject({ state: 'done', changed: 1_200 });
  expect(new Set((await verdicts()).map(String))).toEqual(new Set(['open,human,']));
});

test('a click that comes while its person becomes part of another is the survivor’s', async () => {
  const survivor = await send();
  clock.advance(60_000);
  let done: Promise<unknown> = Promise.resolve();
  await app.db.transaction(async (tx) => {
    await moveToSurvivors(tx, [{ from: message.personId, into: survivor.personId }], clock.now());
    done = click(0);
    // The click has to wait for what is being moved.
    await expect(Promise.race([done.then(() => 'answered'), new Promise((waited) => { setTimeout(waited, 300, 'waiting'); })])).resolves.toBe('waiting');
  });
  await done;
  expect(await app.db.query('select e.person_id as id from delivery_event as e where e.delivery_id = $1', [message.deliveryId])).toEqual([{ id: survivor.personId }]);
});

test('behind a proxy of ours the address is the one it names; nobody else is believed', async () => {
  const behind = await startSecond({ TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' });
  try {
    const forwarded = { ...BROWSER, 'x-forwarded-for': '198.51.100.9, 10.3.2.1' };
    await call(message.links.open(), forwarded, behind.url);
    clock.advance(1_000);
    await call(message.links.open(), forwarded);
    expect((await app.db.query(`select e.evidence ->> 'network' as network from delivery_event as e where e.delivery_id = $1 order by e.at`, [message.deliveryId])) as unknown).toEqual([{ network: '198.51.100.0/24' }, { network: '127.0.0.0/24' }]);
    const { readConfig } = await import('../../src/platform/config.js');
    expect(() => readConfig({ TRUSTED_PROXIES: 'everybody' })).toThrow('TRUSTED_PROXIES');
  } finally {
    await behind.close();
  }
});
