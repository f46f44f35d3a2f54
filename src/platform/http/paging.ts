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

/** Parts of cursors as the database can compare them. */
export const CursorInstant = z.string().regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d(:?\d\d)?)$/).refine((text) => text >= '0001' && !Number.isNaN(Date.parse(text)));
const CursorId = z.uuid();
/** The key of a list ordered by its ids. */
export const ID_KEY = z.tuple([CursorId]);
/** The key of a list ordered by an instant and then by id. */
export const INSTANT_AND_ID_KEY = z.tuple([CursorInstant, CursorId]);

/**
 * The parts of the cursor a client sent back, null at the first page. Every part is checked: what arrives here goes into SQL.
 * @throws request.bad-cursor
 */
export function decodeCursor<T>(cursor: string | undefined, key: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
  const read = key.safeParse(parsed(cursor));
  if (read.success) return read.data;
  throw new AppError('request.bad-cursor', 'The "after" cursor is not one that this list gave out.');
}

/** The id that a page of a list ordered by ids begins after. */
export function idAfter(cursor: string | undefined): string | null {
  const [id = null] = decodeCursor(cursor, ID_KEY) ?? [];
  return id;
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Cuts a page from `limit + 1` rows. */
export function pageOf<T>(found: T[], limit: number, cursor: (last: T) => readonly unknown[]): Page<T> {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? encodeCursor(cursor(items.at(-1)!)) : null };
}
