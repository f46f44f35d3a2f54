import libmime from 'libmime';

const CRLF = '\r\n';
/** Header lines are kept within this where text can be folded; RFC 5322 wants 78 and no more than 998. */
const LINE = 76;
/** A longer run without a space could not be folded as it stands. */
const LONGEST_WORD = 60;
/** Bytes of text in one encoded word: 39 become 52 of base64 and 64 with its frame, so that a header's name fits beside it. */
const WORD_BYTES = 39;

/** One line without control characters and without halves of characters. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll(/\p{Cs}/gu, '\ufffd').trim();

/** Text that reads the same with or without folding, and that nobody would decode. */
const isPlain = (line: string): boolean => /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(line) && !line.includes('=?') && !line.split(' ').some((word) => word.length > LONGEST_WORD);

/** A header whose value is text for people: as it is, or as encoded words (RFC 2047). */
export function textHeader(name: string, text: string): string {
  const line = oneLine(text);
  return isPlain(line) ? folded(`${name}: ${line}`) : `${name}: ${encodedWords(line)}`;
}

/** A header with one address and the name shown beside it. */
export function mailboxHeader(name: string, shown: string, address: string): string {
  const line = oneLine(shown);
  if (line === '') return `${name}: ${address}`;
  const phrase = isPlain(line) && line.length <= LONGEST_WORD ? `"${line.replaceAll(/["\\]/g, String.raw`\$&`)}"` : encodedWords(line);
  return `${name}: ${phrase}${CRLF} <${address}>`;
}

/** Breaks before words, each of which is shorter than a line. */
function folded(field: string): string {
  let out = '';
  let line = '';
  for (const word of field.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > LINE) {
      out += `${line}${CRLF}`;
      line = '';
      out += ' ';
    } else if (line !== '') {
      line += ' ';
    }
    line += word;
  }
  return out + line;
}

/** Encoded words of whole characters, one a line. */
function encodedWords(line: string): string {
  const words: string[] = [];
  let word = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > WORD_BYTES) {
      words.push(word);
      word = '';
      bytes = 0;
    }
    word += character;
    bytes += size;
  }
  return [...words, word].map((part) => libmime.encodeWord(part, 'B')).join(`${CRLF} `);
}
