import { z } from 'zod';
import { canonicalLanguage } from '../kernel/language.js';

/** A language as RFC 5646 writes it. */
export const LanguageTag = z.string().max(35).refine((tag) => canonicalLanguage(tag) === tag, 'must be a language tag such as "ko" or "pt-BR", in that spelling');
const MAX_TRANSLATIONS = 20;

/** What everything a person reads has in common: languages, and what happens without theirs. */
export const languages = <T extends z.ZodRawShape>(texts: T) => ({
  /** The language the message itself is written in, which is also the one of last resort. Needed beside translations. */
  language: LanguageTag.optional(),
  /** The same message in other languages, each complete; the person's language decides, then its base (ko-KR, ko), then `language`. */
  translations: z.record(LanguageTag, z.strictObject(texts)).refine((all) => Object.keys(all).length <= MAX_TRANSLATIONS, `must not be more than ${MAX_TRANSLATIONS} languages`).optional(),
  /** Without the person's language: `fallback` (the default) sends the message itself, `skip` refuses with LANGUAGE_MISSING. */
  onMissingLanguage: z.enum(['fallback', 'skip']).optional(),
});

export interface Multilingual { language?: string; translations?: Record<string, unknown>; onMissingLanguage?: string }
export function checkLanguages(content: Multilingual, context: z.core.$RefinementCtx): void {
  const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (content.language === undefined && (content.translations || content.onMissingLanguage)) issue(['language'], 'must say which language the message itself is written in');
  if (content.language !== undefined && content.translations && content.language in content.translations) issue(['translations', content.language], 'is the language of the message itself');
}
