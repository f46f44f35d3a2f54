import { createHash } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../kernel/errors.js';

export interface Received { bytes: number; sha256: string }

/**
 * Writes an upload to `path` as it arrives, unpacked when it is gzip (told by its first bytes, whatever the headers say),
 * and returns once it is on the disk. A file over `limit` bytes, unpacked, is refused and nothing is left. The request
 * stream itself is never destroyed here: the client must be able to read the answer.
 */
export async function receiveFile(body: Readable, path: string, limit: number): Promise<Received> {
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash('sha256');
  let bytes = 0;
  // A stream that is left early reports its own abort in place of our reason.
  let refusal: AppError | null = null;
  const file = await open(path, 'wx');
  const store = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) throw (refusal = new AppError('import.too-large', `The file is larger than ${limit} bytes, the limit of this installation (IMPORT_MAX_BYTES). Split it and import the parts.`, 'too_large'));
      hash.update(chunk);
      await file.write(chunk);
    }
  };
  try {
    const { isGzip, chunks } = await peek(body.iterator({ destroyOnReturn: false }));
    if (isGzip) await pipeline(Readable.from(chunks, { objectMode: false }), createGunzip(), store);
    else await store(chunks);
    await file.sync();
    await file.close();
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    await drain(body, limit);
    throw refusal ?? asRefusal(error);
  }
}

/** Reads on without keeping anything: many clients see a reset and not the answer when it comes while they are still sending. */
async function drain(body: Readable, limit: number): Promise<void> {
  let dropped = 0;
  if (body.readableEnded || body.destroyed) return;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      dropped += chunk.length;
      if (dropped > limit) return;
    }
  } catch {
    // The client has gone away: nobody is left to answer.
  }
}

async function peek(source: AsyncIterable<Buffer>): Promise<{ isGzip: boolean; chunks: AsyncGenerator<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { done, value } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { isGzip: head[0] === 0x1f && head[1] === 0x8b, chunks: all() };
}

function asRefusal(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && code.startsWith('Z_')) return new AppError('import.bad-gzip', 'The gzip data is damaged or cut off. Nothing was imported.', 'invalid', [], { cause: error });
  if (code === 'ENOSPC') return new AppError('import.no-space', 'The data folder has no room for this file.', 'unavailable', [], { cause: error });
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') return new AppError('import.cut-off', 'The upload ended before the whole file had arrived. Nothing was imported.', 'invalid', [], { cause: error });
  return error;
}
