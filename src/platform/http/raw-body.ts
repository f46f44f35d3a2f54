import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type BrotliOptions, type ZlibOptions } from 'node:zlib';
import { AppError } from '../../kernel/errors.js';

/** Most bytes of a body after decoding, and of a compressed one before. */
export interface BodyLimits { decoded: number; compressed: number }

const tooLarge = (limit: number, what: string) => new AppError('body_too_large', `${what} must not be larger than ${limit} bytes; send smaller batches.`, 'too_large');

const decoders: Record<string, (data: Buffer, options: ZlibOptions & BrotliOptions) => Promise<Buffer>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: promisify<Buffer, ZlibOptions, Buffer>(inflate),
  br: promisify<Buffer, BrotliOptions, Buffer>(brotliDecompress),
};

/** Reads a body to its end, inflating it with a limit on both sides: a bomb stops at `limits.decoded`. */
export async function readRawBody(stream: AsyncIterable<Buffer>, encoding: string | undefined, limits: BodyLimits): Promise<string> {
  const stated = (encoding ?? '').trim().toLowerCase();
  const coding = stated === 'identity' ? '' : stated;
  if (coding !== '' && !decoders[coding]) throw new AppError('unknown_encoding', `content-encoding "${coding}" is not one of gzip, deflate, br.`);
  const limit = coding === '' ? limits.decoded : limits.compressed;
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
  if (gzipped && length > limits.compressed) throw tooLarge(limits.compressed, 'A compressed body');
  return (gzipped || coding !== '' ? await decode(body, gzipped ? 'gzip' : coding, limits) : body).toString('utf8');
}

async function decode(body: Buffer, coding: string, limits: BodyLimits): Promise<Buffer> {
  try {
    return await decoders[coding]!(body, { maxOutputLength: limits.decoded });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limits.decoded, 'A decoded body');
    throw new AppError('invalid_encoding', `The body is not valid ${coding}: ${(cause as Error).message}.`, 'invalid', [], { cause });
  }
}
