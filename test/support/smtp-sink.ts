import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface Reply { code: number; text: string }

/** What the server does out of the ordinary; everything not named is accepted. */
export interface SinkScript {
  /** Answers RCPT; `seen` counts how often this address was offered before. */
  rcpt?(address: string, seen: number): Reply | 'close' | undefined;
  /** Answers the final dot, after the whole body was read and counted. */
  dot?(to: string, messageId: string): Reply | 'close' | undefined;
  /** Closes a connection that has taken so many messages. */
  messagesPerConnection?: number;
  /** Wanted login. */
  password?(): string;
  /** Milliseconds before a body is acknowledged. */
  delay?: number;
  /** Told where each message is: `rcpt` offered, `data` first bytes of a body, `dot` read to the end, `accepted` answered with 250. */
  moment?(where: SinkMoment, to: string): void;
  /** Says in EHLO that addresses may have characters outside ASCII. */
  smtpUtf8?: boolean;
  /** What happens in the world after the final dot and before the answer to it. */
  meanwhile?(to: string, messageId: string): Promise<void>;
}

export type SinkMoment = 'rcpt' | 'data' | 'dot' | 'accepted';

export interface SinkMail { to: string; from: string; messageId: string; raw: string }

/** A relay under test control: a real SMTP server that keeps every body it has read, also those it refused. */
export class SmtpSink {
  /** Bodies acknowledged with 250. */
  readonly accepted: SinkMail[] = [];
  /** Bodies read to the final dot, whatever the answer. */
  readonly read: SinkMail[] = [];
  /** Recipients offered, in order. */
  readonly offered: string[] = [];
  connections = 0;
  private server!: SMTPServer;
  private readonly sessions = new Map<string, number>();

  constructor(public script: SinkScript = {}) {}

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  get url(): string {
    return this.script.password ? `smtp://user:secret@127.0.0.1:${this.port}` : `smtp://127.0.0.1:${this.port}`;
  }

  /** How often each Message-ID was acknowledged. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { messageId } of this.accepted) counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
    return counts;
  }

  async start(port = 0): Promise<this> {
    const { script } = this;
    this.server = new SMTPServer({
      disabledCommands: script.password ? ['STARTTLS'] : ['STARTTLS', 'AUTH'], allowInsecureAuth: true, authOptional: !script.password, logger: false, closeTimeout: 100, hideSMTPUTF8: !script.smtpUtf8,
      onConnect: (_session, done) => { this.connections += 1; done(); },
      onAuth: (auth, _session, done) => (auth.password === this.script.password!() ? done(null, { user: 'user' }) : done(Object.assign(new Error('Authentication failed'), { responseCode: 535 }))),
      onRcptTo: ({ address }, session, done) => {
        const seen = this.offered.filter((other) => other === address).length;
        this.offered.push(address);
        this.script.moment?.('rcpt', address);
        this.answer(this.script.rcpt?.(address, seen), session, done);
      },
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.once('data', () => this.script.moment?.('data', session.envelope.rcptTo[0]!.address));
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => void this.take(Buffer.concat(parts).toString('latin1'), session, done));
      },
    });
    this.server.on('error', () => undefined);
    await new Promise<void>((done) => { this.server.listen(port, '127.0.0.1', done); });
    return this;
  }

  stop(): Promise<void> {
    return new Promise((done) => { this.server.close(() => done()); });
  }

  private async take(raw: string, session: SMTPServerSession, done: (error?: Error | null) => void): Promise<void> {
    const { mailFrom, rcptTo } = session.envelope;
    const mail = { to: rcptTo[0]!.address, from: mailFrom ? mailFrom.address : '', messageId: /^Message-ID: (.*)$/im.exec(raw)?.[1]?.trim() ?? '', raw };
    this.read.push(mail);
    const reply = this.script.dot?.(mail.to, mail.messageId);
    if (!reply) this.accepted.push(mail);
    this.script.moment?.('dot', mail.to);
    if (this.script.delay) await new Promise((resolve) => { setTimeout(resolve, this.script.delay).unref(); });
    await this.script.meanwhile?.(mail.to, mail.messageId);
    const count = (this.sessions.get(session.id) ?? 0) + 1;
    this.sessions.set(session.id, count);
    this.answer(reply, session, done);
    if (!reply) this.script.moment?.('accepted', mail.to);
    if (count === this.script.messagesPerConnection) this.hangUp(session);
  }

  private answer(reply: Reply | 'close' | undefined, session: SMTPServerSession, done: (error?: Error | null) => void): void {
    if (reply === 'close') return this.hangUp(session);
    done(reply ? Object.assign(new Error(reply.text), { responseCode: reply.code }) : null);
  }

  private hangUp(session: SMTPServerSession): void {
    // The server's own way to close a session says 421 first; a relay that just goes away does not.
    for (const connection of this.server.connections as unknown as Set<{ id: string } & Record<'_socket', Socket>>) {
      if (connection.id === session.id) connection['_socket'].destroySoon();
    }
  }
}
