import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EmailContent, InAppContent } from '../../src/contract/message.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { makePeople, makePlace, queue } from '../support/deliveries.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-02T09:00:00Z');
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock: new VirtualClock(NOW) }); });
afterAll(() => app.close());

const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;
const email = EmailContent.parse({ subject: 'Hello', body: section('Hello'), language: 'en', onMissingLanguage: 'skip', translations: { ko: { subject: '안녕하세요', body: section('안녕') } } });
const inApp = InAppContent.parse({ body: 'Hello', language: 'en', translations: { ko: { body: '안녕' } } });

test.each([['email', email, [['sent', null, 'ko'], ['failed', 'LANGUAGE_MISSING', null]]], ['in_app', inApp, [['sent', null, 'ko'], ['sent', null, 'en']]]] as const)('the row of an %s delivery says in which language the message went out', async (channel, content, expected) => {
  const people = await makePeople(app.db, 2, NOW, (index) => `${channel}${index}@example.com`);
  await rows(app.db, `update person set language = case id when $1 then 'ko-KR' else 'fr' end where id = any($2::uuid[])`, [people[0], people]);
  const ids = await queue(app.db, await makePlace(app.db, NOW, content), people, NOW, { channel });
  await app.runner.runUntilIdle();
  const found = await Promise.all(ids.map(async (id) => (await app.api('GET', `/v1/deliveries/${id}`)).body));
  expect(found.map(({ state, reason, language }) => [state, reason, language])).toEqual(expected);
  if (channel === 'in_app') expect((await app.api('GET', `/v1/people/${people[0]}/inbox`)).body.items[0].content).toMatchObject({ language: 'ko', body: '안녕' });
  else expect(found[1].detail).toBe('fr is not among en, ko');
});

test('what is wrong in a translation of a draft is found at its place', async () => {
  const content = { ...email, translations: { ko: { subject: '{{이름}}', preheader: '', body: section('안녕') } } };
  const draft = await app.api('POST', '/v1/campaigns', { name: 'Two languages', definition: { type: 'broadcast', message: { type: 'message', channel: 'email', variants: [{ key: 'a', content }] } } });
  expect(draft.status).toBe(201);
  const { body } = await app.api('POST', `/v1/campaigns/${draft.body.id}/check`);
  expect(body.findings).toEqual(expect.arrayContaining([expect.objectContaining({ severity: 'error', path: 'message.variants.0.content.translations.ko.subject', code: 'template.unknown-variable' })]));
});
