import type { UiModule } from '../ui-contract.js';
import { contentOf } from './content.js';
import { host } from './host.js';
import { make, replace, said } from './make.js';
import { paint } from './theme.js';

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
  const { f, l, r, theme, slot = 'corner', w } = message;
  const isModal = slot === 'center';
  let isOver = false;
  let isOpened = false;
  let isAnswered = false;

  const inside = contentOf(message, {
    // The browser first does what it does with this very click.
    click_: (index, url) => { events.click(index, url); setTimeout(end); },
    answer_: (answer, thanks) => { events.reply(answer); thank(thanks); },
    reply_: (text) => { isAnswered = true; events.reply({ text }); say(w[6]); },
  });
  const close = make('button', 'b x', ['×'], { ariaLabel: w[0], onclick: putAway });
  const element = make(isModal ? 'dialog' : 'section', `m ${f} ${slot}${theme?.dark ? ' dark' : ''}`, [close, inside], {
    ariaLabel: w[1],
    ...(l && { lang: l, dir: r ? 'rtl' : 'ltr' }),
    role: f === 'banner' ? 'region' : 'dialog',
    onpointerdown: opened, onkeydown: opened,
  });
  const dialog = element as HTMLDialogElement;
  inside.tabIndex = -1;
  inside.autofocus = isModal;
  paint(element, theme);
  const { say_: say, remove_: remove } = host(element, isModal ? null : inside);
  if (isModal) {
    // Escape, and whatever else a platform closes dialogs with.
    element.onclose = putAway;
    element.onclick = ({ target }) => { if (target === element) putAway(); };
    dialog.showModal();
  } else {
    // Into the top layer, above whatever z-index the page uses; where there is none, our own z-index.
    element.popover = 'manual';
    element.showPopover?.();
    say(w[2]);
  }
  // What scrolls is reached by keyboard.
  if (inside.scrollHeight > inside.clientHeight) inside.tabIndex = 0;
  whenPainted();
  return end;

  function opened(event: Event & { key?: string; isComposing?: boolean }): void {
    if (event.key === 'Escape') {
      if (event.isComposing) return;
      event.stopPropagation();
      putAway();
    } else if (!isOpened && event.target !== close) {
      isOpened = true;
      events.open();
    }
  }

  function putAway(): void {
    if (!isOver && !isAnswered) events.dismiss();
    end();
  }

  function thank(thanks: string): void {
    isAnswered = true;
    const words = said('p', 'q f', thanks);
    if (!replace(inside.lastChild as HTMLElement, make('div', 'c', [words]), words)) say(thanks);
    // Nobody who is still at it loses it.
    setTimeout(() => { if (!element.matches(':focus-within,:hover')) end(); }, THANKS_MS);
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    if (isModal) dialog.close();
    remove();
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
