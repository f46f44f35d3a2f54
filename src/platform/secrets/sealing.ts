import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { SealedPlace } from './sealed-places.js';

/** A key that seals secrets. The id is derived from it, tells nothing about it, and stands in each value it seals. */
export interface SecretKey { id: string; key: Buffer }

const PREFIX = 'dnb1.';
const FORM = /^dnb1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{38,})$/;
const NONCE = 12;
const TAG = 16;
const BYTES = 32;

/** The key that 32 bytes of the operator's stand for. */
export function keyOf(master: Buffer): SecretKey {
  const derived = (info: string, length: number) => Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `danbi ${info}`, length));
  return { id: derived('key id v1', 4).toString('hex'), key: derived('sealing v1', BYTES) };
}

/** 32 bytes written in base64, base64url or hex; null for anything else. */
export function readMaster(text: string): Buffer | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === BYTES ? bytes : null;
}

/** A new master key as it stands in the environment or the file. */
export const newMaster = (): string => randomBytes(BYTES).toString('base64url');

/** Where a value stands is part of what is authenticated: moved to another row or column, it does not open. */
const bound = (place: SealedPlace, id: string): Buffer => Buffer.from(`danbi:${place}:${id}`);

/** AES-256-GCM: `dnb1.` id of the key `.` base64url of nonce, ciphertext and tag. */
export function sealWith({ id: keyId, key }: SecretKey, place: SealedPlace, id: string, plain: string): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(bound(place, id));
  return `${PREFIX}${keyId}.${Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')}`;
}

/** @throws {Error} when the value was changed, moved, or sealed with another key */
export function openWith({ key }: SecretKey, place: SealedPlace, id: string, sealed: string): string {
  const bytes = Buffer.from(FORM.exec(sealed)?.[2] ?? '', 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(bound(place, id));
  decipher.setAuthTag(bytes.subarray(-TAG));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8');
}

/** The id of the key a stored value was sealed with; null for a value that an earlier release left as it was. */
export const keyIdOf = (stored: string): string | null => FORM.exec(stored)?.[1] ?? null;
