import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SecondFactors } from '../../src/access/second-factor/second-factors.service.js';
import { createDataSource } from '../../ormconfig.js';
import { listRelays } from '../../src/delivery/relays/store/relays.store.js';
import { findEndpoint } from '../../src/delivery/hooks/store/endpoints.store.js';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { loadSigningKeys } from '../../src/delivery/tracking/store/signing-keys.store.js';
import { listSendingDomains, loadSigningDomains } from '../../src/delivery/identity/store/sending-domains.store.js';
import { row, rows } from '../../src/platform/database/db.js';
import { keyFileOf } from '../../src/platform/secrets/key-ring.js';
import { rotateKeys } from '../../src/platform/secrets/rotate-keys.js';
import { keysInUse, sealAll } from '../../src/platform/secrets/seal-all.js';
import { SEALED_PLACES } from '../../src/platform/secrets/sealed-places.js';
import { startSecrets } from '../../src/platform/secrets/start-secrets.js';
import { attachVault, Vault } from '../../src/platform/secrets/vault.js';
import { startApp } from '../../src/app.js';
import { readConfig } from '../../src/platform/config.js';
import { findLost, forgetLost } from '../../src/platform/secrets/lost.js';
import { callApi, startTestApp, type TestApp } from '../support/app.js';
import { TEST_SECRET_KEY } from '../support/secret-keys.js';

const USER = '018f0000-0000-7000-8000-000000000001';
const NOW = new Date('2026-11-23T12:00:00Z');
const KEYS = Object.fromEntries(['b', 'c', 'd'].map((name, index) => [name, Buffer.alloc(32, index + 50).toString('base64')])) as Record<'b' | 'c' | 'd', string>;
const PASSWORD = 'relay-password-Hk29';
const HEADER = 'Bearer crm-token-77Qx';
const SHOP = 'shpss-shop-secret-9Vw3';
const CHAT = 'https://chat.example.com/services/T000/B000/chatkeyXy12';
const MAILGUN = 'mailgun-signing-key-0123456789';

let app: TestApp;
let folder: string;
const secrets: string[] = [PASSWORD, HEADER, 'crm-token-77Qx', 'chatkeyXy12', MAILGUN];
let endpointId: string;

beforeAll(async () => {
  app = await startTestApp({ env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1' } });
  folder = await mkdtemp(join(tmpdir(), 'danbi-secrets-'));
  const made = async (path: string, body: unknown) => {
    const answer = await app.api('POST', path, body);
    expect([path, answer.status, answer.body]).toEqual([path, 201, expect.anything()]);
    return answer.body;
  };
  await made('/v1/relays', { name: 'Main', host: 'smtp.example.com', port: 587, security: 'starttls', username: 'danbi', password: PASSWORD });
  await made('/v1/sending-domains', { domain: 'mail.example.com' });
  const hook = await made('/v1/webhook-endpoints', { kind: 'standard', name: 'CRM', url: 'http://127.0.0.1:9/hook', headers: { authorization: HEADER } });
  endpointId = hook.id ?? hook.endpoint.id;
  secrets.push(hook.secret);
  await made('/v1/webhook-endpoints', { kind: 'slack', name: 'Chat', url: CHAT.replace('https://chat.example.com', 'http://127.0.0.1:9') });
  await made('/v1/provider-connections', { provider: 'mailgun', name: 'Mailgun', secret: { kind: 'signing_key', signingKey: MAILGUN } });
  secrets.push((await made('/v1/identity-verification/secrets', { kind: 'shared', name: 'Site' })).value);
  await app.nest.get(LinkKeys, { strict: false }).secret();
  await made('/v1/sources', { kind: 'shopify', name: 'Shop', secret: SHOP });
  const { id: asked } = await made('/v1/sources', { kind: 'json', name: 'Rows', proof: { kind: 'bearer' } });
  expect((await app.api('PUT', `/v1/sources/${asked}/pull`, { kind: 'csv', address: 'https://203.0.114.5/people.csv?key=pull-key-secret' })).status).toBe(200);
  secrets.push(SHOP);
  await rows(app.db, `insert into app_user (id, email, name, role, created_at) values ($1, 'a@example.com', 'A', 'owner', $2)`, [USER, NOW]);
  secrets.push((await app.nest.get(SecondFactors, { strict: false }).start({ id: USER, email: 'a@example.com' })).secret);
});
afterAll(async () => { await app.close(); await rm(folder, { recursive: true, force: true }); });

/** All of the database that contains the text, as `table` names. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await rows<{ name: string }>(app.db, `select format('%I.%I', n.nspname, c.relname) as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') order by 1`);
  const forms = [text, Buffer.from(text).toString('hex'), Buffer.from(text).toString('base64').replace(/=+$/, '')];
  const found: string[] = [];
  for (const { name } of tables) if ((await row(app.db, `select 1 from ${name} as x where x::text like any($1::text[]) limit 1`, [forms.map((form) => `%${form.replaceAll(/[\\%_]/g, '\\$&')}%`)])) !== null) found.push(name);
  return found;
}

const pool = async (keys: string, work: (db: Awaited<ReturnType<typeof connect>>) => Promise<void>) => {
  const db = await connect();
  attachVault(db, new Vault({ environment: keys, file: '/nonexistent' }));
  try { await work(db); } finally { await db.destroy(); }
};
const connect = () => createDataSource(app.databaseUrl, 2).initialize();
/** Everything as the service reads it. */
const opened = async (db: Awaited<ReturnType<typeof connect>>) => ({
  relay: (await listRelays(db)).map(({ password }) => password), hook: (await findEndpoint(db, endpointId))!.headers, links: (await loadSigningKeys(db)).map(({ secret }) => secret.toString('hex')),
  dkim: (await loadSigningDomains(db)).map(({ key }) => key?.privateKey),
});

test('no secret stands readable anywhere in the database, and every place is one of those tried', async () => {
  const { relay, hook, links, dkim } = await opened(app.db);
  expect([relay, hook, links.length]).toEqual([[PASSWORD], { authorization: HEADER }, 1]);
  expect(dkim[0]).toContain('BEGIN PRIVATE KEY');
  const all = [...secrets, Buffer.from(links[0]!, 'hex').toString('latin1'), ...dkim[0]!.split('\n').slice(1, 3)];
  for (const secret of all.filter((each) => /^[\x20-\x7e]+$/.test(each))) expect([secret, await tablesWith(secret)]).toEqual([secret, []]);
  expect(await tablesWith('Main')).toContain('public.relay');
  expect((await row<{ secret: string }>(app.db, `select encode(secret, 'hex') as secret from signing_key`))!.secret).not.toContain(links[0]!);
  const places = Object.keys(SEALED_PLACES);
  for (const place of places) expect([place, (await rows(app.db, `select 1 from ${place.split('.')[0]!} as x where x.${place.split('.')[1]!} is not null`)).length > 0]).toEqual([place, true]);
  expect([...(await keysInUse(app.db)).keys()]).toHaveLength(1);
});

test('a column that sounds like a secret is sealed, or known to be none', async () => {
  const known = new Set(['source_delivery.headers', 'api_key.secret_hash', 'app_user.password_hash', 'one_time_link.token_hash', 'session.token_hash', 'provider_token.token_key', 'relay_rate.tokens', 'send_rate.tokens', 'alarm_target.stop_key', 'dkim_key.public_key', 'login_failure.key_hash', 'login_step.token_hash', 'digest_setting.unsubscribe_key', 'enrollment.entry_key', 'inbound_event.dedupe_key']);
  const columns = await rows<{ place: string }>(app.db, `select c.table_name || '.' || c.column_name as place from information_schema.columns as c where c.table_schema = 'public' and c.column_name ~ '(secret|password|private|token|credential|headers|_key$|key_hash)' and c.table_name !~ '_20[0-9]{2}_' order by 1`);
  const plain = columns.map(({ place }) => place).filter((place) => !(place in SEALED_PLACES) && !known.has(place) && !/^(agenda|event_receipt|delivery_event|display|outgoing)/.test(place));
  expect(plain).toEqual([]);
});

test('what an earlier release left readable is read, and sealed at the next start; twice is once', async () => {
  await rows(app.db, `update relay set password = 'old-plain-pw'`);
  await rows(app.db, `update webhook_endpoint set headers = '{"x-key": "old-plain-header"}' where id = $1`, [endpointId]);
  const raw = Buffer.alloc(32, 250);
  await rows(app.db, 'update signing_key set secret = $1', [raw]);
  const before = await opened(app.db);
  expect([before.relay, before.hook, before.links]).toEqual([['old-plain-pw'], { 'x-key': 'old-plain-header' }, [raw.toString('hex')]]);
  expect(await startSecrets(app.db, { environment: undefined, file: keyFileOf(app.dataDir) }, NOW)).toEqual({ madeFile: null, sealed: 3 });
  expect(await sealAll(app.db)).toBe(0);
  expect(await opened(app.db)).toEqual(before);
  for (const plain of ['old-plain-pw', 'old-plain-header']) expect(await tablesWith(plain)).toEqual([]);
});

test('a value moved to another row does not open', async () => {
  await app.api('POST', '/v1/relays', { name: 'Second', host: 'smtp.example.net', port: 587, security: 'starttls', username: 'danbi', password: 'other' });
  const before = await rows(app.db, 'select r.id, r.password from relay as r');
  await rows(app.db, `update relay as r set password = (select o.password from relay as o where o.name = 'Main') where r.name = 'Second'`);
  expect((await listRelays(app.db)).find(({ name }) => name === 'Second')).toMatchObject({ password: null, enabled: false, secretLost: true });
  for (const { id, password } of before) await rows(app.db, 'update relay set password = $2 where id = $1', [id, password]);
});

test('a start with a wrong key or none says which key is asked for, and changes nothing', async () => {
  const state = () => rows(app.db, 'select k.id, k.state, r.password from secret_key as k, relay as r order by k.id, r.id');
  const before = await state();
  const file = keyFileOf(join(folder, 'other'));
  for (const environment of [undefined, KEYS.b]) {
    const db = await connect();
    const id = before[0]!.id as string;
    await expect(startSecrets(db, { environment, file }, NOW)).rejects.toMatchObject({ code: 'secrets.missing-key', message: expect.stringMatching(new RegExp(`sealed with the key ${id}.*DANBI_SECRET_KEY.*${file}`)) });
    await db.destroy();
  }
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await state()).toEqual(before);
  await rows(app.db, 'create table kept as select * from secret_key; delete from secret_key');
  const db = await connect();
  await expect(startSecrets(db, { environment: undefined, file }, NOW)).rejects.toMatchObject({ code: 'secrets.missing-key' });
  await db.destroy();
  await rows(app.db, 'insert into secret_key select * from kept; drop table kept');
});

test('the key is changed while another process runs, and a run that was killed half way is taken up', async () => {
  const before = await opened(app.db);
  await pool(`${KEYS.b},${TEST_SECRET_KEY}`, async (running) => {
    await pool(`${KEYS.b},${TEST_SECRET_KEY}`, async (db) => {
      const { to, sealed, unused } = await rotateKeys(db, { environment: `${KEYS.b},${TEST_SECRET_KEY}`, file: '/nonexistent' }, NOW);
      expect([...(await keysInUse(db)).keys()]).toEqual([to]);
      expect([sealed > 7, unused.length]).toEqual([true, 1]);
      expect(await opened(running)).toEqual(before);
      await expect(rotateKeys(db, { environment: `${KEYS.b},${TEST_SECRET_KEY}`, file: '/nonexistent' }, NOW)).rejects.toMatchObject({ code: 'secrets.nothing-to-rotate' });
    });
  });
  // Half of the values are sealed with the key before: as after a kill between two rows.
  const half = await rows(app.db, 'select r.id, r.password from relay as r');
  await pool(`${KEYS.c},${KEYS.b}`, async (db) => {
    await rotateKeys(db, { environment: `${KEYS.c},${KEYS.b}`, file: '/nonexistent' }, NOW);
    for (const { id, password } of half) await rows(db, 'update relay set password = $2 where id = $1', [id, password]);
    expect((await keysInUse(db)).size).toBe(2);
    expect(await opened(db)).toEqual(before);
    expect(await rotateKeys(db, { environment: `${KEYS.c},${KEYS.b}`, file: '/nonexistent' }, NOW)).toMatchObject({ sealed: half.length });
  });
  await pool(KEYS.c, async (db) => expect(await opened(db)).toEqual(before));
});

test('a key in the file is changed there; processes that run look it up again', async () => {
  const file = keyFileOf(folder);
  await writeFile(file, KEYS.c, { mode: 0o600 });
  const [running, db] = [await connect(), await connect()];
  await startSecrets(running, { environment: undefined, file }, NOW);
  await startSecrets(db, { environment: undefined, file }, NOW);
  const before = await opened(running);
  const { to } = await rotateKeys(db, { environment: undefined, file }, NOW);
  expect((await readFile(file, 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([expect.any(String), KEYS.c]);
  expect([...(await keysInUse(db)).keys()]).toEqual([to]);
  expect(await opened(running)).toEqual(before);
  await Promise.all([running.destroy(), db.destroy()]);
});

test('what can not be opened keeps no list from being shown, and is entered again', async () => {
  const [relay] = await rows<{ id: string; password: string }>(app.db, 'select r.id, r.password from relay as r') as [{ id: string; password: string }];
  const running = await connect();
  const source = { environment: undefined, file: keyFileOf(folder) };
  await startSecrets(running, source, NOW);
  expect(await findLost(running, source)).toEqual([]);
  const [{ dkim }] = await rows<{ dkim: string }>(running, 'select k.private_key as dkim from dkim_key as k') as [{ dkim: string }];
  // Moved from another row: it opens for nobody.
  await rows(running, 'update relay as r set password = (select s.value from source_secret as s limit 1) where r.id = $1', [relay.id]);
  expect(await findLost(running, source)).toEqual([{ place: 'relay.password', id: relay.id, because: 'damaged' }]);
  expect((await listRelays(running)).find(({ id }) => id === relay.id)).toMatchObject({ password: null, enabled: false, secretLost: true });
  await rows(running, 'update dkim_key set private_key = (select s.value from source_secret as s limit 1)');
  expect(await listSendingDomains(running, { after: null, limit: 10 })).toMatchObject([{ secretLost: true }]);
  expect((await app.api('GET', '/v1/sending-domains')).body.items).toMatchObject([{ secretLost: true }]);
  await rows(running, 'update dkim_key set private_key = $1', [dkim]);
  expect((await listSendingDomains(running, { after: null, limit: 10 }))[0]).not.toHaveProperty('secretLost');
  await running.destroy();
});

test('without its key nothing starts; what it sealed is forgotten when agreed to by its number, and everything starts, is listed and set up again', async () => {
  const source = { environment: TEST_SECRET_KEY, file: join(folder, 'nowhere') };
  const db = await connect();
  await expect(startSecrets(db, source, NOW)).rejects.toMatchObject({ code: 'secrets.missing-key' });
  const lost = await findLost(db, source);
  expect([...new Set(lost.map(({ place }) => place))].sort()).toEqual(Object.keys(SEALED_PLACES).sort());
  await expect(forgetLost(db, source, lost.length - 1, NOW)).rejects.toMatchObject({ code: 'secrets.other-number' });
  expect((await findLost(db, source)).length).toBe(lost.length);
  expect((await forgetLost(db, source, lost.length, NOW)).length).toBe(lost.length);
  expect(await findLost(db, source)).toEqual([]);
  await db.destroy();
  const again = await startApp({ databaseUrl: app.databaseUrl, workers: 'manual', config: readConfig({ PORT: '0', LOG_LEVEL: 'error', DATA_DIR: join(folder, 'again'), DANBI_SECRET_KEY: TEST_SECRET_KEY, WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1' }) });
  try {
    const api = (method: string, path: string, body?: unknown) => callApi<any>(`${again.url}${path}`, app.key, method, body); // eslint-disable-line typescript/no-explicit-any -- answers are examined here
    for (const path of ['/v1/relays', '/v1/webhook-endpoints', '/v1/provider-connections', '/v1/sources', '/v1/sending-domains', '/v1/identity-verification']) expect([path, (await api('GET', path)).status]).toEqual([path, 200]);
    const [relay] = (await api('GET', '/v1/relays')).body.items;
    expect(relay).toMatchObject({ username: null, enabled: false });
    expect((await api('PATCH', `/v1/relays/${relay.id}`, { username: 'danbi', password: PASSWORD, enabled: true })).body).toMatchObject({ enabled: true });
    expect((await api('PATCH', `/v1/webhook-endpoints/${endpointId}`, { url: 'http://127.0.0.1:9/hook', enabled: true })).body).toMatchObject({ enabled: true, url: 'http://127.0.0.1:9/hook' });
    expect((await again.nest.get(LinkKeys, { strict: false }).secret()).length).toBe(32);
    expect((await api('GET', '/v1/audit?limit=10')).body.items).toContainEqual(expect.objectContaining({ action: 'secrets.forget', detail: expect.objectContaining({ count: lost.length }) }));
  } finally {
    await again.close();
  }
});
