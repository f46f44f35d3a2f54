import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type BrotliOptions, type ZlibOptions } from 'node:zlib';
import { AppError } from '../../kernel/errors.js';

/** Bytes of a body after decoding, and of a compressed one before. */
export const LARGEST_BODY = 4 * 1024 * 1024;
export const LARGEST_COMPRESSED = 1024 * 1024;

const tooLarge = (limit: number, what: string) => new AppError('body_too_large', `${what} must not be larger than ${limit} bytes; send smaller batches.`, 'too_large');

const LIMIT = { maxOutputLength: LARGEST_BODY };
const decoders: Record<string, (data: Buffer, options: ZlibOptions & BrotliOptions) => Promise<Buffer>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: promisify<Buffer, ZlibOptions, Buffer>(inflate),
  br: promisify<Buffer, BrotliOptions, Buffer>(brotliDecompress),
};

/** Reads a body to its end, inflating it with a limit on both sides: a bomb stops at {@link LARGEST_BODY}. */
export async function readIngestBody(stream: AsyncIterable<Buffer>, encoding: string | undefined): Promise<string> {
  const stated = (encoding ?? '').trim().toLowerCase();
  const coding = stated === 'identity' ? '' : stated;
  if (coding !== '' && !decoders[coding]) throw new AppError('unknown_encoding', `content-encoding "${coding}" is not one of gzip, deflate, br.`);
  const limit = coding === '' ? LARGEST_BODY : LARGEST_COMPRESSED;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit, coding === '' ? 'A body' : 'A compressed body');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks, length);
  // Browsers cannot set content-encoding without a preflight, so some send gzip bare.
  const gzipped = coding === '' && body[0] === 0x1f && body[1] === 0x8b;
  if (gzipped && length > LARGEST_COMPRESSED) throw tooLarge(LARGEST_COMPRESSED, 'A compressed body');
  return (gzipped || coding !== '' ? await decode(body, gzipped ? 'gzip' : coding) : body).toString('utf8');
}

async function decode(body: Buffer, coding: string): Promise<Buffer> {
  try {
    return await decoders[coding]!(body, LIMIT);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(LARGEST_BODY, 'A decoded body');
    throw new AppError('invalid_encoding', `The body is not valid ${coding}: ${(cause as Error).message}.`, 'invalid', [], { cause });
  }
}
