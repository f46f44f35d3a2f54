import type { Consent, ConsentState, Inbox, Proof, Properties } from '../api.js';
import { place } from '../live/rank.js';
import type { Visit } from '../visit/contract.js';
import { dwell, fulfil, happened, pageVisit, report, rules, startVisits, watch } from '../visit/index.js';
import { fit, pause, type Item } from './batch.js';
import { boot, bootedAt, kept, startBoot } from './boot.js';
import { decide } from './consent.js';
import { emit } from './handlers.js';
import { isPersonId, newId } from './ids.js';
import type { Live, LiveModule } from './kit.js';
import { isManual, keeps, options } from './options.js';
import { address, post } from './post.js';
import { add, clear, flush, leave, resume, startQueue } from './queue.js';
import { idle, isVisible, later, on, quiet, unlisten, warn, whenActive } from './safe.js';
import { allowStorage, local, wipe } from './storage.js';
import { closeTabs, hold, openTabs, say, type TabNews } from './tabs.js';
import { anonymousId, become, caller, me, proof, readWho, rotate, said, saveWho, userId } from './who.js';

const MOST_HELD = 50;
const AWAY_MS = 60_000;
const GRANTED = 'granted';
const DENIED = 'denied';
const PENDING = 'pending';

/** What may be done now. */
let analytics: ConsentState = PENDING;
let messages: ConsentState = PENDING;
/** Events before it is known whether they may be kept. */
let held: Item[] = [];
/** Where events happen. */
let here: Pick<Visit, 'url' | 'referrer'>;
let begun = false;
let loadLive: () => Promise<LiveModule>;
let loading: Promise<Live> | undefined;
let live: Live | undefined;

const shows = (): boolean => messages === GRANTED;
const granted = (): boolean => analytics === GRANTED || shows();
/** Nobody has said anything yet. */
const isUnknown = (): boolean => !kept && !isManual() && analytics === PENDING && messages === PENDING;

/** Fetches what displays messages, once; a failure is tried again when it is needed again. */
const withLive = (use?: (live: Live) => void): Promise<unknown> => (loading ??= loadLive().then((chunk) => (live = chunk.start([
  pageVisit, shows, caller, boot, add, post, pause, address, emit, say, hold, later, quiet, newId, local, on, dwell, fulfil,
])))).then(use).catch((error: unknown) => {
  if (!live) loading = undefined;
  warn(error);
});

/** @param fields of the event; they go before what all events have */
function record(type: string, fields: object, now?: boolean): void {
  if (analytics === DENIED) return;
  const { url, referrer } = here;
  // As it is now: what the page changes later is no longer part of the event.
  const item = fit(JSON.parse(JSON.stringify({
    type, messageId: newId(), timestamp: Date.now(), anonymousId, userId, ...fields,
    context: { page: { url, title: document.title, referrer: referrer || undefined }, ...proof },
  })) as Item);
  if (analytics === GRANTED) add(item, now);
  else if (held.length < MOST_HELD) held.push(item);
}

/**
 * Acts on what may be done now; called whenever an answer, a setting or a person has changed.
 *
 * @returns may messages be displayed, and is what is known of them for this person?
 */
function applyConsent(): boolean {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };
  const { off, s = {}, r } = kept ?? {};
  ({ analytics, messages } = off ? { analytics: DENIED, messages: DENIED } : decide(said, isManual() || !kept || s.consent, (globalPrivacyControl || doNotTrack === '1') && s.gpc !== 0));
  allowStorage(keeps() && granted());
  if (analytics === GRANTED) held.forEach((item) => add(item));
  if (analytics !== PENDING) held = [];
  if (analytics === DENIED) {
    clear(messages === DENIED);
    if (messages === DENIED) {
      wipe();
      rotate();
    }
  }
  if (off) unlisten();
  // Before anything is known, what another page has kept is left as it is.
  else if (keeps() && !isUnknown()) saveWho(granted());
  const mine = shows() && kept?.who === me();
  if (!mine) live?.close_();
  watch((mine && r) || [], s);
  return mine;
}

function got(): void {
  const answer = kept!;
  if (!applyConsent()) return;
  if (live || answer.d || answer.q) idle(() => withLive((to) => to.booted_(answer)));
  emit('ready', { messages: rules.length });
}

function hear(news: TabNews): void {
  if (news) return live?.hear_(news);
  readWho();
  changed();
}

/** Another person, or other answers, by this tab or another. */
function changed(): void {
  applyConsent();
  if (begun) void boot();
}

function told(): void {
  changed();
  say(0);
}

function leaveUser(): void {
  report();
  flush();
  local.set('caps', undefined);
  rotate();
}

function hide(): void {
  leave();
  live?.hidden_();
}

function seen(): void {
  if (performance.now() - bootedAt > AWAY_MS) void boot();
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
  here = { url: location.href, referrer: document.referrer };
  readWho();
  startQueue((ack, body) => live?.acknowledged_(ack, body));
  startBoot(() => granted() || isUnknown(), got);
  // What the page says in the same breath (identify, consent) comes before the first request.
  queueMicrotask(() => whenActive(begin));
}

function begin(): void {
  begun = true;
  applyConsent();
  startVisits({
    opened_(visit) {
      here = visit;
      if (!keeps() && !userId) rotate();
      // The tag has texts.
      if (`${options.pages}` !== 'false') record('page', { messageId: visit.id });
      live?.turned_();
    },
    fire_: (rule, why, { id }) => void withLive((to) => to.fire_({ rule_: rule, why_: why, order_: place(rule, rules.indexOf(rule)), visit_: id })),
    armed_: () => idle(withLive),
    report_: (engaged) => record('track', { event: '$page_engaged', properties: engaged }),
  });
  void boot();
  on('visibilitychange', () => (isVisible() ? seen() : hide()));
  on('pagehide', () => {
    hide();
    live?.gone_();
    closeTabs();
  });
  on('pageshow', ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    openTabs(hear);
    seen();
    void boot();
  });
  on('online', flush);
  idle(() => {
    openTabs(hear);
    takeBack();
    local.set('tz', Intl.DateTimeFormat().resolvedOptions().timeZone);
  });
}

export const inbox = (): Inbox => ({
  unread: () => live?.unread_() ?? 0,
  list: (after) => withLive().then(() => live!.list_(after)),
  act: (delivery, what, button) => withLive().then(() => live!.act_(delivery, what, button)),
});

export const calls = {
  identify(id: string, traits?: Properties, shown?: Proof): void {
    const next = String(id);
    if (!isPersonId(next)) return warn(`no id: ${next}`);
    const before = userId;
    if (before && before !== next) leaveUser();
    become(next, shown);
    record('identify', { traits }, true);
    told();
  },
  track(event: string, properties?: Properties): void {
    record('track', { event, properties });
    happened(event);
  },
  page: (name?: string, properties?: Properties): void => record('page', { name, properties }),
  group: (groupId: string, traits?: Properties): void => record('group', { groupId, traits }),
  alias: (id: string, previousId?: string): void => record('alias', { userId: id, previousId: previousId ?? anonymousId }, true),
  reset(): void {
    leaveUser();
    told();
  },
  consent(answers: Partial<Consent>): void {
    Object.assign(said, answers);
    told();
  },
  show: (campaign: string): void => void withLive((to) => to.offer_({ rule_: rules.find(({ i }) => i === campaign) ?? { i: campaign, t: { k: 'm' } }, order_: 0 })),
};
