import type { PageCondition, UrlRule } from '../../src/contract/segment-conditions.js';
import { decoded, KEPT, locationOf, paramsOf, searchOf } from './page-oracle.js';
import { countedEvents, numberHolds } from './segment-oracle-event.js';
import type { Oracle } from './segment-oracle.js';
import type { WorldEvent } from './segment-world.js';

type Json = Record<string, unknown>;
const HALF_HOUR = 1_800_000;

export const pageMatches: Oracle<PageCondition> = (leaf, person, context) => {
  const past = person.events.filter(({ at }) => at <= context.now).toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1));
  const views = past.filter(({ name }) => name === '$page');
  const timely = new Set(['$page', '$page_engaged'].flatMap((event) => countedEvents({ event, within: leaf.within, between: leaf.between }, person, context)));
  const meant = (event: WorldEvent): boolean => timely.has(event) && fits(leaf, event);
  if (leaf.touch === 'first' || leaf.touch === 'last') return views.length > 0 && meant(views.at(leaf.touch === 'first' ? 0 : -1)!);
  if (leaf.measure === 'views') return numberHolds(leaf, views.filter(meant).length);
  if (leaf.measure === 'visits') return numberHolds(leaf, beginnings(past).filter(meant).length);
  return numberHolds({ ...leaf, value: leaf.value * 1000, to: (leaf.to ?? 0) * 1000 }, dwell(past.filter(({ name }) => name === '$page_engaged').filter(meant)));
};

/** The page views that begin a visit; events are in order. */
function beginnings(events: readonly WorldEvent[]): WorldEvent[] {
  const found: WorldEvent[] = [];
  let seen = Number.NEGATIVE_INFINITY;
  let before: { campaign: string | null; click: string | null } = { campaign: null, click: null };
  for (const event of events.filter(({ name }) => name === '$page' || name === '$page_engaged')) {
    if (event.name === '$page') {
      const now = { campaign: utmOf(event, 'campaign'), click: clickOf(event) };
      const anew = (now.campaign !== null && now.campaign !== before.campaign) || (now.click !== null && now.click !== before.click);
      if (anew || event.at.getTime() - seen > HALF_HOUR) found.push(event);
      before = now;
    }
    seen = event.at.getTime();
  }
  return found;
}

function dwell(reports: readonly WorldEvent[]): number {
  const pages = new Map<unknown, number>();
  for (const report of reports) {
    const { pv, dwell_ms: ms } = report.properties;
    const page = pv === undefined || pv === null || pv === '' ? report : String(pv);
    pages.set(page, Math.max(pages.get(page) ?? 0, typeof ms === 'number' ? ms : 0));
  }
  return [...pages.values()].reduce((sum, ms) => sum + ms, 0);
}

const text = (value: unknown): string | null => (value === undefined || value === null ? null : String(value));
const inside = (event: WorldEvent, ...path: string[]): string | null => text(path.reduce<unknown>((value, key) => (value as Json | undefined)?.[key], event.context));
const said = (event: WorldEvent, key: string): string | null => text(event.properties[key]) ?? inside(event, 'page', key);
const location = (event: WorldEvent): string | null => locationOf(said(event, 'url'), said(event, 'path'));
const params = (event: WorldEvent): [string, string][] => paramsOf(searchOf(said(event, 'url'), said(event, 'search')));
const utmOf = (event: WorldEvent, part: string): string | null => inside(event, 'campaign', part === 'campaign' ? 'name' : part) || (params(event).find(([key, value]) => key === `utm_${part}` && value !== '')?.[1] ?? null);
const clickOf = (event: WorldEvent): string | null => params(event).find(([key, value]) => ['gclid', 'fbclid', 'msclkid', 'ttclid'].includes(key) && value !== '')?.join('=') ?? null;

function fits({ url, referrer, utm = {}, device, language }: PageCondition, event: WorldEvent): boolean {
  const from = said(event, 'referrer');
  const host = from === null ? null : (locationOf(from, null)?.split('/')[0] ?? null);
  const locale = inside(event, 'locale')?.toLowerCase().replaceAll('_', '-') ?? null;
  return (!url || url.some((rule) => ruleHolds(rule, event)))
    && (!referrer || (host !== null && referrer.some((one) => host === one.toLowerCase() || host.endsWith(`.${one.toLowerCase()}`))))
    && Object.entries(utm).every(([part, values]) => values.includes(utmOf(event, part) ?? ''))
    && (!device || (device as (string | null)[]).includes(deviceOf(event)))
    && (!language || (locale !== null && language.some((one) => locale.split('-').slice(0, one.split('-').length).join('-') === one.toLowerCase())));
}

function ruleHolds({ match, pattern, query = [] }: UrlRule, event: WorldEvent): boolean {
  const at = location(event);
  if (at === null || !(match === 'regex' ? new RegExp(pattern, 'u').test(at) : globHolds(pattern, at))) return false;
  return query.every(({ key, value }) => params(event).some(([k, v]) => k === key && (value === undefined || v === value)));
}

/** Segment by segment, the slow way. */
export function globHolds(pattern: string, at: string): boolean {
  const [written, ...path] = pattern.replace(/^https?:\/\//, '').replace(/\/+$/, '').split('/');
  const host = written!.includes('*') || written === '' ? written : new URL(`http://${written}`).hostname;
  const [found, ...segments] = at.split('/');
  if (host === '**') return path.length === 0 || segments.some((_, start) => pathHolds(path, segments.slice(start)));
  return textHolds(host === '' ? '*' : host!.toLowerCase(), found!) && pathHolds(path, segments);
}

function pathHolds([first, ...rest]: readonly string[], segments: readonly string[]): boolean {
  if (first === undefined) return segments.length === 0;
  if (first === '**') return Array.from({ length: segments.length + 1 }, (_, taken) => taken).some((taken) => pathHolds(rest, segments.slice(taken)));
  return segments.length > 0 && textHolds(first, segments[0]!) && pathHolds(rest, segments.slice(1));
}

function textHolds(glob: string, found: string): boolean {
  const [before, ...rest] = glob.split('*');
  const head = decoded(before!, KEPT);
  if (rest.length === 0) return head === found;
  return found.startsWith(head) && Array.from({ length: found.length - head.length + 1 }, (_, skipped) => skipped).some((skipped) => textHolds(rest.join('*'), found.slice(head.length + skipped)));
}

function deviceOf(event: WorldEvent): string | null {
  const type = inside(event, 'device', 'type')?.toLowerCase() ?? '';
  const agent = inside(event, 'userAgent') ?? '';
  if (['mobile', 'tablet', 'desktop'].includes(type)) return type;
  if (type === 'ios' || type === 'android') return /ipad|tablet/i.test([inside(event, 'device', 'model'), inside(event, 'device', 'name'), agent].join(' ')) ? 'tablet' : 'mobile';
  const mobile = inside(event, 'userAgentData', 'mobile');
  if (mobile !== null) return mobile === 'true' ? 'mobile' : inside(event, 'userAgentData', 'platform')?.toLowerCase() === 'android' ? 'tablet' : 'desktop';
  if (agent === '') return null;
  if (/ipad|tablet(?! pc)/i.test(agent) || (/android/i.test(agent) && !/mobi/i.test(agent))) return 'tablet';
  return /mobi/i.test(agent) ? 'mobile' : 'desktop';
}
