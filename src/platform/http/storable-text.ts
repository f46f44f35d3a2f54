import { AppError } from '../../kernel/errors.js';

const UNSTORABLE = /\0|\p{Surrogate}/u;

/** The path of the first text (or key) that PostgreSQL cannot hold, or null; looked at without recursion. */
function unstorableAt(value: unknown, name: string): string | null {
  const waiting: [unknown, string][] = [[value, name]];
  while (waiting.length > 0) {
    const [next, path] = waiting.pop()!;
    if (typeof next === 'string') {
      if (UNSTORABLE.test(next)) return path;
    } else if (typeof next === 'object' && next !== null && !Buffer.isBuffer(next)) {
      for (const [key, child] of Object.entries(next)) {
        if (UNSTORABLE.test(key)) return `${path} (a name in it)`;
        waiting.push([child, path === '' ? key : `${path}.${key}`]);
      }
    }
  }
  return null;
}

/**
 * Refuses a request with a text that no column can hold: NUL and halves of surrogate pairs are legal in JSON and in a query.
 * Events are not looked at: they come from places nobody can correct, and are cleaned instead.
 * @throws request.unstorable-text naming the place
 */
export function refuseUnstorable(request: { params: unknown; query: unknown; body: unknown }): void {
  const isParsed = typeof request.body === 'object' && request.body !== null && [Object.prototype, Array.prototype, null].includes(Object.getPrototypeOf(request.body) as object | null);
  const path = unstorableAt(request.params, '') ?? unstorableAt(request.query, '') ?? (isParsed ? unstorableAt(request.body, '') : null);
  if (path === null) return;
  const message = 'contains a NUL or half of a character (a lone surrogate), which no text may hold';
  throw new AppError('request.unstorable-text', `${path}: ${message}.`, 'invalid', [{ path, code: 'unstorable-text', message }]);
}
