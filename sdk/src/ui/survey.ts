import type { SurveyAnswer, WireSurvey } from '../../../src/contract/visitor-wire.js';
import { make, said } from './make.js';

const LONGEST_TEXT = 5_000;

/** A text to be written; its name stands inside, or is read out where it stands elsewhere. */
export const field = (name: string, placeholder = ''): HTMLTextAreaElement =>
  make('textarea', '', [], { rows: 1, maxLength: LONGEST_TEXT, dir: 'auto', ariaLabel: name, placeholder });

/** A form with a button. `sent` is called with every attempt to send it. */
export function formOf(className: string, parts: (Node | string)[], submit: string, sent: () => void): HTMLFormElement {
  return make('form', className, [...parts, make('div', 'g', [make('button', 'b p', [submit])])], {
    onsubmit(event) {
      event.preventDefault();
      sent();
    },
  });
}

/** A survey as a form. `done` is called once, with an answer that the server accepts. */
export function surveyForm({ k, question, ends, choices = [], many, comment, submit }: WireSurvey, choose: string, done: (answer: SurveyAnswer) => void): HTMLFormElement {
  
  const isText = k === 'text';
  const isList = k === 'choice';
  const area = field(comment ?? question);
  const all: HTMLInputElement[] = [];
  const options = make('div', isList ? 'w list' : 'w', choices.map(([value, label, name = label], index) => {
    // The input lies over its words: what is touched, heard and focused is the browser's own.
    all[index] = make('input', '', [], { type: many ? 'checkbox' : 'radio', name: 'o', value, ariaLabel: name });
    return make('div', '', [all[index]!, said('span', 'o', label)]);
  }), { role: many ? 'group' : 'radiogroup', ariaLabel: question });
  // From right to left, which browsers do not ask for; everything else they do by themselves.
  options.onkeydown = (event) => {
    const step = { ArrowLeft: 1, ArrowRight: all.length - 1 }[event.key];
    if (many || !step || !options.matches(':dir(rtl)')) return;
    event.preventDefault();
    const to = all[(all.indexOf(event.target as HTMLInputElement) + step) % all.length]!;
    to.focus();
    to.click();
  };
  const wrong = make('p', 'q', [], { role: 'alert' });
  const form = formOf('', [make('div', 'f', [said('h2', 'q', question)]), isText ? area : make('div', '', [options, ends && make('small', 'ends', ends.map((end) => said('span', '', end)))]), wrong], submit, () => {
    const taken = all.filter(({ checked }) => checked);
    const text = area.value.trim();
    if (isText ? !text : !taken[0]) {
      wrong.textContent = choose;
      return (all[0] ?? area).focus();
    }
    done({ ...(isText ? {} : isList ? { choices: taken.map(({ value }) => value) } : { score: Number(taken[0]!.value) }), ...(text && { text }) });
  });
  form.oninput = () => {
    wrong.textContent = '';
    // Asked once there is an answer to comment on.
    if (comment && !area.isConnected) wrong.before(make('label', '', [comment, area]));
  };
  return form;
}
