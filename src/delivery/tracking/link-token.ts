import { hash } from 'node:crypto';
import { parse, stringify } from 'uuid';
import { isSameSecret } from '../../kernel/same-secret.js';

/** What a signed address is for. The kind is under the MAC, so a token of one kind is void for another. */
export type LinkKind = 'click' | 'open' | 'unsubscribe' | 'preferences' | 'view' | 'honeypot' | 'confirm';

export interface SigningKey {
  id: number;
  secret: Buffer;
}

/** Of which message an address speaks; for clicks also which link and where it leads. */
export interface LinkClaim {
  deliveryId: string;
  personId: string;
  index: number;
  url: string;
}

const MAC_BYTES = 16;
/** version 1 byte, key id 2, delivery 16, person 16, link index 2. */
const HEAD_BYTES = 37;
const FORMAT = 1;
/** Node refuses request heads above 16 KB; longer targets are refused when the message is rendered. */
export const MAX_URL_BYTES = 8_000;
const BLOCK = 64;
/** Stands between the key and the token under the MAC and is not sent: the reader knows by the path what is asked for. */
const KINDS: Record<LinkKind, number> = { click: 1, open: 2, unsubscribe: 3, preferences: 4, view: 5, honeypot: 6, confirm: 7 };

const HASH_BYTES = 32;

/** Inner and outer key blocks of HMAC-SHA256 (RFC 2104), made once for many MACs. Behind the outer one is room for the inner hash. */
interface Pads { inner: Buffer; outer: Buffer }

function padsOf(key: Buffer): Pads {
  const inner = Buffer.alloc(BLOCK, 0x36);
  const outer = Buffer.alloc(BLOCK + HASH_BYTES, 0x5c);
  for (const [index, byte] of key.entries()) {
    inner[index]! ^= byte;
    outer[index]! ^= byte;
  }
  return { inner, outer };
}

/**
 * HMAC-SHA256 of what stands behind the inner pad, a character a byte. Two one-shot hashes cost half of what a keyed hash object
 * does; as text, since a buffer for each hash costs more than the hash (0.7 µs against 1.6 µs for both).
 */
function hmac({ outer }: Pads, innerAndMessage: Buffer): string {
  outer.write(hash('sha256', innerAndMessage, 'binary'), BLOCK, 'latin1');
  return hash('sha256', outer, 'binary');
}

/** The key of one message: every link of it is signed with this one. */
const messagePads = (secret: Pads, ids: Buffer): Pads => padsOf(Buffer.from(hmac(secret, Buffer.concat([secret.inner, ids])), 'latin1'));

/** Of the few keys there are; a retired one is forgotten with its buffer. */
const padsOfKeys = new WeakMap<Buffer, Pads>();

function keyPads(secret: Buffer): Pads {
  let pads = padsOfKeys.get(secret);
  if (!pads) padsOfKeys.set(secret, (pads = padsOf(secret)));
  return pads;
}

/** Signs the tokens of one message. */
export type TokenSigner = (kind: LinkKind, index: number, url: string) => string;

/** Signs with this key, message by message. */
export function tokenSigner(key: SigningKey): (deliveryId: string, personId: string) => TokenSigner {
  const secret = padsOf(key.secret);
  return (deliveryId, personId) => {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt8(FORMAT, 0);
    head.writeUInt16BE(key.id, 1);
    head.set(parse(deliveryId), 3);
    head.set(parse(personId), 19);
    const pads = messagePads(secret, head.subarray(3, 35));
    return (kind, index, url) => {
      const length = Buffer.byteLength(url);
      if (length > MAX_URL_BYTES) throw new RangeError(`a link is longer than ${MAX_URL_BYTES} bytes`);
      head.writeUInt16BE(index, 35);
      const macAt = BLOCK + 1 + HEAD_BYTES + length;
      const bytes = Buffer.allocUnsafe(macAt + MAC_BYTES);
      bytes.set(pads.inner);
      bytes[BLOCK] = KINDS[kind];
      bytes.set(head, BLOCK + 1);
      bytes.write(url, BLOCK + 1 + HEAD_BYTES);
      bytes.write(hmac(pads, bytes.subarray(0, macAt)), macAt, MAC_BYTES, 'latin1');
      return bytes.toString('base64url', BLOCK + 1);
    };
  };
}

/** What a token says, or null when we did not sign it for this kind. Its time does not depend on where it is wrong. */
export function readToken(keys: ReadonlyMap<number, Buffer>, kind: LinkKind, token: string): LinkClaim | null {
  if (token.length > 12_000 || !/^[\w-]+$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // The same bytes have one spelling: a token whose spare bits were changed is not the one we gave out.
  if (bytes.length < HEAD_BYTES + MAC_BYTES || bytes.readUInt8(0) !== FORMAT || bytes.toString('base64url') !== token) return null;
  const secret = keys.get(bytes.readUInt16BE(1));
  if (!secret) return null;
  const pads = messagePads(keyPads(secret), bytes.subarray(3, 35));
  const mac = Buffer.from(hmac(pads, Buffer.concat([pads.inner, Buffer.of(KINDS[kind]), bytes.subarray(0, -MAC_BYTES)])), 'latin1').subarray(0, MAC_BYTES);
  if (!isSameSecret(mac, bytes.subarray(-MAC_BYTES))) return null;
  return {
    deliveryId: stringify(bytes.subarray(3, 19)),
    personId: stringify(bytes.subarray(19, 35)),
    index: bytes.readUInt16BE(35),
    url: bytes.subarray(HEAD_BYTES, -MAC_BYTES).toString('utf8'),
  };
}
