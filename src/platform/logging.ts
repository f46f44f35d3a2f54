import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { loggableError, withoutAddresses } from './log-error.js';

export type Log = Logger;

/** What servers of others said may name somebody (`reason`, `answer`): texts of a line go without addresses. */
const withoutAddressesIn = (line: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(line).map(([name, value]) => [name, typeof value === 'string' ? withoutAddresses(value) : value]));

/** The process log: one JSON object a line, ids and counts only, never addresses or message bodies. Errors go as {@link loggableError} says. */
export function createLog(level: string): Log {
  return pino({ level, base: null, serializers: { err: (error: unknown) => loggableError(error) }, formatters: { log: withoutAddressesIn }, timestamp: pino.stdTimeFunctions.isoTime });
}

/** Lets Nest write to the process log; its start-up chatter is `debug` for us. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Log) {}
  log(message: unknown): void { this.logger.debug({ from: 'nest' }, withoutAddresses(String(message))); }
  error(message: unknown, stack?: string): void { this.logger.error({ from: 'nest', stack }, withoutAddresses(String(message))); }
  warn(message: unknown): void { this.logger.warn({ from: 'nest' }, withoutAddresses(String(message))); }
  debug(message: unknown): void { this.logger.debug({ from: 'nest' }, withoutAddresses(String(message))); }
}
