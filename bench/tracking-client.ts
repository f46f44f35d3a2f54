import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';

/** Addresses asked for one after the other by so many readers at once; each must be answered with `status`. */
export interface Load { urls: string[]; readers: number; status: number }

async function read({ urls, readers, status }: Load): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: readers });
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: readers }, async () => {
    while (next < urls.length) await ask(urls[next++]!, agent, status);
  }));
  const seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  return urls.length / seconds;
}

function ask(url: string, agent: Agent, status: number): Promise<void> {
  return new Promise((done, fail) => {
    get(url, { agent, headers: { 'user-agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15', 'accept-language': 'ko-KR' } }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode === status ? done() : fail(new Error(`answered ${answer.statusCode}`))));
    }).on('error', fail);
  });
}

// A process of its own, so that the load does not run on the event loop that is measured.
process.on('message', (load: Load) => {
  void read(load).then((rate) => process.send!({ rate }), (error: unknown) => process.send!({ error: String(error) }));
});
