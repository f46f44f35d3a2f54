import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A collector of traces in a process of its own, which takes whatever comes and keeps the number of its bytes. On the same machine: its work is part of what is measured, as that of the load is. */
export interface TraceCollector { url: string; bytes(): Promise<number>; stop(): void }

export async function startTraceCollector(): Promise<TraceCollector> {
  const child = fork(fileURLToPath(import.meta.url), ['collect'], { execArgv: [] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `http://127.0.0.1:${port}`, stop: () => { child.kill(); },
    bytes: async () => { child.send('bytes'); return ((await once(child, 'message')) as [number])[0]; },
  };
}

function collect(): void {
  let taken = 0;
  const server = createServer((request, response) => {
    request.on('data', (part: Buffer) => { taken += part.length; });
    request.on('end', () => { response.writeHead(200, { 'content-type': 'application/json' }).end('{}'); });
  });
  server.listen(0, '127.0.0.1', () => { process.send!({ port: (server.address() as AddressInfo).port }); });
  process.on('message', () => { process.send!(taken); });
}

if (process.argv[2] === 'collect') collect();
