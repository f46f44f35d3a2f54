import type { Display, DisplayTrigger, PageRule } from '../../../contract/display.js';
import type { WireExpression, WireRule, WireTrigger } from '../../../contract/visitor-wire.js';
import { WEEKDAYS } from '../../../kernel/local-time.js';
import { hostOf } from '../../../segments/domain/url-pattern.js';
import { pageExpression } from './page-expression.js';

/** A class without members: fits no page. */
const NOWHERE: WireExpression = '[]';
const OPS = { is: 0, is_not: 1, exists: 2, not_exists: 3 } as const;

/** Undefined, so that JSON leaves it out, instead of an empty list. */
const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
/** As the languages of segments are compared. */
const language = (prefix: string): string => prefix.toLowerCase().replaceAll('_', '-');
const referrer = (host: string): string => (host === 'direct' ? host : (hostOf(host) ?? host));

/** What the browser has to know of a display. Total: a pattern that `campaigns/domain/check-display` refuses fits no page, or excludes every page. */
export function wireRule(display: Display, campaignId: string): WireRule {
  const { page, trigger, frequency, schedule, slot, priority } = display;
  const expressions = (patterns: PageRule['include'], otherwise: WireExpression) => patterns.map(pageExpression).map((one) => ('expression' in one ? one.expression : otherwise));
  const { min = 1, max } = page.visits ?? {};
  const rule: WireRule = {
    i: campaignId,
    u: some(expressions(page.include, NOWHERE)), x: some(expressions(page.exclude, '')),
    q: some(page.query.map(({ name, op, value }) => (value === undefined ? [name, OPS[op]] : [name, OPS[op], value]))),
    f: some(page.referrer.map(referrer)),
    m: Object.keys(page.utm).length > 0 ? (page.utm as Record<string, string>) : undefined,
    v: page.device, l: some(page.languages.map(language)),
    c: max !== undefined ? [min, max] : min > 1 ? [min] : undefined,
    t: wireTrigger(trigger), s: slot, p: priority === 50 ? undefined : priority,
    e: display.class === 'essential' ? 1 : undefined,
    b: schedule?.from || schedule?.until ? [moment(schedule.from), moment(schedule.until)] : undefined,
    o: schedule?.hours && [minutes(schedule.hours.from), minutes(schedule.hours.to)],
    w: some((schedule?.weekdays ?? []).map((day) => (WEEKDAYS.indexOf(day) + 1) % 7)),
    y: frequency.oncePerVisit ? undefined : 1,
  };
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as unknown as WireRule;
}

const moment = (text: string | undefined): number | null => (text === undefined ? null : Date.parse(text));

function wireTrigger(trigger: DisplayTrigger): WireTrigger {
  switch (trigger.type) {
    case 'page_view': return { k: 'v' };
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
