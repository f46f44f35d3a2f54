/** What the log keeps of an error; see {@link loggableError}. */
export interface LoggedError { type: string; message: string; code?: string; statusCode?: number; table?: string; column?: string; constraint?: string; query?: string; stack?: string; cause?: LoggedError; errors?: LoggedError[] }

/** Statements are told apart by their beginning; what they were given is never told. */
const LONGEST_QUERY = 300;
const LONGEST_MESSAGE = 500;
const DEEPEST = 4;
const MOST_ERRORS = 5;

/** The text with every e-mail address in it left out. It is looked for from the beginnings of words only: from each letter the time would grow with the square of a long word. */
export const withoutAddresses = (text: string): string => text.replace(/(?<![^\s<>"'(),;:=])[^\s<>"'(),;:=]+@[^\s<>"'(),;:]+/g, '…@…');

/**
 * An error as it may stand in the log: what kind it is, where it arose, and its sentence without what somebody wrote. Errors of PostgreSQL carry the values of the
 * statement (`parameters`) and of the row (`detail`), those of JSON an excerpt of the body, those of mail servers addresses: none of it is kept.
 */
export function loggableError(error: unknown, depth = 0): LoggedError {
  if (typeof error !== 'object' || error === null) return { type: typeof error, message: sayingOf(String(error), '') };
  const from = error as Record<string, unknown>;
  const text = (name: string, longest = 100): Record<string, string> => (typeof from[name] === 'string' && from[name] !== '' ? { [name]: from[name].slice(0, longest) } : {});
  const code = typeof from.code === 'string' ? from.code : '';
  return {
    type: error.constructor?.name ?? 'Object', message: sayingOf(typeof from.message === 'string' ? from.message : '', error instanceof SyntaxError ? '22' : code),
    ...text('code'), ...(typeof from.statusCode === 'number' ? { statusCode: from.statusCode } : {}), ...text('table'), ...text('column'), ...text('constraint'), ...text('query', LONGEST_QUERY),
    ...framesOf(from.stack),
    ...(from.cause !== undefined && depth < DEEPEST ? { cause: loggableError(from.cause, depth + 1) } : {}),
    ...(Array.isArray(from.errors) && depth < DEEPEST ? { errors: from.errors.slice(0, MOST_ERRORS).map((one) => loggableError(one, depth + 1)) } : {}),
  };
}

/** PostgreSQL quotes the value that it could not read in its errors of class 22; names of tables in others. */
const sayingOf = (message: string, code: string): string => withoutAddresses(code.startsWith('22') ? message.replace(/".*"|".*$/gs, '"…"') : message).slice(0, LONGEST_MESSAGE);

/** The places without the sentence, which stands before them again. */
function framesOf(stack: unknown): { stack?: string } {
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return frames.length === 0 ? {} : { stack: frames.join('\n') };
}
