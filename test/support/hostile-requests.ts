import type { TestApp } from './app.js';
import { autoMessage, broadcast, inApp } from './campaign-definitions.js';
import { Browser, publishAuto, type Granted } from './displays.js';

export interface Schema { $ref?: string; type?: string | string[]; properties?: Record<string, Schema>; enum?: unknown[]; const?: unknown; anyOf?: Schema[]; oneOf?: Schema[]; allOf?: Schema[]; items?: Schema; minimum?: number; format?: string }
export interface Operation { parameters?: { name: string; in: string; schema: Schema }[]; requestBody?: { content: Record<string, { schema: Schema }> } }
export interface ApiDocument { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } }

/** An id of nothing. */
export const NOBODY = '01a20184-4a91-71c4-8b6a-202099211eca';
export const TEXTS = ['\0', '\ud800', '\u202e', 'a\r\nX-Injected: 1', 'x'.repeat(70_000), '__proto__', "'; drop table person; --", '한글 😀', '../../etc/passwd', 'https://a.example/\0', '%', '99999999999999999999'];
const VALUES: readonly unknown[] = [...TEXTS, '', null, -1, 1e308, 2 ** 53, 0.5, true, [], {}, [null], [[[[]]]], { '\0': '\0' }, { a: { b: { c: '\ud800' } } }, Array.from({ length: 2_000 }, () => 'x')];

/** Requests that are taken, where a guess by the schema alone would be refused before anything of interest happens. */
export const GOOD: Readonly<Record<string, object>> = {
  'POST /v1/campaigns': { name: 'a', definition: broadcast() },
  'POST /v1/campaigns/{id}/preview': { language: 'ko' },
  'POST /v1/messages/preview': { channel: 'email', content: { subject: 'Hi {{person.name}}', body: '<mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section>' } },
  'POST /v1/provider-connections': { provider: 'postmark', name: 'p', secret: { kind: 'password', user: 'danbi', password: 'correct-horse-battery-staple' } },
  'PATCH /v1/provider-connections/{id}': { name: 'p', enabled: true },
  'POST /v1/sources': { kind: 'json', name: 's', mapping: { rules: [{ name: 'a', person: { userId: { from: 'body.id', as: 'text' }, email: { from: 'body.mail' } }, traits: { t: { from: 'body.t' } }, event: { name: 'E', id: 'body.e', at: { from: 'body.at' }, properties: { p: { from: 'body' } } } }] } },
  'POST /v1/sources/{id}/try': { body: { id: 'x', mail: 'a@b.example', t: 1, e: 'e', at: 1 } },
  'POST /in/{sourceId}': { id: 'x', mail: 'a@b.example', t: 1, e: 'e', at: 1 },
  'POST /v1/relays': { name: 'r', host: '127.0.0.1', port: 1, security: 'none', username: 'u', password: 'p' },
  'PATCH /v1/relays/{id}': { name: 'r2', host: '127.0.0.1', port: 1, security: 'none', username: 'u', password: 'p', weight: 1, priority: 1 },
  'POST /v1/sending-domains': { domain: 'a.example', bounceDomain: 'b.a.example' },
  'POST /v1/snippets': { key: 'a', name: 'a', kind: 'text', language: 'en', content: 'Hi {{person.name}}' },
  'POST /v1/topics': { key: 'k', name: 'k', nameKo: '소식', kind: 'marketing' },
  'POST /v1/webhook-endpoints': { name: 'h', url: 'http://127.0.0.1:1/', headers: { 'x-key': 'v' } },
  'PATCH /v1/webhook-endpoints/{id}': { name: 'h', url: 'http://127.0.0.1:1/', headers: { 'x-key': 'v' }, enabled: true },
};

/** Things that exist, by the beginning of the routes that are about them. */
export async function realThings(app: TestApp): Promise<ReadonlyMap<string, string>> {
  const things = new Map<string, string>();
  const make = async (path: string, body: object, idOf = (answer: { id: string }) => answer.id) => {
    const { status, body: answer } = await app.api('POST', path, body);
    if (status !== 201) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    things.set(`${path}/`, idOf(answer));
  };
  await make('/v1/campaigns', { name: 'x', definition: broadcast() });
  await make('/v1/people', { externalId: 'here', email: 'kim@example.kr' });
  await make('/v1/lists', { name: 'x' });
  await make('/v1/topics', { key: 'news', name: 'News', kind: 'marketing' }, () => 'news');
  await make('/v1/relays', { ...GOOD['POST /v1/relays'], name: 'one' });
  await make('/v1/snippets', { ...GOOD['POST /v1/snippets'], key: 'real' }, () => 'real');
  await make('/v1/webhook-endpoints', { ...GOOD['POST /v1/webhook-endpoints'], name: 'one' }, (answer) => (answer as unknown as { endpoint: { id: string } }).endpoint.id);
  await make('/v1/provider-connections', { ...GOOD['POST /v1/provider-connections'], name: 'one' });
  await make('/v1/sources', { ...GOOD['POST /v1/sources'], name: 'one' });
  things.set('/in/', things.get('/v1/sources/')!);
  await make('/v1/sending-domains', { domain: 'news.acme.example', bounceDomain: 'b.news.acme.example' });
  const filed = await fetch(`${app.url}/v1/inbound-mails`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'message/rfc822' }, body: 'Subject: who knows\r\n\r\nwhat\r\n' });
  things.set('/v1/returns/', ((await filed.json()) as { id: string }).id);
  await app.runner.runUntilIdle();
  return things;
}

/** A value that fits a schema, as far as its shape goes. */
export function sample(document: ApiDocument, schema: Schema, depth = 0): unknown {
  const inner = (each: Schema): unknown => sample(document, each, depth + 1);
  if (schema.$ref) return inner(document.components.schemas[schema.$ref.split('/').at(-1)!]!);
  if (depth > 8) return null;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return inner(choice[0]!);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(inner));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (schema.properties || type === 'object') return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, each]) => [key, inner(each)]));
  if (type === 'array') return [inner(schema.items ?? {})];
  if (type === 'string') return schema.format === 'date-time' ? '2026-01-01T00:00:00Z' : schema.format === 'uuid' ? NOBODY : 'a';
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  return type === 'boolean' ? true : 'a';
}

/** The sample with one place after the other missing or made hostile, three levels deep. */
export function mutations(value: unknown, depth = 0): unknown[] {
  if (depth > 2 || typeof value !== 'object' || value === null || Array.isArray(value)) return [...VALUES];
  const places = Object.entries(value).flatMap(([key, inner]) => [
    ...mutations(inner, depth + 1).map((each) => ({ ...value, [key]: each })),
    Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)),
  ]);
  return depth === 0 ? [value, ...places, ...VALUES] : [...places, ...VALUES];
}

/** Stands for a new UUID in each request. */
export const FRESH = '0198c0de-0000-7000-8000-00000000f4e5';

/** What browsers send: one text, whose form no document describes. With a secret key, so that nobody counts them. */
export async function browserRequests(app: TestApp): Promise<Record<string, object>> {
  const survey = { format: 'survey', survey: { kind: 'choice', question: '?', choices: [{ key: 'a', label: 'A' }, { key: 'b', label: 'B' }], many: true, comment: 'why' } };
  const r = await publishAuto(app, autoMessage({ display: { frequency: { times: null, oncePerVisit: false } }, message: inApp('message', { variants: [{ key: 'A', content: survey }] }) }));
  const visitor = new Browser(app.url, app.key, 'hostile-visitor');
  const shown = (await visitor.display(r)) as Granted & { key: string };
  const who = { k: app.key, a: visitor.id };
  const proofs = { u: 'hostile-user', h: 'f'.repeat(64), j: 'a.b.c' };
  return {
    'POST /v1/boot': { ...who, ...proofs, e: 'tag' },
    'POST /v1/claim': { k: app.key, a: FRESH, r, c: FRESH, s: FRESH, url: 'https://shop.example/' },
    'POST /v1/ack': { ...who, c: shown.key, do: 'reply', v: { choices: ['a'], text: 'x' } },
    'POST /v1/inbox': { ...who, n: 1, after: 'x' },
    'POST /v1/inbox/act': { ...who, d: shown.m!.d, do: 'click', b: 0 },
  };
}
