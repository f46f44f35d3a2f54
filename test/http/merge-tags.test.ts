import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const people = [
    { externalId: 'a', email: 'a@example.com', attributes: { name: 'Ana', signedUp: '2026-01-01', seats: 3, 'first name': 'A', '이름': '아나', address: { city: 'Seoul' }, 'bad}}key': 1, email: 'shadow' } },
    { externalId: 'b', email: null, attributes: { name: '  ', seats: 'many', tags: ['x'], gone: null } },
    { externalId: 'c', email: null, attributes: { name: 'Cem' } },
    { externalId: null, email: null, attributes: {} },
  ];
  for (const { externalId, email, attributes } of people) await rows(app.db, `insert into person (id, kind, external_id, email, attributes, first_seen_at, last_seen_at, created_at, updated_at) values (gen_random_uuid(), 'user', $1, $2, $3, now(), now(), now(), now())`, [externalId, email, JSON.stringify(attributes)]);
  for (const plan of ['pro', 'free']) await rows(app.db, `insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id) values (gen_random_uuid(), gen_random_uuid(), 'track', 'Upgraded', $1, now(), now(), 'm')`, [JSON.stringify({ plan, ...(plan === 'pro' ? { cart: { total: 5 } } : {}) })]);
});
afterAll(() => app.close());

test('what a template may say: people with shares and types, the entry event, built-in values, helpers in both languages', async () => {
  const { status, body } = await app.api('GET', '/v1/messages/merge-tags?event=Upgraded');
  expect([status, body.people.looked, body.people.isExact]).toEqual([200, 4, true]);
  const people = Object.fromEntries(body.people.tags.map(({ tag, types, share }: { tag: string; types: string[]; share: number }) => [tag, [types, share]]));
  expect(people).toEqual({
    '{{person.externalId}}': [['string'], 0.75], '{{person.email}}': [['string'], 0.25], '{{person.timeZone}}': [['string'], 0], '{{person.language}}': [['string'], 0],
    '{{person.name}}': [['string'], 0.5], '{{person.seats}}': [['number', 'string'], 0.5], '{{person.signedUp}}': [['date'], 0.25], '{{person.tags}}': [['array'], 0.25],
    '{{person.[first name]}}': [['string'], 0.25], '{{person.이름}}': [['string'], 0.25], '{{person.address}}': [['object'], 0.25], '{{person.address.city}}': [['string'], 0.25],
  });
  expect(body.event).toEqual({ name: 'Upgraded', looked: 2, tags: [
    { tag: '{{event.plan}}', path: 'event.plan', types: ['string'], share: 1 },
    { tag: '{{event.cart}}', path: 'event.cart', types: ['object'], share: 0.5 }, { tag: '{{event.cart.total}}', path: 'event.cart.total', types: ['number'], share: 0.5 },
  ] });
  expect(body.builtIn).toContainEqual(expect.objectContaining({ tag: '{{workspace.name}}', ko: '워크스페이스 이름' }));
  expect(body.helpers).toContainEqual(expect.objectContaining({ name: 'josa', shows: { en: '하늘은', ko: '하늘은' } }));
  // Each can be written as it is listed.
  const template = body.people.tags.map(({ tag }: { tag: string }) => tag).join(' ');
  const used = await app.api('POST', '/v1/messages/tags', { channel: 'in_app', content: { body: template } });
  expect([used.body.problems, used.body.tags.length]).toEqual([[], body.people.tags.length]);
});

test('what a message names, in every field and language', async () => {
  await app.api('POST', '/v1/snippets', { key: 'hello', name: 'Hello', kind: 'text', language: 'en', content: 'Hello {{person.name}}' });
  const content = { subject: '{{> hello}}', body: '<mj-section><mj-column><mj-text>{{default event.plan "x"}}</mj-text></mj-column></mj-section>', language: 'en', translations: { ko: { subject: '{{upper person.name}} {{event.plan}}', body: '<mj-section><mj-column><mj-text>a</mj-text></mj-column></mj-section>' } } };
  const { body } = await app.api('POST', '/v1/messages/tags', { channel: 'email', content });
  expect(body).toEqual({
    tags: [{ path: 'event.plan', places: ['body', 'translations.ko.subject'], required: true }, { path: 'person.name', places: ['subject', 'translations.ko.subject'], required: true }],
    helpers: ['default', 'upper'], snippets: ['hello'], problems: [],
  });
  const faulty = await app.api('POST', '/v1/messages/tags', { channel: 'in_app', content: { body: 'x', buttons: [{ label: '{{name}}', url: 'https://x.example' }] } });
  expect(faulty.body.problems).toEqual([expect.objectContaining({ path: 'buttons.0.label', code: 'template.unknown-variable' })]);
});

test('nobody, no event, no stranger', async () => {
  expect((await app.api('GET', '/v1/messages/merge-tags?event=Nothing')).body.event).toEqual({ name: 'Nothing', looked: 0, tags: [] });
  expect((await app.api('GET', '/v1/messages/merge-tags')).body.event).toBeNull();
  expect((await fetch(`${app.url}/v1/messages/merge-tags`)).status).toBe(401);
});
