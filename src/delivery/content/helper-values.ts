import type Handlebars from 'handlebars';
import { RenderFailure, type MessageLinks } from './compiled.js';

/** Something wrong that was found while a message was made in order to look at it. */
export interface Found {
  kind: 'missing_value' | 'render_error' | 'broken_link';
  /** Part of the message: "subject", "body". */
  part: string;
  /** The variable, the link, or the fault. Never a value. */
  subject: string;
}

/** What the templates of one message share while they are rendered. */
export interface RenderState {
  links: MessageLinks;
  staticLinks: readonly (string | undefined)[];
  language: string;
  timeZone: string;
  /** Turns taken by loops and characters made by them so far. */
  turns: number;
  made: number;
  /** Gathers everything that is wrong, in place of stopping at the first. Only with templates prepared for that. */
  found?: Found[];
  /** The part that is being made; kept when things are gathered. */
  part?: string;
}

export type Options = Handlebars.HelperOptions & { hash: Record<string, unknown>; data: { danbi: RenderState } & Record<string, unknown> };

export const MAX_ITEMS = 500;

export const isMissing = (value: unknown) => value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
export const isTrue = (value: unknown) => !(Array.isArray(value) ? value.length === 0 : value === undefined || value === null || value === false || value === '' || value === 0);
export const fault = (detail: string) => new RenderFailure('RENDER_ERROR', detail);
const loosely = (value: unknown) => (typeof value === 'boolean' ? value : isMissing(value) ? null : value);
export const same = (a: unknown, b: unknown) => loosely(a) === loosely(b) || (!isMissing(a) && !isMissing(b) && typeof a !== typeof b && String(a) === String(b));
export const number = (value: unknown) => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};
export const needNumber = (value: unknown, helper: string) => number(value) ?? (() => { throw fault(`${helper}: the value is not a number`); })();

/** Orders two numbers, or two texts (dates as ISO text too); false when either is missing or they are not alike. */
export function ordered(a: unknown, b: unknown, holds: (sign: number) => boolean): boolean {
  const [x, y] = [number(a), number(b)];
  if (x !== null && y !== null) return holds(Math.sign(x - y));
  return typeof a === 'string' && typeof b === 'string' && a !== '' && b !== '' && holds(a < b ? -1 : a > b ? 1 : 0);
}

/** What a value looks like in a message. Lists and objects have no one look, so they are an error, not `[object Object]`. */
export function text(value: unknown): string {
  if (typeof value === 'object' && value !== null) throw fault('a list or an object stands where a text is needed; use each, with or join');
  return String(value ?? '');
}

/** A list no longer than templates may walk. */
export function items(value: unknown, helper: string): unknown[] {
  if (!Array.isArray(value)) throw fault(`${helper}: the value is not a list`);
  if (value.length > MAX_ITEMS) throw fault(`${helper}: a list has more than ${MAX_ITEMS} items`);
  return value;
}

export const join = ([list, separator = ', ']: unknown[]): string => items(list, 'join').map(text).join(String(separator));

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many characters a reader sees: an emoji of several code points is one. */
export function shownLength(value: string): number {
  let count = 0;
  for (const _ of graphemes.segment(value)) count += 1;
  return count;
}

/** The first characters as they are seen, with "…" when something was left out. */
export function truncate(value: unknown, most: unknown): string {
  const whole = text(value);
  const limit = Math.max(1, Math.trunc(needNumber(most, 'truncate')));
  const shown = [...graphemes.segment(whole.slice(0, (limit + 1) * 40))];
  return shown.length <= limit ? whole : `${shown.slice(0, limit - 1).map(({ segment }) => segment).join('').trimEnd()}…`;
}
