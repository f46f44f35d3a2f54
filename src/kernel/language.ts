/** The tag as RFC 5646 writes it ("KO-kr" is "ko-KR"); null when it is no tag of a language. */
export function canonicalLanguage(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

/** Language and script, the part that decides whether somebody can read it: "zh-TW" is "zh-Hant". */
function readingOf(tag: string): string {
  const { language, script } = new Intl.Locale(tag).maximize();
  return `${language}-${script}`;
}

/**
 * Which of these languages a reader of `wanted` gets: the same tag, else the tag shortened from its end (RFC 4647 section
 * 3.4: ko-KR, then ko), else the first in the same language and script (pt reads pt-BR; zh-TW does not read zh-Hans). Null
 * when there is none. Pure.
 */
export function pickLanguage(wanted: string | null | undefined, available: readonly string[]): string | null {
  const tag = wanted ? canonicalLanguage(wanted) : null;
  if (tag === null) return null;
  for (let part = tag; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('-')))) {
    const same = available.find((one) => one === part);
    if (same !== undefined) return same;
  }
  const reading = readingOf(tag);
  return available.find((one) => readingOf(one) === reading) ?? null;
}

/** The languages a browser asks for in `Accept-Language` (RFC 9110 section 12.5.4), the dearest first; what is no tag, or refused with q=0, is left out. */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '').slice(0, 500).split(',').flatMap((entry, index) => {
    const [tag = '', ...parameters] = entry.trim().split(';');
    const q = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/i.exec(parameter)?.[1]).find((value) => value !== undefined);
    const language = canonicalLanguage(tag);
    return language === null || Number(q ?? 1) === 0 ? [] : [{ language, q: Number(q ?? 1), index }];
  }).sort((a, b) => b.q - a.q || a.index - b.index).map(({ language }) => language);
}
