import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { SmtpSink } from '../support/smtp-sink.js';

let app: TestApp;
let sink: SmtpSink;
beforeAll(async () => {
  sink = await new SmtpSink().start();
  app = await startTestApp({ env: { SMTP_URL: sink.url } });
  await app.api('POST', '/v1/people', { externalId: 'u1', attributes: { email: 'u1@example.com', name: '하늘', language: 'ko' } });
});
afterAll(async () => {
  await app.close();
  await sink.stop();
});

const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;
const content = { subject: 'Hello {{person.name}}', preheader: 'p', body: section('<a href="https://x.example/go">x</a>'), language: 'en', translations: { ko: { subject: '{{person.name}}님', preheader: 'p', body: section('<a href="https://x.example/go">x</a>') } } };
const send = (more: object) => app.api('POST', '/v1/messages/test-send', { content, personId: 'external:u1', ...more });

test('goes over the relay to each address as the person would get it, marked, and nothing of it is counted', async () => {
  sink.script = { rcpt: (address) => (address.startsWith('gone') ? { code: 550, text: '5.1.1 No such user' } : undefined) };
  const { status, body } = await send({ to: ['one@example.com', 'gone@example.com', 'two@example.com'] });
  expect([status, body.language]).toEqual([200, 'ko']);
  expect(body.items.map(({ address, verdict }: { address: string; verdict: string }) => [address, verdict])).toEqual([['one@example.com', 'accepted'], ['gone@example.com', 'refused'], ['two@example.com', 'accepted']]);
  expect(body.items[1].answer).toContain('No such user');
  expect(sink.accepted).toHaveLength(2);
  const mail = await simpleParser(sink.accepted[0]!.raw);
  expect([mail.subject, (mail.to as { text: string }).text]).toEqual(['[테스트] 하늘님', 'one@example.com']);
  const link = /href="([^"]*\/c\/[^"]+)"[^>]*>x</.exec(String(mail.html))![1]!.replaceAll('&amp;', '&');
  const followed = await fetch(app.url + new URL(link).pathname, { redirect: 'manual' });
  expect([followed.status, followed.headers.get('location')]).toEqual([302, 'https://x.example/go']);
  await app.runner.runUntilIdle();
  expect(await rows(app.db, 'select (select count(*)::int from delivery) as deliveries, (select count(*)::int from delivery_event) as events, (select count(*)::int from suppression) as suppressed')).toEqual([{ deliveries: 0, events: 0, suppressed: 0 }]);
  expect(await rows(app.db, `select a.detail ->> 'addresses' as addresses from audit_entry as a where a.action = 'message.test-send'`)).toEqual([{ addresses: '3' }]);
});

test('in a language asked for, and refused as a whole when it can not be made', async () => {
  sink.accepted.length = 0;
  expect((await send({ to: ['one@example.com'], language: 'fr' })).body.language).toBe('en');
  expect((await simpleParser(sink.accepted[0]!.raw)).subject).toBe('[Test] Hello 하늘');
  const missing = await send({ to: ['one@example.com'], personId: undefined });
  expect([missing.status, missing.body.code, missing.body.problems[0].code]).toEqual([400, 'message.not-made', 'RENDER_MISSING_VAR']);
  expect((await send({ to: Array.from({ length: 11 }, (_, index) => `a${index}@example.com`) })).status).toBe(400);
  expect((await send({ to: ['a@x.example\r\nBcc: e@y.example'] })).status).toBe(400);
  expect(sink.accepted).toHaveLength(1);
});
