import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

/** What a ticket says. */
export interface Ticket {
  personId: string;
  /** Write key it was asked for with. */
  keyId: string;
  /** Fingerprint of the page's origin; null when the request named none. */
  origin: Buffer | null;
  /** May read this person's messages. */
  verified: boolean;
  expiresAt: number;
  /** News up to here was known when it was issued. */
  position: string;
}

const NONCE = 12;
const TAG = 16;
const HEAD = 16 + 16 + 6 + 1 + 8;
const FINGERPRINT = 8;
const LARGEST = 4_096;

const keyFrom = (secret: Buffer): Buffer => createHmac('sha256', secret).update('danbi stream ticket').digest();
export const fingerprint = (origin: string): Buffer => createHash('sha256').update(origin.toLowerCase()).digest().subarray(0, FINGERPRINT);

const bytesOf = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const idOf = (bytes: Buffer): string => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Encrypts a ticket: nobody can read or change it without the signing key. */
export function sealTicket(secret: Buffer, ticket: Ticket): string {
  const head = Buffer.alloc(HEAD);
  bytesOf(ticket.personId).copy(head, 0);
  bytesOf(ticket.keyId).copy(head, 16);
  head.writeUIntBE(ticket.expiresAt, 32, 6);
  head[38] = (ticket.verified ? 1 : 0) | (ticket.origin ? 2 : 0);
  ticket.origin?.copy(head, 39);
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', keyFrom(secret), nonce);
  const sealed = Buffer.concat([nonce, cipher.update(head), cipher.update(ticket.position, 'latin1'), cipher.final()]);
  return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Reads a ticket with the first key that fits; null when it is not one of ours. Says nothing about its time. */
export function openTicket(secrets: readonly Buffer[], token: string): Ticket | null {
  if (token.length > LARGEST || !/^[\w-]+$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // The same bytes have one spelling: a letter too many, or spare bits that were changed, are not the ticket we gave out.
  if (bytes.length < NONCE + HEAD + TAG || bytes.toString('base64url') !== token) return null;
  for (const secret of secrets) {
    const plain = decrypted(secret, bytes);
    if (!plain) continue;
    const flags = plain[38]!;
    return {
      personId: idOf(plain.subarray(0, 16)), keyId: idOf(plain.subarray(16, 32)), expiresAt: plain.readUIntBE(32, 6), verified: (flags & 1) === 1,
      origin: (flags & 2) === 2 ? Buffer.from(plain.subarray(39, HEAD)) : null, position: plain.toString('latin1', HEAD),
    };
  }
  return null;
}

function decrypted(secret: Buffer, bytes: Buffer): Buffer | null {
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(secret), bytes.subarray(0, NONCE));
  decipher.setAuthTag(bytes.subarray(-TAG));
  const plain = decipher.update(bytes.subarray(NONCE, -TAG));
  try {
    decipher.final();
  } catch {
    // Signed with another key, or by nobody: the next key is tried.
    return null;
  }
  return plain;
}
