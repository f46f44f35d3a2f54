import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

const TXT = 16;
const MX = 15;

/** A name server under test control: real DNS over UDP, for TXT and MX. */
export class DnsServer {
  readonly txt = new Map<string, string[]>();
  readonly mx = new Map<string, [number, string][]>();
  /** Names it never answers about. */
  readonly silent = new Set<string>();
  private readonly socket: Socket = createSocket('udp4');

  get address(): string {
    return `127.0.0.1:${(this.socket.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    this.socket.on('message', (query, { port, address }) => {
      const answer = this.answer(query);
      if (answer) this.socket.send(answer, port, address);
    });
    await new Promise<void>((done) => { this.socket.bind(0, '127.0.0.1', done); });
    return this;
  }

  stop(): Promise<void> {
    return new Promise((done) => { this.socket.close(done); });
  }

  private answer(query: Buffer): Buffer | null {
    const labels: string[] = [];
    let at = 12;
    for (; query[at]! > 0; at += query[at]! + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
    const question = query.subarray(12, at + 5);
    const type = query.readUInt16BE(at + 1);
    const name = labels.join('.').toLowerCase();
    if (this.silent.has(name)) return null;
    const data = type === TXT ? (this.txt.get(name) ?? []).map(txtData) : type === MX ? (this.mx.get(name) ?? []).map(mxData) : [];
    const exists = this.txt.has(name) || this.mx.has(name);
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(exists ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(data.length, 6);
    return Buffer.concat([head, question, ...data.map((each) => resource(type, each))]);
  }
}

const txtData = (text: string) => Buffer.concat((text.match(/.{1,255}/gs) ?? ['']).map((part) => Buffer.concat([Buffer.of(part.length), Buffer.from(part, 'latin1')])));

function mxData([priority, host]: [number, string]): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(priority);
  return Buffer.concat([head, ...host.split('.').filter(Boolean).map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])), Buffer.of(0)]);
}

/** The name is a pointer to the question. */
function resource(type: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 1, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
