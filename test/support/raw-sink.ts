import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One line the client said, and what to answer: text is sent as it is, `close` ends the connection, `reset` without a goodbye. */
export type Answer = string | 'close' | 'reset' | undefined;

/**
 * A mail server down to the single line, for behaviour that a proper server can not show: no PIPELINING, DATA taken without
 * a recipient, answers in pieces, a close in the middle.
 */
export class RawSink {
  readonly lines: string[] = [];
  readonly bodies: string[] = [];
  connections = 0;
  private server!: Server;
  private readonly sockets = new Set<Socket>();

  /** @param answer what a line or the body (`.`) is answered; undefined means the usual */
  constructor(private readonly extensions: readonly string[], private readonly answer: (line: string, connection: number) => Answer = () => undefined) {}

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async start(): Promise<this> {
    this.server = createServer((socket) => this.serve(socket));
    await new Promise<void>((done) => { this.server.listen(0, '127.0.0.1', done); });
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => { this.server.close(done); });
  }

  private serve(socket: Socket): void {
    this.connections += 1;
    const connection = this.connections;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    let text = '';
    let inBody = false;
    const say = (line: string, usual: string) => {
      const answer = this.answer(line, connection) ?? usual;
      if (answer === 'close') socket.end();
      else if (answer === 'reset') socket.resetAndDestroy();
      else {
        socket.write(`${answer}\r\n`);
        inBody = line === 'DATA' && answer.startsWith('354');
      }
    };
    const usual = (line: string) => (line.startsWith('EHLO') ? ['250-sink', ...this.extensions.map((each) => `250-${each}`), '250 HELP'].join('\r\n') : line === 'DATA' ? '354 go on' : '250 2.0.0 fine');
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (;;) {
        if (inBody) {
          const end = text.startsWith('.\r\n') ? 0 : text.indexOf('\r\n.\r\n') + 2;
          if (end === 1) return;
          this.bodies.push(text.slice(0, end));
          text = text.slice(end + 3);
          inBody = false;
          say('.', '250 2.0.0 taken');
          continue;
        }
        const end = text.indexOf('\r\n');
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        this.lines.push(line);
        say(line, usual(line));
      }
    });
    socket.write('220 sink ESMTP\r\n');
  }
}
