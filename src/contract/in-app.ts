import { z } from 'zod';
import { Key } from './common.js';
import { DISPLAY_SLOTS } from './display.js';
import { IN_APP_FORMATS, SLOTS_OF, SURVEY_KINDS, type DisplayPlace, type InAppFormat } from './in-app-formats.js';
import { checkLanguages, languages } from './languages.js';
import { Tag } from './people.js';

// Without zod, so that the dashboard imports them as they are.
export { displayPlace, IN_APP_FORMATS, SLOTS_OF, SURVEY_KINDS, type DisplayPlace, type InAppFormat, type SurveyKind } from './in-app-formats.js';

const MAX_CHOICES = 10;
const MAX_SURVEY_TAGS = 20;

const Colour = z.string().regex(/^#[0-9A-Fa-f]{6}$/, 'must be a colour such as #0B5FFF');
const Score = z.number().int().min(0).max(10);

/** What a survey says, written anew in each language. */
const surveyTexts = {
  question: z.string().min(1).max(500),
  /** NPS and CSAT: words at the low and the high end. */
  ends: z.tuple([z.string().min(1).max(60), z.string().min(1).max(60)]).optional(),
  /** What there is to choose from. Keys are the same in every language; they are what is remembered. */
  choices: z.array(z.strictObject({ key: Key, label: z.string().min(1).max(200) })).min(2).max(MAX_CHOICES).optional(),
  /** Label of a free text beside the answer; none is asked for when absent. */
  comment: z.string().min(1).max(200).optional(),
  /** Word on the button, and what is said afterwards; those of the language when absent. */
  submit: z.string().min(1).max(60).optional(),
  thanks: z.string().min(1).max(500).optional(),
};

/** A tag for whoever answers so: a score from … to …, or this choice. */
const AnswerTag = z
  .strictObject({ tag: Tag, scores: z.strictObject({ from: Score, to: Score }).refine(({ from, to }) => from <= to, '"from" must not be above "to"').optional(), choice: Key.optional() })
  .refine(({ scores, choice }) => (scores === undefined) !== (choice === undefined), 'must say either the scores or the choice');

const Survey = z.strictObject({
  kind: z.enum(SURVEY_KINDS),
  ...surveyTexts,
  /** Several choices. */
  many: z.boolean().default(false),
  /** Attribute of the person the answer becomes: the score, the key of the choice (a list of keys with `many`), or the text. */
  saveAs: z.string().min(1).max(200).optional(),
  /** Key of a feature: every answer is kept as a request for it, in the words of its text. */
  requestFor: Key.optional(),
  tags: z.array(AnswerTag).max(MAX_SURVEY_TAGS).default([]),
});

const inAppTexts = {
  title: z.string().max(200).default(''),
  /** Templates of plain text, in which blank lines part paragraphs, or of HTML: see `markup`. Only a survey may do without. */
  body: z.string().max(10_000).default(''),
  buttons: z.array(z.strictObject({ label: z.string().min(1).max(100), url: z.string().max(2_000) })).max(3).default([]),
  /** Picture above the body. `alt` says what is to be seen; empty for one that says nothing. Both are templates. */
  image: z.strictObject({ url: z.string().min(1).max(2_000), alt: z.string().max(300) }).optional(),
};

/** Colours. What can not be read (contrast below 4.5 to 1) is refused at publish. */
const Theme = z.strictObject({
  /** Of the first button and of what is chosen; words on it are black or white, whichever is easier to read. */
  accent: Colour.optional(),
  background: Colour.optional(),
  text: Colour.optional(),
  /** Our dark colours for whoever prefers dark ones, in place of `background` and `text`. */
  dark: z.boolean().default(false),
});

/** An in-app message as its author writes it; same templates and context as e-mail. */
export const InAppContent = z
  .strictObject({
    format: z.enum(IN_APP_FORMATS).default('chat'),
    ...inAppTexts,
    /** What `body` is written in. HTML knows the elements of delivery/content/domain/nodes.ts; anything else is refused. */
    markup: z.enum(['text', 'html']).default('text'),
    theme: Theme.optional(),
    /** Where on the page; by format when absent. */
    slot: z.enum(DISPLAY_SLOTS).optional(),
    /** Chat: visitors may write back. */
    reply: z.boolean().default(false),
    survey: Survey.optional(),
    /** Hours after which it is no longer shown. */
    expiresAfterHours: z.number().int().min(1).max(8_760).optional(),
    /** When it is no longer displayed unasked (it stays in the inbox): `seen`, the default; `interacted` or `engaged`, see delivery/inbox/domain/display.ts. */
    until: z.enum(['seen', 'interacted', 'engaged']).optional(),
    ...languages({ ...inAppTexts, survey: z.strictObject(surveyTexts).optional() }),
  })
  .superRefine(checkLanguages)
  .superRefine(checkParts)
  .meta({ id: 'InAppContent' });
export type InAppContent = z.infer<typeof InAppContent>;
/** The part of an in-app message that is written anew in each language. */
export type InAppTexts = Pick<InAppContent, keyof typeof inAppTexts> & { survey?: SurveyTexts };
export type SurveyContent = z.infer<typeof Survey>;
export type SurveyTexts = Pick<SurveyContent, keyof typeof surveyTexts>;
export type AnswerTag = z.infer<typeof AnswerTag>;
export type ThemeContent = z.infer<typeof Theme>;

interface Parts { format: InAppFormat; body: string; slot?: DisplayPlace; reply: boolean; survey?: SurveyContent; translations?: Record<string, { body: string; survey?: SurveyTexts }> }

/** What belongs together, beyond what a schema can say. */
function checkParts(content: Parts, context: z.core.$RefinementCtx): void {
  const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const { format, slot, survey } = content;
  if (slot !== undefined && !SLOTS_OF[format].includes(slot)) issue(['slot'], `must be ${SLOTS_OF[format].join(' or ')} for ${format}`);
  if (content.reply && format !== 'chat') issue(['reply'], 'only a chat message can be replied to');
  if (format === 'survey' && !survey) issue(['survey'], 'a survey must say what it asks');
  if (format !== 'survey' && survey) issue(['survey'], 'only the format "survey" asks something');
  for (const [at, texts] of [[[], content] as const, ...Object.entries(content.translations ?? {}).map(([language, own]) => [['translations', language], own] as const)]) {
    if (texts.body.trim() === '' && !survey) issue([...at, 'body'], 'must not be empty');
    if (at.length > 0 && (texts.survey === undefined) !== (survey === undefined)) issue([...at, 'survey'], survey ? 'must be translated too' : 'the message itself asks nothing');
  }
  if (survey) checkSurvey(survey, content.translations ?? {}, issue);
}

function checkSurvey(survey: SurveyContent, translations: Record<string, { survey?: SurveyTexts }>, issue: (path: (string | number)[], message: string) => void): void {
  const keys = survey.choices?.map(({ key }) => key) ?? [];
  const scored = survey.kind === 'nps' || survey.kind === 'csat';
  if (survey.many && survey.kind !== 'choice') issue(['survey', 'many'], 'only of choices one can take several');
  if (new Set(keys).size < keys.length) issue(['survey', 'choices'], 'must have each key once');
  for (const [index, { choice, scores }] of survey.tags.entries()) {
    if (choice !== undefined && !keys.includes(choice)) issue(['survey', 'tags', index, 'choice'], 'is none of the choices');
    if (scores !== undefined && !scored) issue(['survey', 'tags', index, 'scores'], 'only NPS and CSAT have scores');
  }
  for (const [at, texts] of [[['survey'], survey] as const, ...Object.entries(translations).map(([language, own]) => [['translations', language, 'survey'], own.survey] as const)]) {
    if (!texts) continue;
    if (survey.kind === 'choice' && !texts.choices) issue([...at, 'choices'], 'must have at least two choices');
    if (survey.kind !== 'choice' && texts.choices) issue([...at, 'choices'], 'only the kind "choice" has choices');
    if (!scored && texts.ends) issue([...at, 'ends'], 'only NPS and CSAT have ends');
    if (survey.kind === 'text' && texts.comment !== undefined) issue([...at, 'comment'], 'the answer itself is a text');
    if (texts.choices && texts.choices.map(({ key }) => key).join('\n') !== keys.join('\n')) issue([...at, 'choices'], `must have the same keys in the same order: ${keys.join(', ')}`);
  }
}
