import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { DataSource } from 'typeorm';

/** A changed thing, and in words what was changed. */
export type Changed<T> = readonly [what: string, changed: T];

/** The bytes with one bit of one byte flipped, once for every byte, another bit each time. */
export const flips = (bytes: Buffer): Changed<Buffer>[] => [...bytes.keys()].map((at) => {
  const changed = Buffer.from(bytes);
  changed[at]! ^= 1 << (at % 8);
  return [`bit ${at % 8} of byte ${at}`, changed];
});

const TOO_LONG = 'longer than any head';

/** A token of base64url in every way it may arrive wrong: each byte flipped, cut, lengthened, spelled otherwise, far too long. */
export const tamperedTokens = (token: string): Changed<string>[] => [
  ...flips(Buffer.from(token, 'base64url')).map(([what, bytes]): Changed<string> => [what, bytes.toString('base64url')]),
  ...[0, 1, 5, Math.floor(token.length / 2), token.length - 2, token.length - 1].map((length): Changed<string> => [`cut to ${length}`, token.slice(0, length)]),
  ['one more', `${token}A`], ['padded', `${token}%3D`], ['twice', token + token], ['from its end', [...token].toReversed().join('')], ['other letters', token.replace(/[a-z]/gi, (letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()))],
  ['with a zero', `${token}%00`], ['with a path', `${token}%2F..%2F..`], ['with a bad escape', `${token}%`], ['of another', randomBytes(Buffer.from(token, 'base64url').length).toString('base64url')],
  ['12 kB', token.repeat(Math.ceil(12_100 / token.length))], ['14 kB', 'A'.repeat(14_000)], [TOO_LONG, 'A'.repeat(40_000)],
];

/** A number in hexadecimal digits with each digit changed, then cut and lengthened; separators stay. */
export const tamperedHex = (text: string): Changed<string>[] => [
  ...[...text].flatMap((digit, at): Changed<string>[] => (/[0-9a-f]/i.test(digit) ? [[`digit ${at}`, text.slice(0, at) + (Number.parseInt(digit, 16) ^ (1 << (at % 4))).toString(16) + text.slice(at + 1)]] : [])),
  ['nothing', ''], ['cut', text.slice(0, -1)], ['half', text.slice(0, text.length / 2)], ['one more', `${text}0`], ['twice', text + text], ['10 kB', text.repeat(Math.ceil(10_000 / text.length))],
];

/** Tables and columns in which what was refused is counted; they are the only ones that may change by a refusal. */
const COUNTED: Record<string, string[]> = {
  source: ['refused_count', 'last_refused_at', 'last_refused_reason'], provider_connection: ['refused_count', 'last_refused_at', 'last_refused_reason'],
  // Wrong tries at signing in, events that were not taken, and what the service notes about itself.
  login_failure: ['*'], event_rejected: ['*'], unproven_identity: ['*'], api_key: ['last_used_at'],
};

/** Something of every row of every table, by table: two that are equal say that nothing was written in between, and two that are not, where. */
export async function everything(db: DataSource): Promise<Record<string, string>> {
  const tables = await db.query(`select c.relname as name from pg_class as c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by c.relname`) as { name: string }[];
  const asked = tables.filter(({ name }) => COUNTED[name]?.[0] !== '*').map(({ name }) => `select '${name}' as name, count(*) || ' ' || coalesce(sum(hashtextextended((to_jsonb(x) - '{${(COUNTED[name] ?? []).join(',')}}'::text[])::text, 0)), 0) as held from "${name}" as x`);
  return Object.fromEntries((await db.query(asked.join(' union all ')) as { name: string; held: string }[]).map(({ name, held }) => [name, held]));
}

export interface Asked { method?: string; headers?: Record<string, string>; body?: string | Buffer }
export interface Said { status: number; location: string | undefined; text: string }

/** One request over the wire, its path exactly as it is: fetch would mend it. A connection that the server ends without an answer is status 0. */
export async function ask(url: string, path: string, asked: Asked = {}): Promise<Said> {
  const said = await askOnce(url, path, asked);
  // A kept connection that the server has just closed, as after a head that was too long: asked again on another.
  return said === 'closed before' ? ask(url, path, asked) : said;
}

function askOnce(url: string, path: string, { method = 'GET', headers = {}, body }: Asked): Promise<Said | 'closed before'> {
  const { hostname, port } = new URL(url);
  return new Promise((done) => {
    const sent = request({ hostname, port, path, method, headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'accept-language': 'en', ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => done({ status: answer.statusCode!, location: answer.headers.location, text: Buffer.concat(parts).toString('utf8') }));
      answer.on('error', () => done({ status: answer.statusCode!, location: answer.headers.location, text: '' }));
    });
    sent.on('error', () => done(sent.reusedSocket ? 'closed before' : { status: 0, location: undefined, text: '' }));
    sent.end(body);
  });
}

/** Asks for each, twenty side by side, and answers those that were not refused: an error of ours, a redirect, or a yes. */
export async function notRefused<T>(all: readonly Changed<T>[], sent: (changed: T) => Promise<Said>, isRefusal = ({ status }: Said) => status >= 400 && status < 500): Promise<string[]> {
  const faults: string[] = [];
  for (let from = 0; from < all.length; from += 20) {
    await Promise.all(all.slice(from, from + 20).map(async ([what, changed]) => {
      const said = await sent(changed);
      // Node closes a connection whose head is too long, and what we write then meets nobody.
      if (what === TOO_LONG && [0, 431].includes(said.status)) return;
      if (!isRefusal(said) || said.location !== undefined) faults.push(`${what}: ${said.status} ${said.location ?? ''} ${said.text.slice(0, 200)}`);
    }));
  }
  return faults;
}
