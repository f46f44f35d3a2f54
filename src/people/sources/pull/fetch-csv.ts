import { parse } from 'csv-parse/sync';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { hostOf } from '../../../platform/network/judged-host.js';
import { AppError } from '../../../kernel/errors.js';
import { decoderOf, readHead } from '../../import/domain/encodings.js';
import { decoded, type Reach } from './reach.js';

/** What one look holds in memory. */
export const LARGEST_FILE = 20 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

export type CsvAnswer = { kind: 'unchanged' } | { kind: 'rows'; rows: Record<string, string>[]; etag: string | null; modified: string | null };

/** Reads a CSV file with a head line, when it is another one than before. @throws pull.* in words for people */
export async function fetchCsv(reach: Reach, text: string, before: { etag: string | null; modified: string | null }): Promise<CsvAnswer> {
  const url = new URL(text);
  const { address, isPublic } = await reach.to(hostOf(url));
  if (isPublic && url.protocol !== 'https:') throw new AppError('pull.plain', 'http:// is not encrypted; across the internet only https:// is used.', 'invalid');
  const answer = await get(url, address, { ...(before.etag ? { 'if-none-match': before.etag } : {}), ...(before.modified ? { 'if-modified-since': before.modified } : {}) });
  const status = answer.statusCode ?? 0;
  if (status === 304) { answer.destroy(); return { kind: 'unchanged' }; }
  if (status !== 200) { answer.destroy(); throw new AppError('pull.status', `The file was not given: HTTP ${status}.`, 'unavailable'); }
  const file = await unpacked(await whole(answer));
  return { kind: 'rows', rows: rowsOf(file), etag: answer.headers.etag ?? null, modified: answer.headers['last-modified'] ?? null };
}

function get(url: URL, address: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  const name = hostOf(url);
  const auth = url.username === '' ? {} : { authorization: `Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64')}` };
  return new Promise((done, failed) => {
    const unreachable = (why: string, cause?: unknown) => failed(new AppError('pull.unreachable', `The file could not be fetched: ${why}.`, 'unavailable', [], { cause }));
    (secure ? httpsRequest : httpRequest)({
      host: address, port: url.port === '' ? (secure ? 443 : 80) : Number(url.port), path: `${url.pathname}${url.search}`, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { ...headers, ...auth, host: url.host, accept: 'text/csv, text/plain, */*;q=0.1', 'user-agent': 'Danbi' }, ...(secure && !isIP(name) ? { servername: name } : {}),
    }, done).on('error', (error) => { unreachable(error.message, error); })
      // Who answers that it speaks something else from now on (101) gives neither an answer nor an error.
      .once('close', () => { unreachable('the connection was closed without an answer'); }).end();
  });
}

async function whole(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > LARGEST_FILE) throw new AppError('pull.too-large', `The file is larger than ${LARGEST_FILE} bytes.`, 'too_large');
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('pull.unreachable', `The file could not be fetched: ${(error as Error).message}.`, 'unavailable', [], { cause: error });
  }
  return Buffer.concat(parts);
}

/** Files that lie there packed come so, whatever we say that we take. A bomb is unpacked up to the limit. */
export async function unpacked(file: Buffer): Promise<Buffer> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  try {
    return await promisify(gunzip)(file, { maxOutputLength: LARGEST_FILE });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw new AppError('pull.too-large', `The file is larger than ${LARGEST_FILE} bytes.`, 'too_large');
    throw new AppError('pull.csv', 'The file is packed, and can not be unpacked.', 'invalid', [], { cause: error });
  }
}

/** UTF-8, or what its byte order mark says; else CP949, as Korean Excel writes it. @throws pull.csv for what is no text in any of them */
function textOf(file: Buffer): string {
  const head = readHead(file.subarray(0, 4_096));
  const encodings = head.kind === 'not-text' ? [] : head.encoding === null ? ['utf-8', 'cp949'] as const : [head.encoding];
  for (const encoding of encodings) {
    const decoder = decoderOf(encoding);
    const [begin, end] = [decoder.decode(file), decoder.decode(null)];
    if (begin !== null && end !== null) return (begin + end).replace(/^\uFEFF/, '');
  }
  throw new AppError('pull.csv', `The file is no CSV that can be read: ${head.kind === 'not-text' ? `it is ${head.what}` : 'its letters are neither UTF-8 nor CP949'}.`, 'invalid');
}

/** Of two columns with one name the last would win in silence. */
function namesOnce(names: string[]): string[] {
  const twice = names.find((name, at) => name !== '' && names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`two columns are called "${twice.slice(0, 60)}"`);
  return names;
}

/** One object a line, by the names of the head line; lines with another number of cells are refused with the whole file. */
export function rowsOf(file: Buffer): Record<string, string>[] {
  const text = textOf(file);
  try {
    return parse(text, { columns: namesOnce, skip_empty_lines: true, trim: true, delimiter: delimiterOf(text) }) as Record<string, string>[];
  } catch (error) {
    throw new AppError('pull.csv', `The file is no CSV that can be read: ${(error as Error).message.slice(0, 200)}.`, 'invalid', [], { cause: error });
  }
}

/** What stands most often in the head line. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 10_000).split(/\r?\n/, 1)[0]!;
  const count = (mark: string) => head.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}
