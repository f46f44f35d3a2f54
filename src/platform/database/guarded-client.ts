import pg from 'pg';

/**
 * A connection whose loss can not end the process. A pool listens for errors of idle connections, TypeORM for those of the ones in
 * use, but a server that dies as it says that it is ready sends both in one packet, and between the two nobody listens. Whoever
 * waits for a query hears of the loss by that query.
 */
export class GuardedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
