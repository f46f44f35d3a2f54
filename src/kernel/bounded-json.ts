/** Deeper than any report; shallow enough for every parser. */
const MAX_DEPTH = 32;
/** Values in one report: 5,000 events of 40 fields. */
const MAX_VALUES = 200_000;

/** JSON from outside, or in one sentence why it was not read. */
export type BoundedJson = { value: unknown; elements: Buffer[] | null } | { fault: string };

const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c, OPEN_ARRAY = 0x5b, CLOSE_ARRAY = 0x5d, OPEN_OBJECT = 0x7b, CLOSE_OBJECT = 0x7d;

/**
 * Reads JSON of any origin. Depth and the number of values are limited in one pass over the bytes, before anything is parsed.
 * When the whole is an array, `elements` are its elements as they came, byte for byte.
 */
export function parseBounded(body: Buffer): BoundedJson {
  const scanned = scan(body);
  if ('fault' in scanned) return scanned;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return { value, elements: Array.isArray(value) ? scanned.elements : null };
  } catch (error) {
    return { fault: error instanceof SyntaxError ? 'is not JSON' : 'is not UTF-8' };
  }
}

/** Depth, number of values, and where the elements of an outermost array lie; right for every text that is JSON. */
function scan(body: Buffer): { elements: Buffer[] } | { fault: string } {
  const elements: Buffer[] = [];
  let depth = 0, values = 0, start = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]!;
    if (byte === QUOTE) at = endOfString(body, at);
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_DEPTH) return { fault: `is nested deeper than ${MAX_DEPTH}` };
      if (depth === 1) start = at + 1;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      depth -= 1;
      if (depth === 0) addElement(elements, body.subarray(start, at));
    } else if (byte === COMMA) {
      values += 1;
      if (values > MAX_VALUES) return { fault: `holds more than ${MAX_VALUES} values` };
      if (depth === 1) {
        addElement(elements, body.subarray(start, at));
        start = at + 1;
      }
    }
  }
  return { elements };
}

function addElement(elements: Buffer[], element: Buffer): void {
  if (element.some((byte) => byte > 0x20)) elements.push(element);
}

/** Where the string that opens at `at` closes. Bytes of UTF-8 beyond ASCII never look like a quote. */
function endOfString(body: Buffer, at: number): number {
  for (let next = at + 1; next < body.length; next += 1) {
    if (body[next] === BACKSLASH) next += 1;
    else if (body[next] === QUOTE) return next;
  }
  return body.length;
}
