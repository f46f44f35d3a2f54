import { RegExpParser, type AST } from '@eslint-community/regexpp';
import { anyBut, classText, DIGITS, LINE_ENDS, SPACES, WORDS, type CodePoints } from './code-points.js';

/** The longest pattern, in characters. */
export const MAX_PATTERN = 200;
const MAX_REPETITION = 100;
/** Most characters and classes after every counted repetition is written out; PostgreSQL steps through all of them at each character (1 µs). */
const MAX_EXPANDED = 300;
/** Most ways around parts that may be left out; PostgreSQL draws each of them before it starts (half a second for this many). */
const MAX_DETOURS = 160_000;

class Unsafe extends Error {}
const refuse = (what: string): never => { throw new Unsafe(what); };

/** A part of the pattern in PostgreSQL's words: how many characters and classes it has when written out, and how many of these may be left out. */
interface Part {
  text: string;
  size: number;
  optional: number;
  /** Whether the empty text matches. */
  empty: boolean;
}

/**
 * A JavaScript regular expression (flag `u`) as an expression for PostgreSQL's `~` that matches the same texts in time
 * linear in their length; or, in one sentence, why there is none. Without captures and back references PostgreSQL runs an
 * automaton and never goes back. Only constructs whose meaning is the same on both sides are translated.
 */
export function translateRegex(pattern: string): { postgres: string } | { problem: string } {
  if (pattern === '') return { problem: 'The pattern is empty.' };
  if (pattern.length > MAX_PATTERN) return { problem: `The pattern has ${pattern.length} characters; ${MAX_PATTERN} are allowed.` };
  try {
    const tree = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern, 0, pattern.length, { unicode: true });
    const { text, size, optional } = alternatives(tree.alternatives, false);
    if (size > MAX_EXPANDED) return { problem: `The pattern comes to ${size} characters with its repetitions written out; ${MAX_EXPANDED} are allowed.` };
    if (optional ** 2 * kindsOfCharacters(text) > MAX_DETOURS) return { problem: `The pattern has ${optional} characters that may be left out, which takes too long to prepare. Allow fewer, or use * in place of a count.` };
    return { postgres: text };
  } catch (error) {
    if (error instanceof Unsafe) return { problem: error.message };
    if (error instanceof SyntaxError) return { problem: `The pattern cannot be read: ${error.message.replace(/^Invalid regular expression: .*\/u?: /s, '')}.` };
    throw error;
  }
}

/** How many kinds of characters a pattern has to tell apart: classes split at every sign named. */
const kindsOfCharacters = (text: string): number => (text.includes('[') ? 1 + new Set(text.match(/\\U[0-9a-f]{8}|[A-Za-z0-9]/g)).size : 1);

/** @param repeated inside a repetition, where an anchor would have to hold at several places */
function alternatives(list: readonly AST.Alternative[], repeated: boolean): Part {
  const parts = list.map(({ elements }) => joined(elements.map((element) => part(element, repeated)), ''));
  const empty = parts.some((one) => one.empty);
  const whole = joined(parts.map((one) => ({ ...one, text: one.text || '(?:)' })), '|');
  return { ...whole, text: `(?:${whole.text})`, empty, optional: empty ? whole.size : whole.optional };
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
function joined(parts: readonly Part[], joint: string): Part {
  return { text: parts.map(({ text }) => text).join(joint), size: sum(parts.map(({ size }) => size)), optional: sum(parts.map(({ optional }) => optional)), empty: parts.every(({ empty }) => empty) };
}
const single = (text: string): Part => ({ text, size: 1, optional: 0, empty: false });

function part(element: AST.Element, repeated: boolean): Part {
  switch (element.type) {
    case 'Character': return single(classText([[codeOf(element), codeOf(element)]]));
    case 'CharacterSet': return single(classText(setOf(element)));
    case 'CharacterClass': return single(classText(classOf(element)));
    case 'CapturingGroup': return alternatives(element.alternatives, repeated);
    case 'Group': return element.modifiers ? refuse(`Flags inside a pattern (${element.modifiers.raw}) are not supported.`) : alternatives(element.alternatives, repeated);
    case 'Quantifier': return repetition(element, repeated);
    case 'Assertion': return { ...single(anchor(element, repeated)), empty: true };
    case 'Backreference': return refuse(`A back reference (${element.raw}) cannot be matched in bounded time. Write the alternatives out.`);
    default: return refuse(`${element.raw} is not supported.`);
  }
}

function anchor(assertion: AST.Assertion, repeated: boolean): string {
  if (assertion.kind === 'lookahead' || assertion.kind === 'lookbehind') return refuse(`Looking ahead or behind (${assertion.raw}) cannot be matched in bounded time. Use two conditions.`);
  if (assertion.kind === 'word') return refuse(`${assertion.raw} (a word boundary) is not supported. Name the characters around the word, for example (^|[^a-z])word([^a-z]|$).`);
  if (repeated) return refuse(`${assertion.raw} inside a repetition is not supported.`);
  return assertion.kind === 'start' ? '^' : '$';
}

function repetition({ min, max, element, raw }: AST.Quantifier, repeated: boolean): Part {
  const bound = Number.isFinite(max) ? max : min;
  if (bound > MAX_REPETITION) refuse(`The repetition ${raw} counts to ${bound}; ${MAX_REPETITION} is the most.`);
  const once = part(element, repeated || max > 1);
  const times = Number.isFinite(max) ? `{${min},${max}}` : min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  const copies = Math.max(bound, 1);
  const size = once.size * copies;
  const empty = min === 0 || once.empty;
  return { text: max === 0 ? '' : `(?:${once.text || '(?:)'})${times}`, size, optional: empty ? size : once.optional * copies, empty };
}

/** The code points a set stands for; `.` leaves out what ends a line. */
function setOf(set: AST.CharacterSet): CodePoints {
  if (set.kind === 'property') return refuse(`${set.raw} is not supported. Name the characters, for example [가-힣] or [A-Za-z].`);
  const points = { any: anyBut(LINE_ENDS), digit: DIGITS, space: SPACES, word: WORDS }[set.kind];
  return set.kind !== 'any' && set.negate ? anyBut(points) : points;
}

function classOf(found: AST.CharacterClass): CodePoints {
  const points = found.elements.flatMap((element): CodePoints => {
    if (element.type === 'Character') return [[codeOf(element), codeOf(element)]];
    if (element.type === 'CharacterClassRange') return [[element.min.value, element.max.value]];
    return element.type === 'CharacterSet' ? setOf(element) : refuse(`${element.raw} is not supported.`);
  });
  return found.negate ? anyBut(points) : points;
}

function codeOf({ value, raw }: AST.Character): number {
  if (value === 0 || (value >= 0xd800 && value <= 0xdfff)) return refuse(`${raw} names a character that no stored text holds.`);
  return value;
}
