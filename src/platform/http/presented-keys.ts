import { AppError } from '../../kernel/errors.js';
import { allowsOrigin, type WriteKey, type WriteKeys } from './write-keys.js';

/** What a request may carry a key in, besides its body. */
export interface KeyCarrier { headers: Record<string, string | string[] | undefined>; query: unknown }

const before = (text: string, mark: string): string => text.split(mark, 1)[0]!;

/**
 * Keys a request presents outside its body: `Basic base64(key:)`, a bare value after `Basic`, `Bearer`, `X-Write-Key`
 * (also `key:secret`), `?writeKey=`.
 */
export function presentedKeys({ headers, query }: KeyCarrier): string[] {
  const found: string[] = [];
  const [, scheme, value] = /^\s*(basic|bearer)\s+(\S+)\s*$/i.exec(String(headers.authorization ?? '')) ?? [];
  if (value !== undefined && scheme!.toLowerCase() === 'basic') found.push(before(Buffer.from(value, 'base64').toString('utf8'), ':'), value);
  else if (value !== undefined) found.push(value);
  const header = headers['x-write-key'];
  if (typeof header === 'string') found.push(before(header, ':'), header);
  const { writeKey } = (query ?? {}) as { writeKey?: unknown };
  if (typeof writeKey === 'string') found.push(writeKey);
  return found.filter((key) => key !== '');
}

/** The first valid key among those presented, checked against the page that sent it. */
export async function verifyKey(keys: WriteKeys, presented: readonly string[], origin: string | undefined): Promise<WriteKey> {
  for (const candidate of new Set(presented)) {
    const key = await keys.verify(candidate);
    if (!key) continue;
    if (origin !== undefined && !allowsOrigin(key, origin)) throw new AppError('origin_not_allowed', `This key may not be used from ${origin}.`, 'forbidden');
    return key;
  }
  throw new AppError('invalid_write_key', presented.length === 0 ? 'There is no write key: send it as Basic user name, as "writeKey" in the body or the query, or as X-Write-Key.' : 'This write key is unknown or was revoked.', 'unauthenticated');
}
