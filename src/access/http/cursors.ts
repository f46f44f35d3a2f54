import { z } from 'zod';
import { decodeCursor, ID_KEY } from '../../platform/http/paging.js';

const NUMBER_KEY = z.tuple([z.string().regex(/^\d{1,18}$/)]);

/** The id the next page starts after, or null at the first page. */
export function idCursor(after: string | undefined): string | null {
  const [id = null] = decodeCursor(after, ID_KEY) ?? [];
  return id;
}

/** The same for lists keyed by a number. */
export function numberCursor(after: string | undefined): string | null {
  const [number = null] = decodeCursor(after, NUMBER_KEY) ?? [];
  return number;
}
