import { z } from 'zod';
import { AppError } from '../../kernel/errors.js';

/** Query of every list: key paging, never offset. `after` is the opaque `next` of the page before. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(400).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** One page and the cursor of the next; `next` is null on the last page. */
export interface Page<T> { items: T[]; next: string | null }

export const encodeCursor = (parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

export function decodeCursor(cursor: string | undefined, parts: number): unknown[] | null {
  if (cursor === undefined) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === parts) return value;
  } catch {
    // Not JSON: falls through to the one sentence below.
  }
  throw new AppError('request.bad-cursor', 'The "after" cursor is not one that this list gave out.');
}

/** Cuts a page from `limit + 1` rows. */
export function pageOf<T>(found: T[], limit: number, cursor: (last: T) => readonly unknown[]): Page<T> {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? encodeCursor(cursor(items.at(-1)!)) : null };
}
