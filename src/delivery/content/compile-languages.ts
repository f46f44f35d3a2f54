import type { Problem } from '../../kernel/errors.js';
import type { InLanguages, Warning } from './compiled.js';

export type Checked<T> = { value: T } | { problems: Problem[] };
/** The texts of one language, or what is wrong with them. */
export type Compiled<T> = { value: T; warnings: Warning[] } | { problems: Problem[] };

const TURN = () => new Promise<void>((done) => setImmediate(done));

/**
 * Compiles a message in the language it is written in and in each of its translations, whose problems are found below
 * `translations.ko`. Between two languages other work gets its turn: one language costs up to some 0.5 s.
 */
export async function inEveryLanguage<Source extends object, Texts, Message extends Texts & InLanguages<Texts> & { warnings: Warning[] }>(
  content: Source & InLanguages<Source>,
  compile: (texts: Source, language: string | undefined) => Compiled<Texts> | Promise<Compiled<Texts>>,
  common: Omit<Message, keyof Texts | keyof InLanguages<Texts> | 'warnings'>,
): Promise<Checked<Message>> {
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  const below = (place: string) => <T extends Problem | Warning>(one: T): T => ({ ...one, path: place + one.path });
  const take = async (texts: Source, language: string | undefined, place: string): Promise<Texts | null> => {
    const made = await compile(texts, language);
    await TURN();
    if ('problems' in made) problems.push(...made.problems.map(below(place)));
    else warnings.push(...made.warnings.map(below(place)));
    return 'value' in made ? made.value : null;
  };
  const own = await take(content, content.language, '');
  const translations: Record<string, Texts> = {};
  for (const [language, texts] of Object.entries(content.translations ?? {})) {
    const made = await take(texts, language, `translations.${language}.`);
    if (made) translations[language] = made;
  }
  if (problems.length > 0 || own === null) return { problems };
  const { language, onMissingLanguage } = content;
  const languages: InLanguages<Texts> = {
    ...(language === undefined ? {} : { language }),
    ...(Object.keys(translations).length > 0 ? { translations } : {}),
    ...(onMissingLanguage === undefined ? {} : { onMissingLanguage }),
  };
  return { value: { ...common, ...own, ...languages, warnings } as unknown as Message };
}
