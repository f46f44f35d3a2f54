import type { UiModule } from '../ui-contract.js';
import { contentOf } from './content.js';
import { add, hasFocus, remove, say, type Card } from './host.js';
import { attributes, button, make } from './make.js';
import { paint } from './theme.js';
import { isRightToLeft, wordsFor } from './words.js';

const THANKS_MS = 6_000;

/** Displays a message: one card on the page from here to `gone`. */
export const show: UiModule['show'] = (message, events) => {
  try {
    return { close: display(message, events) };
  } catch {
    events.dismiss();
    events.gone();
    return { close() {} };
  }
};

/** @returns what takes it away without a word */
function display(message: Parameters<UiModule['show']>[0], events: Parameters<UiModule['show']>[1]): () => void {
  const { f, l, theme, slot = 'corner' } = message;
  const words = wordsFor(l);
  const isModal = slot === 'center';
  let before: Element | null = null;
  let isOver = false;
  let isAnswered = false;

  const element: HTMLElement = make(isModal ? 'dialog' : 'section', `m ${f} ${slot}`);
  const [inside, title] = contentOf(message, words, {
    // The browser first does what it does with this very click.
    click_: (index, url) => { events.click(index, url); setTimeout(end); },
    answer_: (answer, thanks) => { events.reply(answer); thank(thanks); },
    reply_: (text) => { isAnswered = true; events.reply({ text }); say(words.sent_); },
  });
  const close = button('x', '', putAway);
  attributes(close, { 'aria-label': words.close_ });
  attributes(element, {
    dir: isRightToLeft(l) ? 'rtl' : 'ltr', ...(l && { lang: l }), ...(!isModal && { role: f === 'banner' ? 'region' : 'dialog' }),
    ...(title ? { 'aria-labelledby': title.id } : { 'aria-label': words.message_ }),
  });
  inside.tabIndex = -1;
  inside.autofocus = isModal;
  element.append(close, inside);
  if (/[가-힣]/.test(element.textContent!)) element.classList.add('k');
  paint(element, theme ?? {});
  listen();

  const card: Card = {
    element_: element,
    enter_() {
      before = document.activeElement;
      inside.focus();
    },
    leave_: leave,
  };
  add(card);
  raise();
  // What scrolls is reached by keyboard.
  if (inside.scrollHeight > inside.clientHeight) inside.tabIndex = 0;
  if (!isModal) say(`${words.fresh_}: ${(title ?? inside).textContent!.trim().slice(0, 200)}. ${words.go_}`);
  whenPainted();
  return end;

  /** Into the top layer, above whatever z-index the page uses; where there is none, our own z-index. */
  function raise(): void {
    if (isModal) return (element as HTMLDialogElement).showModal();
    if (!element.showPopover) return;
    element.popover = 'manual';
    element.showPopover();
  }

  function listen(): void {
    let isOpened = false;
    const opened = ({ target, key }: Event & { key?: string }): void => {
      if (isOpened || target === close || key === 'Escape') return;
      isOpened = true;
      events.open();
    };
    element.addEventListener('pointerdown', opened, { passive: true });
    element.onkeydown = (event) => {
      opened(event);
      if (event.key !== 'Escape' || event.isComposing || isModal) return;
      event.stopPropagation();
      putAway();
    };
    // Where focus came from is where it goes back to; a dialog does that by itself.
    element.addEventListener('focusin', ({ relatedTarget }) => {
      if (relatedTarget && !element.contains(relatedTarget as Node)) before = relatedTarget as Element;
    });
    if (!isModal) return;
    // Escape, and whatever else a platform closes dialogs with.
    element.onclose = putAway;
    element.onclick = ({ target }) => { if (target === element) putAway(); };
  }

  function leave(): void {
    if (isModal) return;
    if (before && before.isConnected && before !== document.body) (before as HTMLElement).focus({ preventScroll: true });
    else (document.activeElement as HTMLElement | null)?.blur();
  }

  function putAway(): void {
    if (!isOver && !isAnswered) events.dismiss();
    end();
  }

  function thank(thanks: string): void {
    isAnswered = true;
    const hadFocus = hasFocus(element);
    const said = make('p', 'q f', thanks);
    said.dir = 'auto';
    said.tabIndex = -1;
    inside.replaceChildren(make('div', 'c', said));
    if (hadFocus) said.focus();
    else say(thanks);
    // Nobody who is still at it loses it.
    setTimeout(() => { if (!hasFocus(element) && !element.matches(':hover')) end(); }, THANKS_MS);
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    if (isModal) (element as HTMLDialogElement).close();
    if (hasFocus(element)) leave();
    remove(card);
    events.gone();
  }

  /** The impression: two frames of a visible page have passed with the message on them. Hidden tabs have no frames. */
  function whenPainted(): void {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (isOver) return;
      if (document.hidden) return document.addEventListener('visibilitychange', whenPainted, { once: true });
      // A page may hide what it does not know: then nobody has seen it.
      if (element.offsetWidth > 0) events.shown();
      else putAway();
    }));
  }
}
