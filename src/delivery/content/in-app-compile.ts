import type { InAppContent, InAppTexts, SurveyTexts, ThemeContent } from '../../contract/in-app.js';
import { inEveryLanguage, type Checked, type Compiled } from './compile-languages.js';
import type { CompiledInApp, CompiledInAppTexts } from './compiled.js';
import { contrast, LEAST_CONTRAST, LIGHT } from './domain/contrast.js';
import { leadsAstray, parseNodes } from './node-tree.js';
import type { Inlining, SnippetBook } from './snippets.js';
import { storedSource } from './template-check.js';
import { FieldChecks, problemIn } from './template-field.js';

/** Compiles an in-app message: every text a checked template, HTML a tree of nodes, colours that can be read. */
export async function compileInApp(content: InAppContent, book: SnippetBook): Promise<Checked<CompiledInApp>> {
  const { format: display, markup, theme, slot, reply, survey, expiresAfterHours, until } = content;
  const unreadable = themeProblems(theme);
  const made = await inEveryLanguage<InAppTexts, CompiledInAppTexts, CompiledInApp>(content, (texts, language) => compileTexts(texts, { markup, buttons: content.buttons.length }, { book, language }), {
    kind: 'in_app', format: 2, display,
    ...(theme === undefined ? {} : { theme }),
    ...(slot === undefined ? {} : { slot }),
    ...(reply ? { reply } : {}),
    ...(survey ? { asks: { kind: survey.kind, many: survey.many, ...(survey.saveAs === undefined ? {} : { saveAs: survey.saveAs }), ...(survey.requestFor === undefined ? {} : { requestFor: survey.requestFor }), tags: survey.tags } } : {}),
    ...(expiresAfterHours === undefined ? {} : { expiresAfterHours }),
    ...(until === undefined ? {} : { until }),
  });
  return unreadable.length > 0 ? { problems: [...unreadable, ...('problems' in made ? made.problems : [])] } : made;
}

/** What nobody could read. Words on the accent are black or white, one of which always has 4.5 to 1. */
function themeProblems(theme: ThemeContent = { dark: false }) {
  const { background = LIGHT.background, text = LIGHT.text } = theme;
  const found = contrast(background, text);
  if (found >= LEAST_CONTRAST) return [];
  const place = theme.text === undefined ? 'background' : 'text';
  return [{ path: `theme.${place}`, code: 'message.contrast', message: `${text} on ${background} has a contrast of ${Math.floor(found * 10) / 10}:1; words need ${LEAST_CONTRAST}:1 or more` }];
}

/** @param common.buttons how many the message itself has: clicks are counted by their number, whatever the language */
function compileTexts(texts: InAppTexts, { markup, buttons }: { markup: InAppContent['markup']; buttons: number }, inlining: Inlining): Compiled<CompiledInAppTexts> {
  const fields = new FieldChecks(inlining);
  const { problems } = fields;
  const stored = (path: string, source: string) => {
    const checked = fields.check(path, source);
    return checked ? storedSource(checked) : '';
  };
  if (texts.buttons.length !== buttons) problems.push({ path: 'buttons', code: 'message.buttons-differ', message: `the message itself has ${buttons} button${buttons === 1 ? '' : 's'}, here ${texts.buttons.length}; clicks are counted by the number of the button` });
  const compiled: CompiledInAppTexts = {
    title: stored('title', texts.title),
    body: markup === 'html' ? '' : stored('body', texts.body),
    ...(markup === 'html' ? { nodes: nodesOf(texts.body, fields) } : {}),
    buttons: texts.buttons.map((button, index) => {
      if (leadsAstray(button.url)) problems.push({ path: `buttons.${index}.url`, code: 'message.bad-link', message: 'a button must lead to http://, https://, mailto: or tel:' });
      return { label: stored(`buttons.${index}.label`, button.label), url: stored(`buttons.${index}.url`, button.url) };
    }),
    ...(texts.image ? { image: imageOf(texts.image, stored, fields) } : {}),
    ...(texts.survey ? { survey: surveyOf(texts.survey, stored) } : {}),
  };
  return problems.length > 0 ? { problems } : { value: compiled, warnings: fields.warnings };
}

function nodesOf(body: string, fields: FieldChecks): NonNullable<CompiledInAppTexts['nodes']> {
  const checked = fields.check('body', body, 'body');
  if (!checked) return [];
  const { nodes, faults, insecureImages } = parseNodes(checked);
  fields.problems.push(...faults.map((fault) => problemIn('body', checked.inlined!, fault)));
  if (insecureImages > 0) fields.warnings.push(insecure('body'));
  return nodes;
}

const insecure = (path: string) => ({ path, code: 'message.insecure-image', message: 'A picture is addressed by http; pages on https do not show it.' });

function imageOf({ url, alt }: NonNullable<InAppTexts['image']>, stored: (path: string, source: string) => string, { problems, warnings }: FieldChecks) {
  if (leadsAstray(url, true)) problems.push({ path: 'image.url', code: 'message.bad-link', message: 'a picture must come from http:// or https://' });
  if (/^http:/i.test(url.trim())) warnings.push(insecure('image.url'));
  return { url: stored('image.url', url), alt: stored('image.alt', alt) };
}

function surveyOf({ question, ends, choices, comment, submit, thanks }: SurveyTexts, stored: (path: string, source: string) => string): SurveyTexts {
  const optional = <K extends string>(name: K, text: string | undefined) => (text === undefined ? {} : { [name]: stored(`survey.${name}`, text) } as Record<K, string>);
  return {
    question: stored('survey.question', question),
    ...(ends ? { ends: [stored('survey.ends.0', ends[0]), stored('survey.ends.1', ends[1])] } : {}),
    ...(choices ? { choices: choices.map(({ key, label }, index) => ({ key, label: stored(`survey.choices.${index}.label`, label) })) } : {}),
    ...optional('comment', comment), ...optional('submit', submit), ...optional('thanks', thanks),
  };
}
