import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** Tells one process from every other, also after its number was given to another one. */
export interface ProcessIdentity {
  pid: number;
  /** When the process started, in the kernel's own words; null when the system does not tell. */
  started: string | null;
  /** The running of the machine; another one means another machine or a restart. */
  boot: string | null;
  /** The process number space: containers that share a folder may each have a process 1. */
  space: string | null;
}

/** `unknown`: a process of another machine, container or boot, of which nothing can be said from here. */
export type Liveness = 'alive' | 'dead' | 'unknown';

const orNull = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    // The system has no such file, or no such process: the caller decides what not knowing means.
    return null;
  }
};

function startOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
    // The command name stands in parentheses and may hold anything; the start time is the 20th field after it.
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  }
  if (process.platform === 'win32') return null;
  return orNull(() => execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()) || null;
}

const bootOf = () => orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
const spaceOf = () => orNull(() => readlinkSync('/proc/self/ns/pid'));

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid), boot: bootOf(), space: spaceOf() };
}

/** Whether that process still runs, as far as this one can tell. Never `dead` while it might run. */
export function livenessOf(other: ProcessIdentity, own: ProcessIdentity = ownIdentity()): Liveness {
  if (other.boot !== own.boot || other.space !== own.space) return 'unknown';
  const exists = orNull(() => { process.kill(other.pid, 0); return true; }) ?? startOf(other.pid) !== null;
  if (!exists) return 'dead';
  const started = startOf(other.pid);
  if (started === null || other.started === null) return 'unknown';
  return started === other.started ? 'alive' : 'dead';
}
