import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { tokenSigner, type LinkKind } from '../../src/delivery/tracking/link-token.js';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { StreamTickets } from '../../src/visitors/stream/tickets.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { makePeople, makePlace, queue } from '../support/deliveries.js';
import { ask, everything, flips, notRefused, tamperedHex, tamperedTokens, type Asked, type Changed, type Said } from '../support/tampering.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const DAY = 86_400_000;
const SHOP = 'https://shop.example';
const clock = new VirtualClock(NOW);
let app: TestApp;
/** Two messages to two people: what is of one must not open what is of the other. */
let ours: { delivery: string; person: string };
let theirs: { delivery: string; person: string };
let key: { id: number; secret: Buffer };

beforeAll(async () => {
  app = await startTestApp({ clock });
  const people = await makePeople(app.db, 2, NOW);
  await app.api('POST', '/v1/topics', { key: 'letter', name: 'Letter', optIn: true, doubleOptIn: true });
  expect((await app.api('PUT', `/v1/people/${people[0]}/consent`, { consents: [{ channel: 'email', topic: 'letter', state: 'subscribed' }] })).status).toBe(200);
  await app.runner.runUntilIdle();
  const asked = (await row<{ id: string }>(app.db, 'select d.id from delivery as d where d.person_id = $1', [people[0]]))!;
  await app.db.query(`update delivery as d set topic = 'product-updates' where d.id = $1`, [asked.id]);
  const [other] = await queue(app.db, await makePlace(app.db, NOW), [people[1]!], NOW);
  await app.db.query(`update delivery as d set state = 'sent', sent_at = $2, first_attempt_at = $2, address = 'x@example.com' where d.id = $1`, [other, NOW]);
  [ours, theirs] = [{ delivery: asked.id, person: people[0]! }, { delivery: other!, person: people[1]! }];
  const { id } = (await row<{ id: number }>(app.db, 'select k.id from signing_key as k order by k.id desc limit 1'))!;
  key = { id, secret: await app.nest.get(LinkKeys, { strict: false }).secret() };
  clock.advance(60_000);
});
afterAll(() => app.close());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
interface Link { kind: LinkKind; prefix: string; suffix: string; act: Asked; status: number; url: string }
const link = (kind: LinkKind, prefix: string, act: Asked, more: Partial<Link> = {}): Link => ({ kind, prefix, suffix: '', act, status: 200, url: '', ...more });
/** Every kind of link with a token in a message, and the request with which it does what it is for. */
const LINKS: Link[] = [
  link('open', '/o/', {}, { suffix: '.gif' }),
  link('click', '/c/', {}, { status: 302, url: 'https://shop.example/a?b=c' }),
  link('honeypot', '/h/', {}),
  link('view', '/v/', {}),
  link('confirm', '/y/', { method: 'POST', headers: FORM, body: 'action=confirm' }),
  link('preferences', '/p/', { method: 'POST', headers: FORM, body: 'action=save&shown=email:product-updates&shown=email:letter&choice=email:letter&frequency=monthly' }),
  link('unsubscribe', '/u/', { method: 'POST', headers: FORM, body: 'List-Unsubscribe=One-Click' }),
];
const tokenOf = ({ kind, url }: Link, of = ours, by = key) => tokenSigner(by)(of.delivery, of.person)(kind, 0, url);
const openOrAct = (act: Asked): Asked[] => (act.method === 'POST' ? [{}, { method: 'HEAD' }, act] : [{}, { method: 'HEAD' }]);

/** Runs what must be refused and says what was not, and which tables were written to meanwhile. */
async function harmless(work: () => Promise<string[]>): Promise<void> {
  const before = await everything(app.db);
  const faults = await work();
  const after = await everything(app.db);
  expect({ faults, written: Object.keys(after).filter((table) => after[table] !== before[table]) }).toEqual({ faults: [], written: [] });
}

test('no kind of link is forgotten here', () => {
  const kinds: Record<LinkKind, true> = { click: true, open: true, unsubscribe: true, preferences: true, view: true, honeypot: true, confirm: true };
  expect(LINKS.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(kinds).toSorted());
});

describe.each(LINKS.map((one): [string, Link] => [one.kind, one]))('the link of a message: %s', (_, one) => {
  const { prefix, suffix, act, status } = one;
  const send = (token: string, asked: Asked) => ask(app.url, `${prefix}${token}${suffix}`, asked);

  test('a token that was changed, of another message or kind, or by another key is refused; other methods change nothing', async () => {
    const [mine, other] = [Buffer.from(tokenOf(one), 'base64url'), Buffer.from(tokenOf(one, theirs), 'base64url')];
    const swapped = ([['message', 3, 19], ['person', 19, 35], ['proof', mine.length - 16, mine.length]] as const).map(([name, from, to]): Changed<string> => {
      const changed = Buffer.from(mine);
      other.copy(changed, from, other.length - mine.length + from, other.length - mine.length + to);
      return [`the ${name} of another`, changed.toString('base64url')];
    });
    const forged: Changed<string>[] = [
      ['a key of another workspace', tokenOf(one, ours, { id: key.id, secret: randomBytes(32) })], ['a key that is not there', tokenOf(one, ours, { id: key.id + 1, secret: key.secret })],
      ...LINKS.filter(({ kind }) => kind !== one.kind).map(({ kind }): Changed<string> => [`a token for ${kind}`, tokenSigner(key)(ours.delivery, ours.person)(kind, 0, one.url)]),
    ];
    const methods = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', ...(act.method === 'POST' ? ['HEAD', 'GET'] : ['POST'])];
    await harmless(async () => [
      ...(await Promise.all(openOrAct(act).map((asked) => notRefused([...tamperedTokens(mine.toString('base64url')), ...swapped, ...forged], (changed) => send(changed, asked))))).flat(),
      // A page may be looked at.
      ...(await notRefused(methods.map((method) => [method, method]), (method) => send(tokenOf(one), { ...act, method, ...(['GET', 'HEAD', 'TRACE'].includes(method) ? { body: undefined } : {}) }), ({ status: said }) => said < 500 && said >= 200)),
    ]);
  });

  test('the right one does what it is for, and the same once more does nothing more', async () => {
    const first = await send(tokenOf(one), act);
    expect([first.status, first.location]).toEqual([status, one.url === '' ? undefined : one.url]);
    clock.advance(5_000);
    const seen = await everything(app.db);
    const again = await send(tokenOf(one), act);
    expect([again.status, again.location]).toEqual([first.status, first.location]);
    const now = await everything(app.db);
    const written = Object.keys(now).filter((table) => now[table] !== seen[table]);
    // Opens and clicks are told apart when they are counted: of one message and kind the second adds nothing to who opened or clicked.
    expect(written.filter((table) => !(['open', 'click', 'honeypot'].includes(one.kind) && /^(delivery_event|result_)/.test(table)))).toEqual([]);
  });
});

describe('links that are one secret number', () => {
  test.each(['alarms', 'digest'])('the link that stops %s', async (what) => {
    const { id } = (await app.api('POST', '/v1/users', { email: `${what}@example.com`, name: what, role: 'analyst' })).body.user as { id: string };
    if (what === 'alarms') expect((await app.api('POST', '/v1/alarm-targets', { email: 'ops@example.com' })).status).toBe(201);
    else await app.db.query(`insert into digest_setting (user_id, cadence, weekday, at_time, when_empty, unsubscribe_key, covered_to, next_at, updated_at) values ($1, 'daily', 'mon', '09:00', false, gen_random_uuid(), $2, $2, $2)`, [id, clock.now()]);
    const found = (await row<{ key: string }>(app.db, what === 'alarms' ? 'select t.stop_key as key from alarm_target as t' : 'select d.unsubscribe_key as key from digest_setting as d'))!.key;
    const wrong = [...tamperedHex(found), ['of nothing', newId()] as const];
    // The page does not say whether a number is one of ours: it answers the same to any.
    const quiet = ({ status }: Said) => status < 500 && status !== 0;
    await harmless(async () => [
      ...(await Promise.all(['GET', 'POST'].map((method) => notRefused(wrong, (changed) => ask(app.url, `/${what}/stop/${changed}`, { method }), quiet)))).flat(),
      ...(await notRefused(['HEAD', 'PUT', 'DELETE', 'GET'].map((method) => [method, method]), (method) => ask(app.url, `/${what}/stop/${found}`, { method }), quiet)),
    ]);
    const before = await everything(app.db);
    expect((await ask(app.url, `/${what}/stop/${found}`, { method: 'POST' })).status).toBe(200);
    const stopped = await everything(app.db);
    expect(stopped).not.toEqual(before);
    expect((await ask(app.url, `/${what}/stop/${found}`, { method: 'POST' })).status).toBe(200);
    expect(await everything(app.db)).toEqual(stopped);
  });
});

describe('links and cookies that sign in', () => {
  const accept = (token: string): Asked => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, password: 'a long enough password' }) });
  const PLACES: [string, (token: string) => Promise<Said>][] = [
    ['POST /v1/invites/accept', (token) => ask(app.url, '/v1/invites/accept', accept(token))],
    ['POST /invite', (token) => ask(app.url, '/invite', { method: 'POST', headers: FORM, body: new URLSearchParams({ token, password: 'a long enough password' }).toString() })],
    ['POST /setup', (token) => ask(app.url, '/setup', { method: 'POST', headers: FORM, body: new URLSearchParams({ token, email: 'evil@example.com', name: 'E', workspace: 'W', password: 'a long enough password', timeZone: 'UTC', language: 'en' }).toString() })],
    ['GET /invite', (token) => ask(app.url, `/invite?token=${encodeURIComponent(token)}`)],
  ];
  /** The words in which a token came to us are read as they are in a body; in an address %00 is a zero. */
  const plain = (all: Changed<string>[]) => all.map(([what, token]): Changed<string> => [what, token.replace('%00', '\0').replace('%3D', '=').replaceAll('%2F', '/')]);

  const nowhere = (what: string, token: string) => harmless(async () => (await Promise.all(PLACES.map(([place, send]) => notRefused([[`${place} ${what}`, token]], send)))).flat());

  test('an invitation or a link for a new password: changed in any place, in the place of another, or too late', async () => {
    const { body } = await app.api('POST', '/v1/users', { email: 'mina@example.com', name: 'Mina', role: 'owner' });
    const invited = { token: new URL(body.inviteUrl).searchParams.get('token')!, user: body.user.id as string };
    await harmless(async () => [
      ...(await Promise.all(PLACES.map(async ([place, send]) => (await notRefused(plain(tamperedTokens(invited.token)), send)).map((fault) => `${place}: ${fault}`)))).flat(),
      ...(await notRefused([['an invitation for a set-up', invited.token]], PLACES[2]![1])),
    ]);
    clock.advance(7 * DAY);
    await app.runner.runUntilIdle();
    await nowhere('a week old', invited.token);
    // A new one makes the old one void.
    const renewed = new URL((await app.api('POST', `/v1/users/${invited.user}/invite`)).body.inviteUrl).searchParams.get('token')!;
    await nowhere('replaced', invited.token);
    const accepted = await fetch(`${app.url}/v1/invites/accept`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: accept(renewed).body as string });
    expect(accepted.status).toBe(200);
    await nowhere('used', renewed);
    const [name, session] = accepted.headers.getSetCookie()[0]!.split(';')[0]!.split('=') as [string, string];
    const me = (token: string, headers: object = {}) => ask(app.url, '/v1/me', { headers: { cookie: `${name}=${encodeURIComponent(token)}`, ...headers } });
    expect((await me(session)).status).toBe(200);
    await harmless(async () => [...await notRefused(plain(tamperedTokens(session)).filter(([, token]) => !token.includes('\0')), me), ...await notRefused([['a change from another page', session]], (token) => ask(app.url, '/v1/me', { method: 'PATCH', headers: { cookie: `${name}=${token}`, origin: 'https://evil.example', 'content-type': 'application/json' }, body: '{"name":"Evil"}' }))]);
    clock.advance(14 * DAY);
    await app.runner.runUntilIdle();
    await harmless(() => notRefused([['a session of long ago', session]], me));
  });

  test.each(['server', 'write'] as const)('a %s key with another character', async (kind) => {
    const secret = kind === 'server' ? app.key : app.writeKey;
    const at = secret.lastIndexOf('_') + 1;
    const wrong = tamperedTokens(secret.slice(at)).filter(([, token]) => /^[\w-]*$/.test(token) && token.length < 10_000).map(([what, token]): Changed<string> => [what, secret.slice(0, at) + token]);
    const send = (presented: string): Promise<Said> => (kind === 'server' ? ask(app.url, '/v1/me', { headers: { authorization: `Bearer ${presented}` } })
      : ask(app.url, '/v1/track', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: presented, event: 'x', anonymousId: 'a', messageId: newId() }) }));
    await harmless(() => notRefused(wrong, send));
  });
});

describe('what a browser proves itself with', () => {
  test('a ticket for the stream: changed, too old, of another page', async () => {
    const tickets = app.nest.get(StreamTickets, { strict: false });
    const { id } = (await row<{ id: string }>(app.db, `select k.id from api_key as k where k.public_value = $1`, [app.writeKey]))!;
    const ticket = await tickets.issue({ personId: ours.person, keyId: id, origin: SHOP, verified: true }, clock.now());
    const open = (token: string, origin = SHOP) => ask(app.url, `/v1/stream?t=${token}`, { headers: { origin } });
    await harmless(async () => {
      const faults = [...await notRefused(tamperedTokens(ticket), (token) => open(token)), ...await notRefused([['another page', ticket]], (token) => open(token, 'https://evil.example'))];
      clock.advance(5 * 60_000);
      return [...faults, ...await notRefused([['five minutes old', ticket]], (token) => open(token))];
    });
  });

  test('a proof of who somebody is: changed, of another user, of another workspace, expired, by no algorithm', async () => {
    const { value: secret } = (await app.api('POST', '/v1/identity-verification/secrets', { kind: 'shared', name: 'first' })).body as { value: string };
    const seconds = Math.floor(clock.now().getTime() / 1_000);
    const token = (claims: object, by = secret) => new SignJWT({ sub: 'kim', iat: seconds, exp: seconds + 3_600, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(by));
    const hash = (user: string, by = secret) => createHmac('sha256', by).update(user).digest('hex');
    const jwt = await token({});
    const [head, payload, proof] = jwt.split('.') as [string, string, string];
    const inPart = (part: string, whole: (changed: string) => string) => flips(Buffer.from(part, 'base64url')).map(([what, bytes]): Changed<object> => [what, { jwt: whole(bytes.toString('base64url')) }]);
    const wrong: Changed<object>[] = [
      ...inPart(head, (changed) => `${changed}.${payload}.${proof}`), ...inPart(payload, (changed) => `${head}.${changed}.${proof}`), ...inPart(proof, (changed) => `${head}.${payload}.${changed}`),
      ...tamperedHex(hash('kim')).map(([what, userHash]): Changed<object> => [what, { userHash }]),
      ['the hash of another', { userHash: hash('lee') }], ['a hash of another workspace', { userHash: hash('kim', 'x'.repeat(40)) }], ['the secret itself', { userHash: secret }],
      ['a token of another', { jwt: await token({ sub: 'lee' }) }], ['of another workspace', { jwt: await token({}, 'y'.repeat(40)) }], ['expired', { jwt: await token({ iat: seconds - 7_200, exp: seconds - 3_600 }) }], ['for a year', { jwt: await token({ exp: seconds + 365 * 86_400 }) }], ['from the future', { jwt: await token({ iat: seconds + 3_600, exp: seconds + 7_200 }) }],
      ['without an algorithm', { jwt: new UnsecuredJWT({ sub: 'kim', iat: seconds, exp: seconds + 3_600 }).encode() }], ['unsigned', { jwt: `${head}.${payload}.` }], ['a token that is none', { jwt: 'x' }], ['nothing', {}],
    ];
    expect((await app.api('PUT', '/v1/identity-verification', { mode: 'enforce', protectedTraits: [] })).status).toBe(200);
    const said = (anonymousId: string, given: object) => ask(app.url, '/v1/identify', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, messageId: newId(), userId: 'kim', anonymousId, context: given }) });
    await harmless(() => notRefused(wrong, (given) => said('stranger', given), ({ status, text }) => status === 400 || (status === 200 && /"rejected":\[\{/.test(text))));
    expect(await rows(app.db, `select from person as p where p.external_id = 'kim'`)).toEqual([]);
    // Reading somebody's messages by a proof that is none tells nothing of them, and does not fail.
    const boot = (given: object) => ask(app.url, '/v1/boot', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ k: app.writeKey, a: 'stranger', u: 'kim', ...given }) });
    await harmless(() => notRefused(wrong.filter((_, index) => index % 10 === 0).map(([what, given]) => [what, { h: (given as { userHash?: string }).userHash, j: (given as { jwt?: string }).jwt }]), boot, ({ status, text }) => (status === 200 && !/"m":\[\{/.test(text)) || (status >= 400 && status < 500)));
    for (const given of [{ jwt }, { userHash: hash('kim') }]) expect((await said(newId(), given)).text).toBe('{"success":true}');
  });
});
