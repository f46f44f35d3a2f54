import Handlebars from 'handlebars';
import { isTimeZone } from '../../kernel/local-time.js';
import { withJosa } from './domain/josa.js';
import { RenderFailure, type MessageLinks } from './compiled.js';
import { asciiTarget, decodeAttribute, encodeAttribute, isImageTarget } from './targets.js';

/** What the templates of one message share while they are rendered. */
export interface RenderState {
  links: MessageLinks;
  staticLinks: readonly (string | undefined)[];
  language: string;
  timeZone: string;
  /** Turns taken by loops and characters made by them so far. */
  turns: number;
  made: number;
}

/** A value that is not there; the caller adds the part of the message. */
export class MissingValue extends Error {
  constructor(readonly variable: string) {
    super(variable);
  }
}

export const MAX_ITEMS = 500;
const MAX_TURNS = 10_000;
export const MAX_OUTPUT = 524_288;

type Options = Handlebars.HelperOptions & { hash: Record<string, unknown>; data: { danbi: RenderState } & Record<string, unknown> };
interface HelperRule {
  /** Least and most arguments. */
  args: [number, number];
  /** Arguments that must have a value: `first`, or only the `last` resort. The others may be missing. */
  needs: 'none' | 'first' | 'last';
  block?: boolean;
  named?: readonly string[];
  run: (...args: never[]) => unknown;
}

const isMissing = (value: unknown) => value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
const isTrue = (value: unknown) => !(Array.isArray(value) ? value.length === 0 : value === undefined || value === null || value === false || value === '' || value === 0);
const fault = (detail: string) => new RenderFailure('RENDER_ERROR', detail);
const loosely = (value: unknown) => (typeof value === 'boolean' ? value : isMissing(value) ? null : value);
const same = (a: unknown, b: unknown) => loosely(a) === loosely(b) || (!isMissing(a) && !isMissing(b) && typeof a !== typeof b && String(a) === String(b));
const number = (value: unknown) => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};
const needNumber = (value: unknown, helper: string) => number(value) ?? (() => { throw fault(`${helper}: the value is not a number`); })();

/** Orders two numbers, or two texts (dates as ISO text too); false when either is missing or they are not alike. */
function ordered(a: unknown, b: unknown, holds: (sign: number) => boolean): boolean {
  const [x, y] = [number(a), number(b)];
  if (x !== null && y !== null) return holds(Math.sign(x - y));
  return typeof a === 'string' && typeof b === 'string' && a !== '' && b !== '' && holds(a < b ? -1 : a > b ? 1 : 0);
}

const formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();
/** Making a formatter costs about 50 µs, using one about 1 µs. */
function formatOf<F extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => F): F {
  let found = formats.get(key);
  if (!found) {
    if (formats.size >= 500) formats.clear();
    formats.set(key, (found = make()));
  }
  return found as F;
}

function localeOf(state: RenderState): string {
  try {
    return Intl.getCanonicalLocales(state.language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

const DATE_STYLES: Record<string, Intl.DateTimeFormatOptions> = {
  short: { dateStyle: 'short' }, medium: { dateStyle: 'medium' }, long: { dateStyle: 'long' }, full: { dateStyle: 'full' },
  time: { timeStyle: 'short' }, datetime: { dateStyle: 'long', timeStyle: 'short' },
};

/** A date in the person's zone and language. A plain calendar date ("2026-03-29") is the same day everywhere. */
function date(value: unknown, ...rest: [Options] | [string, Options]): string {
  const options = rest.at(-1) as Options;
  const style = rest.length > 1 ? String(rest[0]) : 'long';
  if (!(style in DATE_STYLES)) throw fault(`date: "${style}" is not one of ${Object.keys(DATE_STYLES).join(', ')}`);
  const plainDate = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
  const at = new Date(typeof value === 'number' ? (value < 1e11 ? value * 1000 : value) : String(value));
  if (Number.isNaN(at.getTime())) throw fault('date: the value is not a date');
  const state = options.data.danbi;
  const wanted = options.hash.zone === undefined ? state.timeZone : String(options.hash.zone);
  const zone = plainDate ? 'UTC' : isTimeZone(wanted) ? wanted : 'UTC';
  const locale = localeOf(state);
  const made = formatOf(`d ${locale} ${zone} ${style}`, () => new Intl.DateTimeFormat(locale, { ...DATE_STYLES[style], timeZone: zone })).format(at);
  // Recent Unicode data writes Korean times with "AM"; people write 오전.
  return /^ko\b/.test(locale) ? made.replace(/\bAM\b/, '오전').replace(/\bPM\b/, '오후') : made;
}

function formatNumber(value: unknown, options: Options): string {
  const locale = localeOf(options.data.danbi);
  const digits = options.hash.digits === undefined ? undefined : Math.trunc(Math.min(10, Math.max(0, number(options.hash.digits) ?? 0)));
  return formatOf(`n ${locale} ${digits}`, () => new Intl.NumberFormat(locale, digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits })).format(needNumber(value, 'number'));
}

function money(value: unknown, currency: unknown, options: Options): string {
  const code = String(currency).toUpperCase();
  if (!/^[A-Z]{3}$/.test(code)) throw fault('money: the currency must be three letters such as KRW');
  const locale = localeOf(options.data.danbi);
  return formatOf(`m ${locale} ${code}`, () => new Intl.NumberFormat(locale, { style: 'currency', currency: code })).format(needNumber(value, 'money'));
}

function each(this: unknown, list: unknown, options: Options): string {
  const entries: [string | number, unknown][] = Array.isArray(list) ? list.map((item, index) => [index, item]) : typeof list === 'object' && list !== null ? Object.entries(list) : [];
  if (entries.length === 0) return options.inverse(this);
  if (entries.length > MAX_ITEMS) throw fault(`each: a list has more than ${MAX_ITEMS} items`);
  const state = options.data.danbi;
  let out = '';
  for (const [index, [key, item]] of entries.entries()) {
    state.turns += 1;
    if (state.turns > MAX_TURNS) throw fault(`each: loops take more than ${MAX_TURNS} turns`);
    const data = Object.assign(Handlebars.createFrame(options.data), { key, index, first: index === 0, last: index === entries.length - 1 });
    const turn = options.fn(item, { data, blockParams: [item, key] } as never);
    state.made += turn.length;
    if (state.made > MAX_OUTPUT * 2) throw fault(`each: loops make more than ${MAX_OUTPUT / 512} KB`);
    out += turn;
  }
  return out;
}

const rule = (args: [number, number], needs: HelperRule['needs'], run: (...args: never[]) => unknown, more: Partial<HelperRule> = {}): HelperRule => ({ args, needs, run, ...more });
const values = (args: unknown[]) => args.slice(0, -1);

/** The helpers authors may use: how many arguments, which of them must have a value, and what they do. */
export const HELPERS: Record<string, HelperRule> = {
  if: rule([1, 1], 'none', function (this: unknown, value: unknown, o: Options) { return isTrue(value) ? o.fn(this) : o.inverse(this); }, { block: true }),
  unless: rule([1, 1], 'none', function (this: unknown, value: unknown, o: Options) { return isTrue(value) ? o.inverse(this) : o.fn(this); }, { block: true }),
  each: rule([1, 1], 'none', each as never, { block: true }),
  with: rule([1, 1], 'none', function (this: unknown, value: unknown, o: Options) { return isTrue(value) ? o.fn(value, { data: o.data, blockParams: [value] } as never) : o.inverse(this); }, { block: true }),
  default: rule([2, 5], 'last', (...args: unknown[]) => values(args).find((value) => !isMissing(value)) ?? values(args).at(-1)),
  eq: rule([2, 2], 'none', (a: unknown, b: unknown) => same(a, b)),
  ne: rule([2, 2], 'none', (a: unknown, b: unknown) => !same(a, b)),
  gt: rule([2, 2], 'none', (a: unknown, b: unknown) => ordered(a, b, (sign) => sign > 0)),
  gte: rule([2, 2], 'none', (a: unknown, b: unknown) => ordered(a, b, (sign) => sign >= 0)),
  lt: rule([2, 2], 'none', (a: unknown, b: unknown) => ordered(a, b, (sign) => sign < 0)),
  lte: rule([2, 2], 'none', (a: unknown, b: unknown) => ordered(a, b, (sign) => sign <= 0)),
  and: rule([2, 8], 'none', (...args: unknown[]) => values(args).every(isTrue)),
  or: rule([2, 8], 'none', (...args: unknown[]) => values(args).some(isTrue)),
  not: rule([1, 1], 'none', (value: unknown) => !isTrue(value)),
  upper: rule([1, 1], 'first', (value: unknown) => text(value).toUpperCase()),
  lower: rule([1, 1], 'first', (value: unknown) => text(value).toLowerCase()),
  date: rule([1, 2], 'first', date as never, { named: ['zone'] }),
  number: rule([1, 1], 'first', formatNumber as never, { named: ['digits'] }),
  money: rule([2, 2], 'first', money as never),
  plural: rule([3, 3], 'first', (count: unknown, one: unknown, many: unknown) => (needNumber(count, 'plural') === 1 ? one : many)),
  join: rule([1, 2], 'first', (...args: unknown[]) => join(values(args))),
  josa: rule([2, 2], 'first', (word: unknown, pair: unknown) => withJosa(text(word), text(pair)) ?? (() => { throw fault('josa: the second argument must be a pair such as "은/는"'); })()),
  urlencode: rule([1, 1], 'first', (value: unknown) => encodeURIComponent(text(value))),
};

function join([list, separator = ', ']: unknown[]): string {
  if (!Array.isArray(list)) throw fault('join: the value is not a list');
  if (list.length > MAX_ITEMS) throw fault(`join: a list has more than ${MAX_ITEMS} items`);
  return list.map(text).join(String(separator));
}

/** What a value looks like in a message. Lists and objects have no one look, so they are an error, not `[object Object]`. */
function text(value: unknown): string {
  if (typeof value === 'object' && value !== null) throw fault('a list or an object stands where a text is needed; use each, with or join');
  return String(value ?? '');
}

/** Names that the checked source uses and authors can not: values that must exist, and link targets. */
export const MARKS = { value: 'danbi_value', text: 'danbi_text', link: 'danbi_link', fixed: 'danbi_fixed', textFixed: 'danbi_text_fixed', textLink: 'danbi_text_link', image: 'danbi_image' } as const;

const need = (value: unknown, variable: unknown) => {
  if (isMissing(value)) throw new MissingValue(String(variable));
  return value;
};

function target(url: string): string {
  return asciiTarget(url) ?? (() => { throw fault('a link does not lead to http, https, mailto or tel'); })();
}

/** The address that stands in the message: signed for the web, as it is for mail and telephone. */
function tracked(state: RenderState, index: number, url: string): string {
  return /^https?:/i.test(url) ? state.links.click(index, url) : url;
}

const MARK_HELPERS: Record<string, Handlebars.HelperDelegate> = {
  [MARKS.value]: need,
  [MARKS.text]: (value: unknown, variable: unknown) => text(need(value, variable)),
  [MARKS.fixed]: (index: number, options: Options) => new Handlebars.SafeString(encodeAttribute(tracked(options.data.danbi, index, options.data.danbi.staticLinks[index]!))),
  [MARKS.textFixed]: (index: number, options: Options) => tracked(options.data.danbi, index, options.data.danbi.staticLinks[index]!),
  [MARKS.link](this: unknown, index: number, options: Options) {
    return encodeAttribute(tracked(options.data.danbi, index, target(decodeAttribute(options.fn(this)))));
  },
  [MARKS.textLink](this: unknown, index: number, options: Options) {
    return tracked(options.data.danbi, index, target(options.fn(this)));
  },
  [MARKS.image](this: unknown, options: Options) {
    const url = asciiTarget(decodeAttribute(options.fn(this)));
    if (url === null || !isImageTarget(url)) throw fault('the address of an image is not http or https');
    return encodeAttribute(url);
  },
};

/** Our own Handlebars: only these helpers, nothing that prints or looks up by computed names. */
export function createEngine(): typeof Handlebars {
  const engine = Handlebars.create();
  for (const name of Object.keys(engine.helpers)) engine.unregisterHelper(name);
  for (const [name, helper] of Object.entries(HELPERS)) engine.registerHelper(name, helper.run as Handlebars.HelperDelegate);
  for (const [name, helper] of Object.entries(MARK_HELPERS)) engine.registerHelper(name, helper);
  return engine;
}
