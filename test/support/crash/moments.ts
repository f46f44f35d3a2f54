import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { DanbiProcess } from '../process.js';
import type { SinkMoment, SmtpSink } from '../smtp-sink.js';

/** When a process is killed. The four of the mail server are moments inside one message's transfer. */
export const MOMENTS = ['anywhere', 'start', 'claim', 'render', 'rcpt', 'data', 'dot', 'accepted', 'settle', 'shutdown'] as const;
export type Moment = (typeof MOMENTS)[number];

/** What a killer may touch: the process, its own mail server, a session of its own at the database and random numbers. */
export interface Victim {
  danbi: DanbiProcess;
  sink: SmtpSink;
  admin: pg.Client;
  random: () => number;
}

/** How long a moment is waited for; after that the process is killed wherever it is. A loaded machine claims once in some seconds. */
const PATIENCE_MS = 20_000;

/**
 * Kills the process with SIGKILL at the moment named.
 *
 * @returns the moment it was really killed at: `anywhere` when the one wanted did not come
 */
export async function killAt(moment: Moment, victim: Victim): Promise<Moment> {
  const { danbi, random } = victim;
  const kill = () => danbi.child.kill('SIGKILL');
  if (moment === 'start') {
    await sleep(random() * 1_500);
    kill();
    return moment;
  }
  await danbi.until(/ready at/);
  switch (moment) {
    case 'anywhere':
      await sleep(random() * 800);
      kill();
      return moment;
    case 'claim': case 'render': case 'settle':
      return killBlocked(moment, victim, kill);
    case 'shutdown':
      await atMoment(victim, 'accepted', () => danbi.child.kill('SIGTERM'));
      await sleep(random() * 100);
      kill();
      return moment;
    default:
      return (await atMoment(victim, moment, kill)) ? moment : 'anywhere';
  }
}

/** Acts inside the mail server's own handler, at the so-manieth such moment of this life; gives up after the patience. */
async function atMoment({ sink, random, danbi }: Victim, wanted: SinkMoment, act: () => void): Promise<boolean> {
  let left = 1 + Math.floor(random() * 40);
  const came = await new Promise<boolean>((done) => {
    const patience = setTimeout(() => done(false), PATIENCE_MS);
    sink.script.moment = (where) => {
      if (where !== wanted || (left -= 1) > 0) return;
      sink.script.moment = undefined;
      act();
      clearTimeout(patience);
      done(true);
    };
  });
  sink.script.moment = undefined;
  if (!came) danbi.child.kill('SIGKILL');
  return came;
}

/** Words near the beginning of the statement: the server shows no more than its first kilobyte. */
const WORDS = { claim: 'with recursive campaign_of', settle: 'set state = s."state"' };

/**
 * Holds the table of deliveries until the process's own claim (or settlement) stands before it and kills the process there; for
 * `render` the claim is let through first and its messages are being made when the kill comes.
 */
async function killBlocked(moment: 'claim' | 'render' | 'settle', { danbi, admin, sink, random }: Victim, kill: () => void): Promise<Moment> {
  const wanted = WORDS[moment === 'settle' ? 'settle' : 'claim'];
  // There is something to settle only once a message has gone.
  if (moment === 'settle') await somethingRead(sink);
  await sleep(random() * 500);
  const came = await holdUntil(admin, danbi.child.pid!, wanted);
  try {
    if (moment === 'render') {
      await admin.query('rollback');
      await sleep(random() * 12);
    }
    kill();
    return came ? moment : 'anywhere';
  } finally {
    await admin.query('rollback');
  }
}

/**
 * Locks the table and lets what stands before it by, one statement after another, until it is the wanted one: a process that
 * follows a killed one first settles what that one left.
 * @returns whether it came; the lock is held then, and only then
 */
async function holdUntil(admin: pg.Client, pid: number, words: string): Promise<boolean> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await admin.query('rollback')) {
    await admin.query('begin');
    await admin.query('lock table delivery in share row exclusive mode');
    const waiting = await somebodyWaits(admin, until);
    const ports = await portsOf(pid);
    if (waiting.some(({ port, query }) => ports.includes(port) && query.includes(words))) return true;
  }
  return false;
}

/** Who stands before the lock that this session holds; nobody once the time is over. */
async function somebodyWaits(admin: pg.Client, until: number): Promise<{ port: number; query: string }[]> {
  let seen = false;
  for (; performance.now() < until; await sleep(5)) {
    const { rows } = await admin.query<{ port: number; query: string }>(
      'select a.client_port as port, a.query from pg_stat_activity as a where a.datname = current_database() and pg_backend_pid() = any(pg_blocking_pids(a.pid))');
    // Who waits is newer than what the sessions are said to do, which is read first: only the second look is sure to fit.
    if (rows.length > 0 && seen) return rows;
    seen = rows.length > 0;
  }
  return [];
}

/** The ports a process speaks from, by which its sessions are known at the database. */
async function portsOf(pid: number): Promise<number[]> {
  const files = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
  const sockets = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const lines = (await readFile(`/proc/${pid}/net/tcp`, 'utf8')).trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/));
  return lines.filter((line) => sockets.has(line[9]!)).map((line) => Number.parseInt(line[1]!.split(':')[1]!, 16));
}

async function somethingRead(sink: SmtpSink): Promise<void> {
  const before = sink.read.length;
  for (const until = performance.now() + PATIENCE_MS; sink.read.length === before && performance.now() < until; ) await sleep(5);
}
