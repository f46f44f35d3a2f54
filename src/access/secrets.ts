import { createHash, randomBytes } from 'node:crypto';

/** 32 random bytes, URL-safe: nothing to guess, so a fast hash is enough to store it. */
const randomText = () => randomBytes(32).toString('base64url');

export const newServerKey = () => `dnb_sk_${randomText()}`;
export const newWriteKey = () => `dnb_wk_${randomText()}`;
/** For sessions and one-time links. */
export const newToken = () => randomText();

/** What the database keeps of a key or token. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
