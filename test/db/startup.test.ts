import { mkdtemp, chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../support/database.js';
import { oneFile } from '../support/one-file.js';
import { spawnDanbi } from '../support/process.js';

let folder: string;
/** What starts in less time; the life of one test is that of the service as it is built. */
let quick: string;
beforeAll(async () => {
  quick = await oneFile();
  folder = await mkdtemp(join(tmpdir(), 'danbi-start-'));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const dataDir = (name: string) => join(folder, name);
const exists = (path: string) => stat(path).then(() => true, () => false);
const serverPid = async (data: string) => Number((await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);

/** Whether a process runs; one that ended and waits to be reaped (state Z) does not. */
const isAlive = async (pid: number) => {
  const state = /^\d+ \(.*\) (\w)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))?.[1];
  return state !== undefined && state !== 'Z';
};

/** Waits until somebody has a connection to this port under way that nobody has answered. */
async function knocksAt(port: number): Promise<void> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const waits = async () => (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/)).some(([, local, , state, queues]) => local?.endsWith(suffix) && state === '01' && queues!.split(':')[1] !== '00000000');
  while (!(await waits())) await sleep(20);
}

function listening(onSocket: () => void = () => {}): Promise<{ server: Server; port: number }> {
  return new Promise((done) => {
    const server = createServer(onSocket).listen(0, '127.0.0.1', () => done({ server, port: (server.address() as AddressInfo).port }));
  });
}

/** A start that must fail: exit code 1 and one sentence. That it comes soon is for the timeout of the test to notice. */
async function failure(env: Record<string, string>): Promise<string> {
  const { code, err } = await spawnDanbi({ PORT: '0', DATA_DIR: dataDir('unused'), ...env }, quick).ended;
  expect({ code, oneSentence: /^Danbi did not start\. [^\n]+\n$/.test(err), err }).toMatchObject({ code: 1, oneSentence: true });
  return err.trim();
}

test('a taken port is noticed before a database is made', async () => {
  const { server, port } = await listening();
  expect(await failure({ PORT: String(port), DATA_DIR: dataDir('taken') })).toBe(`Danbi did not start. Port ${port} is taken by another program. Set PORT to a free one.`);
  expect(await exists(dataDir('taken'))).toBe(false);
  server.close();
});

test('an unwritable data folder and wrong values name what to change', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(await failure({ DATA_DIR: join(folder, 'file', 'data') })).toMatch(/The data folder .*file\/data cannot be written \(ENOTDIR\)\. Choose another with DATA_DIR/);
  expect(await failure({ PORT: 'eighty' })).toMatch(/PORT/);
  expect(await failure({ DATABASE_URL: 'mysql://localhost/danbi' })).toMatch(/DATABASE_URL must start with postgres:\/\//);
  expect(await failure({ ROLE: 'boss' })).toMatch(/ROLE must be one of/);
});

test('an unreachable DATABASE_URL says which part is wrong, and never the password', async () => {
  const good = new URL(process.env.DANBI_TEST_SERVER!);
  const { server: mute, port: mutePort } = await listening();
  const closed = await listening();
  await new Promise((done) => { closed.server.close(done); });
  const said = await Promise.all([
    failure({ DATABASE_URL: `postgres://danbi:s3cret@127.0.0.1:${closed.port}/danbi` }),
    failure({ DATABASE_URL: 'postgres://danbi:s3cret@nowhere.invalid/danbi' }),
    failure({ DATABASE_URL: `postgres://${good.username}:s3cret@${good.host}/danbi` }),
    failure({ DATABASE_URL: `postgres://${good.username}:${good.password}@${good.host}/no_such_db` }),
    failure({ DATABASE_URL: `postgres://danbi:s3cret@127.0.0.1:${mutePort}/danbi` }),
  ]);
  mute.close();
  expect(said[0]).toContain(`No PostgreSQL server can be reached at 127.0.0.1:${closed.port} (ECONNREFUSED). Check DATABASE_URL`);
  expect(said[1]).toContain('No PostgreSQL server can be reached at nowhere.invalid:5432');
  expect(said[2]).toContain(`does not accept the user "${good.username}"`);
  expect(said[3]).toContain('has no database "no_such_db"');
  expect(said[4]).toContain(`No PostgreSQL server can be reached at 127.0.0.1:${mutePort}`);
  expect(said.join()).not.toContain('s3cret');
});

test('a database of a newer release is left alone', async () => {
  const database = await createTestDatabase();
  await database.db.query(`insert into migration (timestamp, name) values (9999999999999, 'Future9999999999999')`);
  expect(await failure({ DATABASE_URL: database.url })).toMatch(/migrated by a newer release of Danbi \(Future9999999999999\)/);
  await database.drop();
});

test('without the key of its secrets a database is left alone, and the key is named', async () => {
  const database = await createTestDatabase();
  const said = await failure({ DATABASE_URL: database.url, DANBI_SECRET_KEY: Buffer.alloc(32, 1).toString('hex') });
  expect(said).toMatch(/sealed with the key [0-9a-f]{8}, and this process has [0-9a-f]{8}\. Set DANBI_SECRET_KEY to that key, or put its file back at .*secret\.key/);
  expect(await failure({ DATABASE_URL: database.url, DANBI_SECRET_KEY: 'my dog' })).toMatch(/DANBI_SECRET_KEY must hold 32 random bytes in base64 or hex/);
  await database.drop();
});

test('start, second start refused, kill -9, start again on the same data, stop cleanly', async () => {
  const data = dataDir('life');
  const first = spawnDanbi({ PORT: '0', DATA_DIR: data });
  const [, url, token] = await first.until(/Made a key [^\n]*secret\.key\nBack it up, apart from the database[^\n]*\nDanbi is ready at (\S+)\nSet-up: \S+\/setup\?token=(\S+)\n/);
  const made = await fetch(`${url}/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, email: 'owner@example.com', name: '단비', password: 'long enough words', workspace: { name: '단비', timeZone: 'Asia/Seoul', language: 'ko' } }) });
  expect(made.status).toBe(201);
  const { serverKey } = await made.json() as { serverKey: string };
  expect((await stat(join(data, 'secret.key'))).mode & 0o777).toBe(0o600);
  const postgres = await serverPid(data);
  expect(await isAlive(postgres)).toBe(true);

  expect(await failure({ DATA_DIR: data })).toBe(`Danbi did not start. Another Danbi runs on the data folder ${data}. Stop it first, or choose another folder with DATA_DIR.`);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);

  first.child.kill('SIGKILL');
  await first.ended;
  const second = spawnDanbi({ PORT: '0', DATA_DIR: data });
  const [, again] = await second.until(/ready at (\S+)\n/);
  expect(await serverPid(data)).toBe(postgres);
  expect((await fetch(`${again}/v1/workspace`, { headers: { authorization: `Bearer ${serverKey}` } })).status).toBe(200);
  second.child.kill('SIGTERM');
  const end = await second.ended;
  expect([end.code, end.out]).toEqual([0, expect.not.stringMatching(/Set-up:|Made a key/)]);
  expect(end.out).toContain('Stopped.');
  expect(await isAlive(postgres)).toBe(false);
  expect(await exists(join(data, 'postgres', 'postmaster.pid'))).toBe(false);
});

test('a database killed with Danbi whose last statement still runs is waited for', async () => {
  const data = dataDir('orphan');
  const first = spawnDanbi({ PORT: '0', DATA_DIR: data }, quick);
  await first.until(/ready at/);
  const postgres = await serverPid(data);
  const { user, password } = JSON.parse(await readFile(join(data, 'postgres-secrets.json'), 'utf8')) as { user: string; password: string };
  const port = (await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3];
  const client = new pg.Client({ connectionString: `postgres://${user}:${password}@127.0.0.1:${port}/danbi` });
  await client.connect();
  client.on('error', () => undefined);
  const { rows: [backend] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  // Sleeping in the server would notice the death; working does not.
  const busy = client.query(`do $$ declare until timestamptz := clock_timestamp() + interval '60 s'; begin while clock_timestamp() < until loop end loop; end $$`).catch(() => null);
  await sleep(200);
  process.kill(Number(postgres), 'SIGKILL');
  first.child.kill('SIGKILL');
  await first.ended;
  const second = spawnDanbi({ PORT: '0', DATA_DIR: data }, quick);
  while (!(await readFile(join(data, 'postgres.log'), 'utf8')).includes('pre-existing shared memory block') && second.child.exitCode === null) await sleep(50);
  process.kill(backend!.pid, 'SIGTERM');
  await second.until(/ready at/);
  second.child.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
  await busy;
});

test('a database that dies while Danbi joins it is started anew', async () => {
  const data = dataDir('dying');
  const first = spawnDanbi({ PORT: '0', DATA_DIR: data }, quick);
  await first.until(/ready at/);
  const postgres = await serverPid(data);
  // Stopped it is still there, holds its port and answers nobody, as one that is being killed on a busy machine.
  process.kill(postgres, 'SIGSTOP');
  first.child.kill('SIGKILL');
  await first.ended;
  const second = spawnDanbi({ PORT: '0', DATA_DIR: data }, quick);
  await knocksAt(Number((await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3]));
  process.kill(postgres, 'SIGKILL');
  await second.until(/ready at/);
  expect(await serverPid(data)).not.toBe(postgres);
  second.child.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
});

test('Ctrl-C while starting, sent twice as npm does, still stops the database', async () => {
  const data = dataDir('early');
  const early = spawnDanbi({ PORT: '0', DATA_DIR: data }, quick);
  while (!Number(await serverPid(data)) && early.child.exitCode === null) await new Promise((done) => { setTimeout(done, 20); });
  early.child.kill('SIGINT');
  early.child.kill('SIGINT');
  expect(await early.ended).toMatchObject({ code: 0, err: '' });
  expect(await exists(join(data, 'postgres', 'postmaster.pid'))).toBe(false);
});
