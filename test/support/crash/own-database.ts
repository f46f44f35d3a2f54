import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What dies when the database does: one connection's process, or the whole server at once. */
export type Part = 'backend' | 'server';

const WAIT_MS = 60_000;

/** The server that runs on the folder. One that was killed is waited for: what was claimed before may go out meanwhile. */
async function postmaster(dataDir: string): Promise<number> {
  for (const until = performance.now() + WAIT_MS; performance.now() < until; await sleep(50)) {
    const file = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number(file.split('\n')[0]);
    // Only a server that takes connections has written that it is ready.
    if (pid > 0 && existsSync(`/proc/${pid}`) && /^ready/m.test(file)) return pid;
  }
  throw new Error(`no database runs in ${dataDir}`);
}

function childrenOf(pid: number): { pid: number; name: string }[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, child, name] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return child ? [{ pid: Number(child), name: name! }] : [];
  });
}

/**
 * Kills PostgreSQL with SIGKILL: one process that serves a connection of Danbi (the server then starts all others anew by
 * itself), or the server with everything it has, which nobody but Danbi brings back.
 */
export async function killDatabase(dataDir: string, part: Part, random: () => number): Promise<void> {
  const server = await postmaster(dataDir);
  const children = childrenOf(server);
  const serving = children.filter(({ name }) => /^postgres: danbi danbi /.test(name));
  const victims = part === 'backend' ? serving.length === 0 ? [] : [serving[Math.floor(random() * serving.length)]!] : [{ pid: server }, ...children];
  for (const { pid } of victims) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
