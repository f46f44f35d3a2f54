import { make } from './make.js';
import { STYLE } from './style.js';

/** A message that is on the page, as far as the host has to know it. */
export interface Card { element_: HTMLElement; enter_(): void; leave_(): void }

interface Host { element_: HTMLElement; root_: ShadowRoot; live_: HTMLElement; cards_: Card[] }
let host: Host | null = null;

/** Alt+Shift+M: into the newest message, and back to where the visitor was. */
function shortcut(event: KeyboardEvent): void {
  const card = host?.cards_[host.cards_.length - 1];
  if (!card || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.code !== 'KeyM') return;
  if (hasFocus(card.element_)) card.leave_();
  else card.enter_();
}

export const hasFocus = (element: HTMLElement): boolean => element.contains(host?.root_.activeElement ?? null);

function open(): Host {
  const element = document.createElement('danbi-messages');
  const root = element.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const live = make('div', 'v');
  live.setAttribute('role', 'status');
  root.append(live);
  document.addEventListener('keydown', shortcut, { capture: true, passive: true });
  return { element_: element, root_: root, live_: live, cards_: [] };
}

/** Puts a message on the page: one element of ours, whose inside nobody else reaches. */
export function add(card: Card): void {
  host ??= open();
  // A page that replaces its body takes our element with it.
  if (!host.element_.isConnected) document.body.append(host.element_);
  host.cards_.push(card);
  host.root_.append(card.element_);
}

/** Takes it away, and with the last one everything of ours. */
export function remove(card: Card): void {
  card.element_.remove();
  if (!host) return;
  host.cards_ = host.cards_.filter((one) => one !== card);
  if (host.cards_.length > 0) return;
  document.removeEventListener('keydown', shortcut, { capture: true });
  host.element_.remove();
  host = null;
}

/** Says something to whoever listens to the page, when they have a moment. A region speaks only of what comes after it. */
export function say(text: string): void {
  setTimeout(() => { if (host) host.live_.textContent = text; }, 120);
}
