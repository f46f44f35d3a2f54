// Programs that the check of the image needs, and how they are called.
import { execFileSync, spawnSync } from 'node:child_process';

/** Debian packages by the program that they bring. */
const PACKAGES = { buildah: 'buildah', debootstrap: 'debootstrap', runc: 'runc' };

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

/** Installs what is missing where apt-get is at hand. @throws {Error} naming what can not be had */
export function needPrograms() {
  if (process.getuid?.() !== 0) throw new Error('The image is built and run without a daemon, which takes root: run this as root on a machine that may be changed.');
  const missing = Object.keys(PACKAGES).filter((program) => !has(program));
  if (missing.length > 0 && has('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing.map((program) => PACKAGES[program])], { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  const still = missing.filter((program) => !has(program));
  if (still.length > 0) throw new Error(`Missing: ${still.join(', ')}. On Debian: apt-get install ${still.map((program) => PACKAGES[program]).join(' ')}`);
}

/** Runs a program to its end. @returns what it printed @throws {Error} with the end of what it said */
export function run(program, args, options = {}) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'], ...options }).trim();
  } catch (error) {
    throw new Error(`${program} ${args.slice(0, 6).join(' ')}: ${String(error.stdout ?? '').slice(-3000)}\n${String(error.stderr ?? error).slice(-3000)}`, { cause: error });
  }
}

/** buildah over a storage of our own, so that nothing of the machine's is touched and one folder holds all there is to delete. */
export const buildahIn = (folder) => (...args) => run('buildah', ['--root', `${folder}/storage`, '--runroot', `${folder}/run`, '--storage-driver', 'vfs', ...args], { env: { ...process.env, BUILDAH_ISOLATION: 'chroot' } });

/** Bytes under a folder, as they lie on the disk. */
export const sizeOf = (folder) => Number(run('du', ['-s', '--block-size=1', folder]).split('\t')[0]);
export const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
