/** What kind of fault an {@link AppError} is; the HTTP edge maps it to a status, nothing else does. */
export type ErrorKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'too_large' | 'too_many' | 'unavailable';

/** One fault in an input, with the place it was found (`steps.2.variants.0.content.subject`, `row 17, column email`). */
export interface Problem {
  path: string;
  code: string;
  message: string;
  /** The same in Korean, where there is a text for it. */
  messageKo?: string;
  /** The law or standard it comes from. */
  source?: string;
}

/**
 * The error every layer throws on purpose. `code` is stable and documented (`segment.unknown-operator`), `message` is a
 * sentence a person can act on, `problems` name each place when the input has several faults.
 */
export class AppError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly kind: ErrorKind = 'invalid',
    readonly problems: Problem[] = [],
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'AppError';
  }
}

/** Somebody asks too often. The answer carries `Retry-After`. */
export class TooManyError extends AppError {
  constructor(code: string, message: string, readonly retryAfterSeconds: number) {
    super(code, message, 'too_many');
    this.name = 'TooManyError';
  }
}

/** Who changed something last, by the name they have now (null: it has none any more, or Danbi did it), and when. */
export interface LastChange { by: string | null; at: Date }

/** Somebody else was quicker: what is edited is not what was read any more. The answer says who it was and when, where that is known. */
export class ChangedError extends AppError {
  constructor(code: string, message: string, readonly changed: LastChange | null) {
    super(code, message, 'conflict');
    this.name = 'ChangedError';
  }
}

export const notFound = (what: string, id: string) => new AppError(`${what}.not-found`, `There is no ${what} with id ${id}.`, 'not_found');
export const conflict = (code: string, message: string) => new AppError(code, message, 'conflict');
