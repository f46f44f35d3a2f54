import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { permits } from '../../src/access/domain/permission.js';
import type { AccessRule } from '../../src/platform/http/access.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { everyCaller, type Caller } from '../support/callers.js';
import { browserRequests, FRESH, GOOD, mutations, NOBODY, realThings, sample, TEXTS, type Operation } from '../support/hostile-requests.js';
import { apiDocument, asDescribed, describedOperations, routesOf } from '../support/routes.js';
import { Random } from '../support/simulation/random.js';
import { tablePrints } from '../support/table-prints.js';

const TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'message/rfc822', 'text/csv', 'a/b;q="'];

let app: TestApp;
let things: ReadonlyMap<string, string>;
let fromBrowsers: Record<string, object>;
let callers: Caller[];
let rules: ReadonlyMap<string, AccessRule>;
beforeAll(async () => {
  app = await startTestApp({ env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', EXPORT_REQUESTS_PER_MINUTE: '0', PAGE_REQUESTS_PER_MINUTE: '0', API_REQUESTS_PER_MINUTE: '0' } });
  things = await realThings(app);
  fromBrowsers = await browserRequests(app);
  callers = await everyCaller(app);
  rules = new Map(routesOf(app).map(({ method, path, rule }) => [`${method} ${asDescribed(path)}`, rule]));
});
let asked = 0;
afterAll(async () => {
  if (isWhole) process.stdout.write(`hostile-routes: ${asked} requests of ${callers.length} callers to ${describedOperations.length} routes\n`);
  await app.close();
});

/** Nightly all is asked of everybody; else a third of it, each by one caller, as this seed chooses. */
const isWhole = process.env.DANBI_HOSTILE === 'all';
const wanted = process.env.DANBI_SEED ?? '8';
const seed = wanted === 'random' ? Date.now() % 1_000_000 : Number(wanted);
const LONGEST_MS = isWhole ? 3_600_000 : 600_000;
const CHOICE = isWhole ? 'all of it' : `DANBI_SEED=${seed}`;

interface Asked { path: string; said?: string; type?: string }

const inPath = (text: string): string => (text === '\ud800' ? '%ED%A0%80' : encodeURIComponent(text.slice(0, 3_000)));
function ruleOf(name: string): AccessRule {
  // The router spells what takes the rest of a path with a star.
  const rule = rules.get(name) ?? [...rules].find(([each]) => each.includes('*') && name.startsWith(each.slice(0, each.indexOf('*'))))?.[1];
  if (!rule) throw new Error(`${name} is described and no controller declares it`);
  return rule;
}
const mayPass = (rule: AccessRule, { role }: Caller): boolean => rule.kind !== 'roles' || (role !== null && permits(rule, role));

/** What fits the description of an operation; undefined when it takes none. */
function rightBody(name: string, operation: Operation): unknown {
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  return GOOD[name] ?? fromBrowsers[name] ?? (schema && sample(apiDocument, schema));
}

/** The first place of a path is a thing that exists; what follows names something of it. */
function realPath(path: string): string {
  const thing = [...things].find(([beginning]) => path.startsWith(beginning))?.[1] ?? NOBODY;
  return path.replace(/\{\w+\}/, thing).replaceAll(/\{\w+\}/g, NOBODY);
}

/** Bodies with something wrong in them, and what is no body of ours at all. */
function wrongBodies(path: string, body: unknown): Asked[] {
  const faulty = body === undefined ? [null, [], 'x', { a: '\0' }] : mutations(body);
  return [...faulty.map((said) => ({ path, said: JSON.stringify(said) })), ...TYPES.map((type) => ({ path, said: '{"a":', type })), { path, said: '{"a":' }, { path, said: '['.repeat(100_000) }];
}

async function send(caller: Caller, method: string, { path, said, type = 'application/json' }: Asked): Promise<Response | Error> {
  asked += 1;
  const body = method === 'GET' ? undefined : said?.replaceAll(FRESH, () => randomUUID());
  const headers = { ...caller.headers(), ...(body === undefined ? {} : { 'content-type': type }) };
  return fetch(`${app.url}${path}`, { method, headers, redirect: 'manual', body, signal: AbortSignal.timeout(20_000) }).catch((error: Error) => error);
}

const told = (caller: Caller, { path, said, type }: Asked, answer: string) => `${caller.name}: ${path.slice(0, 200)} ${type ?? ''} ${said?.slice(0, 300)}: ${answer}`;

test(`who may not pass hears so whatever they send, and nothing is written (${CHOICE})`, async () => {
  const choice = new Random(seed);
  const before = await tablePrints(app.db);
  const faults: string[] = [];
  for (const { name, method, path, operation } of describedOperations) {
    const rule = ruleOf(name);
    const body = rightBody(name, operation);
    const right = { path: realPath(path), said: body === undefined ? undefined : JSON.stringify(body) };
    const wrong = method === 'GET' ? [] : wrongBodies(right.path, body);
    for (const caller of callers.filter((each) => !mayPass(rule, each))) {
      for (const each of [right, ...(isWhole ? wrong : wrong.slice(choice.bits() % (wrong.length || 1)).slice(0, 1))]) {
        const answer = await send(caller, method, each);
        if (answer instanceof Response) await answer.body?.cancel();
        const status = answer instanceof Error ? answer.message : answer.status;
        if (status !== caller.refused) faults.push(`${method} ${told(caller, each, String(status))}`);
      }
    }
  }
  expect(faults).toEqual([]);
  expect(await tablePrints(app.db)).toEqual(before);
  expect(asked).toBeGreaterThan(2_000);
}, LONGEST_MS);

/** Words of ours that nobody outside should read. */
const INSIDE = / at .*\.(?:ts|js):\d|syntax error at|QueryFailedError|invalid input syntax|violates .* constraint/;
/** What the guard says to those who may not pass. */
const GUARDED = /"code":"access\.(?:unauthenticated|bad-key|write-key|csrf|forbidden)"/;

/** What is wrong with the answer to somebody who may pass; null when nothing is. */
async function faultOf(caller: Caller, method: string, request: Asked, rule: AccessRule): Promise<string | null> {
  const answer = await send(caller, method, request);
  if (answer instanceof Error) return told(caller, request, answer.message);
  const text = await answer.text();
  // Signing out, and being taken out, end what let them in.
  if (caller.renew && text.includes('"code":"access.unauthenticated"')) {
    await caller.renew();
    return faultOf({ ...caller, renew: undefined }, method, request, rule);
  }
  const isClear = answer.status < 400 || text.length > 0;
  const isKept = rule.kind === 'roles' && GUARDED.test(text);
  return answer.status < 500 && isClear && !isKept && !answer.headers.has('x-injected') && !INSIDE.test(text) ? null : told(caller, request, `${answer.status} ${text.slice(0, 400)}`);
}

test.each(describedOperations)(`$name answers whatever it is sent by those who may pass, and never by a failure of its own (${CHOICE})`, async ({ name, method, path, operation }) => {
  const choice = new Random(seed + describedOperations.findIndex((each) => each.name === name));
  const some = <T>(all: readonly T[]): T[] => (isWhole ? [...all] : all.filter(() => choice.bits() % 3 === 0));
  const rule = ruleOf(name);
  const passing = callers.filter((each) => mayPass(rule, each));
  const real = realPath(path);
  const body = rightBody(name, operation);
  const said = body === undefined ? undefined : JSON.stringify(body);
  const requests: Asked[] = [{ path: real, said }];
  if (path.includes('{')) for (const text of [...some([...TEXTS, ...things.values()]), NOBODY]) requests.push({ path: path.replaceAll(/\{\w+\}/g, inPath(text)), said });
  for (const { name: key } of (operation.parameters ?? []).filter((each) => each.in === 'query')) {
    for (const text of some(TEXTS)) requests.push({ path: `${real}?${key}=${inPath(text)}`, said });
    requests.push({ path: `${real}?${key}=1&${key}=2&${key}[x]=3`, said });
  }
  if (method !== 'GET') requests.push(...some(wrongBodies(real, body)));
  if (GOOD[name]) expect((await app.api(method, real, body)).status).toBeLessThan(300);
  const faults: (string | null)[] = [];
  for (const request of requests) for (const caller of isWhole ? passing : [passing[choice.bits() % passing.length]!]) faults.push(await faultOf(caller, method, request, rule));
  expect(faults.filter((each) => each !== null)).toEqual([]);
}, LONGEST_MS);
