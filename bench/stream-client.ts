import { connect, type Socket } from 'node:net';

/** What the bench asks of the process that plays the browsers. */
export type StreamAsk = { open: { port: number; tickets: string[] } } | { expect: number } | { close: true };
/** `opened`: every head has come. `frame`: the delivery and when it came, on the clock both processes share. `reached`: so many frames have come since asked. */
export type StreamTold = { opened: number } | { frame: { d: string; at: number } } | { reached: number };

const AT_ONCE = 100;
const sockets: Socket[] = [];
let frames = 0;
let wanted = Infinity;

const say = (told: StreamTold): void => { process.send!(told); };
const now = (): number => performance.timeOrigin + performance.now();

/** Opens one stream; resolves with its first bytes. */
function open(port: number, ticket: string): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET /v1/stream?t=${ticket} HTTP/1.1\r\nhost: bench\r\n\r\n`));
    socket.on('error', fail);
    socket.once('data', (head: Buffer) => {
      if (!head.toString('latin1').startsWith('HTTP/1.1 200')) return fail(new Error(head.toString('latin1')));
      sockets.push(socket);
      done();
    });
    socket.on('data', (bytes: Buffer) => {
      for (const [, data] of bytes.toString('latin1').matchAll(/^data: (.*)$/gm)) heard(JSON.parse(data!) as { d?: string; r?: number });
    });
  });
}

function heard(frame: { d?: string; r?: number }): void {
  if (frame.d !== undefined) say({ frame: { d: frame.d, at: now() } });
  if (frame.r === undefined) return;
  frames += 1;
  if (frames === wanted) say({ reached: now() });
}

process.on('message', (ask: StreamAsk) => {
  if ('close' in ask) return process.exit(0);
  if ('expect' in ask) {
    frames = 0;
    wanted = ask.expect;
    return;
  }
  void (async () => {
    const { port, tickets } = ask.open;
    for (let from = 0; from < tickets.length; from += AT_ONCE) await Promise.all(tickets.slice(from, from + AT_ONCE).map((ticket) => open(port, ticket)));
    say({ opened: tickets.length });
  })();
});
