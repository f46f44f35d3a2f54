import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded, type EmbeddedServer } from '../../../src/platform/database/embedded.js';
import { callApi, type ApiAnswer } from '../app.js';
import { oneFile } from '../one-file.js';
import { SmtpSink } from '../smtp-sink.js';
import { Fleet } from './fleet.js';
import { PgBouncer } from './pgbouncer.js';

/** A call with the owner's key. Throws what was answered when it is no success. */
export type Call = (method: string, path: string, body?: unknown) => Promise<any>; // eslint-disable-line typescript/no-explicit-any -- answers are examined by the caller

/** A fleet with a database server of its own, durable as in real life, a mail server, and a finished set-up. */
export class FleetWorld {
  writeKey = '';
  private serverKey = '';
  private client: pg.Client | null = null;

  private constructor(readonly server: EmbeddedServer, readonly sink: SmtpSink, readonly fleet: Fleet, private readonly pooler: PgBouncer | null) {}

  /**
   * @param options.delay  milliseconds before the mail server takes a message
   * @param options.pooler whether the processes reach the database through PgBouncer
   */
  static async start(options: { workers: number; apis: number; delay: number; pooler?: boolean }): Promise<FleetWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'danbi-fleet-'));
    await chmod(folder, 0o755);
    const server = await startEmbedded({ directory: folder });
    const sink = await new SmtpSink({ delay: options.delay }).start();
    const pooler = options.pooler ? await PgBouncer.start(server.url, 90) : null;
    const fleet = await Fleet.start({ databaseUrl: pooler?.url ?? server.url, smtpUrl: sink.url, workers: options.workers, apis: options.apis, service: await oneFile() });
    const world = new FleetWorld(server, sink, fleet, pooler);
    const [, token] = await fleet.apis[0]!.process.until(/token=(\S+)/);
    const owner = { email: 'owner@example.org', name: 'Owner', password: 'correct horse battery staple', workspace: { name: 'Fleet', timeZone: 'UTC', language: 'en' } };
    const { body } = await callApi<{ serverKey: string; writeKey: string }>(`${fleet.apis[0]!.url}/v1/setup`, '', 'POST', { token, ...owner });
    world.serverKey = body.serverKey;
    world.writeKey = body.writeKey;
    return world;
  }

  readonly api: Call = async (method, path, body) => {
    const answer: ApiAnswer<unknown> = await callApi(`${this.fleet.apis[0]!.url}${path}`, this.serverKey, method, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  /** One question to the database, over a connection that is made anew when it has been cut like the others. */
  async ask<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    for (;;) {
      try {
        if (!this.client) {
          this.client = new pg.Client({ connectionString: this.server.url, application_name: 'proof' });
          this.client.on('error', () => { this.client = null; });
          await this.client.connect();
        }
        return (await this.client.query<T>(sql, values)).rows;
      } catch (error) {
        // A wrong question is wrong every time; a lost connection is not.
        if (/^(42|22)/.test((error as { code?: string }).code ?? '')) throw error;
        this.client = null;
        await sleep(100);
      }
    }
  }

  async stop(): Promise<void> {
    await this.client?.end();
    await this.fleet.stop();
    await this.pooler?.stop();
    await this.sink.stop();
    await this.server.stop();
    await rm(this.server.directory, { recursive: true, force: true });
  }
}

/** A message step by e-mail. */
export const emailStep = (id: string, next: string | null, variants: readonly string[] = ['A']) => ({
  id, type: 'message', channel: 'email', next,
  variants: variants.map((key) => ({ key, content: { subject: `${id} ${key}`, body: '<mj-section><mj-column><mj-text>Hello {{person.externalId}}</mj-text></mj-column></mj-section>' } })),
});

/** Creates and publishes a campaign. @returns its id */
export async function publish(api: Call, name: string, definition: object): Promise<string> {
  const { id } = await api('POST', '/v1/campaigns', { name, definition });
  await api('POST', `/v1/campaigns/${id}/publish`, {});
  return id;
}

/** Welcome, three seconds, a branch, and one message more: every kind of move that workers share. @returns the campaign's id */
export function publishWelcome(api: Call): Promise<string> {
  return publish(api, 'Welcome', {
    type: 'series', entry: { type: 'event', event: 'Signed Up' }, reentry: { policy: 'never' }, start: 'welcome',
    steps: [
      emailStep('welcome', 'wait', ['A', 'B']),
      { id: 'wait', type: 'wait', for: { seconds: 3 }, next: 'which' },
      { id: 'which', type: 'branch', branches: [{ name: 'pro', condition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' }, next: 'more' }], otherwise: 'other' },
      emailStep('more', null), emailStep('other', null),
    ],
  });
}
