/**
 * No connection, the server is shutting down or takes nobody in, or no connection is free: the same request will succeed
 * later. pg and TypeORM report some of these without a code.
 */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|08|57P0|53)/.test(String(code ?? '')) || /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|query runner (was )?already released|not currently accepting connections/i.test(String(message ?? ''));
}
