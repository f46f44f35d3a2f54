import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'cp949', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** How many bytes at the head decide on byte order marks, UTF-16 without one, and files that are no text. */
export const HEAD_BYTES = 4_096;

export type Head =
  | { kind: 'text'; encoding: Encoding | null; bomBytes: number }
  | { kind: 'not-text'; what: string };

/** Zeros without a pattern: no text in a byte encoding, but it may be UTF-16 when the sender says so. */
export const BINARY = 'a binary file';

const MAGIC: [number[], string][] = [
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook or another zip archive'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF document'],
  [[0x89, 0x50, 0x4e, 0x47], 'an image'],
  [[0xff, 0xd8, 0xff], 'an image'],
];

/** What the first bytes of a file say about it; `encoding` is null when they leave it open. */
export function readHead(head: Buffer): Head {
  const found = MAGIC.find(([bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (found) return { kind: 'not-text', what: found[1] };
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { kind: 'text', encoding: 'utf-8', bomBytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { kind: 'text', encoding: 'utf-16le', bomBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { kind: 'text', encoding: 'utf-16be', bomBytes: 2 };
  const zeros = [0, 0];
  for (let at = 0; at < head.length; at += 1) if (head[at] === 0) zeros[at % 2]! += 1;
  if (zeros[0] === 0 && zeros[1] === 0) return { kind: 'text', encoding: null, bomBytes: 0 };
  // Headers, digits and delimiters have a zero in every other byte; a few Korean syllables (U+AC00) have one in the wrong place.
  const mostly = (here: number, there: number) => here >= head.length / 10 && here > 4 * there;
  if (mostly(zeros[1]!, zeros[0]!)) return { kind: 'text', encoding: 'utf-16le', bomBytes: 0 };
  if (mostly(zeros[0]!, zeros[1]!)) return { kind: 'text', encoding: 'utf-16be', bomBytes: 0 };
  return { kind: 'not-text', what: BINARY };
}

/** Decodes a file piece by piece; `decode` answers null at the first byte that does not belong to the encoding. */
export interface PieceDecoder { decode(piece: Buffer | null): string | null }

/**
 * CP949 is decoded by iconv-lite: the TextDecoder of Node knows only the older EUC-KR under the label `euc-kr` and silently
 * loses the other 8,822 syllables (it reads 똠 as "c").
 */
export function decoderOf(encoding: Encoding): PieceDecoder {
  if (encoding === 'cp949') {
    const decoder = iconv.getDecoder('cp949');
    return { decode: (piece) => { const text = piece ? decoder.write(piece) : (decoder.end() ?? ''); return text.includes('\ufffd') ? null : text; } };
  }
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return {
    decode: (piece) => {
      try {
        return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
      } catch {
        return null;
      }
    },
  };
}

/** Whether the bytes of one whole line (or several) are valid in an encoding. */
export function isValidIn(encoding: Encoding, bytes: Buffer): boolean {
  if (encoding === 'utf-8') return isUtf8(bytes);
  const decoder = decoderOf(encoding);
  return decoder.decode(bytes) !== null && decoder.decode(null) !== null;
}

/** What a line that is not UTF-8 looks like, for the sentence that tells what to try. */
export function guessOf(line: Buffer): Encoding {
  return isValidIn('cp949', line) && /\p{sc=Hangul}/u.test(iconv.decode(line, 'cp949')) ? 'cp949' : 'windows-1252';
}
