import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** Bodies posted one after the other by so many browsers at once, each on a connection of its own that is kept; each must be answered with `status`. */
export interface Posts { port: number; path: string; bodies: string[]; browsers: number; status: number }

/** Requests a second, the 95th percentile in ms, this process's own CPU time for each, and the first answer, as base64. */
export interface Posted { rate: number; p95: number; cpuMicros: number; head: string; body: string }

const HEAD = 'host: 127.0.0.1\r\norigin: https://shop.example\r\nuser-agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15\r\naccept-encoding: gzip\r\ncontent-type: text/plain;charset=UTF-8\r\n';
/** Answers that never have a body. */
const EMPTY = [204, 304];

/** Bare sockets: an HTTP client of Node costs more than the route it would measure. */
async function post(posts: Posts): Promise<Posted> {
  const sockets = Array.from({ length: posts.browsers }, () => connect({ port: posts.port, host: '127.0.0.1', noDelay: true }));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const run = { next: 0, took: [] as number[], first: null as string | null };
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await Promise.all(sockets.map((socket) => postOn(socket, posts, run)));
  const [seconds, { user, system }] = [(performance.now() - started) / 1_000, process.cpuUsage(cpu)];
  for (const socket of sockets) socket.destroy();
  const end = run.first!.indexOf('\r\n\r\n');
  return {
    rate: posts.bodies.length / seconds, p95: run.took.toSorted((a, b) => a - b)[Math.floor(run.took.length * 0.95)]!, cpuMicros: (user + system) / posts.bodies.length,
    head: run.first!.slice(0, end), body: Buffer.from(run.first!.slice(end + 4), 'latin1').toString('base64'),
  };
}

/** Posts, reads the whole answer, posts again, until nothing is left. */
function postOn(socket: Socket, { path, bodies, status }: Posts, run: { next: number; took: number[]; first: string | null }): Promise<void> {
  return new Promise((done, fail) => {
    let got = '';
    let asked = 0;
    const ask = () => {
      const body = bodies[run.next++];
      if (body === undefined) return done();
      asked = performance.now();
      socket.write(`POST ${path} HTTP/1.1\r\n${HEAD}content-length: ${body.length}\r\n\r\n${body}`, 'latin1');
    };
    socket.setEncoding('latin1').on('error', fail).on('close', () => fail(new Error('the connection was closed')));
    socket.on('data', (chunk: string) => {
      got += chunk;
      const end = got.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = EMPTY.includes(status) ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(got.slice(0, end))?.[1]);
      if (!got.startsWith(`HTTP/1.1 ${status} `) || !(got.length <= end + 4 + length)) return fail(new Error(`answered ${got.slice(0, 600)}`));
      if (got.length < end + 4 + length) return;
      run.took.push(performance.now() - asked);
      run.first ??= got;
      got = '';
      ask();
    });
    ask();
  });
}

// A process of its own, so that the load does not run on the event loop that is measured.
process.on('message', (posts: Posts) => {
  void post(posts).then((posted) => process.send!(posted), (error: unknown) => process.send!({ error: String(error) }));
});
