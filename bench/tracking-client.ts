import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** Paths asked for one after the other by so many readers at once, each on a connection of its own; each must be answered with `status`. */
export interface Load { port: number; paths: string[]; readers: number; status: number }

/** Requests a second, and this process's own CPU time for each: it must not be what is measured. */
export interface Measured { rate: number; cpuMicros: number }

const HEAD = ' HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15\r\naccept-language: ko-KR\r\n\r\n';

/** Bare sockets: an HTTP client of Node costs more than the route it would measure. */
async function read({ port, paths, readers, status }: Load): Promise<Measured> {
  const sockets = Array.from({ length: readers }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  let next = 0;
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await Promise.all(sockets.map((socket) => readOn(socket, () => paths[next++], status)));
  const { user, system } = process.cpuUsage(cpu);
  const measured = { rate: paths.length / ((performance.now() - started) / 1_000), cpuMicros: (user + system) / paths.length };
  for (const socket of sockets) socket.destroy();
  return measured;
}

/** Asks, reads the whole answer, asks again, until there is nothing left to ask for. */
function readOn(socket: Socket, take: () => string | undefined, status: number): Promise<void> {
  return new Promise((done, fail) => {
    let got = '';
    const ask = () => {
      const path = take();
      if (path === undefined) done();
      else socket.write(`GET ${path}${HEAD}`, 'latin1');
    };
    socket.setEncoding('latin1').on('error', fail).on('close', () => fail(new Error('the connection was closed')));
    socket.on('data', (chunk: string) => {
      got += chunk;
      const end = got.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(got.slice(0, end))?.[1]);
      if (!got.startsWith(`HTTP/1.1 ${status} `) || !(got.length <= end + 4 + length)) return fail(new Error(`answered ${got.slice(0, 300)}`));
      if (got.length < end + 4 + length) return;
      got = '';
      ask();
    });
    ask();
  });
}

// A process of its own, so that the load does not run on the event loop that is measured.
process.on('message', (load: Load) => {
  void read(load).then((measured) => process.send!(measured), (error: unknown) => process.send!({ error: String(error) }));
});
