import { josa } from 'es-hangul';

const DIGITS = ['영', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구'];

/** Names of letters that end in a consonant; abbreviations are read letter by letter. */
const LETTERS: Readonly<Record<string, string>> = { L: '엘', M: '엠', N: '엔', R: '알' };

/** A word as Korean reads its end, for the choice of particles: digits and capitals by their names, other Latin words by how they usually sound. */
function readEnd(word: string): string {
  if (/%\s*$/.test(word)) return '트';
  const text = word.normalize('NFC').replace(/[^\p{L}\p{N}]+$/u, '');
  const end = text.at(-1) ?? '';
  if (/\d/.test(end)) return DIGITS[Number(end)]!;
  if (/(^|[^A-Za-z])[A-Z]+$/.test(text)) return LETTERS[end] ?? '가';
  if (/l$/i.test(text)) return '일';
  if (/(m|n|ng|[aeiou][pb])$/i.test(text)) return '남';
  return /[a-z]$/i.test(text) ? '가' : end;
}

export type ParticlePair = '이/가' | '은/는' | '을/를' | '와/과' | '으로/로';

/** The particle of a pair that follows `word`; the first of the pair when the word ends in nothing that can be read. */
export const particle = (word: string, pair: ParticlePair): string => (readEnd(word) === '' ? pair.split('/')[0]! : josa.pick(readEnd(word), pair));

/** `word` with its particle: "초록이", "A가". */
export const withParticle = (word: string, pair: ParticlePair): string => `${word}${particle(word, pair)}`;
