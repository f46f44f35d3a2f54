import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** The process log: one JSON object a line, ids and counts only, never addresses or message bodies. */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}

/** Lets Nest write to the process log; its start-up chatter is `debug` for us. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Log) {}
  log(message: unknown): void { this.logger.debug({ from: 'nest' }, String(message)); }
  error(message: unknown, stack?: string): void { this.logger.error({ from: 'nest', stack }, String(message)); }
  warn(message: unknown): void { this.logger.warn({ from: 'nest' }, String(message)); }
  debug(message: unknown): void { this.logger.debug({ from: 'nest' }, String(message)); }
}
