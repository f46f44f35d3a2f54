import { z } from 'zod';
import { AppError } from '../../kernel/errors.js';
import { decodeCursor } from '../../platform/http/paging.js';

const Parts = z.tuple([z.iso.datetime(), z.uuid()]);

/** The place in a list ordered by an instant and an id. */
export function instantAndId(after: string | undefined): { at: string; id: string } | null {
  const parts = decodeCursor(after, 2);
  if (parts === null) return null;
  const read = Parts.safeParse(parts);
  if (!read.success) throw new AppError('request.bad-cursor', 'The "after" cursor is not one that this list gave out.');
  return { at: read.data[0], id: read.data[1] };
}
