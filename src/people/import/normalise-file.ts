import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../kernel/errors.js';
import { BINARY, decoderOf, guessOf, HEAD_BYTES, isValidIn, readHead, type Encoding, type Head } from './domain/encodings.js';

const CHUNK = 256 * 1024;

export interface NormalFile {
  /** The encoding the file had. */
  encoding: Encoding;
  bytes: number;
  /** Where the text begins: after a byte order mark. */
  textAt: number;
}

/**
 * Makes the file at `path` UTF-8 throughout, or says which line is not what it should be. From then on a byte offset is a
 * place to resume from. `wanted` is what the caller said, `auto` to find out: byte order mark, UTF-16 by its zeros, UTF-8,
 * then CP949 if every line is valid in it.
 */
export async function normaliseFile(path: string, wanted: Encoding | 'auto'): Promise<NormalFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size === 0) throw new AppError('import.empty', 'The file is empty.');
    const first = readHead(await readAt(file, 0, HEAD_BYTES));
    const head: Head = first.kind === 'not-text' && first.what === BINARY && wanted.startsWith('utf-16') ? { kind: 'text', encoding: null, bomBytes: 0 } : first;
    if (head.kind === 'not-text') throw new AppError('import.not-text', `This is ${head.what}, not a CSV text. Save it as CSV (UTF-8) and send that.`);
    if (head.encoding && head.bomBytes > 0 && wanted !== 'auto' && wanted !== head.encoding) throw new AppError('import.encoding', `The file begins with the byte order mark of ${head.encoding}; encoding=${wanted} was asked for. Repeat with encoding=${head.encoding} or auto.`);
    const encoding = wanted !== 'auto' ? wanted : (head.encoding ?? 'utf-8');
    if (encoding !== 'utf-8') return { encoding, ...(await transcode(file, path, encoding, head.bomBytes)) };
    const fault = await firstInvalid(file, 'utf-8', head.bomBytes);
    if (!fault) return { encoding, bytes: size, textAt: head.bomBytes };
    if (wanted === 'auto' && fault.guess === 'cp949' && !(await firstInvalid(file, 'cp949', 0))) return { encoding: 'cp949', ...(await transcode(file, path, 'cp949', 0)) };
    throw new AppError('import.encoding', `Line ${fault.line} is not valid UTF-8; the file looks like ${fault.guess.toUpperCase()}: repeat with encoding=${fault.guess}.`, 'invalid', [{ path: `line ${fault.line}`, code: 'encoding', message: `not valid UTF-8; looks like ${fault.guess}` }]);
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** The first line whose bytes are not valid, with a guess at what they are. Pieces end where no encoding has a half character. */
async function firstInvalid(file: FileHandle, encoding: 'utf-8' | 'cp949', from: number): Promise<{ line: number; guess: Encoding } | null> {
  let line = 1;
  let rest = Buffer.alloc(0);
  for (let at = from; ; ) {
    const piece = await readAt(file, at, CHUNK);
    at += piece.length;
    const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const cut = piece.length === 0 ? bytes.length : safeCut(bytes);
    const whole = bytes.subarray(0, cut);
    if (!isValidIn(encoding, whole)) return locate(whole, encoding, line);
    for (let end = whole.indexOf(0x0a); end >= 0; end = whole.indexOf(0x0a, end + 1)) line += 1;
    if (piece.length === 0) return null;
    rest = Buffer.from(bytes.subarray(cut));
  }
}

/** After the last byte below 0x40: such a byte is a character by itself in UTF-8 and in CP949. */
function safeCut(bytes: Buffer): number {
  for (let at = bytes.length; at > 0; at -= 1) if (bytes[at - 1]! < 0x40) return at;
  return 0;
}

function locate(bytes: Buffer, encoding: Encoding, firstLine: number): { line: number; guess: Encoding } {
  let line = firstLine;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const one = bytes.subarray(from, end < 0 ? bytes.length : end);
    if (!isValidIn(encoding, one)) return { line, guess: guessOf(one) };
    from = end < 0 ? bytes.length : end + 1;
  }
  return { line: firstLine, guess: guessOf(bytes) };
}

/** Rewrites the file as UTF-8 without a byte order mark, by way of a second file that takes its name at the end. */
async function transcode(file: FileHandle, path: string, encoding: Encoding, from: number): Promise<{ bytes: number; textAt: number }> {
  const decoder = decoderOf(encoding);
  const target = `${path}.utf8`;
  const out = await open(target, 'w');
  let line = 1;
  let bytes = 0;
  try {
    for (let at = from, ended = false; !ended; ) {
      const piece = await readAt(file, at, CHUNK);
      at += piece.length;
      ended = piece.length === 0;
      const text = decoder.decode(ended ? null : piece);
      if (text === null) throw new AppError('import.encoding', `The file is not valid ${encoding.toUpperCase()} at or after line ${line}. Repeat with the encoding it was saved in, or with encoding=auto.`, 'invalid', [{ path: `line ${line}`, code: 'encoding', message: `not valid ${encoding}` }]);
      line += text.split('\n').length - 1;
      bytes += (await out.write(text)).bytesWritten;
    }
    await out.sync();
    await out.close();
    await rename(target, path);
    return { bytes, textAt: 0 };
  } catch (error) {
    await out.close().catch(() => undefined);
    await rm(target, { force: true });
    throw error;
  }
}
