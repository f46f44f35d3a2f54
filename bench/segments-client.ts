import { Agent, request } from 'node:http';
import { newId } from '../src/kernel/ids.js';

/** What the load client is told: events of `names` by turns, `perSecond` of them for so long, of people from number `from` on, each once. */
export interface Flow { url: string; key: string; names: readonly string[]; from: number; people: number; count: number; perSecond: number; batch: number }
/** For every event when its request was sent, and how long each request took (ms). */
export interface Flowed { sentAt: number[]; took: number[]; seconds: number }

const STRIDE = 7_919;
/** The person of an event: each number once, spread over everybody. */
export const personOf = (index: number, { from, people }: Pick<Flow, 'from' | 'people'>): number => ((from + index) * STRIDE) % people;

function post({ url, key }: Flow, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/batch`, { method: 'POST', agent, headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends at its own pace, whether answers come or not, as many independent senders do. */
async function flow(load: Flow): Promise<Flowed> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const sentAt: number[] = [];
  const took: number[] = [];
  const started = Date.now();
  const open: Promise<void>[] = [];
  for (let from = 0; from < load.count; from += load.batch) {
    const due = started + (from / load.perSecond) * 1_000;
    if (Date.now() < due) await new Promise((resolve) => { setTimeout(resolve, due - Date.now()); });
    const batch = Array.from({ length: Math.min(load.batch, load.count - from) }, (_, n) => ({
      type: 'track', userId: `bench-${personOf(from + n, load)}`, event: load.names[(from + n) % load.names.length], messageId: newId(), timestamp: new Date().toISOString(), properties: { amount: (from + n) % 100 },
    }));
    const at = Date.now();
    for (const _ of batch) sentAt.push(at);
    open.push(post(load, agent, JSON.stringify({ batch, sentAt: new Date().toISOString() })).then(() => { took.push(Date.now() - at); }));
  }
  await Promise.all(open);
  agent.destroy();
  return { sentAt, took, seconds: (Date.now() - started) / 1_000 };
}

process.on('message', (load: Flow) => {
  void flow(load).then((flowed) => process.send!({ flowed }), (error: unknown) => process.send!({ error: String(error) }));
});
