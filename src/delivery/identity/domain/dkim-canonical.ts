const SPACE = 0x20;
const TAB = 0x09;
const CR = 0x0d;
const LF = 0x0a;

/** One header field as it stands in the message, folds included, without its last line end. */
export interface HeaderField { name: string; field: string }

/** The header fields of a message from the top, and where the body begins. The head must end with an empty line. */
export function readHead(raw: Buffer): { fields: HeaderField[]; bodyAt: number } {
  const end = raw.indexOf('\r\n\r\n');
  if (end < 0) throw new RangeError('the message has no end of its head');
  // Latin-1 keeps every byte, also those of an address outside ASCII.
  const fields = raw.toString('latin1', 0, end).split(/\r\n(?![ \t])/).map((field) => ({ name: field.slice(0, field.indexOf(':')).trim().toLowerCase(), field }));
  return { fields, bodyAt: end + 4 };
}

/** A header field in the relaxed form (RFC 6376, 3.4.2), without a line end. */
export function relaxedField(field: string): string {
  const colon = field.indexOf(':');
  const value = field.slice(colon + 1).replaceAll('\r\n', '').replaceAll(/[ \t]+/g, ' ');
  return `${field.slice(0, colon).trim().toLowerCase()}:${value.trim()}`;
}

/**
 * A body in the relaxed form (RFC 6376, 3.4.4) in one pass: runs of blanks become one space, blanks before a line end and
 * empty lines at the end go, a body that is not empty ends with CRLF. Line ends must be CRLF.
 */
export function relaxedBody(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length + 2);
  let at = 0;
  let kept = 0;
  let blank = false;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index]!;
    if (byte === SPACE || byte === TAB) {
      blank = true;
      continue;
    }
    if (byte === CR && body[index + 1] === LF) {
      out[at++] = CR;
      out[at++] = LF;
      index += 1;
      blank = false;
      continue;
    }
    if (blank) out[at++] = SPACE;
    blank = false;
    out[at++] = byte;
    kept = at;
  }
  if (kept === 0) return out.subarray(0, 0);
  out[kept] = CR;
  out[kept + 1] = LF;
  return out.subarray(0, kept + 2);
}
