import { bytesOf, judge, MOST_BODY, Verdict } from './batch.js';
import { options } from './options.js';
import { note } from './safe.js';

/** What an answer means, what it says (nothing of 304, null of what is no JSON), and the seconds of Retry-After. */
export type Answer = readonly [verdict: Verdict, body?: unknown, wait?: number];

const ZIP_FROM = 8_192;
const GIVE_UP_MS = 30_000;
/** Browsers give all requests that may outlive a page 64 KiB together, and refuse what is more. */
let alive = 0;

export const address = (path: string): string => `${options.host}/v1/${path}`;

/**
 * POST of JSON as text/plain without credentials and headers of its own: no browser asks for permission first. Never throws.
 *
 * @param zip compress a large body; said in the address, because a header would have to be asked for
 */
export async function post(path: string, text: string, zip?: boolean): Promise<Answer> {
  const size = bytesOf(text);
  const counted = alive + size > MOST_BODY ? 0 : size;
  alive += counted;
  try {
    const zipped = zip && size > ZIP_FROM && window.CompressionStream;
    const body = zipped ? await new Response(new Response(text).body!.pipeThrough(new CompressionStream('gzip'))).blob() : text;
    const answer = await fetch(address(path) + (zipped ? '?z=1' : ''), { method: 'POST', body, credentials: 'omit', keepalive: !!counted, signal: AbortSignal.timeout?.(GIVE_UP_MS) });
    return [judge(answer.status), await answer.json().catch(() => null), +answer.headers.get('retry-after')!];
  } catch (error) {
    note(error);
    return [Verdict.Again];
  } finally {
    alive -= counted;
  }
}
