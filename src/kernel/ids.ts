import { v7 } from 'uuid';
import { createHash } from 'node:crypto';

/** A new time-ordered id (UUIDv7). Made in the application so that a row's id is known before it is written. */
export const newId = (): string => v7();

/** A UUID-shaped key for any string: the first 128 bits of its SHA-256. Fixed size keeps unique indexes small. */
export function keyOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
