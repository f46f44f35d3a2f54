import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import type { Log } from '../../platform/logging.js';
import { LOG } from '../../platform/tokens.js';
import { fileMail, keepNewest } from './store/sandbox.store.js';
import { readHead } from './sandbox-mail.js';

const MAX_BYTES = 25 * 1024 * 1024;
/** The mailbox keeps this many messages, and up to so many more until it is trimmed. */
export const KEPT_MAILS = 10_000;
const TRIM_EVERY = 500;

/**
 * A real mail server inside the process, on a free port of the loopback interface: without SMTP_URL every message goes
 * there over SMTP and is filed in `sandbox_mail` before the 250, so nothing leaves the machine and nothing is lost.
 */
@Injectable()
export class SandboxServer implements OnModuleDestroy {
  private starting: Promise<string> | null = null;
  private server: SMTPServer | null = null;
  private filed = 0;

  constructor(private readonly db: DataSource, private readonly clock: Clock, @Inject(LOG) private readonly log: Log) {}

  /** Where it listens; starts it at the first call. */
  url(): Promise<string> {
    this.starting ??= this.start().catch((error: unknown) => {
      this.starting = null;
      throw error;
    });
    return this.starting;
  }

  async onModuleDestroy(): Promise<void> {
    const { server } = this;
    this.server = null;
    this.starting = null;
    if (server) await new Promise<void>((done) => { server.close(() => done()); });
  }

  private start(): Promise<string> {
    const server = new SMTPServer({
      name: 'danbi-sandbox', banner: 'Danbi sandbox mailbox', disabledCommands: ['AUTH', 'STARTTLS'], size: MAX_BYTES, closeTimeout: 2_000, logger: false,
      onData: (stream, session, done) => void this.answer(stream, session, done),
    });
    server.on('error', (error) => this.log.warn({ err: error }, 'the sandbox mail server reported an error'));
    this.server = server;
    return new Promise((done, fail) => {
      server.server.once('error', fail);
      server.listen(0, '127.0.0.1', () => done(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`));
    });
  }

  private async answer(stream: SMTPServerDataStream, session: SMTPServerSession, done: (error?: Error) => void): Promise<void> {
    try {
      await this.take(stream, session);
      done();
    } catch (error) {
      done(this.refusal(error));
    }
  }

  private async take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    if (stream.sizeExceeded) throw Object.assign(new Error('Message too large'), { responseCode: 552 });
    const raw = Buffer.concat(parts);
    const { mailFrom, rcptTo } = session.envelope;
    await fileMail(this.db, { id: newId(), receivedAt: this.clock.now(), from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address).join(', '), ...(await readHead(raw)), raw });
    await this.trim();
  }

  /** At the first message of a process and at every five hundredth after. The message itself is filed whatever comes of it. */
  private async trim(): Promise<void> {
    this.filed += 1;
    if (this.filed % TRIM_EVERY !== 1) return;
    try {
      await keepNewest(this.db, KEPT_MAILS);
    } catch (error) {
      this.log.warn({ err: error }, 'old sandbox mails could not be deleted');
    }
  }

  /** A database that does not answer is a reason to come back, not to give up. */
  private refusal(error: unknown): Error {
    if (error instanceof Error && 'responseCode' in error) return error;
    this.log.warn({ err: error }, 'a sandbox mail could not be filed');
    return Object.assign(new Error('The sandbox mailbox cannot file this message now'), { responseCode: 451 });
  }
}
