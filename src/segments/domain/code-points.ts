/** Ranges of Unicode code points, both ends included. */
export type CodePoints = readonly (readonly [number, number])[];

const points = (...ranges: (number | readonly [number, number])[]): CodePoints => ranges.map((range) => (typeof range === 'number' ? [range, range] : range));
const LAST = 0x10ffff;

/** What `\d`, `\w`, `\s` and the ends of lines are in JavaScript. */
export const DIGITS = points([0x30, 0x39]);
export const WORDS = points([0x30, 0x39], [0x41, 0x5a], 0x5f, [0x61, 0x7a]);
export const SPACES = points([0x09, 0x0d], 0x20, 0xa0, 0x1680, [0x2000, 0x200a], 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff);
export const LINE_ENDS = points(0x0a, 0x0d, 0x2028, 0x2029);

/** The same points in order, with neighbours joined; without zero, which no stored text holds. */
function ordered(ranges: CodePoints): [number, number][] {
  const joined: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else if (to > 0) joined.push([Math.max(from, 1), to]);
  }
  return joined;
}

/** Every other code point. */
export function anyBut(ranges: CodePoints): CodePoints {
  const others: [number, number][] = [];
  let next = 1;
  for (const [from, to] of ordered(ranges)) {
    if (from > next) others.push([next, from - 1]);
    next = to + 1;
  }
  return next <= LAST ? [...others, [next, LAST]] : others;
}

const escaped = (point: number): string => (/[A-Za-z0-9]/.test(String.fromCodePoint(point)) ? String.fromCodePoint(point) : `\\U${point.toString(16).padStart(8, '0')}`);

/** One character out of these, as PostgreSQL's expressions say it. Every sign is an escape, so none has a second meaning. */
export function classText(ranges: CodePoints): string {
  const found = ordered(ranges);
  if (found.length === 0) return NOTHING;
  const [[from, to]] = found as [[number, number]];
  if (found.length === 1 && from === to) return escaped(from);
  return `[${found.map(([low, high]) => (low === high ? escaped(low) : `${escaped(low)}-${escaped(high)}`)).join('')}]`;
}

/** Matches no character: a class without members, which PostgreSQL cannot write. No stored text holds a half of a surrogate pair. */
const NOTHING = '\\U0000d800';
