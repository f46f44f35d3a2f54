import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { once } from 'node:events';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import type { StreamFrame } from '../../src/contract/visitor-wire.js';
import { newId } from '../../src/kernel/ids.js';
import { inTransaction } from '../../src/platform/database/db.js';
import { NEWS, recordNews, type News } from '../../src/people/store/news.store.js';
import { framesOf, eventText } from '../../src/visitors/stream/domain/frames.js';
import { isPosition } from '../../src/visitors/stream/domain/position.js';
import { Streams, MOST_A_PERSON } from '../../src/visitors/stream/streams.service.js';
import { MOST_UNSENT } from '../../src/visitors/stream/connection.js';
import { openTicket, sealTicket } from '../../src/visitors/stream/ticket-token.js';
import { StreamTickets, TICKET_MS } from '../../src/visitors/stream/tickets.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage } from '../support/campaign-definitions.js';
import { openStream, type StreamClient } from '../support/stream-client.js';
import { tamperedTokens } from '../support/tampering.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
const SHOP = 'https://shop.example';
let app: TestApp;
const open: StreamClient[] = [];

beforeAll(async () => { app = await startTestApp({ clock, env: { STREAM_CONNECTIONS: '400' } }); });
afterAll(async () => {
  for (const client of open) client.close();
  await app.close();
});

const ticketFor = (personId: string, more: { origin?: string | null; verified?: boolean } = {}) =>
  app.nest.get(StreamTickets, { strict: false }).issue({ personId, keyId: newId(), origin: SHOP, verified: true, ...more }, clock.now());
async function listen(ticket: string, headers: Record<string, string> = {}): Promise<StreamClient> {
  const client = await openStream(app.url, ticket, { origin: SHOP, ...headers });
  open.push(client);
  return client;
}
/** Says news as anybody does who commits some. */
async function say(...news: News[]): Promise<void> {
  await inTransaction(app.db, (tx) => recordNews(tx, news, clock.now()));
  app.runner.wake(NEWS);
}
async function refusal(query: string, headers: Record<string, string> = { origin: SHOP }): Promise<{ status: number; code: string; headers: Headers }> {
  const answer = await fetch(`${app.url}/v1/stream?${query}`, { headers });
  return { status: answer.status, code: ((await answer.json()) as { code: string }).code, headers: answer.headers };
}
/** A long poll: all it is answered, and the position it ends with. */
async function poll(query: string): Promise<{ type: string | null; data: unknown[]; i: string }> {
  const answer = await fetch(`${app.url}/v1/stream?${query}`, { headers: { origin: SHOP } });
  const text = await answer.text();
  const all = (name: string) => [...text.matchAll(new RegExp(`^${name}: (.*)$`, 'gm'))].map(([, value]) => value!);
  return { type: answer.headers.get('content-type'), data: all('data').map((one) => JSON.parse(one) as unknown), i: all('id').at(-1)! };
}
const tells = (delivery: string) => (frames: readonly StreamFrame[]) => frames.some((frame) => 'd' in frame && frame.d === delivery);
/** A second passes. */
const beat = () => (streams() as unknown as { beat(): void }).beat();
const streams = () => app.nest.get(Streams, { strict: false });

describe('a stream', () => {
  test('tells its person what is committed, once each, and nobody else', async () => {
    const [mina, ben] = [newId(), newId()];
    const [hers, his] = [await listen(await ticketFor(mina)), await listen(await ticketFor(ben))];
    expect([hers.status, hers.headers['content-type'], hers.headers['access-control-allow-origin'], hers.headers['cache-control']]).toEqual([200, 'text/event-stream; charset=utf-8', SHOP, 'no-store, no-transform']);
    const [first, second] = [newId(), newId()];
    await say({ personId: mina, kind: 'message', ref: first });
    expect(await hers.until((frames) => frames.length === 2)).toEqual([{ d: first }, { n: 0 }]);
    await say({ personId: mina, kind: 'gone', ref: first }, { personId: mina, kind: 'message', ref: second }, { personId: mina, kind: 'rules' }, { personId: mina, kind: 'rules' });
    expect((await hers.until((frames) => frames.length === 6)).slice(2)).toEqual([{ x: first }, { d: second }, { n: 0 }, { r: 1 }]);
    await say({ personId: ben, kind: 'rules' });
    expect(await his.until((frames) => frames.length === 1)).toEqual([{ r: 1 }]);
    expect(hers.frames).toHaveLength(6);
    expect(hers.retry).toBeGreaterThanOrEqual(1_000);
  });

  test('that may not read messages hears of rules alone', async () => {
    const person = newId();
    const client = await listen(await ticketFor(person, { verified: false }));
    await say({ personId: person, kind: 'message', ref: newId() }, { personId: person, kind: 'unread' }, { personId: person, kind: 'rules' });
    // A busy reader may hear of the same rules twice; of anything else it hears nothing.
    expect(new Set((await client.until((frames) => frames.length > 0)).map((frame) => JSON.stringify(frame)))).toEqual(new Set(['{"r":1}']));
    expect(client.text).not.toContain('"d"');
  });

  test('begins where its ticket was issued, and goes on where it was cut', async () => {
    const person = newId();
    const [before, between, after, away] = [newId(), newId(), newId(), newId()];
    await say({ personId: person, kind: 'message', ref: before });
    const ticket = await ticketFor(person);
    await say({ personId: person, kind: 'message', ref: between });
    const client = await listen(ticket);
    await client.until(tells(between));
    await say({ personId: person, kind: 'message', ref: after });
    await client.until((frames) => tells(after)(frames) && 'n' in frames.at(-1)!);
    client.close();
    await client.ended;
    await say({ personId: person, kind: 'message', ref: away });
    for (const again of [await listen(ticket, { 'last-event-id': client.lastId }), await listen(`${ticket}&i=${client.lastId}`)]) {
      expect(await again.until(tells(away))).not.toContainEqual({ d: after });
    }
  });

  test('hears of what was begun first and committed last', async () => {
    const person = newId();
    const client = await listen(await ticketFor(person));
    const [early, late] = [newId(), newId()];
    const slow = app.db.createQueryRunner();
    await slow.startTransaction();
    await recordNews(slow.manager, [{ personId: person, kind: 'message', ref: early }], clock.now());
    await say({ personId: person, kind: 'message', ref: late });
    await client.until((frames) => frames.length === 2);
    const cut = await listen(await ticketFor(person));
    await slow.commitTransaction();
    await slow.release();
    app.runner.wake(NEWS);
    const told = async (one: typeof client) => (await one.until((frames) => frames.some((frame) => 'd' in frame && frame.d === early))).filter((frame) => 'd' in frame && frame.d === early).length;
    expect(await told(client)).toBe(1);
    // Who joins while it is committed may be told twice, never not at all.
    expect(await told(cut)).toBeGreaterThan(0);
    const resumed = await listen(await ticketFor(person), { 'last-event-id': client.lastId });
    await say({ personId: person, kind: 'rules' });
    // What was committed late may be told once more, and nothing else.
    expect((await resumed.until((frames) => frames.some((frame) => 'r' in frame))).filter((frame) => !('r' in frame || ('d' in frame && frame.d === early)))).toEqual([]);
  });

  test('is refused without a good ticket, in words', async () => {
    const person = newId();
    const ticket = await ticketFor(person);
    expect(await refusal('')).toMatchObject({ status: 401, code: 'stream.bad-ticket' });
    expect(await refusal('t=abc')).toMatchObject({ status: 401, code: 'stream.bad-ticket' });
    for (const at of [3, 40, ticket.length - 2]) {
      const forged = `${ticket.slice(0, at)}${ticket[at] === 'A' ? 'B' : 'A'}${ticket.slice(at + 1)}`;
      expect(await refusal(`t=${forged}`)).toMatchObject({ status: 401, code: 'stream.bad-ticket' });
    }
    expect(await refusal(`t=${ticket}&t=${ticket}`)).toMatchObject({ status: 401 });
    expect(await refusal(`t=${ticket}`, { origin: 'https://thief.example' })).toMatchObject({ status: 403, code: 'origin_not_allowed' });
    expect(await refusal(`t=${ticket}`, { origin: SHOP, 'last-event-id': '5' })).toMatchObject({ status: 400, code: 'stream.bad-position' });
    expect(await refusal(`t=${ticket}&wait=90`)).toMatchObject({ status: 400, code: 'stream.bad-wait' });
    expect(await refusal(`t=${await ticketFor(person, { origin: null })}`)).toMatchObject({ status: 403 });
    clock.advance(TICKET_MS - 1);
    const good = await listen(ticket);
    expect(good.status).toBe(200);
    clock.advance(1);
    const expired = await refusal(`t=${ticket}`);
    expect([expired.status, expired.code, expired.headers.get('access-control-allow-origin')]).toEqual([401, 'stream.expired-ticket', SHOP]);
  });

  test('of a page of our own names no origin; HEAD and OPTIONS hold nothing open', async () => {
    const ticket = await ticketFor(newId());
    const own = await openStream(app.url, ticket);
    open.push(own);
    expect(own.status).toBe(200);
    const before = streams().size;
    const head = await fetch(`${app.url}/v1/stream?t=${ticket}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const options = await fetch(`${app.url}/v1/stream`, { method: 'OPTIONS', headers: { origin: SHOP } });
    expect([options.status, options.headers.get('access-control-allow-methods'), options.headers.get('access-control-allow-origin')]).toEqual([204, 'GET, HEAD, OPTIONS', SHOP]);
    expect(streams().size).toBe(before);
  });
});

describe('auto messages', () => {
  test('make a browser ask anew when its person comes into the audience or leaves it, and every browser when one is published or paused', async () => {
    const identify = async (plan: string) => {
      await fetch(`${app.url}/v1/identify`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, userId: 'mina', traits: { plan } }) });
      await app.runner.runUntilIdle();
    };
    await identify('free');
    const made = await app.api('POST', '/v1/campaigns', { name: 'Upgrade', definition: { ...autoMessage(), audience: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } } });
    const mina = (await app.api('GET', '/v1/people/external:mina')).body.id;
    const [hers, other] = [await listen(await ticketFor(mina)), await listen(await ticketFor(newId()))];
    await Promise.all([hers, other].map((page) => until(() => page.lastId !== '')));
    const all = async (times: number) => until(() => { beat(); return [hers, other].every((page) => page.frames.length >= times); });
    expect((await app.api('POST', `/v1/campaigns/${made.body.id}/publish`, {})).status).toBe(200);
    await app.runner.runUntilIdle();
    await all(1);
    await identify('trial');
    await hers.until((frames) => frames.length === 2);
    await identify('pro');
    await hers.until((frames) => frames.length === 3);
    expect(other.frames).toEqual([{ r: 1 }]);
    await app.api('POST', `/v1/campaigns/${made.body.id}/pause`, {});
    await until(() => { beat(); return other.frames.length === 2; });
    expect(hers.frames.every((frame) => 'r' in frame)).toBe(true);
  });
});

describe('a long poll', () => {
  test('is answered when there is news, and goes on where the last answer ended', async () => {
    const person = newId();
    const ticket = await ticketFor(person);
    const [first, second] = [newId(), newId()];
    await say({ personId: person, kind: 'message', ref: first });
    const at = await poll(`t=${ticket}&wait=25`);
    expect([at.type, at.data]).toEqual(['text/event-stream; charset=utf-8', [{ d: first }, { n: 0 }]]);
    const waiting = poll(`t=${ticket}&wait=25&i=${at.i}`);
    while (streams().size === 0 || !streams().has(person)) await new Promise((done) => { setTimeout(done, 5); });
    await say({ personId: person, kind: 'message', ref: second });
    expect((await waiting).data).toEqual([{ d: second }, { n: 0 }]);
    expect(await poll(`t=${ticket}&wait=1&i=${(await waiting).i}`)).toMatchObject({ data: [0] });
    expect(streams().has(person)).toBe(false);
  });
});

describe('limits', () => {
  test('of one person and of the process are told, and are free again', async () => {
    const person = newId();
    const ticket = await ticketFor(person);
    const mine = await Promise.all(Array.from({ length: MOST_A_PERSON }, () => listen(ticket)));
    const refused = await refusal(`t=${ticket}`);
    expect([refused.status, refused.code]).toEqual([429, 'stream.too-many']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    mine[0]!.close();
    await mine[0]!.ended;
    const more = await listen(ticket);
    expect(more.status).toBe(200);
  });

  test('three hundred pages are told at once; the four hundred and first is sent away', async () => {
    const people = Array.from({ length: 300 }, newId);
    const before = streams().size;
    const pages = await Promise.all(people.map(async (person) => listen(await ticketFor(person))));
    expect(streams().size).toBe(before + 300);
    // Of rules a page hears by the heartbeat as well; of a message that is gone only by what is said here.
    await say(...people.map((personId): News => ({ personId, kind: 'gone', ref: personId })));
    await Promise.all(pages.map((page, at) => page.until((frames) => frames.some((frame) => 'x' in frame && frame.x === people[at]))));
    const rest = await Promise.all(Array.from({ length: 400 - streams().size }, async () => listen(await ticketFor(newId()))));
    expect(await refusal(`t=${await ticketFor(newId())}`)).toMatchObject({ status: 503, code: 'stream.full' });
    for (const page of [...pages, ...rest]) page.close();
    await Promise.all([...pages, ...rest].map((page) => page.ended));
    await until(() => streams().size === before);
  });

  test('a reader who does not read is cut, and the others go on', async () => {
    const person = newId();
    const ticket = await ticketFor(person);
    const other = await listen(ticket);
    const slow = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(slow, 'connect');
    slow.pause();
    slow.write(`GET /v1/stream?t=${ticket} HTTP/1.1\r\nhost: x\r\n\r\n`);
    await until(() => streams().size > 0 && (streams() as unknown as { people: Map<string, unknown[]> }).people.get(person)?.length === 2);
    const news = Array.from({ length: 2_000 }, (): News => ({ personId: person, kind: 'gone', ref: newId() }));
    const pages = () => (streams() as unknown as { people: Map<string, unknown[]> }).people.get(person)!.length;
    let told = 0;
    for (; pages() === 2 && told < 400; told += 1) {
      await say(...news);
      await other.until((frames) => frames.length >= (told + 1) * 2_001);
    }
    expect(pages()).toBe(1);
    expect(told * 2_000 * 80).toBeGreaterThan(MOST_UNSENT);
    await say({ personId: person, kind: 'rules' });
    await other.until((frames) => 'r' in frames.at(-1)!);
    slow.destroy();
  });
});

describe('the heartbeat', () => {
  test('reaches everybody within twenty beats, and carries rules for all', async () => {
    const client = await listen(await ticketFor(newId()));
    await until(() => client.lastId !== '');
    const beats = client.beats;
    for (let second = 0; second < 20; second += 1) beat();
    await until(() => client.beats > beats);
    await say({ personId: null, kind: 'rules' });
    // Once the news is read, twenty beats tell everybody; more of them tell nobody again.
    await until(() => { beat(); return client.frames.length > 0; });
    const heard = client.beats;
    await until(() => { beat(); return client.beats > heard + 2; });
    expect(client.frames).toEqual([{ r: 1 }]);
  });

  test('tells every page to boot again when the site settings are saved, and not when they are refused', async () => {
    const client = await listen(await ticketFor(newId()));
    const told = async () => (await app.db.query('select n.kind from person_news as n where n.person_id is null')).length as number;
    const before = await told();
    expect((await app.api('PUT', '/v1/site-settings', { idleSeconds: 'many' })).status).toBe(400);
    expect(await told()).toBe(before);
    expect((await app.api('PUT', '/v1/site-settings', { off: true })).status).toBe(200);
    expect(await told()).toBe(before + 1);
    await until(() => { beat(); return client.frames.length > 0; });
    expect(client.frames).toEqual([{ r: 1 }]);
    // What the page asks for then is what was saved.
    expect(await (await fetch(`${app.url}/v1/boot?k=${app.writeKey}&a=browser`)).json()).toEqual({ off: 1, e: expect.any(String) });
    await app.api('PUT', '/v1/site-settings', {});
  });
});

describe('tickets and frames', () => {
  test('of a retired key are void, of an older one are good', async () => {
    const keys = app.nest.get(LinkKeys, { strict: false });
    const ticket = await ticketFor(newId());
    const [old] = await keys.list();
    await app.api('POST', '/v1/signing-keys', {});
    expect((await listen(ticket)).status).toBe(200);
    await app.api('DELETE', `/v1/signing-keys/${old!.id}`);
    expect(await refusal(`t=${ticket}`)).toMatchObject({ status: 401 });
  });

  test('say what they were made of and stay short', () => {
    const ticket = { personId: newId(), keyId: newId(), origin: Buffer.from('12345678'), verified: true, expiresAt: Date.now(), position: '812:815:812,813' };
    const secret = Buffer.alloc(32, 7);
    expect(openTicket([Buffer.alloc(32, 1), secret], sealTicket(secret, ticket))).toEqual(ticket);
    expect(sealTicket(secret, ticket).length).toBeLessThan(200);
    const frames = framesOf([{ personId: 'p', kind: 'message', ref: newId() }], { reads: true }, 3);
    expect(eventText(frames, ticket.position).length).toBeLessThan(1_024);
    expect(eventText(frames, 'X').match(/^id: X$/gm)).toHaveLength(1);
  });

  test.each(['8:8:', '8:8:8', '8:9:88', '8:9:888'])('have one spelling, whatever their length: %s', (position) => {
    const secret = Buffer.alloc(32, 7);
    const token = sealTicket(secret, { personId: newId(), keyId: newId(), origin: null, verified: true, expiresAt: Date.now(), position });
    const opens = (text: string) => openTicket([secret], text) !== null;
    expect(opens(token)).toBe(true);
    expect([...tamperedTokens(token), ...['Q', 'g', 'w', '_'].map((end) => [`ends with ${end}`, token.slice(0, -1) + end] as const)].filter(([, changed]) => changed !== token && opens(changed)).map(([what]) => what)).toEqual([]);
  });

  test.each([['1:1:', true], ['5:9:5,7', true], ['9:5:', false], ['5:9:9', false], ['5:9:7,6', false], ['0:3:', false], ['5:9', false], ["5:9:';drop", false], [`1:${'9'.repeat(19)}:`, false], ['', false]])('position %s is %s', async (text, good) => {
    expect(isPosition(text)).toBe(good);
    if (good) await app.db.query('select $1::pg_snapshot', [text]);
  });
});

async function until(fits: () => boolean): Promise<void> {
  for (let waited = 0; !fits(); waited += 10) {
    if (waited > 10_000) throw new Error('waited in vain');
    await new Promise((done) => { setTimeout(done, 10); });
  }
}
