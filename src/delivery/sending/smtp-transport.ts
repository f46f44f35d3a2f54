import { hostname } from 'node:os';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import { outcomeOf } from './domain/smtp-outcome.js';
import type { ComposedMail } from './compose.js';
import { SessionRefused, SmtpSession, type SendResult, type SessionSettings } from './smtp-session.js';

export type { SendResult } from './smtp-session.js';

/** A pool of SMTP sessions to one relay: as many as there are messages on the way at the same time. */
export class SmtpTransport {
  private readonly idle: SmtpSession[] = [];
  private readonly open = new Set<SmtpSession>();
  private closed = false;

  constructor(private readonly settings: SessionSettings) {}

  /**
   * Sends one message; never throws for what a server does.
   *
   * @param beforeLastByte runs before the final dot of the message can leave; when it throws, the session is closed instead
   */
  async send(mail: ComposedMail, beforeLastByte: () => void): Promise<SendResult> {
    for (;;) {
      let session: SmtpSession;
      try {
        session = await this.session();
      } catch (error) {
        if (error instanceof SessionRefused) return outcomeOf(error.failure);
        throw error;
      }
      const { result, untouched } = await session.send(mail, beforeLastByte);
      if (session.isOpen && !this.closed) this.idle.push(session);
      else this.drop(session);
      // An old session that the server had ended meanwhile tells nothing about the message; a new one can not be `untouched`.
      if (!untouched || this.closed) return result;
    }
  }

  /** @param force also ends messages on the way, whose outcome is then unknown */
  close(force = false): void {
    this.closed = true;
    for (const session of this.idle.splice(0)) {
      session.quit();
      this.open.delete(session);
    }
    if (force) for (const session of this.open) session.close();
  }

  private async session(): Promise<SmtpSession> {
    for (let session = this.idle.pop(); session; session = this.idle.pop()) {
      if (session.isOpen) return session;
      this.drop(session);
    }
    const session = await SmtpSession.open(this.settings);
    this.open.add(session);
    return session;
  }

  private drop(session: SmtpSession): void {
    session.quit();
    this.open.delete(session);
  }
}

/** Reads SMTP_URL: `smtp://` or `smtps://`, with user and password when the relay wants them, and nodemailer's options as query. */
export function settingsOfUrl(url: string): SessionSettings {
  const { host = 'localhost', secure = false, auth, ...options } = parseConnectionUrl(url) as Partial<SessionSettings>;
  return { ...options, host, secure, name: ownName(), ...(auth ? { auth } : {}) };
}

/** What we say in EHLO: the machine's name when it is one, else a neutral literal. */
export function ownName(): string {
  const name = hostname();
  return /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$/.test(name) ? name : '[127.0.0.1]';
}
