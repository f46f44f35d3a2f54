import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect, fakeOutside, MAILGUN_KEY, post, POSTMARK, proven, SENDGRID_PUBLIC, signedBySendgrid, TOPIC } from '../support/provider-hooks.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const SECONDS = String(START.getTime() / 1000);
const clock = new VirtualClock(START);
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
  fakeOutside(app);
});
afterAll(() => app.close());

const PATH = '/v1/provider-connections';
const event = (id: string) => JSON.stringify([{ event: 'processed', sg_event_id: id }]);

test('a connection shows where the provider shall report, and never its secrets', async () => {
  const made = await app.api('POST', PATH, { provider: 'mailgun', name: '메일건', secret: { kind: 'signing_key', signingKey: MAILGUN_KEY } });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ provider: 'mailgun', name: '메일건', enabled: true, url: `${app.url.replace('127.0.0.1', 'localhost')}/hooks/mailgun/${made.body.id}`, topicArns: [], networks: [], lastEventAt: null, refusedCount: 0, lastRefusedReason: null });
  expect(made.body.secrets).toEqual([{ id: expect.any(String), hint: expect.stringMatching(/^sha256 [0-9a-f]{8}$/), addedAt: START.toISOString() }]);
  await connect(app, 'postmark');
  const answers = [made.body, (await app.api('GET', PATH)).body, (await app.api('GET', `${PATH}/${made.body.id}`)).body, (await app.api('GET', '/v1/audit')).body];
  for (const secret of [MAILGUN_KEY, POSTMARK.password]) expect(JSON.stringify(answers)).not.toContain(secret);
  const kept = await rows<{ value: string }>(app.db, 'select s.value from provider_secret as s');
  expect(kept.map(({ value }) => value).join()).not.toContain(POSTMARK.password);
});

test('two public keys are valid at once, a third is refused, and a removed one ends', async () => {
  const { id, path } = await connect(app, 'sendgrid');
  const connection = { id, path, provider: 'sendgrid' as const };
  const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = next.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const status = async (name: string, key = next.privateKey) => (await post(app, connection, signedBySendgrid(event(name), SECONDS, key))).status;
  expect(await status('a')).toBe(401);
  const added = await app.api('POST', `${PATH}/${id}/secrets`, { kind: 'public_key', publicKey });
  expect([added.status, added.body.secrets.length]).toEqual([201, 2]);
  expect([await status('b'), (await post(app, connection, proven('sendgrid', { event: 'processed', sg_event_id: 'c' }, START))).status]).toEqual([200, 200]);
  const third = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  expect(await app.api('POST', `${PATH}/${id}/secrets`, { kind: 'public_key', publicKey })).toMatchObject({ status: 409, body: { code: 'provider-secret.exists' } });
  expect(await app.api('POST', `${PATH}/${id}/secrets`, { kind: 'public_key', publicKey: third })).toMatchObject({ status: 409, body: { code: 'provider-secret.too-many' } });
  const newest = added.body.secrets[0].id as string;
  expect((await app.api('DELETE', `${PATH}/${id}/secrets/${newest}`)).body.secrets.length).toBe(1);
  expect([await status('d'), (await app.api('DELETE', `${PATH}/${id}/secrets/${newest}`)).status]).toEqual([401, 404]);
});

test('every change is in the audit log, and an ended connection is gone', async () => {
  const connection = await connect(app, 'sendgrid');
  const report = (id: string) => post(app, connection, signedBySendgrid(event(id), SECONDS)).then(({ status }) => status);
  const fails = (id: string) => post(app, connection, { ...signedBySendgrid(event(id), SECONDS), body: '' }).then(({ status }) => status);
  expect(await app.api('PATCH', `${PATH}/${connection.id}`, { enabled: false, name: 'off' })).toMatchObject({ status: 200, body: { enabled: false, name: 'off' } });
  expect([await report('x'), await fails('x')]).toEqual([404, 404]);
  await app.api('PATCH', `${PATH}/${connection.id}`, { enabled: true });
  expect(await report('x')).toBe(200);
  expect((await app.api('DELETE', `${PATH}/${connection.id}`)).status).toBe(204);
  expect([await report('x'), (await app.api('GET', `${PATH}/${connection.id}`)).status, (await app.api('DELETE', `${PATH}/${connection.id}`)).status]).toEqual([404, 404, 404]);
  const { body } = await app.api('GET', '/v1/audit?limit=4');
  expect(body.items.map(({ action, subject }: { action: string; subject: string }) => [action, subject])).toEqual(['remove', 'change', 'change', 'add'].map((verb) => [`provider-connection.${verb}`, `provider-connection:${connection.id}`]));
});

test('only the networks of a connection may report', async () => {
  const connection = await connect(app, 'sendgrid', { networks: ['203.0.113.0/24'] });
  const report = () => post(app, connection, signedBySendgrid(event('n'), SECONDS));
  expect(await report()).toMatchObject({ status: 403, body: { code: 'hook.network' } });
  expect(await app.api('PATCH', `${PATH}/${connection.id}`, { networks: ['203.0.113.0/24', '127.0.0.0/8'] })).toMatchObject({ status: 200, body: { networks: ['203.0.113.0/24', '127.0.0.0/8'] } });
  expect((await report()).status).toBe(200);
});

test('health: when it was last heard, to the minute, and why it was refused', async () => {
  const connection = await connect(app, 'sendgrid');
  const health = async () => (await app.api('GET', `${PATH}/${connection.id}`)).body;
  const at = (seconds: number) => new Date(START.getTime() + seconds * 1000);
  for (const seconds of [0, 30, 90]) {
    clock.set(at(seconds));
    await post(app, connection, signedBySendgrid(event(`h${seconds}`), SECONDS));
    expect((await health()).lastEventAt).toBe(at(seconds < 60 ? 0 : seconds).toISOString());
  }
  await post(app, connection, { body: '[]', headers: {} });
  expect(await health()).toMatchObject({ refusedCount: 1, lastRefusedReason: 'signature', lastRefusedAt: at(90).toISOString() });
  clock.set(START);
});

test('lists are paged, newest first', async () => {
  clock.advance(1_000);
  const newest = await connect(app, 'ses');
  clock.set(START);
  const first = await app.api('GET', `${PATH}?limit=1`);
  const rest = await app.api('GET', `${PATH}?limit=200&after=${first.body.next}`);
  const ids = [...first.body.items, ...rest.body.items].map(({ id }: { id: string }) => id);
  expect([ids[0], new Set(ids).size, ids.length > 3, rest.body.next]).toEqual([newest.id, ids.length, true, null]);
});

test.each([
  [{ provider: 'sparkpost', name: 'x' }, 'provider'],
  [{ provider: 'sendgrid', name: '' }, 'name'],
  [{ provider: 'sendgrid', name: 'x', topicArns: [TOPIC] }, 'topicArns'],
  [{ provider: 'ses', name: 'x', topicArns: ['arn:aws:sqs:us-east-1:123456789012:x'] }, 'topicArns.0'],
  [{ provider: 'ses', name: 'x', secret: { kind: 'signing_key', signingKey: MAILGUN_KEY } }, 'secret.kind'],
  [{ provider: 'mailgun', name: 'x', secret: { kind: 'public_key', publicKey: SENDGRID_PUBLIC } }, 'secret.kind'],
  [{ provider: 'sendgrid', name: 'x', secret: { kind: 'public_key', publicKey: 'AAAA' } }, 'secret.publicKey'],
  [{ provider: 'postmark', name: 'x', secret: { kind: 'password', user: 'a:b', password: POSTMARK.password } }, 'secret.user'],
  [{ provider: 'postmark', name: 'x', secret: { kind: 'password', user: 'a', password: 'short' } }, 'secret.password'],
  [{ provider: 'mailgun', name: 'x', networks: ['10.0.0.0/40'] }, 'networks.0'],
])('%j is refused at %s, and nothing is kept of it', async (request, path) => {
  const before = await rows(app.db, 'select c.id from provider_connection as c');
  const { status, body } = await app.api('POST', PATH, request);
  expect([status, body.problems?.map((problem: { path: string }) => problem.path)]).toEqual([400, [path]]);
  expect((await rows(app.db, 'select c.id from provider_connection as c')).length).toBe(before.length);
});

test('only owners see connections: their addresses are secrets', async () => {
  const marketer = await app.api('POST', '/v1/api-keys', { kind: 'server', name: 'm', role: 'marketer' });
  const answer = await fetch(app.url + PATH, { headers: { authorization: `Bearer ${marketer.body.secret}` } });
  expect(answer.status).toBe(403);
});
