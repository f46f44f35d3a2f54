import type { BootAnswer, SiteSettings, WireRule } from '../../../src/contract/visitor-wire.js';
import type { Consent, Inbox, Proof, Properties } from '../api.js';
import type { Visits } from '../visit/contract.js';
import { startVisits } from '../visit/index.js';
import { fit, judge, pause, type Item } from './batch.js';
import { boot, known, startBoot } from './boot.js';
import { decide } from './consent.js';
import { emit } from './handlers.js';
import { isPersonId, newId } from './ids.js';
import type { Live, LiveModule } from './kit.js';
import { keeps, key, manual, pages, VERSION } from './options.js';
import { address, post } from './post.js';
import { add, clear, flush, leave, resume, startQueue } from './queue.js';
import { idle, later, listen, quiet, warn } from './safe.js';
import { allowStorage, local, session, wipe } from './storage.js';
import { closeTabs, hold, openTabs, say, type TabNews } from './tabs.js';
import { anonymousId, become, caller, proof, readWho, rotate, said, saveWho, userId } from './who.js';

const MOST_HELD = 50;
const AWAY_MS = 60_000;
const GRANTED = 'granted';
const DENIED = 'denied';
const PENDING = 'pending';

let off: unknown;
let settings: SiteSettings | undefined;
let state: Consent = { analytics: PENDING, messages: PENDING };
let rules: readonly WireRule[] = [];
/** Events before it is known whether they may be kept. */
let held: Item[] = [];
let visits: Visits | undefined;
/** Id of the page visit. */
let pv = '';
let hiddenAt = 0;
let loadLive: () => Promise<LiveModule>;
let loading: Promise<Live | undefined> | undefined;
let live: Live | undefined;

const shows = (): boolean => !off && state.messages === GRANTED;
const granted = (): boolean => !off && (state.analytics === GRANTED || shows());

/** Fetches what displays messages, once; a failure is tried again when it is needed again. */
const withLive = (use?: (live: Live) => void): Promise<void> => (loading ??= loadLive().then(
  (chunk) => (live = chunk.start({
    visits_: () => visits, shows_: shows, caller_: caller, boot_: boot, add_: add, post_: post, judge_: judge, pause_: pause, address_: address, emit_: emit, say_: say, hold_: hold,
    later_: later, quiet_: quiet, newId_: newId, local_: local,
  })),
  (error: unknown) => void warn((loading = undefined, error)),
)).then((ready) => void (ready && use && quiet(() => use(ready))));

function record(type: string, fields: object, now?: boolean, messageId = newId(), page?: object): void {
  if (off || state.analytics === DENIED) return;
  // As it is now: what the page changes later is no longer part of the event.
  const item = fit(JSON.parse(JSON.stringify({
    type, messageId, timestamp: Date.now(), anonymousId, userId, ...fields,
    context: { page: page ?? { url: location.href, title: document.title, referrer: document.referrer || undefined }, ...proof },
  })) as Item);
  if (state.analytics === GRANTED) add(item, now);
  else if (held.length < MOST_HELD) held.push(item);
}

/** Acts on what may be done now; called whenever an answer, a setting or a person has changed. */
function applyConsent(): void {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };
  state = decide(said, { manual, settings, refuses: !!globalPrivacyControl || doNotTrack === '1' });
  const { analytics, messages } = state;
  allowStorage(keeps && granted());
  if (analytics === GRANTED) held.forEach((item) => add(item));
  if (analytics === DENIED) clear(messages === DENIED);
  if (analytics !== PENDING) held = [];
  if (analytics === DENIED && messages === DENIED) {
    wipe();
    rotate();
  }
  // Before anything is known, what another page has kept is left as it is.
  if (keeps && (settings || manual || analytics !== PENDING || messages !== PENDING)) saveWho(granted());
  if (!shows()) quieten();
  visits?.rules(rules, settings ?? {});
}

/** Nothing is displayed, and nothing comes. */
function quieten(): void {
  rules = [];
  live?.close_();
}

function got(answer: BootAnswer): void {
  off = answer.off;
  if (off) {
    visits?.stop();
    quieten();
    clear(true);
    wipe();
    return allowStorage(false);
  }
  settings = answer.s ?? {};
  rules = answer.r ?? [];
  applyConsent();
  if (!shows()) return;
  if (live || answer.d || answer.q) idle(() => void withLive((to) => to.booted_(answer)));
  emit('ready', { messages: rules.length });
}

function hear(news: TabNews): void {
  const before = anonymousId + userId;
  if (news) return live?.hear_(news);
  readWho();
  changed(before !== anonymousId + userId);
}

/** Another person, or other answers, by this tab or another. */
function changed(person: boolean): void {
  if (person) quieten();
  applyConsent();
  if (visits) boot();
}

function leaveUser(): void {
  visits?.flush();
  flush();
  local.set('caps', undefined);
  rotate();
}

function hide(): void {
  visits?.flush();
  leave();
  live?.hidden_();
  hiddenAt ||= performance.now();
}

function seen(): void {
  if (hiddenAt && performance.now() - hiddenAt > AWAY_MS) boot();
  hiddenAt = 0;
  takeBack();
  live?.seen_();
}

const takeBack = (): void => void hold('q').then((free) => {
  quiet(resume);
  free?.();
});

/** @param load fetches the chunk that displays messages */
export function startSite(load: typeof loadLive): void {
  loadLive = load;
  readWho();
  startQueue(() => ({ writeKey: key, context: { library: { name: 'danbi-js', version: VERSION }, locale: navigator.language, timezone: local.get('tz'), device: { type: deviceType() } } }), (ack, answer) => live?.acknowledged_(ack, answer));
  startBoot(() => granted() || (!off && !settings && !manual && state.analytics === PENDING && state.messages === PENDING), got);
  // What the page says in the same breath (identify, consent) comes before the first request.
  void Promise.resolve().then(() => quiet(() => {
    if ((document as Document & { prerendering?: boolean }).prerendering) listen(document, 'prerenderingchange', begin);
    else begin();
  }));
}

function begin(): void {
  const answer = known();
  settings = answer && (answer.s ?? {});
  rules = answer?.r ?? [];
  applyConsent();
  visits = startVisits({
    now: () => performance.now(), id: newId, rules, settings: settings ?? {}, session, local,
    opened(visit) {
      pv = visit.id;
      if (!keeps && !userId) rotate();
      if (pages) record('page', {}, false, pv, { url: visit.url, title: document.title, referrer: visit.referrer || undefined });
      live?.turned_();
    },
    fire(rule, why) {
      emit('rule', { campaign: rule.i });
      const candidate = { rule, why, order: rules.indexOf(rule), visit: pv };
      void withLive((to) => to.offer_(candidate));
    },
    armed: () => idle(() => void withLive()),
    report: (engaged) => record('track', { event: '$page_engaged', properties: engaged }, false, undefined, { url: engaged.url }),
  });
  boot();
  listen(document, 'visibilitychange', () => (document.visibilityState === 'hidden' ? hide() : seen()));
  listen(window, 'pagehide', () => {
    hide();
    live?.gone_();
    closeTabs();
  });
  listen(window, 'pageshow', (event) => {
    if (!(event as PageTransitionEvent).persisted) return;
    openTabs(hear);
    seen();
    boot();
  });
  listen(window, 'online', flush);
  idle(() => {
    openTabs(hear);
    takeBack();
    local.set('tz', Intl.DateTimeFormat().resolvedOptions().timeZone);
  });
}

/** The words the server has for devices. */
const deviceType = (): string => (!matchMedia('(pointer:coarse)').matches ? 'desktop' : Math.min(screen.width, screen.height) < 600 ? 'mobile' : 'tablet');

export const inbox = (): Inbox => ({
  unread: () => live?.unread_() ?? 0,
  list: (after) => withLive().then(() => live!.list_(after)),
  act: (delivery, what, button) => withLive().then(() => live!.act_(delivery, what, button)),
});

export const calls = {
  identify(id: string, traits?: Properties, shown?: Proof): void {
    const next = String(id);
    if (!isPersonId(next)) return warn(`"${next}" is not the id of one person`);
    const before = userId;
    if (before && before !== next) leaveUser();
    become(next, shown);
    record('identify', { traits }, true);
    say(0);
    changed(before !== next);
  },
  track(event: string, properties?: Properties): void {
    record('track', { event, properties });
    visits?.event(event);
  },
  page: (name?: string, properties?: Properties): void => record('page', { name, properties }),
  group: (groupId: string, traits?: Properties): void => record('group', { groupId, traits }),
  alias: (id: string, previousId?: string): void => record('alias', { userId: id, previousId: previousId ?? anonymousId }, true),
  reset(): void {
    leaveUser();
    say(0);
    changed(true);
  },
  consent(answer: Partial<Consent>): void {
    Object.assign(said, answer);
    changed(false);
    say(0);
  },
  show: (campaign: string): void => void withLive((to) => to.offer_({ rule: rules.find(({ i }) => i === campaign) ?? { i: campaign, t: { k: 'm' } }, order: 0 })),
};
