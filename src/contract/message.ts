import { z } from 'zod';
import { canonicalLanguage } from '../kernel/language.js';

/** A language as RFC 5646 writes it. */
export const LanguageTag = z.string().max(35).refine((tag) => canonicalLanguage(tag) === tag, 'must be a language tag such as "ko" or "pt-BR", in that spelling');
const MAX_TRANSLATIONS = 20;

/** What everything a person reads has in common: languages, and what happens without theirs. */
const languages = <T extends z.ZodRawShape>(texts: T) => ({
  /** The language the message itself is written in, which is also the one of last resort. Needed beside translations. */
  language: LanguageTag.optional(),
  /** The same message in other languages, each complete; the person's language decides, then its base (ko-KR, ko), then `language`. */
  translations: z.record(LanguageTag, z.strictObject(texts)).refine((all) => Object.keys(all).length <= MAX_TRANSLATIONS, `must not be more than ${MAX_TRANSLATIONS} languages`).optional(),
  /** Without the person's language: `fallback` (the default) sends the message itself, `skip` refuses with LANGUAGE_MISSING. */
  onMissingLanguage: z.enum(['fallback', 'skip']).optional(),
});

interface Multilingual { language?: string; translations?: Record<string, unknown>; onMissingLanguage?: string }
function checkLanguages(content: Multilingual, context: z.core.$RefinementCtx): void {
  const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (content.language === undefined && (content.translations || content.onMissingLanguage)) issue(['language'], 'must say which language the message itself is written in');
  if (content.language !== undefined && content.translations && content.language in content.translations) issue(['translations', content.language], 'is the language of the message itself');
}

const emailTexts = {
  subject: z.string().min(1).max(500),
  preheader: z.string().max(300).default(''),
  /** MJML body (a sequence of `mj-section`) placed in the layout. */
  body: z.string().min(1).max(262_144),
  /** Plain-text part; derived from the body when absent. */
  text: z.string().max(131_072).optional(),
  /** A translation without one has that of the message itself. */
  fromName: z.string().max(100).optional(),
};

/**
 * An e-mail as its author writes it. Every text is a strict Handlebars template over
 * `{person: {…attributes, id, externalId, email, timeZone, language}, event: {…entry event properties}, workspace}`;
 * a missing value without `{{default …}}` stops that message with RENDER_MISSING_VAR.
 */
export const EmailContent = z
  .strictObject({
    ...emailTexts,
    /** File name under `templates/layouts` without ending. */
    layout: z.string().regex(/^[a-z0-9-]{1,60}$/).default('plain'),
    replyTo: z.email().optional(),
    ...languages(emailTexts),
  })
  .superRefine(checkLanguages)
  .meta({ id: 'EmailContent' });
export type EmailContent = z.infer<typeof EmailContent>;
/** The part of an e-mail that is written anew in each language. */
export type EmailTexts = Pick<EmailContent, keyof typeof emailTexts>;

const inAppTexts = {
  title: z.string().max(200).default(''),
  body: z.string().min(1).max(10_000),
  buttons: z.array(z.strictObject({ label: z.string().min(1).max(100), url: z.string().max(2_000) })).max(3).default([]),
};

/** An in-app message as its author writes it; same templates and context as e-mail. */
export const InAppContent = z
  .strictObject({
    format: z.enum(['chat', 'banner', 'modal']).default('chat'),
    ...inAppTexts,
    /** Hours after which it is no longer shown. */
    expiresAfterHours: z.number().int().min(1).max(8_760).optional(),
    ...languages(inAppTexts),
  })
  .superRefine(checkLanguages)
  .meta({ id: 'InAppContent' });
export type InAppContent = z.infer<typeof InAppContent>;
/** The part of an in-app message that is written anew in each language. */
export type InAppTexts = Pick<InAppContent, keyof typeof inAppTexts>;

export type Channel = 'email' | 'in_app';
