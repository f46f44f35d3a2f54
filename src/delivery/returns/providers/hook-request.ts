import type { Provider, RefusalReason } from './domain/provider.js';
import { AppError, type ErrorKind } from '../../../kernel/errors.js';

/** A request as it arrived at a webhook address. */
export interface HookRequest {
  provider: Provider;
  connectionId: string;
  body: Buffer;
  contentType: string;
  /** Header by lower-case name; empty when it is missing. */
  header: (name: string) => string;
  /** Address of the socket's other end. */
  ip: string;
}

/** A request that is not believed: answered with its kind, and counted on the connection. */
export class HookRefused extends AppError {
  constructor(readonly reason: RefusalReason, kind: ErrorKind, message: string) {
    super(`hook.${reason.replaceAll('_', '-')}`, message, kind);
    this.name = 'HookRefused';
  }
}
