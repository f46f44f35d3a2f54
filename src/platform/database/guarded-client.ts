import pg from 'pg';
import { withPlainArrays } from './array-text.js';
import { planName } from './kept-plans.js';

type Query = (config: unknown, ...rest: unknown[]) => never;

/**
 * A connection whose loss can not end the process. A pool listens for errors of idle connections, TypeORM for those of the ones in
 * use, but a server that dies as it says that it is ready sends both in one packet, and between the two nobody listens. Whoever
 * waits for a query hears of the loss by that query.
 *
 * It keeps the plans of the statements that `keepPlan` marks: TypeORM has no way to name one. Long columns of ids it writes itself (`plainArray`).
 */
export class GuardedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }

  /** As that of `pg.Client`, whose every form is passed on. */
  override query(config: unknown, ...rest: unknown[]): never {
    const query: Query = super.query.bind(this) as Query;
    const name = planName(config);
    if (Array.isArray(rest[0])) rest[0] = withPlainArrays(rest[0]);
    return name === undefined ? query(config, ...rest) : query({ name, text: config }, ...rest);
  }
}
