import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { message } from './ingest-messages.js';

/** What the load client is told to send: `count` messages of `people`, `batch` to a request, from `clients` at once. */
export interface Load { url: string; key: string; kind: 'identify' | 'track'; from: number; count: number; people: number; batch: number; clients: number }
export interface Outcome { seconds: number; p95: number }

function bodiesOf({ kind, from, count, people, batch }: Load): string[] {
  const one = (index: number) => (kind === 'identify' ? message(from + index, 0) : message((index * 7_919) % people, 1 + (index % 2)));
  return Array.from({ length: Math.ceil(count / batch) }, (_, part) =>
    JSON.stringify({ batch: Array.from({ length: Math.min(batch, count - part * batch) }, (_unused, index) => one(part * batch + index)), sentAt: new Date().toISOString() }));
}

function post({ url, key }: Load, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/batch`, { method: 'POST', agent, headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function send(load: Load): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.clients });
  const took: number[] = [];
  // All requests are made before the clock runs.
  const bodies = bodiesOf(load);
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: load.clients }, async () => {
    while (next < bodies.length) {
      const body = bodies[next++]!;
      const at = performance.now();
      await post(load, agent, body);
      took.push(performance.now() - at);
    }
  }));
  const seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  return { seconds, p95: took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.95)]! };
}

// A process of its own, so that the load does not run on the event loop that is measured.
process.on('message', (load: Load) => {
  void send(load).then((sent) => process.send!({ sent }), (error: unknown) => process.send!({ error: String(error) }));
});
