import type { Display, DisplayTrigger, PageRule } from '../../../contract/display.js';
import type { WireCondition, WireExpression, WireFact, WireRule, WireTrigger } from '../../../contract/visitor-wire.js';
import { hostOf } from '../../../segments/domain/url-pattern.js';
import { localTimes } from './local-times.js';
import { pageExpression } from './page-expression.js';

/** A class without members: fits no page. */
const NOWHERE: WireExpression = '[]';
/** Numbers of {@link WireFact}. */
const FACT = { page: 0, query: 1, referrer: 2, mobile: 3, languages: 4, visits: 5, time: 6 } as const satisfies Record<string, WireFact>;

const literal = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}/]/g, '\\$&');
/** A condition; none when there is nothing to ask. */
const any = (fact: WireFact, expressions: readonly WireExpression[]): WireCondition[] => (expressions.length > 0 ? [[fact, ...expressions]] : []);
/** Undefined, so that JSON leaves it out, instead of an empty list. */
const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

/** What the browser has to know of a display. Total: a pattern that `campaigns/domain/check-display` refuses fits no page, or excludes every page. */
export function wireRule(display: Display, campaignId: string): WireRule {
  const { page, trigger, frequency, schedule, slot } = display;
  const rule: WireRule = {
    i: campaignId, w: some(asked(display)), x: some([...any(FACT.page, expressions(page.exclude, '')), ...refused(page)]),
    b: between(schedule?.from, schedule?.until), t: wireTrigger(trigger), s: slot,
    e: display.class === 'essential' ? 1 : undefined, y: frequency.oncePerVisit ? undefined : 1,
  };
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as unknown as WireRule;
}

const expressions = (patterns: PageRule['include'], otherwise: WireExpression): WireExpression[] => patterns.map(pageExpression).map((one) => ('expression' in one ? one.expression : otherwise));

/** What must hold. */
function asked({ page, schedule }: Display): WireCondition[] {
  const { min = 1, max } = page.visits ?? {};
  return [
    ...any(FACT.page, expressions(page.include, NOWHERE)),
    ...page.query.filter(({ op }) => op === 'is' || op === 'exists').flatMap((rule) => any(FACT.query, [parameter(rule)])),
    ...Object.entries(page.utm).flatMap(([name, value]) => any(FACT.query, [parameter({ name: `utm_${name}`, value })])),
    ...any(FACT.referrer, page.referrer.map((host) => (host === 'direct' ? '^\\.$' : `${literal(`.${hostOf(host) ?? host}`)}$`))),
    ...any(FACT.mobile, page.device === undefined ? [] : [page.device === 'mobile' ? 't' : 'f']),
    // As the languages of segments are compared: whole parts.
    ...any(FACT.languages, page.languages.map((prefix) => `,${literal(prefix.toLowerCase().replaceAll('_', '-'))}[-,]`)),
    ...any(FACT.visits, max !== undefined ? [`^.{${min},${max}}$`] : min > 1 ? [`^.{${min}}`] : []),
    ...any(FACT.time, localTimes(schedule)),
  ];
}

const refused = (page: PageRule): WireCondition[] => page.query.filter(({ op }) => op === 'is_not' || op === 'not_exists').flatMap((rule) => any(FACT.query, [parameter(rule)]));

/** A parameter, with a value of its own or any, in a query as browsers write it. */
function parameter({ name, value }: { name: string; value?: string | undefined }): string {
  const written = `${new URLSearchParams([[name, value ?? '']])}`;
  return literal(value === undefined ? `&${written}` : `&${written}&`);
}

function between(from: string | undefined, until: string | undefined): WireRule['b'] {
  if (until !== undefined) return [from === undefined ? 0 : Date.parse(from), Date.parse(until)];
  return from === undefined ? undefined : [Date.parse(from)];
}

function wireTrigger(trigger: DisplayTrigger): WireTrigger {
  switch (trigger.type) {
    case 'page_view': return { k: 'd', n: 0 };
    case 'dwell': return {
      k: 'd', n: Math.round(trigger.seconds * 1_000),
      ...(trigger.scope === 'page' ? {} : { s: trigger.scope === 'path_in_session' ? 1 : 2 }),
      ...(trigger.idle === undefined ? {} : { i: trigger.idle ?? 0 }),
      ...(trigger.focus === 'required' ? { f: 1 } : {}),
    };
    case 'scroll': return { k: 's', n: trigger.percent };
    case 'exit_intent': return trigger.touch ? { k: 'x', t: 1 } : { k: 'x' };
    case 'event': return { k: 'e', n: trigger.event };
    case 'manual': return { k: 'm' };
    default: return trigger satisfies never;
  }
}
