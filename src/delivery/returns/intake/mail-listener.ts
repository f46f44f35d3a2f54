import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { Config } from '../../../platform/config.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { ReturnPaths } from '../../identity/return-paths.service.js';
import { isBounceDomain } from '../store/inbound-events.store.js';
import { fileMail, MAX_MAIL_BYTES } from './file-mail.js';

/** A stranger may hold so many connections, each at most with one mail of ten megabytes in memory. */
const MAX_CLIENTS = 20;
const SILENCE_MS = 60_000;

/**
 * The mail server that bounces and complaints come to, over SMTP or LMTP (INBOUND_PORT; off without it). It takes mail for our
 * signed return paths and for everything in the bounce domains and INBOUND_DOMAINS, and files it before it says 250: what it has taken is not lost.
 */
@Injectable()
export class MailListener implements OnApplicationBootstrap, OnModuleDestroy {
  private server: SMTPServer | null = null;
  private readonly domains: ReadonlySet<string>;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly returnPaths: ReturnPaths,
    private readonly runner: WorkerRunner,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.domains = new Set(config.INBOUND_DOMAINS.toLowerCase().split(/[\s,]+/).filter((domain) => domain !== ''));
  }

  /** The port it listens on; null when it is off. */
  get port(): number | null {
    return this.server ? (this.server.server.address() as AddressInfo).port : null;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { INBOUND_PORT: port, INBOUND_HOST: host, INBOUND_PROTOCOL: protocol } = this.config;
    if (port === undefined || this.config.ROLE === 'worker') return;
    const server = new SMTPServer({
      name: 'danbi', banner: 'Danbi returns', lmtp: protocol === 'lmtp', disabledCommands: ['AUTH', 'STARTTLS'], size: MAX_MAIL_BYTES, maxClients: MAX_CLIENTS, socketTimeout: SILENCE_MS,
      closeTimeout: 2_000, disableReverseLookup: true, logger: false,
      onRcptTo: (address, _session, done) => void this.answer(() => this.allow(address), done),
      onData: (stream, session, done) => void this.answer(() => this.take(stream, session), done),
    });
    // Strangers cut connections and speak nonsense: nothing a person must see.
    server.on('error', (error) => this.log.debug({ err: error }, 'a connection to the mail listener failed'));
    await new Promise<void>((done, fail) => {
      server.server.once('error', fail);
      server.listen(port, host, () => done());
    });
    this.server = server;
    this.log.info({ port: this.port, host, protocol }, 'bounces and complaints are taken');
  }

  async onModuleDestroy(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server) await new Promise<void>((done) => { server.close(() => done()); });
  }

  private async allow({ address }: SMTPServerAddress): Promise<void> {
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
    if (this.domains.has(domain) || (await this.returnPaths.read(address)) !== null || (await isBounceDomain(this.db, domain))) return;
    throw Object.assign(new Error('5.1.1 No such recipient here'), { responseCode: 550 });
  }

  private async take(stream: SMTPServerDataStream, { envelope }: SMTPServerSession): Promise<void> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of stream) {
      bytes += (part as Buffer).length;
      // The rest is read and forgotten; the sender is told at the end.
      if (bytes <= MAX_MAIL_BYTES) parts.push(part as Buffer);
    }
    if (bytes > MAX_MAIL_BYTES || stream.sizeExceeded) throw Object.assign(new Error(`5.3.4 At most ${MAX_MAIL_BYTES} bytes are taken`), { responseCode: 552 });
    const to = [...new Set(envelope.rcptTo.map(({ address }) => address))];
    await fileMail(this.db, { raw: Buffer.concat(parts), receivedAt: this.clock.now(), envelope: { from: envelope.mailFrom ? envelope.mailFrom.address : '', to } });
    this.runner.wake('delivery.returns');
  }

  private async answer(work: () => Promise<void>, done: (error?: Error | null) => void): Promise<void> {
    try {
      await work();
      done();
    } catch (error) {
      if (error instanceof Error && 'responseCode' in error) return done(error);
      this.log.warn({ err: error }, 'a mail could not be filed; its sender will come again');
      done(Object.assign(new Error('4.3.0 Try again later'), { responseCode: 451 }));
    }
  }
}
