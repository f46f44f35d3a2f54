import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import app from './en/app.json';
import type en from './en/index.ts';
import type ko from './ko/index.ts';

/** English is the measure: what it has, Korean has (plural forms aside, of which Korean needs one). */
type Single<T> = { [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : Single<T[K]> };
export type Missing = Single<typeof ko> extends Single<typeof en> ? never : 'a key of en is missing in ko';
const complete: [Missing] extends [never] ? true : Missing = true;
void complete;

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];
/** What has a file of words of its own. */
export type Subject = Exclude<keyof typeof en, keyof typeof app>;
const KEPT = 'danbi:language';

const files = import.meta.glob<object>(['./*/*.json', '!./en/app.json'], { import: 'default' });
const wanted = new Set<string>();

/** The language chosen here before, else the browser's. */
function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'en' || kept === 'ko') return kept;
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

async function load(language: string, subject: string): Promise<void> {
  if (i18next.getResource(language, 'translation', subject === 'app' ? 'nav' : subject) !== undefined) return;
  const words = await files[`./${language}/${subject}.json`]?.();
  if (words) i18next.addResourceBundle(language, 'translation', subject === 'app' ? words : { [subject]: words }, true);
}

/** Loads the words of these subjects in the language of the moment, so that a page begins with them. */
export async function needWords(...subjects: readonly Subject[]): Promise<void> {
  for (const subject of subjects) wanted.add(subject);
  await Promise.all(subjects.map((subject) => load(i18next.language, subject)));
}

/** Words in one language, whatever the page is in: for texts that a campaign keeps. @returns what a key says */
export async function wordsIn(language: Language, ...subjects: readonly Subject[]): Promise<(key: string) => string> {
  await Promise.all(subjects.map((subject) => load(language, subject)));
  const say = i18next.getFixedT(language) as (key: string) => string;
  return (key) => say(key);
}

/** Whether somebody chose a language in this browser, rather than having the browser's. */
export const hasChosenLanguage = (): boolean => localStorage.getItem(KEPT) !== null;

/** Switches to a language that somebody chose, which is remembered. */
export async function switchLanguage(language: Language): Promise<void> {
  await speak(language);
  localStorage.setItem(KEPT, language);
}

/** Switches the words and the document's language. Korean is loaded when it is first wanted. */
async function speak(language: Language): Promise<void> {
  await Promise.all(['app', ...wanted].map((subject) => load(language, subject)));
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function startWords(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en', fallbackLng: 'en', resources: { en: { translation: app } }, interpolation: { escapeValue: false }, returnNull: false,
    // Words of a subject that no route announced come by themselves; until then there is nothing to read, rather than a key.
    saveMissing: true, react: { bindI18nStore: 'added' },
    parseMissingKeyHandler: (key) => (i18next.getResource(i18next.language, 'translation', subjectOf(key)) === undefined ? '' : key),
    missingKeyHandler: (_languages, _namespace, key) => { void needWords(subjectOf(key) as Subject); },
  });
  await speak(firstLanguage());
}

const subjectOf = (key: string): string => key.split('.', 1)[0]!;
