import type { DisplayMessage, SurveyAnswer, WireWords } from '../../../src/contract/visitor-wire.js';
import { make, replace, said } from './make.js';
import { build } from './nodes.js';
import { field, formOf, surveyForm } from './survey.js';

/** What the visitor does with the content. */
export interface Doing {
  click_(button: number, url?: string): void;
  answer_(answer: SurveyAnswer, thanks: string): void;
  reply_(text: string): void;
}

/** Everything inside a message, to be scrolled. */
export function contentOf({ f, title, img, n, b = [], survey, reply, w }: DisplayMessage, doing: Doing): HTMLElement {
  const inside = make('div', 'c', [
    make('div', 'r', [
      title && make('div', 'f', [said('h2', 't', title)]),
      n[0] && make('div', title || survey ? 'n' : 'n f', n.map((node) => build(node)), { dir: 'auto' }),
    ]),
    survey && surveyForm(survey, w[3], (answer) => doing.answer_(answer, survey.thanks)),
    b[0] && make('div', 'g', b.map((button, index) => action(button, index, doing))),
    reply && replyForm(w, doing),
  ]);
  const outer = make('div', 's', [inside]);
  const image = img && build(['img', { src: img[0], alt: img[1] }]) as HTMLImageElement;
  if (image?.src) {
    image.className = 'h';
    (f === 'banner' ? inside : outer).prepend(image);
    outer.className = 's i';
  }
  return outer;
}

/** The first button is the one that is meant. One with a target that leads astray is a button that closes. */
function action([label, url]: readonly [string, string?], index: number, doing: Doing): HTMLElement {
  const link = build(['a', { href: url ?? '' }, label]) as HTMLAnchorElement;
  const element = link.href ? link : make('button', '', [label]);
  element.className = index ? 'b' : 'b p';
  element.onclick = () => doing.click_(index, link.href && url);
  return element;
}

function replyForm([,,,, reply, send]: WireWords, doing: Doing): HTMLFormElement {
  const area = field(reply, reply);
  const form = formOf('reply', [area], send, () => {
    const text = area.value.trim();
    if (!text) return area.focus();
    const answer = said('div', 'mine', text);
    replace(form, answer, answer);
    doing.reply_(text);
  });
  area.onkeydown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  };
  return form;
}
