import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startTestApp, type TestApp } from '../support/app.js';
import { browserRequests, FRESH, GOOD, mutations, NOBODY, realThings, sample, TEXTS, type ApiDocument } from '../support/hostile-requests.js';

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as ApiDocument;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const operations = Object.entries(document.paths)
  .flatMap(([path, item]) => Object.entries(item).filter(([method]) => METHODS.includes(method)).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation })))
  .toSorted((a, b) => METHODS.indexOf(a.method.toLowerCase()) - METHODS.indexOf(b.method.toLowerCase()));

const TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'message/rfc822', 'text/csv', '한'];

let app: TestApp;
let things: ReadonlyMap<string, string>;
let fromBrowsers: Record<string, object>;
beforeAll(async () => {
  app = await startTestApp({ env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', EXPORT_REQUESTS_PER_MINUTE: '0', PAGE_REQUESTS_PER_MINUTE: '0' } });
  things = await realThings(app);
  fromBrowsers = await browserRequests(app);
});
afterAll(() => app.close());

const inPath = (text: string): string => (text === '\ud800' ? '%ED%A0%80' : encodeURIComponent(text.slice(0, 3_000)));
/** Words of ours that nobody outside should read. */
const INSIDE = / at .*\.(?:ts|js):\d|syntax error at|QueryFailedError|invalid input syntax|violates .* constraint/;

/** What is wrong with the answer; null when nothing is. */
async function faultOf(method: string, path: string, body: string | undefined, type = 'application/json'): Promise<string | null> {
  const headers = { authorization: `Bearer ${app.key}`, ...(body === undefined ? {} : { 'content-type': type }) };
  const answer = await fetch(`${app.url}${path}`, { method, headers, redirect: 'manual', body, signal: AbortSignal.timeout(20_000) }).catch((error: Error) => error);
  const asked = `${path.slice(0, 200)} ${body?.slice(0, 300)}`;
  if (answer instanceof Error) return `${asked}: ${answer.message}`;
  const text = await answer.text();
  const isClear = answer.status < 400 || method === 'HEAD' || text.length > 0;
  return answer.status < 500 && isClear && !answer.headers.has('x-injected') && !INSIDE.test(text) ? null : `${asked}: ${answer.status} ${text.slice(0, 400)}`;
}

/** Every third of many faults, the same each time but others from route to route; the nightly run tries all. */
const isWhole = process.env.DANBI_HOSTILE === 'all';
const some = <T>(all: readonly T[], turn: number): T[] => all.filter((_, index) => isWhole || index % 3 === turn % 3);

test.each(operations)('$name answers whatever it is sent, and never by a failure of its own', async ({ name, method, path, operation }) => {
  const turn = operations.findIndex((each) => each.name === name);
  const filled = (value: string) => path.replaceAll(/\{\w+\}/g, value);
  const thing = [...things].find(([beginning]) => path.startsWith(beginning))?.[1] ?? NOBODY;
  // The first place is the thing; what follows names something of it.
  const real = path.replace(/\{\w+\}/, thing).replaceAll(/\{\w+\}/g, NOBODY);
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const body = GOOD[name] ?? fromBrowsers[name] ?? (schema && sample(document, schema));
  const sent = method === 'GET' || body === undefined ? undefined : JSON.stringify(body);
  const faults: (string | null)[] = [];
  const ask = async (asked: string, said?: string, type?: string) => { faults.push(await faultOf(method, asked, said?.replaceAll(FRESH, () => randomUUID()), type)); };
  if (path.includes('{')) for (const text of [...some([...TEXTS, ...things.values()], turn), NOBODY]) await ask(filled(inPath(text)), sent);
  for (const { name: key } of (operation.parameters ?? []).filter((each) => each.in === 'query')) {
    for (const text of some(TEXTS, turn)) await ask(`${real}?${key}=${inPath(text)}`, sent);
    await ask(`${real}?${key}=1&${key}=2&${key}[x]=3`, sent);
  }
  if (GOOD[name]) expect((await app.api(method, real, body)).status).toBeLessThan(300);
  if (method !== 'GET') {
    for (const hostile of body === undefined ? [null, [], 'x', { a: '\0' }] : some(mutations(body), turn)) await ask(real, JSON.stringify(hostile));
    for (const type of some(TYPES, turn)) await ask(real, '{"a":', type.replace('한', 'a/b;q="'));
    await ask(real, '{"a":');
    await ask(real, '['.repeat(100_000));
  }
  expect(faults.filter((each) => each !== null)).toEqual([]);
}, 600_000);
