/** Limits set before anything is parsed (5-email.md, case D11). Real reports stay far below. */
export const MIME_LIMITS = { bytes: 10 * 1024 * 1024, depth: 12, parts: 100, headerBytes: 64 * 1024 };

/** A mail that is too large or too deep to be taken apart. */
export class MimeTooComplex extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'MimeTooComplex';
  }
}

/** Header fields by lower-case name, in order; bytes as latin1 until somebody decodes them. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/** A leaf of a mail. `body` is a view on the raw bytes, still encoded. */
export interface MimePart {
  /** Lower case, without parameters. */
  type: string;
  params: ReadonlyMap<string, string>;
  headers: Headers;
  body: Buffer;
}

export interface MimeMail { headers: Headers; parts: MimePart[] }

/**
 * Takes a mail apart into leaves. One pass over the bytes a level; broken input gives fewer or odder parts, never an error.
 *
 * @throws {MimeTooComplex} above {@link MIME_LIMITS}
 */
export function parseMime(raw: Buffer): MimeMail {
  if (raw.length > MIME_LIMITS.bytes) throw new MimeTooComplex(`The mail has ${raw.length} bytes; ${MIME_LIMITS.bytes} are read at most.`);
  const { headers, body } = splitHeaders(raw.subarray(startOfHeaders(raw)));
  const parts: MimePart[] = [];
  collect(headers, body, 0, parts);
  return { headers, parts };
}

function collect(headers: Headers, body: Buffer, depth: number, into: MimePart[]): void {
  if (depth > MIME_LIMITS.depth) throw new MimeTooComplex(`Its parts are nested deeper than ${MIME_LIMITS.depth}.`);
  const { type, params } = contentType(firstOf(headers, 'content-type') ?? 'text/plain');
  const boundary = params.get('boundary');
  const inner = type.startsWith('multipart/') && boundary ? splitParts(body, boundary) : [];
  if (inner.length === 0) {
    if (into.length >= MIME_LIMITS.parts) throw new MimeTooComplex(`It has more than ${MIME_LIMITS.parts} parts.`);
    into.push({ type, params, headers, body });
    return;
  }
  for (const part of inner) {
    const split = splitHeaders(part);
    collect(split.headers, split.body, depth + 1, into);
  }
}

/** The bytes between the lines of a boundary; what stands before the first and after the last is no part. */
function splitParts(body: Buffer, boundary: string): Buffer[] {
  const marker = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Buffer[] = [];
  let start = -1;
  for (let at = body.indexOf(marker); at >= 0; at = body.indexOf(marker, at + marker.length)) {
    if (at > 0 && body[at - 1] !== 10) continue;
    const after = at + marker.length;
    const isEnd = body[after] === 45 && body[after + 1] === 45;
    // Another boundary may begin with this one.
    if (!isEnd && ![undefined, 10, 13, 32, 9].includes(body[after])) continue;
    if (start >= 0) parts.push(body.subarray(start, lineEndBefore(body, at)));
    if (parts.length > MIME_LIMITS.parts) throw new MimeTooComplex(`It has more than ${MIME_LIMITS.parts} parts.`);
    const line = body.indexOf(10, after);
    start = isEnd || line < 0 ? -1 : line + 1;
    if (isEnd) break;
  }
  // A report that was cut off still has its last part.
  if (start >= 0) parts.push(body.subarray(start));
  return parts;
}

function lineEndBefore(body: Buffer, at: number): number {
  const end = at > 0 && body[at - 1] === 10 ? at - 1 : at;
  return end > 0 && body[end - 1] === 13 ? end - 1 : end;
}

/** Splits at the first empty line; lines may end in LF or CRLF. */
export function splitHeaders(raw: Buffer): { headers: Headers; body: Buffer } {
  const end = headerEnd(raw);
  return { headers: readHeaders(raw.subarray(0, Math.min(end.at, MIME_LIMITS.headerBytes)).toString('latin1')), body: raw.subarray(end.next) };
}

/** Mailboxes and gateways put empty lines before the first header. */
function startOfHeaders(raw: Buffer): number {
  let at = 0;
  while (at < raw.length && [10, 13, 32, 9].includes(raw[at]!)) at += 1;
  return at;
}

function headerEnd(raw: Buffer): { at: number; next: number } {
  if (raw[0] === 10) return { at: 0, next: 1 };
  if (raw[0] === 13 && raw[1] === 10) return { at: 0, next: 2 };
  const lf = raw.indexOf('\n\n');
  const crlf = raw.indexOf('\n\r\n');
  if (lf < 0 && crlf < 0) return { at: raw.length, next: raw.length };
  return crlf < 0 || (lf >= 0 && lf < crlf) ? { at: lf, next: lf + 2 } : { at: crlf, next: crlf + 3 };
}

/** Reads header lines; continuation lines are joined by a space, lines that are no header are passed over. */
export function readHeaders(text: string): Headers {
  const headers = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (current && /^[ \t]/.test(line)) {
      current[current.length - 1] += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    const name = colon > 0 ? line.slice(0, colon).trimEnd().toLowerCase() : '';
    if (!/^[!-9;-~]{1,80}$/.test(name)) {
      current = null;
      continue;
    }
    current = headers.get(name) ?? [];
    current.push(line.slice(colon + 1).trim());
    headers.set(name, current);
  }
  return headers;
}

export const firstOf = (headers: Headers, name: string): string | undefined => headers.get(name)?.[0];

/** Type and parameters of a Content-Type, also of a badly written one. */
export function contentType(value: string): { type: string; params: Map<string, string> } {
  const params = new Map<string, string>();
  for (const [, name, quoted, plain] of value.slice(0, 2_000).matchAll(/([\w*-]{1,40})\s{0,5}=\s{0,5}(?:"([^"]{0,400})"|([^\s;"]{1,400}))/g)) {
    if (!params.has(name!.toLowerCase())) params.set(name!.toLowerCase(), quoted ?? plain!);
  }
  return { type: /^\s*([\w.+-]+\/[\w.+-]+)/.exec(value)?.[1]?.toLowerCase() ?? 'text/plain', params };
}
