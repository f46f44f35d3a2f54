import { acceptedLanguages } from '../../kernel/language.js';

export type PageLanguage = 'en' | 'ko';

/** Which of our two page languages a browser prefers, from its `Accept-Language`. */
export function pageLanguage(header: string | undefined): PageLanguage {
  const best = acceptedLanguages(header).map((tag) => tag.split('-')[0]).find((language) => language === 'en' || language === 'ko');
  return best === 'ko' ? 'ko' : 'en';
}
