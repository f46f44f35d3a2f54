import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { outcomeOf, type SmtpOutcome } from './domain/smtp-outcome.js';
import type { ComposedMail } from './compose.js';

export interface SmtpSettings {
  /** `smtp://` or `smtps://`, with user and password when the relay wants them. */
  url: string;
  connections: number;
}

export type SendResult = { kind: 'accepted'; reply: string } | SmtpOutcome;

/** The parts of nodemailer's pool that are used here: its transport interface, below `sendMail`. */
interface Pool {
  send(mail: PoolMail, done: (error: SendError | null, info?: { response: string }) => void): void;
  close(options?: { force: boolean }): void;
}
interface PoolMail {
  data: object;
  message: { getEnvelope(): { from: string; to: string[]; size: number }; messageId(): string; getHeader(name: string): string; createReadStream(): Readable };
}
interface SendError extends Error { code?: string; command?: string; response?: string; responseCode?: number }

const SECOND = 1000;

/**
 * Pooled SMTP. Messages are handed to nodemailer's pool through its transport interface, which takes bytes as they are:
 * `sendMail` would build and scan a MIME tree again, more than half of the cost of a send.
 */
export class SmtpTransport {
  private readonly pool: Pool;

  constructor(settings: SmtpSettings) {
    const mailer = createTransport({
      url: settings.url, pool: true, maxConnections: settings.connections, maxMessages: Infinity, name: safeHostname(),
      connectionTimeout: 30 * SECOND, greetingTimeout: 30 * SECOND, socketTimeout: 300 * SECOND, disableFileAccess: true, disableUrlAccess: true,
    } as Parameters<typeof createTransport>[0]);
    this.pool = mailer.transporter as unknown as Pool;
  }

  /**
   * Sends one message; never throws for what a server does.
   *
   * @param beforeLastByte runs when all but the end of the message has been handed over and before its final dot can leave;
   *   when it throws, the connection is closed instead
   */
  send(mail: ComposedMail, beforeLastByte: () => void): Promise<SendResult> {
    const trace = { opened: false, begun: false };
    const message = {
      getEnvelope: () => ({ from: mail.envelope.from, to: [mail.envelope.to], size: mail.raw.length }),
      messageId: () => '',
      getHeader: () => '',
      createReadStream: () => {
        trace.opened = true;
        return bytesThen(mail.raw, () => {
          beforeLastByte();
          trace.begun = true;
        });
      },
    };
    return new Promise((done) => {
      this.pool.send({ data: {}, message }, (error, info) => {
        if (!error) return done({ kind: 'accepted', reply: info?.response ?? '' });
        const { code, command, response, responseCode } = error;
        done(outcomeOf({ code, command, response, responseCode: responseCode || undefined, message: error.message, ...trace }));
      });
    });
  }

  /** @param force also ends messages on the way, whose outcome is then unknown */
  close(force = false): void {
    this.pool.close({ force });
  }
}

/** The bytes, then `last`, then the end. `_read` is called again only when the consumer has taken the bytes or has room. */
function bytesThen(bytes: Buffer, last: () => void): Readable {
  let given = false;
  return new Readable({
    read() {
      if (!given) {
        given = true;
        this.push(bytes);
        return;
      }
      try {
        last();
      } catch (error) {
        this.destroy(error as Error);
        return;
      }
      this.push(null);
    },
  });
}

/** What we say in EHLO: the machine's name when it is one, else a neutral literal. */
function safeHostname(): string {
  const name = hostname();
  return /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$/.test(name) ? name : '[127.0.0.1]';
}
