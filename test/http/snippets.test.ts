import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp(); });
afterAll(() => app.close());

const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;
const snippet = (key: string, content: string, more: object = {}) => ({ key, name: key, kind: 'text', language: 'en', content, ...more });
const create = async (key: string, content: string, more: object = {}) => (await app.api('POST', '/v1/snippets', snippet(key, content, more)));
const preview = async (content: object, more: object = {}) => (await app.api('POST', '/v1/messages/preview', { channel: 'email', content: { preheader: 'p', ...content }, sample: { person: { name: 'Ana' } }, ...more })).body;
const draft = async (content: object) => {
  const made = await app.api('POST', '/v1/campaigns', { name: 'With a snippet', definition: { type: 'series', entry: { type: 'event', event: 'E' }, start: 'm', steps: [{ type: 'message', id: 'm', channel: 'email', topic: 'news', variants: [{ key: 'a', content }] }] } });
  expect(made.status).toBe(201);
  return made.body.id as string;
};

test('a snippet stands where it is named, in the language of the message, escaped in a body and plain in a subject', async () => {
  expect((await create('greeting', 'Tom & {{person.name}}', { translations: { ko: '안녕, {{person.name}} & 톰' } })).status).toBe(201);
  await create('block', '<mj-section><mj-column><mj-text><b>{{> greeting}}</b></mj-text></mj-column></mj-section>', { kind: 'body', language: 'en' });
  const shown = await preview({ subject: '{{> greeting}}!', body: `{{> block }}${section('x')}`, language: 'en' });
  expect([shown.problems, shown.email.subject]).toEqual([[], 'Tom & Ana!']);
  expect(shown.email.html).toContain('<b>Tom &amp; Ana</b>');
  expect(shown.email.text).toContain('Tom & Ana');
  const korean = await preview({ subject: '{{> greeting}}', body: `{{> block}}`, language: 'ko' });
  expect(korean.email.subject).toBe('안녕, Ana & 톰');
  expect(korean.email.html).toContain('안녕, Ana &amp; 톰');
  // Ana reads English, of which this message has nothing: that is a warning of its own.
  expect(korean.warnings).toContainEqual({ path: 'body', code: 'message.snippet-language', message: 'The snippet "block" is not written in ko; its text in en stands here.', messageKo: '"block" 스니펫에 ko 내용이 없어 en 내용이 들어가요.' });
});

test.each<[string, object, string, string]>([
  ['an unknown one', { subject: 'a\n{{> nowhere}}', body: section('x') }, 'template.unknown-snippet', 'line 2, column 1: there is no snippet "nowhere"'],
  ['a part of a body in a subject', { subject: '{{> block}}', body: section('x') }, 'template.snippet-kind', 'line 1, column 1'],
  ['a faulty place after a snippet', { subject: '{{> greeting}} {{name}}', body: section('x') }, 'template.unknown-variable', 'line 1, column 18'],
  ['a variable that is a path', { subject: '{{> person.name}}', body: section('x') }, 'template.unknown-snippet', 'person.name'],
  ['a partial with arguments', { subject: '{{> greeting a=1}}', body: section('x') }, 'template.partial', 'named as {{> key}}'],
])('refuses %s and says where', async (_, content, code, message) => {
  const { problems } = await preview(content);
  expect([problems[0].code, problems[0].message]).toEqual([code, expect.stringContaining(message)]);
});

test('a fault that comes of a snippet names it', async () => {
  await create('frame', '<div>\n<b>x</b>', { kind: 'body' });
  await create('section', '<mj-section>\n<mj-box></mj-box></mj-section>', { kind: 'body' });
  expect((await preview({ subject: 's', body: `${section('x')}\n\n{{> section}}` })).problems[0]).toMatchObject({ path: 'body', code: 'message.mjml', message: expect.stringMatching(/^in the snippet "section", line 2: .*mj-box/) });
});

test('snippets that contain one another in a circle are refused, and so is growth without end', async () => {
  await create('one', 'x');
  await create('two', '{{> one}}');
  await create('three', '{{> two}}');
  const circle = await app.api('PUT', '/v1/snippets/one', { revision: 1, name: 'one', kind: 'text', language: 'en', content: 'a {{> three}}' });
  expect([circle.status, circle.body.problems[0].code]).toEqual([400, 'template.snippet-cycle']);
  expect(circle.body.problems[0].message).toContain('one → three → two → one');
  expect((await create('self', '{{> self}}')).body.problems[0].message).toContain('self → self');
  // Each level holds the one below eight times: 8⁴ = 4,096 in all.
  await create('grow0', 'x');
  for (const level of [1, 2]) expect((await create(`grow${level}`, `{{> grow${level - 1}}}`.repeat(8))).status).toBe(201);
  expect((await create('grow3', '{{> grow2}}'.repeat(8))).body.problems[0].code).toBe('template.too-many');
});

test('what is published keeps the text it was published with; publishing again brings the new one', async () => {
  await create('offer', 'First');
  await app.api('POST', '/v1/topics', { key: 'news', name: 'News', kind: 'marketing' });
  const id = await draft({ subject: '{{> offer}}', body: section('x'), preheader: 'p' });
  const compiled = async () => ((await app.db.query('select c.compiled, c.source from message_content as c where c.campaign_id = $1 order by c.created_at', [id])) as { compiled: { subject: string }; source: { subject: string } }[]).map((row) => [row.compiled.subject, row.source.subject]);
  expect((await app.api('POST', `/v1/campaigns/${id}/publish`, {})).status).toBe(200);
  expect((await app.api('POST', `/v1/campaigns/${id}/publish`, {})).body.code).toBe('campaign.nothing-new');
  expect((await app.api('PUT', '/v1/snippets/offer', { revision: 1, name: 'Offer', kind: 'text', language: 'en', content: 'Second' })).body.revision).toBe(2);
  expect(await compiled()).toEqual([['First', '{{> offer}}']]);
  expect((await app.api('POST', `/v1/campaigns/${id}/publish`, {})).status).toBe(200);
  expect(await compiled()).toEqual([['First', '{{> offer}}'], ['Second', '{{> offer}}']]);
});

test('who uses it is told, and it can not be deleted or changed behind somebody\'s back', async () => {
  await create('used', 'x');
  await create('outer', 'a {{>  used }}');
  const id = await draft({ subject: 'Hi', body: section('x'), language: 'en', translations: { ko: { subject: '{{> used}}', body: section('x') } } });
  expect((await app.api('GET', '/v1/snippets/used/uses')).body).toEqual({ drafts: [{ id, name: 'With a snippet', state: 'draft' }], snippets: ['outer'] });
  const refused = await app.api('DELETE', '/v1/snippets/used');
  expect([refused.status, refused.body.code]).toEqual([409, 'snippet.in-use']);
  expect(refused.body.message).toContain('“With a snippet”, the snippet "outer"');
  await app.api('DELETE', `/v1/campaigns/${id}`);
  expect((await app.api('DELETE', '/v1/snippets/outer')).status).toBe(204);
  expect((await app.api('DELETE', '/v1/snippets/used')).status).toBe(204);
  expect((await app.api('GET', '/v1/snippets/used')).status).toBe(404);
  const audit = (await app.db.query(`select a.action from audit_entry as a where a.subject = 'snippet:used' order by a.at, a.id`)) as { action: string }[];
  expect(audit.map(({ action }) => action)).toEqual(['snippet.create', 'snippet.delete']);
});

test('pages, taken keys, other revisions and strangers', async () => {
  const first = (await app.api('GET', '/v1/snippets?limit=2')).body;
  const second = (await app.api('GET', `/v1/snippets?limit=2&after=${first.next}`)).body;
  expect(first.items[1].key < second.items[0].key).toBe(true);
  expect((await create('greeting', 'x')).body.code).toBe('snippet.key-taken');
  expect((await app.api('PUT', '/v1/snippets/greeting', { revision: 7, name: 'g', kind: 'text', language: 'en', content: 'x' })).body.code).toBe('snippet.changed');
  expect((await create('Bad Key', 'x')).status).toBe(400);
  expect((await create('bad', '{{name}}')).body.problems[0]).toMatchObject({ path: 'content', code: 'template.unknown-variable' });
  expect((await fetch(`${app.url}/v1/snippets`)).status).toBe(401);
});

test('a saved reply has a name, texts by language and fields that exist; it is found by a part of either', async () => {
  const save = (body: object) => app.api('POST', '/v1/saved-replies', body);
  const made = await save({ name: '환불 안내', texts: { ko: '{{default person.name "고객"}}님, 환불이 끝났어요.', en: 'Your refund is done.' } });
  expect([made.status, made.body]).toMatchObject([201, { name: '환불 안내', revision: 1, texts: { en: 'Your refund is done.' } }]);
  const { id } = made.body as { id: string };
  await save({ name: 'Feature is out', texts: { en: 'What you asked for 100% is there.' } });
  expect((await save({ name: '환불 안내', texts: { en: 'x' } })).body).toMatchObject({ code: 'saved-reply.name-taken', problems: [{ path: 'name' }] });
  for (const texts of [{}, { en: '' }, { 'not a language!': 'x' }]) expect((await save({ name: 'Bad', texts })).status).toBe(400);
  expect((await save({ name: 'Bad', texts: { en: 'ok', ko: '{{name}}' } })).body.problems[0]).toMatchObject({ path: 'texts.ko', code: 'template.unknown-variable' });
  expect((await save({ name: 'Bad', texts: { en: '{{> greeting}}' } })).status).toBe(400);
  const named = async (query: string) => ((await app.api('GET', `/v1/saved-replies?${query}`)).body.items as { name: string }[]).map(({ name }) => name);
  expect([await named(''), await named('q=REFUND'), await named(`q=${encodeURIComponent('환불')}`), await named('q=100%25'), await named('q=nothing')]).toEqual([['Feature is out', '환불 안내'], ['환불 안내'], ['환불 안내'], ['Feature is out'], []]);
  const first = (await app.api('GET', '/v1/saved-replies?limit=1')).body;
  expect((await app.api('GET', `/v1/saved-replies?limit=1&after=${first.next}`)).body).toMatchObject({ items: [{ id }], next: null });
  expect((await app.api('PUT', `/v1/saved-replies/${id}`, { revision: 1, name: 'feature IS out', texts: { en: 'x' } })).status).toBe(409);
  expect((await app.api('PUT', `/v1/saved-replies/${id}`, { revision: 1, name: '환불', texts: { ko: '끝났어요.' } })).body).toMatchObject({ revision: 2, texts: { ko: '끝났어요.' } });
  expect((await app.api('PUT', `/v1/saved-replies/${id}`, { revision: 1, name: '환불', texts: { ko: 'x' } })).body.code).toBe('saved-reply.changed');
  expect((await app.api('DELETE', `/v1/saved-replies/${id}`)).status).toBe(204);
  expect((await app.api('GET', `/v1/saved-replies/${id}`)).status).toBe(404);
  const audit = (await app.db.query(`select a.action from audit_entry as a where a.subject = $1 order by a.at, a.id`, [`saved_reply:${id}`])) as { action: string }[];
  expect(audit.map(({ action }) => action)).toEqual(['saved_reply.create', 'saved_reply.change', 'saved_reply.delete']);
});
