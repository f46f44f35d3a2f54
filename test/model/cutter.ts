import { GuardedClient } from '../../src/platform/database/guarded-client.js';

type Query = (config: unknown, ...rest: unknown[]) => unknown;
interface Wire { connection: { stream: { destroy(): void } } }

/** A place at which a connection is lost: before the statement is sent, or when it is done and only its answer is missing. */
export interface Cut { statement: number; when: 'before' | 'after' }

/**
 * Cuts real connections at a chosen statement. Only statements inside of transactions are counted, from the beginning to the
 * commit: what stands alone is an idle look. "After" a commit is the worst place: everything is done and nobody was told.
 */
export class Cutter {
  /** Statements counted since {@link arm}. */
  counted = 0;
  /** How many connections were cut in all. */
  made = 0;
  private cut: Cut | null = null;
  private readonly within = new WeakSet<object>();
  private readonly original = GuardedClient.prototype.query as Query;

  constructor() {
    // eslint-disable-next-line typescript/no-this-alias -- each connection is its own `this`
    const cutter = this;
    GuardedClient.prototype.query = function (this: GuardedClient, config: unknown, ...rest: unknown[]): never {
      return cutter.pass(this, config, rest) as never;
    };
  }

  arm(cut: Cut | null): void {
    this.counted = 0;
    this.cut = cut;
  }

  restore(): void {
    GuardedClient.prototype.query = this.original as never;
  }

  private pass(client: GuardedClient, config: unknown, rest: unknown[]): unknown {
    const send = () => this.original.call(client, config, ...rest);
    const text = typeof config === 'string' ? config.trimStart().slice(0, 20).toLowerCase() : '';
    if (text.startsWith('start transaction') || text.startsWith('begin')) this.within.add(client);
    if (!this.within.has(client)) return send();
    if (text.startsWith('commit') || text.startsWith('rollback')) this.within.delete(client);
    this.counted += 1;
    if (!this.cut || this.counted !== this.cut.statement) return send();
    const { when } = this.cut;
    this.cut = null;
    this.made += 1;
    this.within.delete(client);
    const hangUp = () => (client as unknown as Wire).connection.stream.destroy();
    if (when === 'before') {
      hangUp();
      return Promise.reject(new Error('Connection terminated by the test, before a statement'));
    }
    return Promise.resolve(send()).then(() => {
      hangUp();
      throw new Error('Connection terminated by the test, after a statement');
    });
  }
}
