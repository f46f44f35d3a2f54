import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What dies when the database does: one connection's process, or the whole server at once. */
export type Part = 'backend' | 'server';

const postmaster = (dataDir: string) => Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

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
export function killDatabase(dataDir: string, part: Part, random: () => number): void {
  const server = postmaster(dataDir);
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
