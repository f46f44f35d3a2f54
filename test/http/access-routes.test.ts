import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeRoutes } from '../../src/openapi.js';
import { permits } from '../../src/access/domain/permission.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { asDescribed, describedOperations, routesOf } from '../support/routes.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp(); });
afterAll(() => app.close());

const allRoutes = () => routesOf(app);

const concrete = (path: string) => path.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000').replace(/\*\w*/g, 'x');

/** `METHOD path` of every route the HTTP server itself knows, from its printed tree (which cannot name wildcard routes: they are left out). */
function servedRoutes(): string[] {
  const above: string[] = [];
  const lines = app.nest.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }).split('\n').filter(Boolean) as string[];
  return lines.flatMap((line) => {
    const [, indent, label, methods] = /^([│ ]*)[├└]── (.*?)(?: \((.*)\))?$/.exec(line)!;
    const depth = indent!.length / 4;
    above.length = depth;
    above[depth] = label!;
    const path = above.join('').replace(/\/+/g, '/');
    if (label!.includes('*')) return [];
    return (methods ?? '').split(', ').filter((method) => method !== '' && method !== 'HEAD' && method !== 'OPTIONS').map((method) => `${method} ${path}`);
  });
}

/** Routes on Fastify itself, which no guard of Nest sees: what each answers to whoever brings nothing. Wildcards (links of messages) have tests of their own. */
const BESIDE: [string, number][] = [['GET /v1/stream', 401]];

test('no route goes around the guard: the HTTP server knows only what the controllers declare', () => {
  const declared = new Set(allRoutes().map(({ method, path }) => `${method} ${path}`));
  const served = servedRoutes();
  expect(served.length).toBeGreaterThan(20);
  expect(served.filter((route) => !declared.has(route))).toEqual(BESIDE.map(([route]) => route));
});

test.each(BESIDE)('%s, beside Nest, is closed by itself', async (route, status) => {
  const [method, path] = route.split(' ') as [string, string];
  const asked = async (query: string, headers: Record<string, string> = {}) => (await fetch(`${app.url}${path}${query}`, { method, headers })).status;
  expect([await asked(''), await asked('?t=x'), await asked('', { authorization: `Bearer ${app.writeKey}` }), await asked('', { authorization: `Bearer ${app.key}` })]).toEqual(Array(4).fill(status));
});

test('every route that does not open itself is closed: no key 401, unknown key 401, write key 403', async () => {
  const closed = allRoutes().filter(({ rule }) => rule.kind === 'roles');
  expect(closed.map(({ method, path }) => `${method} ${path}`)).toEqual(expect.arrayContaining(['GET /v1/api-keys', 'DELETE /v1/users/:id', 'PATCH /v1/workspace', 'GET /v1/audit']));
  for (const { method, path } of closed) {
    const status = async (authorization?: string) => (await fetch(`${app.url}${concrete(path)}`, { method, headers: authorization ? { authorization } : {} })).status;
    expect([method, path, await status(), await status(`Bearer dnb_sk_${'a'.repeat(43)}`), await status(`Bearer ${app.writeKey}`)]).toEqual([method, path, 401, 401, 403]);
  }
});

test.each(['analyst', 'marketer', 'ingest'] as const)('a key of role %s passes only routes open to it', async (role) => {
  const { body } = await app.api('POST', '/v1/api-keys', { kind: 'server', name: 'reader', role });
  const shut = allRoutes().filter(({ rule }) => rule.kind === 'roles' && !permits(rule, role));
  expect(shut.length).toBeGreaterThan(5);
  for (const { method, path } of shut) {
    const answer = await fetch(`${app.url}${concrete(path)}`, { method, headers: { authorization: `Bearer ${body.secret}` } });
    expect([method, path, answer.status]).toEqual([method, path, 403]);
  }
});

/** What nobody describes: pages, forms of pages and files, which bring no data of an API. */
const UNDESCRIBED = /^\/(?!v1\/)|^\/v1\/(?:[atpigsmb]|track|page|identify|group|screen|alias|import|batch|projects|sourceConfig|imports\/|inbound-mails|preview)/;
test('the document describes every route of the API, and nothing that is not served', () => {
  const routes = allRoutes().filter(({ method }) => method !== 'OPTIONS').map(({ method, path }) => `${method} ${asDescribed(path)}`);
  const described = describedOperations.map(({ method, path }) => `${method} ${path}`);
  expect(described.filter((one) => !routes.includes(one) && !routes.some((route) => route.includes('*')))).toEqual([]);
  expect(routes.filter((one) => !described.includes(one) && !UNDESCRIBED.test(one.split(' ')[1]!))).toEqual([]);
});

/** Who may call what, read from the rules that the guard reads. */
function routeTable(): string {
  const mark = (yes: boolean) => (yes ? 'yes' : '');
  const lines = allRoutes().map(({ method, path, rule }) => {
    const may = (role: 'owner' | 'marketer' | 'analyst' | 'ingest') => mark(rule.kind === 'public' || (rule.kind === 'roles' && permits(rule, role)));
    return `| \`${method} ${path}\` | ${mark(rule.kind === 'public')} | ${rule.kind === 'write_key' ? 'checked by the route' : mark(rule.kind === 'public')} | ${may('ingest')} | ${may('analyst')} | ${may('marketer')} | ${may('owner')} |`;
  });
  return `${ROUTES_HEAD}\n${[...new Set(lines)].sort().join('\n')}\n`;
}

const ROUTES_HEAD = `# Who may call what

Written by test/http/access-routes.test.ts from the rules that the guard reads; with \`DANBI_WRITE=1\` it writes this file anew. A row without a mark under a role answers 403 to it, and 401 to who shows nothing;
the test asks each of them. People who are signed in and server keys have the same roles; server keys may also have the role *ingest*. Public pages check what they are given themselves: one-time links, signed links, signatures of providers.
Whose role needs a second factor and has none passes only where that is set up.

| Route | nobody | write key | ingest | analyst | marketer | owner |
|---|---|---|---|---|---|---|`;

test('docs/routes.md says for every route who may call it', async () => {
  if (process.env.DANBI_WRITE) await writeFile('docs/routes.md', routeTable());
  expect(await readFile('docs/routes.md', 'utf8')).toBe(routeTable());
});

test('every page that anybody can open has a policy that lets no script of a text run', async () => {
  const paths = new Set(allRoutes().filter(({ method, rule }) => method === 'GET' && rule.kind === 'public').map(({ path }) => concrete(path)));
  const token = 'x'.repeat(60);
  const pages: [string, string][] = [];
  for (const path of [...paths, `/t/c/${token}`, `/t/o/${token}`, `/t/x`, `/u/${token}`, `/p/${token}`, `/v/${token}`, `/y/${token}`, '/no-such-page']) {
    const answer = await fetch(`${app.url}${path}`, { redirect: 'manual', headers: { accept: 'text/html' } });
    await answer.body?.cancel();
    if ((answer.headers.get('content-type') ?? '').includes('text/html')) pages.push([path, answer.headers.get('content-security-policy') ?? 'none']);
  }
  expect(pages.length).toBeGreaterThan(10);
  // What a script may come from; without a word on it, what anything may.
  const scripts = (policy: string) => /(?:^|;)\s*script-src([^;]*)/.exec(policy)?.[1] ?? /(?:^|;)\s*default-src([^;]*)/.exec(policy)?.[1] ?? ' *';
  expect(pages.filter(([, policy]) => /\*|'unsafe-inline'|'unsafe-eval'|\sdata:|\shttps?:(?:\s|$)/.test(scripts(policy)))).toEqual([]);
}, 30_000);

test('nothing is public that should not be', () => {
  const open = allRoutes().filter(({ rule }) => rule.kind === 'public').map(({ path }) => path);
  for (const path of open) expect(path).not.toMatch(/^\/v1\/(api-keys|users|audit|workspace|people|segments|campaigns|imports|exports)/);
});

test('/openapi.json is public, is what `npm run openapi` writes, and describes bodies, answers and security', async () => {
  const text = await describeRoutes();
  expect(await (await fetch(`${app.url}/openapi.json`)).json()).toEqual(JSON.parse(text));
  expect(await describeRoutes()).toBe(text);
  const { paths, components } = JSON.parse(text);
  expect(paths['/v1/users'].post).toMatchObject({
    security: [{ serverKey: [] }, { session: [] }], 'x-danbi-roles': ['owner'],
    requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/InviteRequest' } } } },
    responses: { 201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Invitation' } } } }, default: {} },
  });
  expect(paths['/v1/session'].post.security).toEqual([]);
  expect(components.schemas.InviteRequest).toMatchObject({ required: ['email', 'name', 'role'], properties: { role: { enum: ['owner', 'marketer', 'analyst'] } } });
  const references = [...text.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]!);
  expect(references.filter((name) => !(name in components.schemas))).toEqual([]);
  const ids = Object.values(paths as Record<string, Record<string, { operationId: string }>>).flatMap((path) => Object.values(path).map((operation) => operation.operationId));
  expect(new Set(ids).size).toBe(ids.length);
});
