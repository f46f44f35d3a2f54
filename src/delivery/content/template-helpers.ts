import Handlebars from 'handlebars';
import { withJosa } from './domain/josa.js';
import { date, formatNumber, list as formatList, money, plural, PLURAL_FORMS } from './helper-formats.js';
import { RenderFailure } from './compiled.js';
import { fault, isMissing, isTrue, items, join, MAX_ITEMS, needNumber, ordered, same, text, truncate, type Options, type RenderState } from './helper-values.js';

export type { RenderState } from './helper-values.js';
import { asciiTarget, decodeAttribute, encodeAttribute, isImageTarget } from './targets.js';

/** A value that is not there; the caller adds the part of the message. */
export class MissingValue extends Error {
  constructor(readonly variable: string) {
    super(variable);
  }
}

const MAX_TURNS = 10_000;
export const MAX_OUTPUT = 524_288;

export interface HelperRule {
  /** Least and most arguments. */
  args: [number, number];
  /** Arguments that must have a value: `first`, or only the `last` resort. The others may be missing. */
  needs: 'none' | 'first' | 'last';
  block?: boolean;
  named?: readonly string[];
  /** What is wrong with a call, told by how many arguments and which options it has. */
  wrong?: (args: number, named: readonly string[]) => string | null;
  run: (...args: never[]) => unknown;
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
    const turn = String(options.fn(item, { data, blockParams: [item, key] } as never));
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
  capitalize: rule([1, 1], 'first', (value: unknown) => text(value).replace(/^\p{L}/u, (letter) => letter.toUpperCase())),
  truncate: rule([2, 2], 'first', truncate as never),
  number: rule([1, 1], 'first', formatNumber as never, { named: ['digits', 'style'] }),
  money: rule([2, 2], 'first', money as never, { named: ['digits'] }),
  plural: rule([1, 3], 'first', plural as never, {
    named: [...PLURAL_FORMS, 'ordinal'],
    wrong: (args, named) => (args === 3 || (args === 1 && named.includes('other')) ? null : '"plural" takes two forms, {{plural n "item" "items"}}, or named ones with at least other="…"'),
  }),
  join: rule([1, 2], 'first', (...args: unknown[]) => join(values(args))),
  list: rule([1, 1], 'first', formatList as never, { named: ['or'] }),
  count: rule([1, 1], 'none', (value: unknown) => (isMissing(value) ? 0 : items(value, 'count').length)),
  limit: rule([2, 2], 'none', (value: unknown, most: unknown) => (isMissing(value) ? [] : items(value, 'limit').slice(0, Math.max(0, needNumber(most, 'limit'))))),
  contains: rule([2, 2], 'none', (value: unknown, wanted: unknown) => (Array.isArray(value) ? value.some((one) => same(one, wanted)) : typeof value === 'string' && !isMissing(wanted) && value.includes(String(wanted)))),
  josa: rule([2, 2], 'first', (word: unknown, pair: unknown) => withJosa(text(word), text(pair)) ?? (() => { throw fault('josa: the second argument must be a pair such as "은/는"'); })()),
  urlencode: rule([1, 1], 'first', (value: unknown) => encodeURIComponent(text(value))),
};

/** Names that the checked source uses and authors can not: values that must exist, and link targets. */
export const MARKS = { value: 'danbi_value', text: 'danbi_text', link: 'danbi_link', fixed: 'danbi_fixed', textFixed: 'danbi_text_fixed', textLink: 'danbi_text_link', image: 'danbi_image' } as const;

const LINK_MARKS = new Set<string>([MARKS.link, MARKS.textLink, MARKS.image]);

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
    return encodeAttribute(tracked(options.data.danbi, index, target(decodeAttribute(String(options.fn(this))))));
  },
  [MARKS.textLink](this: unknown, index: number, options: Options) {
    return tracked(options.data.danbi, index, target(String(options.fn(this))));
  },
  [MARKS.image](this: unknown, options: Options) {
    const url = asciiTarget(decodeAttribute(String(options.fn(this))));
    if (url === null || !isImageTarget(url)) throw fault('the address of an image is not http or https');
    return encodeAttribute(url);
  },
};

/** Our own Handlebars: only these helpers, nothing that prints or looks up by computed names. @param names of helpers; all by default */
export function createEngine(names?: readonly string[]): typeof Handlebars {
  const all = { ...Object.fromEntries(Object.entries(HELPERS).map(([name, helper]) => [name, helper.run as Handlebars.HelperDelegate])), ...MARK_HELPERS };
  return engineOf(names ? Object.fromEntries(names.map((name) => [name, all[name]!])) : all);
}

function engineOf(...sets: Record<string, Handlebars.HelperDelegate>[]): typeof Handlebars {
  const engine = Handlebars.create();
  for (const name of Object.keys(engine.helpers)) engine.unregisterHelper(name);
  for (const set of sets) for (const [name, helper] of Object.entries(set)) engine.registerHelper(name, helper);
  return engine;
}

/** What stands for a value that is missing while problems are gathered: helpers pass it on, and it shows nothing. */
const ABSENT = new Handlebars.SafeString('');

/** The same, but what goes wrong is noted in the state and the rest goes on: for looking at a message, never for sending it. */
export function createLookingEngine(): typeof Handlebars {
  const looking = (name: string, helper: Handlebars.HelperDelegate): Handlebars.HelperDelegate =>
    function (this: unknown, ...args: unknown[]) {
      const { found, part = '' } = (args.at(-1) as Options).data.danbi;
      if (args.includes(ABSENT) && !HELPERS[name]?.block) return ABSENT;
      const before = found?.length;
      try {
        return (helper as (...all: unknown[]) => unknown).apply(this, args);
      } catch (error) {
        if (error instanceof MissingValue) found?.push({ kind: 'missing_value', part, subject: error.variable });
        else if (!(error instanceof RenderFailure)) throw error;
        // An address without its value was told as that.
        else if (found?.length === before) found?.push(LINK_MARKS.has(name) ? { kind: 'broken_link', part, subject: name === MARKS.image ? 'picture' : `link ${Number(args[0]) + 1}` } : { kind: 'render_error', part, subject: error.detail });
        return ABSENT;
      }
    };
  const all = { ...Object.fromEntries(Object.entries(HELPERS).map(([name, { run }]) => [name, run as Handlebars.HelperDelegate])), ...MARK_HELPERS };
  return engineOf(Object.fromEntries(Object.entries(all).map(([name, helper]) => [name, looking(name, helper)])));
}
