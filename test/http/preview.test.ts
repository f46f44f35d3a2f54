import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let personId: string;
beforeAll(async () => {
  app = await startTestApp({ clock });
  personId = (await app.api('POST', '/v1/people', { externalId: 'u1', attributes: { email: 'u1@example.com', name: 'Before', language: 'ko' } })).body.id;
  clock.advance(3_600_000);
  await app.api('PATCH', `/v1/people/${personId}`, { attributes: { name: 'After' } });
  clock.advance(3_600_000);
});
afterAll(() => app.close());

const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;
const content = { subject: 'Hello {{person.name}}', preheader: 'p', body: section('Hello'), language: 'en', translations: { ko: { subject: '{{person.name}}님', preheader: 'p', body: section('안녕') } } };
const preview = (more: object) => app.api('POST', '/v1/messages/preview', { channel: 'email', content, ...more });

test.each([['external:u1'], ['email:u1@example.com'], ['id']])('as a person by any handle: %s', async (handle) => {
  const { status, body } = await preview({ personId: handle === 'id' ? personId : handle });
  expect([status, body.email?.subject, body.language, body.problems]).toEqual([200, 'After님', 'ko', []]);
});

test.each([['2026-03-02T09:30:00Z', 'Before님'], ['2026-03-02T10:30:00Z', 'After님'], ['2027-01-01T00:00:00Z', 'After님']])('as the person was at %s', async (at, subject) => {
  expect((await preview({ personId: 'external:u1', at })).body.email.subject).toBe(subject);
});

test.each([['en', 'Hello After', 'en'], ['ko-KR', 'After님', 'ko'], ['fr', 'Hello After', 'en']])('in the language %s', async (language, subject, used) => {
  const { body } = await preview({ personId: 'external:u1', language });
  expect([body.email.subject, body.language]).toEqual([subject, used]);
});

test('nobody, a broken handle, a language that is none', async () => {
  expect((await preview({ personId: 'external:nobody' })).status).toBe(404);
  expect((await preview({ personId: 'someone' })).status).toBe(400);
  expect((await preview({ language: 'korean language' })).status).toBe(400);
});

test('everything that is wrong is told at once, and what is only doubtful as a warning', async () => {
  const wrong = await preview({ content: { subject: '{{person.a}}{{person.b}}', preheader: 'p', body: section('{{date person.name}}') }, personId });
  expect(wrong.body.problems).toEqual([
    { path: 'subject', code: 'RENDER_MISSING_VAR', message: 'subject: person.a has no value', messageKo: '이 고객에게 person.a 값이 없어요.' }, { path: 'subject', code: 'RENDER_MISSING_VAR', message: 'subject: person.b has no value', messageKo: '이 고객에게 person.b 값이 없어요.' },
    { path: 'body', code: 'RENDER_ERROR', message: 'body: date: the value is not a date' },
  ]);
  const long = await preview({ content: { subject: '{{person.name}}', preheader: 'p', body: section('x') }, sample: { person: { name: 'x'.repeat(80) } } });
  expect([long.body.problems, long.body.warnings]).toEqual([[], [{ path: 'subject', code: 'message.long-subject', message: 'subject: more than 70 characters', messageKo: '70자보다 길어요.' }]]);
});

test('a draft is shown in every message and variant', async () => {
  const variant = (key: string, subject: string) => ({ key, content: { ...content, subject } });
  const definition = { type: 'series', entry: { type: 'event', event: 'E' }, start: 'one', steps: [
    { type: 'message', id: 'one', channel: 'email', variants: [variant('a', 'A {{person.name}}'), variant('b', 'B {{person.nothing}}')], next: 'two' },
    { type: 'message', id: 'two', channel: 'in_app', variants: [{ key: 'x', content: { body: 'Hi {{person.name}}' } }] }] };
  const { body: { id } } = await app.api('POST', '/v1/campaigns', { name: 'C', definition });
  const { status, body } = await app.api('POST', `/v1/campaigns/${id}/preview`, { personId: 'external:u1', language: 'en' });
  expect(status).toBe(200);
  expect(body.items.map(({ stepId, variant: key, channel, email, inApp, problems }: { stepId: string; variant: string; channel: string; email: { subject: string } | null; inApp: { body: string } | null; problems: unknown[] }) => [stepId, key, channel, email?.subject ?? inApp?.body ?? null, problems.length])).toEqual([
    ['one', 'a', 'email', 'A After', 0], ['one', 'b', 'email', null, 1], ['two', 'x', 'in_app', 'Hi After', 0]]);
  expect((await app.api('POST', `/v1/campaigns/${id}/preview`, { stepId: 'two' })).body.items).toHaveLength(1);
  expect((await app.api('POST', `/v1/campaigns/${id}/preview`, { stepId: 'three' })).status).toBe(404);
});
