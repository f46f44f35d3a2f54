import type { LaidOut, SurveyAnswer } from '../../../src/contract/visitor-wire.js';
import type { UiEvents, UiModule } from '../ui-contract.js';
import { build } from './nodes.js';
import { STYLE } from './style.js';

const THANKS_MS = 6_000;
const SAID_MS = 120;

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

const hasFocus = (element: Element): boolean => element.matches(':focus-within');

/** @returns what takes it away without a word */
function display({ n, t, w: [announcement, choose = '', after = ''] }: LaidOut, events: UiEvents): () => void {
  const card = build(n) as HTMLDialogElement;
  const [close, inside] = card.children as unknown as [HTMLElement, HTMLElement];
  const alert = card.querySelector('form>p');
  const isModal = !!card.showModal;
  // One element of ours on the page, whose inside nobody else reaches.
  const host = document.createElement('danbi-messages');
  const root = host.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet();
  const live = build(['div', { class: 'v', role: 'status' }]) as Element;
  let before: EventTarget | null = null;
  let isOver = false;
  let isOpened = false;
  let isAnswered = false;

  // What is built otherwise ends here, before it is on the page.
  inside.tabIndex = -1;
  // Set through CSSOM, which no policy for styles forbids. The server has looked whether they can be read.
  for (const [name, colour] of Object.entries(t)) if (/^#[\da-f]{6}$/i.test(colour)) card.style.setProperty(`--${name}`, colour);
  card.onpointerdown = opened;
  card.onkeydown = pressed;
  card.onclick = clicked;
  card.onsubmit = submitted;
  card.oninput = () => complain('');
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.append(live, card);
  document.body.append(host);
  document.addEventListener('keydown', shortcut, true);
  // Where focus came from is where it goes back to.
  host.addEventListener('focusin', ({ relatedTarget }) => { before = relatedTarget ?? before; });
  if (isModal) {
    // Escape, and whatever else a platform closes dialogs with.
    card.onclose = putAway;
    card.showModal();
  } else {
    // Into the top layer, above whatever z-index the page uses; where there is none, our own z-index.
    card.popover = 'manual';
    card.showPopover?.();
    say(announcement);
  }
  // What scrolls is reached by keyboard.
  if (inside.scrollHeight > inside.clientHeight) inside.tabIndex = 0;
  whenPainted();
  return end;

  /** To whoever listens to the page, when they have a moment. A region speaks only of what comes after it. */
  function say(text: string): void {
    setTimeout(() => { live.textContent = text; }, SAID_MS);
  }

  function complain(text: string): void {
    if (alert) alert.textContent = text;
  }

  function leave(): void {
    host.blur();
    (before as HTMLElement | null)?.focus({ preventScroll: true });
  }

  /** Alt+Shift+M goes into what has not taken focus by itself, and back. */
  function shortcut({ altKey, shiftKey, ctrlKey, metaKey, code }: KeyboardEvent): void {
    if (isModal || !altKey || !shiftKey || ctrlKey || metaKey || code !== 'KeyM') return;
    if (hasFocus(card)) leave();
    else inside.focus();
  }

  function opened({ target }: Event): void {
    if (isOpened || target === close) return;
    isOpened = true;
    events.open();
  }

  function pressed(event: KeyboardEvent): void {
    const { key } = event;
    const target = event.target as HTMLInputElement;
    if (event.isComposing) return;
    if (key === 'Escape') {
      event.stopPropagation();
      return putAway();
    }
    opened(event);
    // From right to left, which browsers do not ask for; everything else they do by themselves.
    const step = { ArrowLeft: 1, ArrowRight: -1 }[key];
    if (step && target.type === 'radio' && target.matches(':dir(rtl)')) {
      const all = [...card.querySelectorAll('input')];
      const to = all[(all.indexOf(target) + step + all.length) % all.length]!;
      event.preventDefault();
      to.focus();
      to.click();
    } else if (key === 'Enter' && !event.shiftKey && target.matches('.reply textarea')) {
      event.preventDefault();
      target.form!.requestSubmit();
    }
  }

  function clicked({ target }: Event): void {
    const button = (target as Element).closest<HTMLButtonElement>('.b');
    if (button === close || (isModal && target === card)) putAway();
    else if (button && !button.form) {
      events.click([...button.parentElement!.children].indexOf(button), button.getAttribute('href') ?? undefined);
      // The browser first does what it does with this very click.
      setTimeout(end);
    }
  }

  function submitted(event: Event): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const first = form.elements[0] as HTMLInputElement;
    // A reply has nothing to complain about.
    const isReply = !choose;
    const text = `${(data.get('text') as string | null) ?? ''}`.trim();
    const answer: SurveyAnswer = { ...(data.has('score') && { score: +data.get('score')! }), ...(data.has('choices') && { choices: data.getAll('choices') as string[] }), ...(text && { text }) };
    if (!(first.name in answer)) {
      complain(choose);
      return first.focus();
    }
    isAnswered = true;
    events.reply(answer);
    // Words in the place of the form; focus stays there.
    const had = hasFocus(form);
    const words = build(['p', { class: isReply ? 'mine' : 'q f', dir: 'auto' }, isReply ? text : after]) as HTMLElement;
    words.tabIndex = -1;
    if (isReply) form.replaceWith(words);
    else form.parentElement!.replaceChildren(words);
    if (had) words.focus();
    if (isReply || !had) say(after);
    // Nobody who is still at it loses it.
    if (!isReply) setTimeout(() => { if (!card.matches(':focus-within,:hover')) end(); }, THANKS_MS);
  }

  function putAway(): void {
    if (!isOver && !isAnswered) events.dismiss();
    end();
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    if (isModal) card.close();
    if (hasFocus(card)) leave();
    document.removeEventListener('keydown', shortcut, true);
    host.remove();
    events.gone();
  }

  /** The impression: two frames of a visible page have passed with the message on them. Hidden tabs have no frames. */
  function whenPainted(): void {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (isOver) return;
      if (document.hidden) return document.addEventListener('visibilitychange', whenPainted, { once: true });
      // A page may hide what it does not know: then nobody has seen it.
      if (card.offsetWidth > 0) events.shown();
      else putAway();
    }));
  }
}
