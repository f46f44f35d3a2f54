import { AppError } from '../../kernel/errors.js';
import { Id } from '../../contract/common.js';

const bad = () => new AppError('request.bad-cursor', 'The "after" cursor is not one that this list gave out.');

/** The id in a decoded cursor of `[id]`, or null at the first page. */
export function idCursor(parts: unknown[] | null): string | null {
  if (parts === null) return null;
  const id = Id.safeParse(parts[0]);
  if (!id.success) throw bad();
  return id.data;
}

/** The same for lists keyed by a number. */
export function numberCursor(parts: unknown[] | null): string | null {
  if (parts === null) return null;
  if (typeof parts[0] !== 'string' || !/^\d{1,18}$/.test(parts[0])) throw bad();
  return parts[0];
}
