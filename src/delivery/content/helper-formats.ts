import { isTimeZone } from '../../kernel/local-time.js';
import { fault, items, needNumber, number, text, type Options, type RenderState } from './helper-values.js';

type Formatter = Intl.DateTimeFormat | Intl.NumberFormat | Intl.PluralRules | Intl.ListFormat;
const formats = new Map<string, Formatter>();
/** Making a formatter costs about 50 µs, using one about 1 µs. */
function formatOf<F extends Formatter>(key: string, make: () => F): F {
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
  weekday: { weekday: 'long' }, monthday: { month: 'long', day: 'numeric' }, month: { year: 'numeric', month: 'long' }, year: { year: 'numeric' },
};

/** A date in the person's zone and language. A plain calendar date ("2026-03-29") is the same day everywhere. */
export function date(value: unknown, ...rest: [Options] | [string, Options]): string {
  const options = rest.at(-1) as Options;
  const style = rest.length > 1 ? String(rest[0]) : 'long';
  if (!(style in DATE_STYLES)) throw fault(`date: "${style}" is not one of ${Object.keys(DATE_STYLES).join(', ')}`);
  const plainDate = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
  const at = new Date(typeof value === 'number' ? (value < 1e11 ? value * 1000 : value) : String(value));
  if (Number.isNaN(at.getTime())) throw fault('date: the value is not a date');
  const state = options.data.danbi;
  const wanted = options.hash.zone === undefined ? state.timeZone : String(options.hash.zone);
  if (options.hash.zone !== undefined && !isTimeZone(wanted)) throw fault('date: the zone is not an IANA zone such as Asia/Seoul');
  const zone = plainDate || !isTimeZone(wanted) ? 'UTC' : wanted;
  const locale = localeOf(state);
  const made = formatOf(`d ${locale} ${zone} ${style}`, () => new Intl.DateTimeFormat(locale, { ...DATE_STYLES[style], timeZone: zone })).format(at);
  // Recent Unicode data writes Korean times with "AM"; people write 오전.
  return /^ko\b/.test(locale) ? made.replace(/\bAM\b/, '오전').replace(/\bPM\b/, '오후') : made;
}

const NUMBER_STYLES: Record<string, Intl.NumberFormatOptions> = { decimal: {}, percent: { style: 'percent' }, compact: { notation: 'compact' } };

const digitsIn = ({ hash }: Options): Intl.NumberFormatOptions => {
  if (hash.digits === undefined) return {};
  const digits = Math.trunc(Math.min(10, Math.max(0, number(hash.digits) ?? 0)));
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
};

/** A number as the locale writes it; 0.25 as `percent` is 25%. */
export function formatNumber(value: unknown, options: Options): string {
  const locale = localeOf(options.data.danbi);
  const style = String(options.hash.style ?? 'decimal');
  if (!Object.hasOwn(NUMBER_STYLES, style)) throw fault(`number: "${style}" is not one of ${Object.keys(NUMBER_STYLES).join(', ')}`);
  const digits = digitsIn(options);
  return formatOf(`n ${locale} ${style} ${digits.maximumFractionDigits}`, () => new Intl.NumberFormat(locale, { ...NUMBER_STYLES[style], ...digits })).format(needNumber(value, 'number'));
}

/** An amount with the sign of its currency and as many digits as it has. */
export function money(value: unknown, currency: unknown, options: Options): string {
  const code = String(currency).toUpperCase();
  if (!/^[A-Z]{3}$/.test(code)) throw fault('money: the currency must be three letters such as KRW');
  const locale = localeOf(options.data.danbi);
  const digits = digitsIn(options);
  return formatOf(`m ${locale} ${code} ${digits.maximumFractionDigits}`, () => new Intl.NumberFormat(locale, { style: 'currency', currency: code, ...digits })).format(needNumber(value, 'money'));
}

/** The categories of CLDR; Korean has only `other`, English `one` and `other`, Polish also `few` and `many`. */
export const PLURAL_FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;

/** The form that a count asks for in the locale: two forms by position, or named ones. */
export function plural(value: unknown, ...rest: [Options] | [unknown, unknown, Options]): unknown {
  const options = rest.at(-1) as Options;
  const count = needNumber(value, 'plural');
  const locale = localeOf(options.data.danbi);
  const type = options.hash.ordinal === true ? 'ordinal' : 'cardinal';
  const rules = formatOf(`p ${locale} ${type}`, () => new Intl.PluralRules(locale, { type }));
  const category = rules.select(count);
  if (rest.length === 1) return options.hash[category] ?? options.hash.other;
  // A text in two forms may be read where the language knows only one: the author's own distinction then holds.
  const one = category === 'one' || (count === 1 && !rules.resolvedOptions().pluralCategories.includes('one'));
  return one ? rest[0] : rest[1];
}

/** "A, B and C" as the locale says it; with `or=true`, "A, B or C". */
export function list(value: unknown, options: Options): string {
  const locale = localeOf(options.data.danbi);
  const type = options.hash.or === true ? 'disjunction' : 'conjunction';
  return formatOf(`l ${locale} ${type}`, () => new Intl.ListFormat(locale, { type })).format(items(value, 'list').map(text));
}
