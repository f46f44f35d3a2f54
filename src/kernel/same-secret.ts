import { timingSafeEqual } from 'node:crypto';

/**
 * Whether two signatures, hashes or codes are the same bytes, in a time that says nothing about where they differ. The one place where such things are
 * compared (test/unit/compared-secrets); of different lengths they are not the same.
 */
export const isSameSecret = (given: Uint8Array, wanted: Uint8Array): boolean => given.length === wanted.length && timingSafeEqual(given, wanted);
