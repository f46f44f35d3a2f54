import { SLOTS_OF } from '../../../../src/contract/in-app-formats.ts';
import type { Api } from '../../lib/api.ts';

export type InAppContent = Api<'InAppContent'>;
export type Format = InAppContent['format'];
export type Survey = NonNullable<InAppContent['survey']>;
export type SurveyKind = Survey['kind'];
export type Choice = NonNullable<Survey['choices']>[number];
export type Button = InAppContent['buttons'][number];
export type Translation = NonNullable<InAppContent['translations']>[string];
export type SurveyTexts = NonNullable<Translation['survey']>;
/** A message with what a draft may not have written yet, as the API would fill it. */
export const wholeInApp = (content: Partial<InAppContent> | undefined): InAppContent => ({ format: 'chat', title: '', body: '', buttons: [], markup: 'text', reply: false, ...content });
/** What is written anew in each language. */
export type Texts = Translation;

export const hasScores = (kind: SurveyKind): boolean => kind === 'nps' || kind === 'csat';
/** A question in words to begin with, from the language file. */
export interface SurveyWords { question: string; choice: (n: number) => string }

export const emptySurvey = (kind: SurveyKind, words: SurveyWords): Survey => ({
  kind, question: words.question, many: false, tags: [], ...(kind === 'choice' ? { choices: [1, 2].map((n) => ({ key: `choice-${n}`, label: words.choice(n) })) } : {}),
});

/** The same message in another format: what that one does not have is left out, everything written stays. */
export function withFormat(content: InAppContent, format: Format, words: SurveyWords): InAppContent {
  const { survey, slot, ...rest } = content;
  const asks = format === 'survey' ? (survey ?? emptySurvey('nps', words)) : undefined;
  const translations = content.translations && mapped(content.translations, ({ survey: own, ...texts }) => (asks ? { ...texts, survey: own ?? surveyTextsOf(asks) } : texts));
  return {
    ...rest, format, reply: format === 'chat' && content.reply,
    ...(slot !== undefined && SLOTS_OF[format].includes(slot) ? { slot } : {}), ...(asks ? { survey: asks } : {}), ...(translations ? { translations } : {}),
  };
}

const mapped = <T>(all: Record<string, T>, change: (one: T) => T): Record<string, T> => Object.fromEntries(Object.entries(all).map(([key, one]) => [key, change(one)]));

export const surveyTextsOf = ({ question, ends, choices, comment, submit, thanks }: SurveyTexts): SurveyTexts => ({
  question, ...(ends ? { ends } : {}), ...(choices ? { choices } : {}), ...(comment === undefined ? {} : { comment }), ...(submit === undefined ? {} : { submit }), ...(thanks === undefined ? {} : { thanks }),
});

/** The texts of one language; `null` is the message itself. */
export function textsOf(content: InAppContent, language: string | null): Texts {
  if (language !== null) return content.translations?.[language] ?? textsOf(content, null);
  const { title, body, buttons, image, survey } = content;
  return { title, body, buttons, ...(image ? { image } : {}), ...(survey ? { survey: surveyTextsOf(survey) } : {}) };
}

/** The message with these texts in one language. */
export function withTexts(content: InAppContent, language: string | null, texts: Texts): InAppContent {
  if (language !== null) return { ...content, translations: { ...content.translations, [language]: texts } };
  const { image: _image, survey, ...rest } = content;
  const { survey: said, ...own } = texts;
  if (!survey || !said) return { ...rest, ...own, ...(survey ? { survey } : {}) };
  const { kind, many, saveAs, requestFor, tags } = survey;
  return { ...rest, ...own, survey: { kind, many, tags, ...(saveAs === undefined ? {} : { saveAs }), ...(requestFor === undefined ? {} : { requestFor }), ...said } };
}

/** Another language begins with the words of the message itself. */
export const withLanguage = (content: InAppContent, own: string, added: string): InAppContent => ({
  ...content, language: content.language ?? own, translations: { ...content.translations, [added]: textsOf(content, null) },
});

export function withoutLanguage(content: InAppContent, language: string): InAppContent {
  const { translations = {}, ...rest } = content;
  const left = Object.fromEntries(Object.entries(translations).filter(([key]) => key !== language));
  return { ...rest, ...(Object.keys(left).length > 0 ? { translations: left } : {}) };
}

/** Another kind of question: what only the old one had goes, in every language. */
export function withKind(content: InAppContent, kind: SurveyKind, words: SurveyWords): InAppContent {
  const survey = content.survey ?? emptySurvey(kind, words);
  const choices = kind === 'choice' ? (survey.choices ?? emptySurvey('choice', words).choices) : undefined;
  const fit = <T extends SurveyTexts>({ ends, choices: _choices, comment, ...rest }: T, own: Choice[] | undefined) => ({
    ...rest, ...(hasScores(kind) && ends ? { ends } : {}), ...(own ? { choices: own } : {}), ...(kind !== 'text' && comment !== undefined ? { comment } : {}),
  });
  const tags = survey.tags.filter(({ scores, choice }) => (scores ? hasScores(kind) : kind === 'choice' && choice !== undefined));
  const translations = content.translations && mapped(content.translations, (texts) => (texts.survey ? { ...texts, survey: fit(texts.survey, choices && (texts.survey.choices ?? choices)) } : texts));
  return { ...content, survey: { ...fit(survey, choices), kind, many: kind === 'choice' && survey.many, tags }, ...(translations ? { translations } : {}) };
}

/** Choices as they are now, by their place: keys are the same in every language, so translations follow. A new one begins with the words of the message itself. */
export function withChoices(content: InAppContent, choices: Choice[], from: (index: number) => number | null): InAppContent {
  const { survey } = content;
  if (!survey) return content;
  const keys = new Set(choices.map(({ key }) => key));
  const renamed = new Map(choices.map(({ key }, index) => [survey.choices?.[from(index) ?? -1]?.key, key]));
  const tags = survey.tags.flatMap((tag) => (tag.choice === undefined ? [tag] : [{ ...tag, choice: renamed.get(tag.choice) ?? tag.choice }])).filter(({ choice }) => choice === undefined || keys.has(choice));
  const translations = content.translations && mapped(content.translations, (texts) => (texts.survey
    ? { ...texts, survey: { ...texts.survey, choices: choices.map(({ key, label }, index) => ({ key, label: texts.survey!.choices?.[from(index) ?? -1]?.label ?? label })) } } : texts));
  return { ...content, survey: { ...survey, choices, tags }, ...(translations ? { translations } : {}) };
}

/** Buttons are counted by their number, so every language has as many. */
export function withButtons(content: InAppContent, language: string | null, buttons: Button[], from: (index: number) => number | null): InAppContent {
  const changed = withTexts(content, language, { ...textsOf(content, language), buttons });
  if (language !== null || !changed.translations) return changed;
  return { ...changed, translations: mapped(changed.translations, (texts) => ({ ...texts, buttons: buttons.map((button, index) => texts.buttons[from(index) ?? -1] ?? button) })) };
}

/** The first of `choice-1`, `choice-2` … that is free. */
export const freeKey = (taken: readonly string[], prefix: string): string => {
  for (let n = taken.length + 1; ; n += 1) if (!taken.includes(`${prefix}-${n}`)) return `${prefix}-${n}`;
};

export type Gap = 'body' | 'label' | 'url' | 'question' | 'ends' | 'choice' | 'key' | 'tag';
const KEY = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** What is not written yet: without it there is nothing to show, and nothing to publish. */
export function gapsOf(content: InAppContent): { path: string; gap: Gap }[] {
  const languages = [null, ...Object.keys(content.translations ?? {})];
  const tags = (content.survey?.tags ?? []).flatMap(({ tag }, index) => (tag.trim() === '' ? [{ path: `survey.tags.${index}.tag`, gap: 'tag' as const }] : []));
  return [...languages.flatMap((language) => textGaps(textsOf(content, language), content.survey?.kind).map(({ path, gap }) => ({ path: (language === null ? '' : `translations.${language}.`) + path, gap }))), ...tags];
}

function textGaps({ body, buttons, image, survey }: Texts, kind: SurveyKind | undefined): { path: string; gap: Gap }[] {
  const empty = (path: string, gap: Gap, text: string) => (text.trim() === '' ? [{ path, gap }] : []);
  return [
    ...(kind ? [] : empty('body', 'body', body)),
    ...buttons.flatMap(({ label }, index) => empty(`buttons.${index}.label`, 'label', label)),
    ...(image ? empty('image.url', 'url', image.url) : []),
    ...(survey ? empty('survey.question', 'question', survey.question) : []),
    ...(survey?.ends ?? []).flatMap((end, index) => empty(`survey.ends.${index}`, 'ends', end)),
    ...(survey?.choices ?? []).flatMap(({ key, label }, index) => [...empty(`survey.choices.${index}.label`, 'choice', label), ...(KEY.test(key) ? [] : [{ path: `survey.choices.${index}.key`, gap: 'key' as const }])]),
  ];
}
