import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { readHead, relaxedBody, relaxedField, type HeaderField } from './domain/dkim-canonical.js';

/** What signs the mail of one domain. The key is imported once: from PEM each signature would cost six times as much. */
export interface DkimKey {
  /** As A-labels. */
  domain: string;
  selector: string;
  privateKey: KeyObject;
}

/**
 * Fields that are signed once more than they occur ("oversigned"), so that adding another one breaks the signature: all that
 * a reader sees or acts on. RFC 8058 wants both of List-Unsubscribe, Gmail wants Feedback-ID.
 */
const OVERSIGNED = [
  'from', 'to', 'cc', 'reply-to', 'subject', 'date', 'message-id', 'mime-version', 'content-type', 'content-transfer-encoding',
  'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id',
];
/** Signed as often as they occur: mailing lists and gateways add these rightly. */
const SIGNED = ['list-id', 'auto-submitted', 'precedence'];

/** Signing runs in the thread pool, so that the event loop is free for SMTP meanwhile. */
const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** A message could not be signed. It must not leave: unsigned mail of a domain that signs is what forgers send. */
export class DkimFailure extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'DkimFailure';
  }
}

/**
 * The message with a DKIM signature in front (RFC 6376: rsa-sha256, relaxed/relaxed). The same message, key and time give the
 * same bytes.
 *
 * @param unsigned names in lower case of fields that the relay replaces
 * @throws {DkimFailure}
 */
export async function dkimSigned(raw: Buffer, key: DkimKey, at: Date, unsigned: readonly string[] = []): Promise<Buffer> {
  try {
    const { fields, bodyAt } = readHead(raw);
    const bodyHash = hash('sha256', relaxedBody(raw.subarray(bodyAt)), 'base64');
    const names = signedNames(fields, unsigned);
    const header = [
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${key.domain};`,
      ` s=${key.selector}; t=${Math.floor(at.getTime() / 1000)};`,
      ` h=${foldedList(names)};`,
      ` bh=${bodyHash};`,
      ' b=',
    ].join('\r\n');
    const covered = Buffer.from(`${inOrder(fields, names).map((field) => `${relaxedField(field)}\r\n`).join('')}${relaxedField(header)}`, 'latin1');
    const signature = (await signAsync('sha256', covered, key.privateKey)).toString('base64').replaceAll(/.{70}(?=.)/g, '$&\r\n  ');
    return Buffer.concat([Buffer.from(`${header}${signature}\r\n`, 'latin1'), raw]);
  } catch (cause) {
    throw new DkimFailure(`The message could not be signed for ${key.domain} with the key of selector ${key.selector}.`, { cause });
  }
}

/** Whether the key signs what the published one verifies. To be asked when a key is taken in and when it is loaded. */
export function keysMatch(privateKey: KeyObject, publicKey: string): boolean {
  const probe = Buffer.from('danbi dkim probe');
  const published = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return verify('sha256', probe, published, sign('sha256', probe, privateKey));
}

function signedNames(fields: readonly HeaderField[], unsigned: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const { name } of fields) counts.set(name, (counts.get(name) ?? 0) + 1);
  const times = (name: string, count: number) => Array<string>(count).fill(name);
  return [
    ...OVERSIGNED.filter((name) => !unsigned.includes(name)).flatMap((name) => times(name, (counts.get(name) ?? 0) + 1)),
    ...SIGNED.flatMap((name) => times(name, counts.get(name) ?? 0)),
  ];
}

/** The fields that the names stand for: of several of one name the lowest first; a name without a field stands for nothing (RFC 6376, 5.4.2). */
function inOrder(fields: readonly HeaderField[], names: readonly string[]): string[] {
  const left = [...fields];
  return names.flatMap((name) => {
    const index = left.findLastIndex((field) => field.name === name);
    return index < 0 ? [] : left.splice(index, 1).map(({ field }) => field);
  });
}

function foldedList(names: readonly string[]): string {
  let line = ' h=';
  return names.map((name, index) => {
    const text = index === names.length - 1 ? name : `${name}:`;
    if (line.length + text.length <= 76) {
      line += text;
      return text;
    }
    line = `  ${text}`;
    return `\r\n  ${text}`;
  }).join('');
}
