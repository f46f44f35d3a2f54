import type { DisplayMessage, SurveyAnswer } from '../../../src/contract/visitor-wire.js';
import { isSafeAddress } from '../../../src/delivery/content/domain/nodes.js';
import { button, make, named } from './make.js';
import { build, leading, picture } from './nodes.js';
import { field, surveyForm } from './survey.js';
import type { Words } from './words.js';

/** What the visitor does with the content. */
export interface Doing {
  click_(button: number, url?: string): void;
  answer_(answer: SurveyAnswer, thanks: string): void;
  reply_(text: string): void;
}

/** Everything inside a message, and the element that names it. */
export function contentOf(message: DisplayMessage, words: Words, doing: Doing): [inside: HTMLElement, title: HTMLElement | null] {
  const { title, img, n, b = [], survey, reply } = message;
  const inside = make('div', 'c');
  const heading = title ? named(make('h2', 't', title)) : null;
  const said = make('div', 'r');
  if (heading) {
    heading.dir = 'auto';
    said.append(make('div', 'f', heading));
  }
  if (n.length > 0) {
    const body = make('div', heading || survey ? 'n' : 'n f', ...n.map((node) => build(node)));
    body.dir = 'auto';
    said.append(body);
  }
  inside.append(said);
  if (survey) inside.append(surveyForm(survey, words, (answer) => doing.answer_(answer, survey.thanks)));
  if (b.length > 0) inside.append(make('div', 'g', ...b.map(([label, url], index) => action(label, url, index, doing))));
  if (reply) inside.append(replyForm(words, doing));
  const outer = make('div', 's');
  if (img && isSafeAddress(img[0], true)) {
    const image = make('img', 'h');
    image.alt = img[1];
    picture(image);
    image.src = img[0];
    if (message.f === 'banner') inside.prepend(image);
    else outer.append(image);
    outer.classList.add('i');
  }
  outer.append(inside);
  return [outer, heading ?? outer.querySelector('.q')];
}

/** The first button is the one that is meant. One with a target that leads astray is a button that closes. */
function action(label: string, url: string | undefined, index: number, doing: Doing): HTMLElement {
  const look = index === 0 ? 'b p' : 'b';
  if (!url || !isSafeAddress(url)) return button(look, label, () => doing.click_(index));
  const link = make('a', look, label);
  link.href = url;
  leading(link);
  link.onclick = () => doing.click_(index, url);
  return link;
}

function replyForm(words: Words, doing: Doing): HTMLFormElement {
  const { box_: box, area_: area } = field(words.reply_, false);
  const form = make('form', 'reply', box, make('button', 'b p', words.send_));
  form.noValidate = true;
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = area.value.trim();
    if (!text) return area.focus();
    const said = make('div', 'mine', text);
    said.dir = 'auto';
    said.tabIndex = -1;
    const hadFocus = form.contains((form.getRootNode() as ShadowRoot).activeElement);
    form.replaceWith(said);
    if (hadFocus) said.focus();
    doing.reply_(text);
  };
  area.onkeydown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  };
  return form;
}
