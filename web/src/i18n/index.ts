import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en/index.ts';
import type ko from './ko/index.ts';

/** English is the measure: what it has, Korean has (plural forms aside, of which Korean needs one). */
type Single<T> = { [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : Single<T[K]> };
export type Missing = Single<typeof ko> extends Single<typeof en> ? never : 'a key of en is missing in ko';
const complete: [Missing] extends [never] ? true : Missing = true;
void complete;

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];
const KEPT = 'danbi:language';

/** The language chosen here before, else the browser's. */
function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'en' || kept === 'ko') return kept;
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

/** Switches the words, the document's language and what is remembered. Korean is loaded when it is first wanted. */
export async function switchLanguage(language: Language): Promise<void> {
  if (language === 'ko' && !i18next.hasResourceBundle('ko', 'translation')) i18next.addResourceBundle('ko', 'translation', (await import('./ko/index.ts')).default);
  await i18next.changeLanguage(language);
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
}

export async function startWords(): Promise<void> {
  await i18next.use(initReactI18next).init({ lng: 'en', fallbackLng: 'en', resources: { en: { translation: en } }, interpolation: { escapeValue: false }, returnNull: false });
  await switchLanguage(firstLanguage());
}
