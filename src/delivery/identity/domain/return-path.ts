import { createHmac } from 'node:crypto';
import { parse, stringify } from 'uuid';
import { isSameSecret } from '../../../kernel/same-secret.js';

/** 16 bytes of the delivery's id and 8 of its MAC. */
const ID_BYTES = 16;
const MAC_BYTES = 8;
const LENGTH = Math.ceil(((ID_BYTES + MAC_BYTES) * 8) / 5);
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LOCAL = new RegExp(String.raw`^b\+([a-z2-7]{${LENGTH}})$`);

/**
 * The key of return paths that follows from a signing key. A key of its own, so that no link is a return path and no return
 * path a link, whatever their bytes.
 */
export const returnPathKey = (secret: Buffer): Buffer => createHmac('sha256', secret).update('return-path').digest();

const macOf = (key: Buffer, id: Uint8Array): Buffer => createHmac('sha256', key).update(id).digest().subarray(0, MAC_BYTES);

/**
 * The part before @ of the envelope sender of one delivery (VERP): `b+` and base32 in lower case of its id and a MAC, 41
 * characters of the 64 that SMTP allows. Base32 since there are servers that change the case of what they return to.
 */
export function returnPathOf(key: Buffer, deliveryId: string): string {
  const id = parse(deliveryId);
  return `b+${base32(Buffer.concat([id, macOf(key, id)]))}`;
}

/**
 * The delivery an address returns to, or null when none of the keys signed it. Total: any text may come, in any case and
 * with or without angle brackets. Its time does not depend on where the MAC is wrong.
 */
export function readReturnPath(keys: readonly Buffer[], address: string): string | null {
  if (address.length > 1_000) return null;
  const bare = address.trim().replace(/^<([^<>]*)>$/, '$1').toLowerCase();
  const token = LOCAL.exec(bare.slice(0, Math.max(0, bare.lastIndexOf('@'))))?.[1];
  const bytes = token === undefined ? null : fromBase32(token);
  if (!bytes) return null;
  const id = bytes.subarray(0, ID_BYTES);
  const mac = bytes.subarray(ID_BYTES);
  let signed = false;
  for (const key of keys) signed = isSameSecret(macOf(key, id), mac) || signed;
  return signed ? uuidOf(id) : null;
}

/** The id as text; null when the bytes are no UUID of a kind we make. */
function uuidOf(bytes: Uint8Array): string | null {
  try {
    return stringify(bytes);
  } catch {
    return null;
  }
}

/** RFC 4648, section 6, in lower case and without padding. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >>> (bits - 5)) & 31]!;
    held &= 31;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31]! : text;
}

/** The bytes of 39 characters; null when the bits that are left over were used, since an address has one spelling. */
function fromBase32(text: string): Buffer | null {
  const bytes = Buffer.alloc(ID_BYTES + MAC_BYTES);
  let at = 0;
  let held = 0;
  let bits = 0;
  for (const character of text) {
    held = ((held & 0xff) << 5) | ALPHABET.indexOf(character);
    bits += 5;
    if (bits >= 8) bytes[at++] = (held >>> (bits -= 8)) & 0xff;
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : null;
}
