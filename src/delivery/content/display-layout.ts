import type { DisplayMessage, LaidOut, WireNode, WireSurvey, WireWords } from '../../contract/visitor-wire.js';
import { isSafeAddress } from './domain/nodes.js';

const LONGEST_TEXT = '5000';
/** Where the author names none. */
const COLOURS = { accent: '#2f56e6', on: '#ffffff', background: '#ffffff', text: '#17191f' } as const;

type Attributes = Record<string, string>;
/** An element; what is not there is left out. */
const element = (tag: string, attributes: Attributes, ...children: (WireNode | false | undefined)[]): WireNode => [tag, Object.keys(attributes).length > 0 ? attributes : 0, ...children.filter((child) => child !== undefined && child !== false)];
const box = (name: string, ...children: (WireNode | false | undefined)[]): WireNode => element('div', { class: name }, ...children);
/** Words of the author, in whichever direction they are written. */
const said = (tag: string, name: string, words: string): WireNode => element(tag, name === '' ? { dir: 'auto' } : { class: name, dir: 'auto' }, words);

/**
 * A message as one tree of nodes, so that a browser has one way to build what it displays, and this file alone knows what a message looks
 * like. Pure. Classes are those of `sdk/src/ui/style.ts`; what is done with buttons and forms is in `sdk/src/ui/index.ts`.
 */
export function layOut(message: DisplayMessage): LaidOut {
  const { i, d, f, l, r, theme: { dark, ...colours } = {}, slot = 'corner', survey, reply, w } = message;
  const [close, name, announcement, choose, , , sent] = w;
  const isModal = slot === 'center';
  const card = element(isModal ? 'dialog' : 'section', {
    class: `m ${f} ${slot}${dark ? ' dark' : ''}`, role: f === 'banner' ? 'region' : 'dialog', 'aria-label': name, ...(l ? { lang: l, dir: r ? 'rtl' : 'ltr' } : {}),
  }, element('button', { class: 'b x', 'aria-label': close }, '×'), contentOf(message, isModal));
  return {
    ...(i === undefined ? {} : { i }), ...(d === undefined ? {} : { d }), n: card,
    t: { ...COLOURS, ...colours },
    w: survey ? [announcement, choose, survey.thanks] : reply ? [announcement, '', sent] : [announcement],
  };
}

/** Everything inside a message, to be scrolled. */
function contentOf({ f, title, img, n, b = [], survey, reply, w }: DisplayMessage, isModal: boolean): WireNode {
  const picture = img && isSafeAddress(img[0], true) && element('img', { class: 'h', src: img[0], alt: img[1] });
  const isBeside = f === 'banner';
  return element('div', { class: picture ? 's i' : 's', ...(isModal ? { autofocus: '' } : {}) }, !isBeside && picture, box('c',
    isBeside && picture,
    box('r', title !== undefined && title !== '' && box('f', said('h2', 't', title)), n.length > 0 && element('div', { class: title || survey ? 'n' : 'n f', dir: 'auto' }, ...n)),
    survey && surveyForm(survey),
    b.length > 0 && box('g', ...b.map(action)),
    reply && replyForm(w),
  ));
}

/** The first button is the one that is meant. One with a target that leads astray is a button that closes. */
const action = ([label, url]: readonly [string, string?], index: number): WireNode => {
  const name = index > 0 ? 'b' : 'b p';
  return url !== undefined && isSafeAddress(url) ? element('a', { class: name, href: url }, label) : element('button', { class: name }, label);
};

const field = (name: string, placeholder: Attributes = {}): WireNode => element('textarea', { name: 'text', rows: '1', maxlength: LONGEST_TEXT, dir: 'auto', 'aria-label': name, ...placeholder });
const submitted = (label: string): WireNode => box('g', element('button', { class: 'b p' }, label));

const replyForm = ([, , , , reply, send]: WireWords): WireNode => element('form', { class: 'reply' }, field(reply, { placeholder: reply }), submitted(send));

/** What has to be answered comes first. A comment is asked for once there is an answer to comment on. */
function surveyForm({ k, question, ends, choices = [], many, comment, submit }: WireSurvey): WireNode {
  const options = element('div', { class: k === 'choice' ? 'w list' : 'w', role: many ? 'group' : 'radiogroup', 'aria-label': question }, ...choices.map(([value, label, name = label]) => element('div', {},
    // The input lies over its words: what is touched, heard and focused is the browser's own.
    element('input', { type: many ? 'checkbox' : 'radio', name: k === 'choice' ? 'choices' : 'score', value, 'aria-label': name }), said('span', 'o', label))));
  return element('form', {},
    box('f', said('h2', 'q', question)),
    k === 'text' ? field(question) : element('div', {}, options, ends && element('small', { class: 'ends' }, ...ends.map((end) => said('span', '', end)))),
    k !== 'text' && comment !== undefined && element('label', {}, comment, field(comment)),
    element('p', { class: 'q', role: 'alert' }),
    submitted(submit));
}
