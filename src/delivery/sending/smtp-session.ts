import type { Socket } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { outcomeOf, type SmtpFailure, type SmtpOutcome } from './domain/smtp-outcome.js';
import { needsSmtpUtf8 } from './wire-address.js';
import type { ComposedMail } from './compose.js';

/** Where and how to open a session. */
export interface SessionSettings {
  host: string;
  port?: number;
  /** TLS from the first byte. */
  secure: boolean;
  /** STARTTLS: must be had, is never used, or (neither) is used when it is offered. */
  requireTLS?: boolean;
  ignoreTLS?: boolean;
  auth?: { user: string; pass: string };
  tls?: Record<string, unknown>;
  /** What we call ourselves in EHLO. */
  name: string;
}

export type SendResult = { kind: 'accepted'; reply: string } | SmtpOutcome;

/** `untouched`: the server had ended this session before it read anything of the message; it may go over another one. */
export interface SessionResult { result: SendResult; untouched: boolean }

interface Reply { code: number; text: string }

const SECOND = 1000;
/** Longest waits of RFC 5321, section 4.5.3.2: five minutes for a command, ten for the answer to the final dot. */
const COMMAND_MS = 300 * SECOND;
const FINAL_MS = 600 * SECOND;
const MOST_REPLY = 64 * 1024;
/** Up to here the end of a message leaves together with the rest of it. A longer one must have left the process first. */
const AT_ONCE = 64 * 1024;
const DOT = Buffer.from('.\r\n');
const LINE_DOT = Buffer.from('\n.');

/** The session ended, or the wait for an answer did. */
class SessionEnded extends Error {
  constructor(readonly code: 'ECONNECTION' | 'ETIMEDOUT' | 'ESOCKET' | 'EPROTOCOL', message: string) {
    super(message);
  }
}

/** nodemailer's connection when it has greeted, secured and logged in. Its version is fixed, and {@link takeOver} checks. */
type Greeted = Readonly<Record<string, unknown>>;
const LISTENERS = { data: '_onSocketData', error: '_onSocketError', close: '_onSocketClose', end: '_onSocketEnd', timeout: '_onSocketTimeout' } as const;

/**
 * One SMTP session. Connecting, TLS and login are nodemailer's; then its socket is taken over and messages are transferred
 * here, because its streams cost four times what the rest of a send does (docs/decisions/own-smtp-transfer.md). One message
 * at a time; MAIL, RCPT and DATA go in one write when the server offers PIPELINING (RFC 2920).
 */
export class SmtpSession {
  private readonly replies: Reply[] = [];
  private waiting: { done(reply: Reply): void; fail(error: SessionEnded): void } | null = null;
  private flushing: ((error: SessionEnded) => void) | null = null;
  private partial = '';
  private lines: string[] = [];
  private ended: SessionEnded | null = null;
  /** Messages this session has brought to an end. */
  private handled = 0;

  private constructor(private readonly socket: Socket, private readonly extensions: ReadonlySet<string>, private readonly largest: number) {
    socket.on('data', (chunk: Buffer) => this.read(chunk.toString('utf8')));
    socket.on('error', (error) => this.end(new SessionEnded('ESOCKET', error.message)));
    socket.on('end', () => this.end(new SessionEnded('ECONNECTION', 'Connection closed unexpectedly')));
    socket.on('close', () => this.end(new SessionEnded('ECONNECTION', 'Connection closed unexpectedly')));
    socket.on('timeout', () => this.end(new SessionEnded('ETIMEDOUT', 'Timeout')));
    socket.resume();
  }

  /** Connects, secures and logs in. @throws {@link SessionRefused} with what the server answered */
  static open(settings: SessionSettings): Promise<SmtpSession> {
    const connection = new SMTPConnection({ ...settings, connectionTimeout: 30 * SECOND, greetingTimeout: 30 * SECOND, socketTimeout: COMMAND_MS });
    return new Promise((done, fail) => {
      const refuse = (error: Error) => {
        connection.close();
        fail(new SessionRefused(error));
      };
      const ready = () => {
        connection.removeListener('error', refuse);
        try {
          done(SmtpSession.takeOver(connection as unknown as Greeted));
        } catch (error) {
          refuse(error as Error);
        }
      };
      connection.once('error', refuse);
      connection.connect((error) => {
        if (error) return refuse(error);
        if (!settings.auth) return ready();
        connection.login(settings.auth, (refused) => (refused ? refuse(refused) : ready()));
      });
    });
  }

  /** Takes the socket, so that nodemailer hears nothing of it any more. @throws when nodemailer is not as it was */
  private static takeOver(greeted: Greeted): SmtpSession {
    const socket = greeted['_socket'] as Socket;
    for (const [event, name] of Object.entries(LISTENERS)) {
      const listener = greeted[name] as () => void;
      const before = socket.listenerCount(event);
      socket.removeListener(event, listener);
      if (socket.listenerCount(event) !== before - 1) throw new Error(`nodemailer's connection has no listener ${name} for ${event}`);
    }
    return new SmtpSession(socket, new Set(greeted['_supportedExtensions'] as string[]), greeted['_maxAllowedSize'] as number);
  }

  /** What the server has told about itself. */
  get offers(): { encrypted: boolean; extensions: string[]; largest: number | null } {
    return { encrypted: 'encrypted' in this.socket, extensions: [...this.extensions].sort(), largest: this.largest || null };
  }

  get isOpen(): boolean {
    return this.ended === null;
  }

  /**
   * Transfers one message; never throws for what a server does.
   *
   * @param beforeLastByte runs before the final dot can leave; when it throws, the session is closed instead
   */
  async send(mail: ComposedMail, beforeLastByte: () => void): Promise<SessionResult> {
    const trace = { opened: true, begun: false, heard: false };
    try {
      const unfit = this.unfit(mail);
      if (unfit) return { result: unfit, untouched: false };
      const refused = await this.envelope(mail, trace);
      if (refused) return refused;
      await this.body(mail.raw, () => { beforeLastByte(); trace.begun = true; });
      this.socket.setTimeout(FINAL_MS);
      const reply = await this.next();
      this.socket.setTimeout(COMMAND_MS);
      this.handled += 1;
      if (reply.code >= 200 && reply.code < 300) return { result: { kind: 'accepted', reply: reply.text }, untouched: false };
      if (reply.code === 421) this.close();
      return { result: outcomeOf({ ...failureFrom(reply, 'DATA'), ...trace }), untouched: false };
    } catch (error) {
      this.close();
      const untouched = error instanceof SessionEnded && !trace.heard && this.handled > 0;
      const { code, message } = error instanceof SessionEnded ? error : { code: 'ESTREAM', message: (error as Error).message };
      return { result: outcomeOf({ code, command: 'CONN', message, ...trace }), untouched };
    }
  }

  /** Ends the session without waiting for anything; a message on the way has no answer then. */
  close(): void {
    this.end(new SessionEnded('ECONNECTION', 'Connection closed'));
  }

  /** Says goodbye. */
  quit(): void {
    if (this.isOpen) this.socket.write('QUIT\r\n');
    this.close();
  }

  /** What the server has said that it can not take; it is not asked then. */
  private unfit({ envelope, raw }: ComposedMail): SmtpOutcome | null {
    if (this.largest > 0 && raw.length > this.largest) return { kind: 'rejected', detail: `The message has ${raw.length} bytes and the mail server takes ${this.largest}.`, refusal: 'too_big', bounce: false, suppress: false };
    if (needsSmtpUtf8(envelope.from + envelope.to) && !this.extensions.has('SMTPUTF8')) return { kind: 'unreachable', detail: 'The address has characters outside ASCII, and the mail server does not offer SMTPUTF8.' };
    return null;
  }

  /** MAIL, RCPT and DATA. Null when the server waits for the body. */
  private async envelope({ envelope, raw }: ComposedMail, trace: { opened: boolean; begun: boolean; heard: boolean }): Promise<SessionResult | null> {
    const parameters = [...(this.extensions.has('SIZE') ? [` SIZE=${raw.length}`] : []), ...(needsSmtpUtf8(envelope.from + envelope.to) ? [' SMTPUTF8', ...(this.extensions.has('8BITMIME') ? [' BODY=8BITMIME'] : [])] : [])];
    const commands = [`MAIL FROM:<${envelope.from}>${parameters.join('')}\r\n`, `RCPT TO:<${envelope.to}>\r\n`, 'DATA\r\n'];
    const pipelined = this.extensions.has('PIPELINING');
    if (pipelined) this.socket.write(commands.join(''));
    let refused: { reply: Reply; command: string } | null = null;
    for (const [index, command] of commands.entries()) {
      if (!pipelined) this.socket.write(command);
      const reply = await this.next();
      if (reply.code === 421) {
        this.close();
        const untouched = !trace.heard && this.handled > 0;
        return { result: outcomeOf({ ...failureFrom(refused?.reply ?? reply, refused?.command ?? COMMANDS[index]!), ...trace }), untouched };
      }
      trace.heard = true;
      const wanted = index === 2 ? reply.code === 354 : reply.code >= 200 && reply.code < 300;
      if (!wanted) refused ??= { reply, command: COMMANDS[index]! };
      // Some servers take DATA though they have no recipient: an empty message ends that (RFC 2920, section 3.1).
      else if (index === 2 && refused) await this.answered('.\r\n');
      if (refused && !pipelined) break;
    }
    if (!refused) return null;
    const result = outcomeOf({ ...failureFrom(refused.reply, refused.command), ...trace });
    await this.answered('RSET\r\n').catch(() => this.close());
    this.handled += 1;
    return { result, untouched: false };
  }

  private async body(raw: Buffer, beforeLastByte: () => void): Promise<void> {
    const wire = dotStuffed(raw);
    if (wire.length > AT_ONCE) await this.flushed(wire);
    if (this.ended) throw this.ended;
    beforeLastByte();
    this.socket.cork();
    if (wire.length <= AT_ONCE) this.socket.write(wire);
    this.socket.write(DOT);
    this.socket.uncork();
  }

  /** Resolves when the bytes have left the process. */
  private flushed(bytes: Buffer): Promise<void> {
    return new Promise((done, fail) => {
      // An answer may come early ("too large"); it stays in line and is read as the last one.
      this.flushing = fail;
      this.socket.write(bytes, (error) => {
        this.flushing = null;
        if (error) fail(this.ended ?? new SessionEnded('ESOCKET', error.message));
        else done();
      });
    });
  }

  private answered(command: string): Promise<Reply> {
    this.socket.write(command);
    return this.next();
  }

  private next(): Promise<Reply> {
    const reply = this.replies.shift();
    if (reply) return Promise.resolve(reply);
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((done, fail) => { this.waiting = { done, fail }; });
  }

  private read(text: string): void {
    this.partial += text;
    for (let end = this.partial.indexOf('\n'); end >= 0; end = this.partial.indexOf('\n')) {
      this.line(this.partial.slice(0, end).replace(/\r$/, ''));
      this.partial = this.partial.slice(end + 1);
    }
    if (this.partial.length + this.lines.length > MOST_REPLY) this.end(new SessionEnded('EPROTOCOL', 'The answer of the mail server does not end.'));
  }

  private line(line: string): void {
    this.lines.push(line);
    if (/^\d{3}-/.test(line)) return;
    const reply = { code: Number(/^\d{3}(?= |$)/.exec(line)?.[0] ?? 0), text: this.lines.join('\n') };
    this.lines = [];
    if (reply.code === 0) return this.end(new SessionEnded('EPROTOCOL', `Not an SMTP answer: ${line.slice(0, 200)}`));
    const { waiting } = this;
    this.waiting = null;
    if (waiting) waiting.done(reply);
    else this.replies.push(reply);
  }

  private end(why: SessionEnded): void {
    if (this.ended) return;
    this.ended = why;
    const { waiting } = this;
    this.waiting = null;
    this.socket.setTimeout(0);
    this.socket.end(() => this.socket.destroy());
    setTimeout(() => this.socket.destroy(), 2 * SECOND).unref();
    waiting?.fail(why);
    this.flushing?.(why);
  }
}

/** No session could be opened. */
export class SessionRefused extends Error {
  readonly failure: SmtpFailure;

  constructor(cause: Error & { code?: string; command?: string; response?: string; responseCode?: number }) {
    super(cause.message, { cause });
    const { code, command, response, responseCode, message } = cause;
    this.failure = { code, command, response, responseCode: responseCode || undefined, message, opened: false, begun: false };
  }
}

const COMMANDS = ['MAIL FROM', 'RCPT TO', 'DATA'];

const failureFrom = ({ code, text }: Reply, command: string) => ({ code: command === 'DATA' ? 'EMESSAGE' : 'EENVELOPE', command, response: text, responseCode: code, message: text });

// oxlint-disable-next-line no-control-regex
/** The message as RFC 5321, section 4.5.2 wants it: a dot before each line that begins with one, and a line end at its end. */
function dotStuffed(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  if (raw[0] === 0x2e) parts.push(Buffer.from('.'));
  for (let at = raw.indexOf(LINE_DOT); at >= 0; at = raw.indexOf(LINE_DOT, at + 1)) {
    parts.push(raw.subarray(from, at + 1), Buffer.from('.'));
    from = at + 1;
  }
  const ends = raw.length >= 2 && raw[raw.length - 2] === 0x0d && raw[raw.length - 1] === 0x0a;
  if (parts.length === 0 && ends) return raw;
  return Buffer.concat([...parts, raw.subarray(from), ...(ends ? [] : [Buffer.from('\r\n')])]);
}
