import pg from 'pg';
import type { Log } from '../logging.js';

const CHANNEL = 'danbi_wake';
const COALESCE_MS = 20;

/**
 * Wakes workers of every process through LISTEN/NOTIFY. Notifications are coalesced and sent on a connection of their own,
 * outside the writing transaction: NOTIFY inside it serialises commits (16 writers fell from about 2,000 to 279
 * transactions a second). One is under way at a time: what is said meanwhile goes with the next. A lost notification costs only time; the poll behind it catches up. What this process says comes back
 * to it too and is passed over: whoever says it has woken this process already, and every worker would look twice.
 */
export class WakeChannel {
  private client: pg.Client | null = null;
  private readonly names = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private sending = false;
  private closed = false;

  constructor(private readonly url: string, private readonly log: Log, private readonly onWake: (name: string) => void) {}

  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url, application_name: 'danbi-wake' });
    client.on('notification', (note) => {
      if (note.processId !== own) (note.payload ?? '').split(',').forEach((name) => this.onWake(name));
    });
    client.on('error', (error) => this.reconnect(error));
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const own = rows[0]!.pid;
    await client.query(`listen ${CHANNEL}`);
    this.client = client;
  }

  notify(name: string): void {
    this.names.add(name);
    this.schedule();
  }

  async stop(): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    const client = this.client;
    this.client = null;
    await client?.end().catch((error: unknown) => this.log.debug({ err: error }, 'wake channel was already closed'));
  }

  private schedule(): void {
    if (!this.sending && !this.closed) this.timer ??= setTimeout(() => void this.flush(), COALESCE_MS);
  }

  private async flush(): Promise<void> {
    this.timer = null;
    const payload = [...this.names].join(',');
    this.names.clear();
    if (!this.client) return;
    this.sending = true;
    await this.client.query('select pg_notify($1, $2)', [CHANNEL, payload]).catch((error: unknown) => this.log.warn({ err: error }, 'wake-up not sent; the poll will catch up'));
    this.sending = false;
    if (this.names.size > 0) this.schedule();
  }

  private reconnect(error: unknown): void {
    if (this.closed || !this.client) return;
    this.client = null;
    this.log.warn({ err: error }, 'wake channel lost; reconnecting');
    const again = () => void this.start().catch(() => { if (!this.closed) setTimeout(again, 2_000).unref(); });
    setTimeout(again, 500).unref();
  }
}
