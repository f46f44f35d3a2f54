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

/** How long a moment is waited for; after that the process is killed wherever it is. */
const PATIENCE_MS = 2_000;

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
 * Holds the table of deliveries, waits until a statement of the claim (or of the settlement) stands before it and kills the
 * process there; for `render` the claim is let through first and its messages are being made when the kill comes.
 */
async function killBlocked(moment: 'claim' | 'render' | 'settle', { admin, sink, random }: Victim, kill: () => void): Promise<Moment> {
  const wanted = WORDS[moment === 'settle' ? 'settle' : 'claim'];
  // There is something to settle only once a message has gone.
  if (moment === 'settle') await somethingRead(sink);
  await sleep(random() * 500);
  await admin.query('begin');
  try {
    await admin.query('lock table delivery in share row exclusive mode');
    const came = await blocked(admin, wanted);
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

async function somethingRead(sink: SmtpSink): Promise<void> {
  const before = sink.read.length;
  for (const until = performance.now() + PATIENCE_MS; sink.read.length === before && performance.now() < until; ) await sleep(5);
}

async function blocked(admin: pg.Client, words: string): Promise<boolean> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const { rowCount } = await admin.query(
      `select 1 from pg_stat_activity as a where a.datname = current_database() and a.wait_event_type = 'Lock' and strpos(a.query, $1) > 0 and a.pid <> pg_backend_pid()`, [words]);
    if (rowCount! > 0) return true;
    await sleep(5);
  }
  return false;
}
