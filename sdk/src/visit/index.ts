import type { SiteSettings, WireRule, WireTrigger } from '../../../src/contract/visitor-wire.js';
import { newId } from '../core/ids.js';
import { isVisible, later, on } from '../core/safe.js';
import { local } from '../core/storage.js';
import { act, lasting, restart, settle, TICK, type Attention, type Meter } from './attention.js';
import type { Visit, VisitHost, Why } from './contract.js';
import { pageKey } from './page-key.js';
import { depth } from './scroll.js';
import { shareDwell } from './shared-dwell.js';
import { campaignOf, visitAt, type SiteVisit } from './visits.js';
import { watchNavigation } from './watch.js';

/** ms between two activities that are taken notice of. */
const THROTTLE = 500;
/** A browser restores positions within this time, ms: nobody has scrolled then who has touched nothing. */
const RESTORED = 500;
const FIRST_REPORT = 10_000;

/** What is known of a page visit beside its attention. */
interface Page extends Visit {
  key_: string;
  /** When it began. */
  at_: number;
  /** Rules that have had their moment. */
  fired_: Set<string>;
  /** Keys of shared attention that have got what came before their rule. */
  shared_: Set<string>;
  /** The visitor has touched something; has scrolled. */
  acted_?: boolean;
  moved_?: boolean;
  /** Reports made, the last one, and the attention that makes the next, ms. */
  seq_: number;
  said_?: string;
  next_: number;
}

type Trigger<K> = Extract<WireTrigger, { k: K }>;
const now = (): number => performance.now();
const meter = (idle: number, focus = false): Meter => ({ idle_: idle, focus_: focus, ms_: 0, new_: 0 });

const main = meter(60_000);
const visible = meter(Infinity);
const focused = meter(60_000, true);
const state: Attention = { seen_: false, focus_: true, active_: 0, at_: 0, due_: Infinity, meters_: [main, visible, focused] };
const tab = newId();
let host: VisitHost;
/** What is watched. */
export let rules: readonly WireRule[] = [];
let settings: SiteSettings = {};
let page: Page | null = null;
let site: SiteVisit | undefined;
/** Address of the page before. */
let before = '';
let timer = 0;

/** The page visit that runs; null while a page is in the back/forward cache. */
export const pageVisit = (): Visit | null => page;

/** Each rule once in a page visit; events as often as they happen. */
function fire(rule: WireRule, why: Why): void {
  if (!page || page.fired_.has(rule.i)) return;
  if (rule.t.k !== 'e') page.fired_.add(rule.i);
  host.fire_(rule, why, page);
}

/** Fires the rules of a kind that are fulfilled. */
export const fulfil = <K extends WireTrigger['k']>(kind: K, why: Why, fulfilled: (trigger: Trigger<K>) => boolean): void => rules.forEach((rule) => {
  if (rule.t.k === kind && fulfilled(rule.t as Trigger<K>)) fire(rule, why);
});

/** The site has called `track(name)`. */
export const happened = (name: string): void => fulfil('e', { event: name }, ({ n }) => n === name);

/** Attention so far, whole ms. */
export function dwell(): number {
  settle(state, now());
  return Math.round(main.ms_);
}

/** Says what was measured so far, unless that was said already or nobody has seen the page. */
export function report(): void {
  const dwell_ms = dwell();
  if (!page || !visible.ms_) return;
  const measured = { dwell_ms, visible_ms: Math.round(visible.ms_), max_scroll: Math.floor(page.depth_) };
  const said = JSON.stringify(measured);
  if (said === page.said_) return;
  page.said_ = said;
  host.report_({ pv: page.id, seq: (page.seq_ += 1), ...measured, url: page.url });
}

/** The visit of the site goes on, or another begins. */
function visiting(campaign = ''): SiteVisit {
  const last = local.get<SiteVisit>('visit') ?? site;
  site = visitAt(last, Date.now(), campaign, newId);
  if (site !== last) local.set('visit', site);
  return site;
}

/** {@link shareDwell} in the visit of the site as other tabs have left it. */
function share(key?: string, ms?: number): number {
  site = local.get<SiteVisit>('visit') ?? site!;
  const all = shareDwell(site, tab, key, ms);
  if (site.o === tab) local.set('visit', site);
  return all;
}

/** Attention a rule counts, ms, and its meter; a new meter has seen what the site's own has. */
function counted(current: Page, t: Trigger<'d'>): [number, Meter] {
  const like = t.f ? focused : main;
  const idle = t.i === undefined ? like.idle_ : t.i * 1_000 || Infinity;
  let found = state.meters_.find((one) => one.idle_ === idle && one.focus_ === like.focus_);
  if (!found) state.meters_.push((found = { ...like, idle_: idle }));
  if (!t.s) return [found.ms_, found];
  const key = `${idle} ${like.focus_} ${t.s > 1 || current.key_}`;
  const added = current.shared_.has(key) ? found.new_ : found.ms_;
  current.shared_.add(key);
  return [share(key, added), found];
}

function deepen(): void {
  if (!page) return;
  page.depth_ = Math.max(page.depth_, depth(page.moved_, settings.scroll));
  const scroll = Math.floor(page.depth_);
  fulfil('s', { scroll }, ({ n }) => scroll >= n);
}

/**
 * Counts up to now, fires and reports what is due, and sees to it that somebody looks again when something will be. Whatever
 * happens ends here; the one timer calls it too.
 */
function look(): void {
  clearTimeout(timer);
  settle(state, now());
  state.due_ = Infinity;
  const current = page;
  if (!current) return;
  state.focus_ = document.hasFocus();
  if (main.new_) current.site_ = visiting();
  let wait = Infinity;
  const until = (one: Meter, ms: number): void => {
    if (lasting(state, one) && ms > 0) wait = Math.min(wait, TICK, lasting(state, one), ms);
  };
  const due: [WireRule, number][] = [];
  for (const rule of rules) {
    const { t } = rule;
    if (t.k !== 'd' || current.fired_.has(rule.i)) continue;
    const [ms, one] = counted(current, t);
    const left = t.n - ms;
    until(one, left);
    // The moment may lie a little back, at the end of an attention that is over now.
    if (left <= 0 && state.seen_ && (one.new_ || lasting(state, one))) due.push([rule, Math.floor(ms)]);
  }
  for (const one of state.meters_) one.new_ = 0;
  const long = main.ms_ >= current.next_;
  while (main.ms_ >= current.next_) current.next_ *= current.next_ > FIRST_REPORT ? 2 : 3;
  until(main, current.next_ - main.ms_);
  const restored = current.at_ + RESTORED - state.at_;
  until(main, restored);
  if (wait < Infinity) {
    state.due_ = state.at_ + wait;
    timer = later(look, Math.ceil(wait));
  }
  due.forEach(([rule, ms]) => fire(rule, { dwell: ms }));
  if (restored <= 0 && document.readyState === 'complete') deepen();
  if (long) report();
}

/** From now on it is this tab that counts what all of them count. */
function own(): void {
  if (page && state.seen_ && rules.some(({ t }) => t.k === 'd' && t.s)) share();
}

function activity(): void {
  act(state, now(), isVisible());
  look();
  own();
}

/**
 * A page visit began.
 *
 * @param at when
 * @param known when it was visible since then, where others know that
 */
function open(at = now(), known: readonly PerformanceEntry[] = []): void {
  const { href, search } = location;
  restart(state, at, isVisible());
  for (const { name, startTime } of known) act(state, Math.max(startTime, at), name === 'visible');
  page = {
    id: newId(), site_: visiting(campaignOf(search)), url: href, referrer: before, key_: pageKey(location, settings),
    at_: at, fired_: new Set(), shared_: new Set(), depth_: 0, seq_: 0, next_: FIRST_REPORT,
  };
  before = href;
  host.opened_(page);
  arm();
  own();
  look();
}

function close(): void {
  look();
  report();
  page = null;
  clearTimeout(timer);
}

/**
 * The first page visit began before this script: the browser remembers when the page was visible. Where it does not, a page
 * that is visible and was loaded within ten seconds is taken to have been so.
 */
function first(): void {
  const [load] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & { activationStart?: number })[];
  const known = performance.getEntriesByType('visibility-state');
  open(known.length || (isVisible() && now() < 10_000) ? (load?.activationStart ?? 0) : now(), known);
}

function arm(): void {
  if (page && rules[0]) host.armed_();
}

/** Other rules or settings from now on: dwell goes on, what has fired in this page visit does not fire again. */
export function watch(next: readonly WireRule[], given: SiteSettings): void {
  look();
  rules = next;
  settings = given;
  main.idle_ = focused.idle_ = (settings.idle ?? 60) * 1_000;
  arm();
  look();
}

/** Begins to measure, in a page that is not prerendered any more. What is watched is what {@link watch} has said last. */
export function startVisits(lent: VisitHost): void {
  host = lent;
  before = document.referrer;
  first();
  on('pageshow', ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    open();
    // At this moment a browser may still say that the page is hidden.
    later(activity, 0);
  });
  on('pagehide', close);
  on('visibilitychange', () => {
    activity();
    if (!state.seen_) report();
  });
  // The window also loses the focus to a frame inside the page, which is no less attention.
  on('focus blur', () => (document.hasFocus() ? activity() : look()));
  on('pointermove pointerdown keydown wheel scroll touchstart timeupdate', ({ type, target }) => {
    if (!page || (type === 'timeupdate' && (target as HTMLMediaElement).paused)) return;
    page.acted_ ||= /down|wheel|touch/.test(type);
    if (now() - state.active_ >= THROTTLE) activity();
    if (type === 'scroll' && (page.acted_ || now() - page.at_ > RESTORED)) {
      page.moved_ = true;
      deepen();
    }
  });
  watchNavigation(() => {
    if (!page || pageKey(location, settings) === page.key_) return;
    close();
    open();
  });
}
