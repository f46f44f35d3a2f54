/** Pairs as authors write them: the form after a final consonant first. "으로/로" also takes the second form after ㄹ. */
const PAIRS = ['은/는', '이/가', '을/를', '과/와', '아/야', '이나/나', '이랑/랑', '으로/로', '이에요/예요', '이라/라'];
/** Whether the Korean reading of a digit ends in a consonant; 1, 7 and 8 end in ㄹ (일, 칠, 팔). */
const DIGITS = [true, true, false, true, false, false, true, true, true, false];

/** `word` with the particle its ending asks for; null when `pair` is not a pair of particles. */
export function withJosa(word: string, pair: string): string | null {
  if (!PAIRS.includes(pair)) return null;
  const [afterConsonant, afterVowel] = pair.split('/') as [string, string];
  const last = [...word.normalize('NFC').trimEnd().replace(/[)\]"'”’」』.!?]+$/u, '')].at(-1) ?? '';
  const { consonant, rieul } = endingOf(last);
  return word + (consonant && !(rieul && pair === '으로/로') ? afterConsonant : afterVowel);
}

function endingOf(char: string): { consonant: boolean; rieul: boolean } {
  const syllable = char.charCodeAt(0) - 0xac00;
  if (syllable >= 0 && syllable < 11_172) return { consonant: syllable % 28 !== 0, rieul: syllable % 28 === 8 };
  if (/^\d$/.test(char)) return { consonant: DIGITS[Number(char)]!, rieul: '178'.includes(char) };
  return { consonant: /^[bcdgklmnpqt]$/i.test(char), rieul: /^[lr]$/i.test(char) };
}
