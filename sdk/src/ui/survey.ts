import type { SurveyAnswer, WireSurvey } from '../../../src/contract/visitor-wire.js';
import { attributes, button, make, named } from './make.js';
import type { Words } from './words.js';

const LONGEST_TEXT = 5_000;

/** A text to be written. Its label stands above it, or inside where `isVisible` is not set. */
export function field(label: string, isVisible: boolean): { box_: HTMLElement; area_: HTMLTextAreaElement } {
  const area = make('textarea');
  area.rows = 1;
  area.maxLength = LONGEST_TEXT;
  area.dir = 'auto';
  if (!isVisible) area.ariaLabel = area.placeholder = label;
  return { box_: make('label', '', isVisible ? label : '', area), area_: area };
}

interface Choices { element_: HTMLElement; taken_(): string[] }

/** Options of which one can be taken, or several. One: a radio group of which Tab meets one, and arrows move in the direction of reading. */
function choices(options: readonly (readonly [key: string, label: string, name?: string])[], many: boolean, changed: () => void): Choices {
  const all: HTMLButtonElement[] = [];
  const isTaken = (option: Element): boolean => option.getAttribute('aria-checked') === 'true';
  const check = (option: Element, on: boolean): void => option.setAttribute('aria-checked', String(on));
  const take = (option: HTMLButtonElement): void => {
    if (many) check(option, !isTaken(option));
    else for (const one of all) {
      check(one, one === option);
      one.tabIndex = one === option ? 0 : -1;
    }
    changed();
  };
  const element = make('div', 'w');
  element.setAttribute('role', many ? 'group' : 'radiogroup');
  for (const [index, [, label, name]] of options.entries()) {
    const option = button('o', label, () => take(option));
    option.setAttribute('role', many ? 'checkbox' : 'radio');
    option.dir = 'auto';
    if (name) option.setAttribute('aria-label', name);
    check(option, false);
    option.tabIndex = many || index === 0 ? 0 : -1;
    all.push(option);
  }
  element.append(...all);
  if (!many) element.onkeydown = (event) => {
    const forward = getComputedStyle(element).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const at = all.indexOf(event.target as HTMLButtonElement);
    const last = all.length - 1;
    const { key } = event;
    const to = key === 'Home' ? 0 : key === 'End' ? last : key === 'ArrowDown' || key === forward ? (at + 1) % all.length : /^Arrow/.test(key) ? (at + last) % all.length : -1;
    if (to < 0 || at < 0) return;
    event.preventDefault();
    take(all[to]!);
    all[to]!.focus();
  };
  return { element_: element, taken_: () => options.flatMap(([key], index) => (isTaken(all[index]!) ? [key] : [])) };
}

/** Numbers with words at both ends; the words belong to the names of the outermost ones. */
function scores({ k, ends }: WireSurvey, changed: () => void): Choices & { below_: HTMLElement[] } {
  const from = k === 'nps' ? 0 : 1;
  const to = k === 'nps' ? 10 : 5;
  const made = choices(Array.from({ length: to - from + 1 }, (_, index) => {
    const score = String(from + index);
    const end = ends && (from + index === from ? ends[0] : from + index === to ? ends[1] : '');
    return [score, score, end ? `${score}, ${end}` : undefined] as const;
  }), false, changed);
  return { ...made, below_: ends ? [make('div', 'ends', make('span', '', ends[0]), make('span', '', ends[1]))] : [] };
}

/** A survey as a form. `done` is called once, with an answer that the server accepts. */
export function surveyForm(survey: WireSurvey, words: Words, done: (answer: SurveyAnswer) => void): HTMLFormElement {
  const question = named(make('h2', 'q', survey.question));
  question.dir = 'auto';
  const wrong = make('p', 'e');
  wrong.setAttribute('role', 'alert');
  const isText = survey.k === 'text';
  const isScore = survey.k === 'nps' || survey.k === 'csat';
  const text = isText || survey.comment ? field(survey.comment ?? '', !isText) : null;
  if (isText) attributes(text!.area_, { 'aria-labelledby': question.id });
  const parts: (Choices & { below_?: HTMLElement[] }) | null = isText ? null : isScore ? scores(survey, changed) : choices(survey.choices ?? [], Boolean(survey.many), changed);
  if (parts && !isScore) parts.element_.classList.add('list');
  if (parts) attributes(parts.element_, { 'aria-labelledby': question.id });
  function changed(): void {
    wrong.textContent = '';
    // Asked once there is an answer to comment on.
    if (text && !text.box_.isConnected) form.insertBefore(text.box_, wrong);
  }
  const submit = make('button', 'b p', survey.submit);
  const form = make('form', '', make('div', 'f', question), ...(parts ? [make('div', '', parts.element_, ...(parts.below_ ?? []))] : [text!.box_]), wrong, make('div', 'g', submit));
  form.noValidate = true;
  form.onsubmit = (event) => {
    event.preventDefault();
    const taken = parts?.taken_() ?? [];
    const written = text?.area_.value.trim();
    if (parts ? taken.length === 0 : !written) {
      wrong.textContent = words.choose_;
      return (parts ? parts.element_.querySelector<HTMLElement>('[tabindex="0"]') : text!.area_)?.focus();
    }
    done({ ...(isScore ? { score: Number(taken[0]) } : isText ? {} : { choices: taken }), ...(written ? { text: written } : {}) });
  };
  return form;
}
