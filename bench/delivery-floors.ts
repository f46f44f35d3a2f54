import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createTransport } from 'nodemailer';

/** A message as an author's program has it before it is sent, and as the bytes it becomes. */
export interface Prepared { to: string; subject: string; html: string; text: string; raw: Buffer }

export interface Measure { perSecond: number; cpuMicros: number }

export interface Relay { url: string; from: { name: string; address: string }; connections: number; dkim?: { domainName: string; keySelector: string; privateKey: string } }

/** nodemailer as it is usually used: one `sendMail` is awaited, then the next, over a pool that keeps its connection. */
export function sendLoop(relay: Relay, messages: readonly Prepared[]): Promise<Measure> {
  return sending(relay, messages, 1, ({ to, subject, html, text }) => ({ from: relay.from, to, subject, html, text }));
}

/** The same with as many callers as connections. */
export function sendParallel(relay: Relay, messages: readonly Prepared[]): Promise<Measure> {
  return sending(relay, messages, relay.connections, ({ to, subject, html, text }) => ({ from: relay.from, to, subject, html, text }));
}

/** nodemailer's pool with bytes that were made before: nothing is rendered, composed, remembered or written down. */
export function sendRaw(relay: Relay, messages: readonly Prepared[]): Promise<Measure> {
  return sending(relay, messages, relay.connections, ({ to, raw }) => ({ envelope: { from: relay.from.address, to }, raw }));
}

async function sending(relay: Relay, messages: readonly Prepared[], callers: number, mailOf: (message: Prepared) => object): Promise<Measure> {
  const pool = createTransport({ url: relay.url, pool: true, maxConnections: relay.connections, maxMessages: Infinity, ...(relay.dkim ? { dkim: relay.dkim } : {}) } as Parameters<typeof createTransport>[0]);
  const waiting = [...messages];
  const result = await measured(messages.length, async () => {
    await Promise.all(Array.from({ length: callers }, async () => { for (let next = waiting.pop(); next; next = waiting.pop()) await pool.sendMail(mailOf(next)); }));
  });
  pool.close();
  return result;
}

setFlagsFromString('--expose-gc');
/** Frees what nobody holds. */
const collect = runInNewContext('gc') as () => void;

/**
 * Wall clock and CPU of this process for so many messages; the mail server and the database have processes of their own. What
 * was left behind before is freed first, so that nobody pays for another one's memory.
 */
export async function measured(count: number, work: () => Promise<void>): Promise<Measure> {
  collect();
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { perSecond: count / ((performance.now() - start) / 1000), cpuMicros: (user + system) / count };
}

/** In MB. */
interface Memory { resident: number; heap: number }

/** The memory of this process before, in the middle of and after some work, the most it was, and what is held when it is over. Nothing is freed meanwhile. */
export async function memoryDuring(work: () => Promise<void>): Promise<Record<'start' | 'middle' | 'end', Memory> & { most: number; held: number }> {
  collect();
  const seen: Memory[] = [];
  const look = () => {
    const { rss, heapUsed } = process.memoryUsage();
    seen.push({ resident: Math.round(rss / 1_048_576), heap: Math.round(heapUsed / 1_048_576) });
  };
  look();
  const timer = setInterval(look, 100);
  try {
    await work();
  } finally {
    look();
    clearInterval(timer);
  }
  collect();
  return { held: Math.round(process.memoryUsage().heapUsed / 1_048_576), start: seen[0]!, middle: seen[Math.floor(seen.length / 2)]!, end: seen.at(-1)!, most: Math.max(...seen.map(({ resident }) => resident)) };
}
