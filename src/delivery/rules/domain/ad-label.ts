/** The label of advertising: exactly this, at the beginning (정보통신망법 시행령 별표 6). */
export const AD_LABEL = '(광고)';

const OPEN = '[(\\[<〈《【〔「『]';
const CLOSE = '[)\\]>〉》】〕」』]';
const BETWEEN = '[\\s.·ㆍ・,/_~*|-]*';
const KOREAN = `(?:대출|성인|유료)?${BETWEEN}(?:광${BETWEEN}고|廣${BETWEEN}告)${BETWEEN}(?:성?${BETWEEN}정보)?`;
const ENGLISH = '(?:AD|ADV|ADVERT|ADVERTISEMENT|ADVERTISING|SPONSORED)';
/** In brackets, wherever it stands. */
const BRACKETED = new RegExp(`${OPEN}${BETWEEN}(?:${KOREAN}|${ENGLISH})${BETWEEN}${CLOSE}`, 'iu');
/** Without brackets it is a label only at the beginning: in quotes, cut into pieces, or followed by a colon or a dash. */
const LEADING = new RegExp(`^(?:${BRACKETED.source}|["'“‘*]${KOREAN}["'”’*]|광[\\s.·ㆍ・,/_~*|-]+고(?![가-힣])|(?:광고|${ENGLISH})\\s*[:\\]|)-])\\s*`, 'iu');

/** Compatible characters (full width, decomposed Hangul) as the plain ones, without characters that nobody sees. */
const plain = (text: string): string => text.normalize('NFKC').replace(/[\u200b-\u200f\u2060\ufeff\u00ad\u115f\u1160\u3164]/gu, '').trim();

/** The text behind every label it begins with, however it was written. */
export function withoutLabel(text: string): string {
  let rest = text.trim();
  for (;;) {
    if (rest.startsWith(AD_LABEL)) rest = rest.slice(AD_LABEL.length).trim();
    else if (LEADING.test(plain(rest))) rest = plain(rest).replace(LEADING, '');
    else return rest;
  }
}

/** The text with the label once, at its beginning. */
export const labelled = (text: string): string => `${AD_LABEL} ${withoutLabel(text)}`.trim();

export type LabelFault = { kind: 'variant' | 'misplaced' | 'doubled'; found: string };

/** What an author wrote wrong about the label; the label itself, once at the beginning, is fine, and so is none. */
export function labelFault(text: string): LabelFault | null {
  const given = text.trim();
  const rest = given.startsWith(AD_LABEL) ? given.slice(AD_LABEL.length).trim() : given;
  const found = (LEADING.exec(plain(rest)) ?? BRACKETED.exec(plain(rest)))?.[0].trim();
  if (found === undefined) return null;
  if (rest !== given) return { kind: 'doubled', found };
  return rest.includes(AD_LABEL) ? { kind: 'misplaced', found: AD_LABEL } : { kind: 'variant', found };
}
