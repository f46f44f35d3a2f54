import { hasFocus, make } from './make.js';
import { STYLE } from './style.js';

/** One element of ours on the page, whose inside nobody else reaches, with the message in it. */
export interface Host {
  /** Says something to whoever listens to the page, when they have a moment. A region speaks only of what comes after it. */
  say_(text: string): void;
  /** Takes it away; focus goes to wherever it was before. */
  remove_(): void;
}

/** Puts a message on the page. @param inside where focus goes with Alt+Shift+M; null for what has it anyway */
export function host(card: HTMLElement, inside: HTMLElement | null): Host {
  const element = document.createElement('danbi-messages');
  const root = element.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet();
  const live = make('div', 'v', [], { role: 'status' });
  let before: EventTarget | null = null;
  const leave = (): void => {
    element.blur();
    (before as HTMLElement | null)?.focus({ preventScroll: true });
  };
  const shortcut = (event: KeyboardEvent): void => {
    if (!inside || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.code !== 'KeyM') return;
    if (hasFocus(card)) leave();
    else inside.focus();
  };
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.append(live, card);
  document.body.append(element);
  document.addEventListener('keydown', shortcut, true);
  // Where focus came from is where it goes back to.
  element.addEventListener('focusin', ({ relatedTarget }) => { before = relatedTarget ?? before; });
  return {
    say_(text) { setTimeout(() => { live.textContent = text; }, 120); },
    remove_() {
      if (hasFocus(card)) leave();
      document.removeEventListener('keydown', shortcut, true);
      element.remove();
    },
  };
}
