import type { SiteSettings, WireRule, WireTrigger } from '../../../src/contract/visitor-wire.js';
import { act, lasting, restart, settle, TICK, type Attention, type Meter } from './attention.js';
import { address } from './address.js';
import type { StartVisits, Visit, Why } from './contract.js';
import { pageKey } from './page-key.js';
import { fits } from './page-rule.js';
import { depth } from './scroll.js';
import { sharedDwell } from './shared-dwell.js';
import { campaignOf, visitAt, type SiteVisit } from './visits.js';
import { guarded, listening, watchExit, watchNavigation, watchSwipe } from './watch.js';

/** ms between two activities that are taken notice of. */
const THROTTLE = 500;
/** A browser restores positions within this time, ms: nobody has scrolled then who has touched nothing. */
const RESTORED = 500;
/** Attention before somebody can be said to leave, ms. */
const SETTLED = 5_000;
const FIRST_REPORT = 10_000;

/** What is known of a page visit beside its attention. */
interface Page extends Visit {
  key_: string;
  /** Query of its address. */
  arrival_: string;
  /** When it began. */
  at_: number;
  /** Rules that have had their moment. */
  fired_: Set<string>;
  /** Keys of shared attention that have got what came before their rule. */
  shared_: Set<string>;
  /** Deepest so far, percent. */
  depth_: number;
  /** The visitor has touched something; has scrolled. */
  acted_?: boolean;
  moved_?: boolean;
  /** Reports made, the last one, and the attention that makes the next, ms. */
  seq_: number;
  said_?: string;
  next_: number;
}

type Trigger<K> = Extract<WireTrigger, { k: K }>;
const meter = (idle: number, focus = false): Meter => ({ idle_: idle, focus_: focus, ms_: 0, new_: 0 });
const isVisible = () => document.visibilityState === 'visible';
const isCoarse = () => matchMedia('(pointer:coarse)').matches;

/** Ties what the browser tells to what is counted. Whatever happens ends in `look`, which is also what the one timer calls. */
export const startVisits: StartVisits = (host) => {
  const { now, local } = host;
  const ended = new AbortController();
  const on = listening(ended.signal);
  const share = sharedDwell(local, host.id());
  const main = meter(0);
  const visible = meter(Infinity);
  const focused = meter(0, true);
  const state: Attention = { seen_: false, focus_: true, active_: 0, at_: 0, due_: Infinity, meters_: [main, visible, focused] };
  let rules: readonly WireRule[] = [];
  let settings: SiteSettings = {};
  let page = null as Page | null;
  let site: SiteVisit | undefined;
  let before = document.referrer;
  let timer: ReturnType<typeof setTimeout>;
  let watched = false;

  const holds = (rule: WireRule): boolean => !!page && fits(rule, {
    at_: address(location), search_: location.search, arrival_: page.arrival_, referrer_: page.referrer, languages_: navigator.languages,
    mobile_: isCoarse() && innerWidth < 1_024, visits_: site!.n, now_: new Date(),
  });

  /** Fires the rules of a kind that are fulfilled and hold, each once in a page visit; events as often as they happen. */
  const fulfil = <K extends WireTrigger['k']>(kind: K, why: Why, fulfilled: (trigger: Trigger<K>) => boolean): void => rules.forEach((rule) => {
    if (rule.t.k === kind && fulfilled(rule.t as Trigger<K>)) fire(rule, why);
  });
  const fire = (rule: WireRule, why: Why): void => {
    if (!page || page.fired_.has(rule.i)) return;
    if (rule.t.k !== 'e') page.fired_.add(rule.i);
    if (holds(rule)) host.fire(rule, why);
  };

  const dwell = (): number => {
    settle(state, now());
    return Math.round(main.ms_);
  };

  /** Says what was measured so far, unless that was said already or nobody has seen the page. */
  const report = (): void => {
    const measured = { dwell_ms: dwell(), visible_ms: Math.floor(visible.ms_), max_scroll: Math.floor(page?.depth_ ?? 0) };
    const said = JSON.stringify(measured);
    if (!page || !visible.ms_ || said === page.said_) return;
    page.said_ = said;
    host.report({ pv: page.id, seq: (page.seq_ += 1), ...measured, url: page.url });
  };

  /** The visit of the site goes on, or another begins. @returns its id */
  const visiting = (campaign = ''): string => {
    const last = local.get<SiteVisit>('visit') ?? site;
    site = visitAt(last, Date.now(), campaign, host.id);
    if (site !== last) local.set('visit', site);
    return site.i;
  };

  /** Attention a rule counts, ms, and its meter; a new meter has seen what the site's own has. */
  const counted = (current: Page, { t }: WireRule): [number, Meter] => {
    if (t.k !== 'd') return [main.ms_, main];
    const like = t.f ? focused : main;
    const idle = t.i === undefined ? like.idle_ : t.i * 1_000 || Infinity;
    let found = state.meters_.find((one) => one.idle_ === idle && one.focus_ === like.focus_);
    if (!found) state.meters_.push((found = { ...like, idle_: idle }));
    if (!t.s) return [found.ms_, found];
    const key = `${idle} ${like.focus_} ${t.s > 1 || current.key_}`;
    const added = current.shared_.has(key) ? found.new_ : found.ms_;
    current.shared_.add(key);
    return [share(current.visitId, key, added), found];
  };

  const deepen = (): void => {
    if (!page || page.depth_ === 100) return;
    page.depth_ = Math.max(page.depth_, depth(page.moved_, settings.scroll));
    const scroll = Math.floor(page.depth_);
    fulfil('s', { scroll }, ({ n }) => scroll >= n);
  };

  /** Counts up to now, fires and reports what is due, and sees to it that somebody looks again when something will be. */
  const look = (): void => {
    clearTimeout(timer);
    settle(state, now());
    state.due_ = Infinity;
    const current = page;
    if (!current) return;
    state.focus_ = document.hasFocus();
    if (main.new_) current.visitId = visiting();
    let wait = Infinity;
    const until = (one: Meter, ms: number): void => {
      if (lasting(state, one) && ms > 0) wait = Math.min(wait, TICK, lasting(state, one), ms);
    };
    const due: [WireRule, number][] = [];
    for (const rule of rules) {
      const { t } = rule;
      if ((t.k !== 'd' && t.k !== 'v') || current.fired_.has(rule.i)) continue;
      const [ms, one] = counted(current, rule);
      const left = t.k === 'd' ? t.n - ms : 0;
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
      timer = setTimeout(guarded(look), Math.ceil(wait));
    }
    due.forEach(([rule, ms]) => fire(rule, { dwell: ms }));
    if (restored <= 0 && document.readyState === 'complete') deepen();
    if (long) report();
  };

  const activity = (always = true): void => {
    if (!always && now() - state.active_ < THROTTLE) return;
    act(state, now(), isVisible());
    look();
    own();
  };
  /** From now on it is this tab that counts what all of them count. */
  const own = (): void => {
    if (page && state.seen_ && rules.some(({ t }) => t.k === 'd' && t.s)) share(page.visitId);
  };

  /** A page visit began at `at`. */
  const open = (at: number): void => {
    const { href, search } = location;
    const opened: Page = {
      id: host.id(), visitId: visiting(campaignOf(search)), url: href, referrer: before, dwell, key_: pageKey(location, settings), arrival_: search,
      at_: at, fired_: new Set(), shared_: new Set(), depth_: 0, seq_: 0, next_: FIRST_REPORT,
    };
    page = opened;
    before = href;
    host.opened(opened);
    arm();
    own();
    look();
  };
  const again = (): void => {
    restart(state, now(), isVisible());
    open(state.at_);
  };
  const close = (): void => {
    look();
    report();
    page = null;
    clearTimeout(timer);
  };

  /**
   * The first page visit began before this script: the browser remembers when the page was visible. Where it does not, a page
   * that is visible and was loaded within ten seconds is taken to have been so.
   */
  const first = (): void => {
    const [load] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & { activationStart?: number })[];
    const known = performance.getEntriesByType('visibility-state');
    const same = !load || pageKey(new URL(load.name), settings) === pageKey(location, settings);
    const start = same && (known.length || (isVisible() && now() < 10_000)) ? (load?.activationStart ?? 0) : now();
    restart(state, start, isVisible());
    for (const { name, startTime } of known) act(state, Math.max(startTime, start), name === 'visible');
    open(start);
  };

  /** Some rule can come true on this page. */
  const arm = (): void => {
    if (rules.some((rule) => !page?.fired_.has(rule.i) && holds(rule))) host.armed();
  };

  const take = (next: readonly WireRule[], given: SiteSettings): void => {
    rules = next;
    settings = given;
    main.idle_ = focused.idle_ = (settings.idle ?? 60) * 1_000;
    if (watched || !rules.some(({ t }) => t.k === 'x')) return;
    watched = true;
    const leaves = (touch: boolean) => (): void => {
      if (dwell() >= SETTLED && (!touch || (page?.depth_ ?? 0) >= 50)) fulfil('x', { dwell: dwell() }, ({ t }) => !touch || !!t);
    };
    if (isCoarse()) watchSwipe(on, leaves(true));
    else watchExit(on, leaves(false));
  };

  take(host.rules, host.settings);
  if ((document as { prerendering?: boolean }).prerendering) on(document, 'prerenderingchange', first);
  else first();
  on(window, 'pageshow', ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    again();
    // At this moment a browser may still say that the page is hidden.
    setTimeout(guarded(activity));
  });
  on(window, 'pagehide', close);
  on(document, 'visibilitychange', () => {
    activity();
    if (!state.seen_) report();
  });
  // The window also loses the focus to a frame inside the page, which is no less attention.
  on(window, 'focus blur', () => (document.hasFocus() ? activity() : look()));
  on(document, 'pointermove pointerdown keydown wheel scroll touchstart timeupdate', ({ type, target }) => {
    if (!page || (type === 'timeupdate' && (target as HTMLMediaElement).paused)) return;
    page.acted_ ||= /down|wheel|touch/.test(type);
    activity(false);
    if (type === 'scroll' && (page.acted_ || now() - page.at_ > RESTORED)) {
      page.moved_ = true;
      deepen();
    }
  });
  watchNavigation(on, () => {
    if (!page || pageKey(location, settings) === page.key_) return;
    close();
    again();
  });

  return {
    event: (name) => fulfil('e', { event: name }, ({ n }) => n === name),
    rules(next, given) {
      look();
      take(next, given);
      arm();
      look();
    },
    holds,
    pv: () => page,
    flush: report,
    stop() {
      ended.abort();
      clearTimeout(timer);
    },
  };
};
