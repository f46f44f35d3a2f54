export type PageLanguage = 'en' | 'ko';

/** Which of our two page languages a browser prefers, from its `Accept-Language`. */
export function pageLanguage(header: string | undefined): PageLanguage {
  const wanted = (header ?? '').split(',').map((entry, index) => {
    const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';');
    const q = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find((value) => value !== undefined);
    return { language: tag.split('-')[0], q: q === undefined ? 1 : Number(q), index };
  });
  const best = wanted.filter(({ language, q }) => (language === 'en' || language === 'ko') && q > 0).sort((a, b) => b.q - a.q || a.index - b.index)[0];
  return best?.language === 'ko' ? 'ko' : 'en';
}
