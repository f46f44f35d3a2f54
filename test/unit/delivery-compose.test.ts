import { expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { compose, type MailToCompose } from '../../src/delivery/sending/compose.js';
import { AddressRefused, needsSmtpUtf8 } from '../../src/delivery/sending/wire-address.js';

const ID = '0198c3a0-1111-7000-8000-000000000001';
const content = { language: null, subject: 'Hello', preheader: '', html: '<p>Hello</p>', text: 'Hello\n', listUnsubscribeUrl: 'https://app.example.org/u/token' };
const mail = (more: Partial<MailToCompose> = {}, body: Partial<MailToCompose['content']> = {}): MailToCompose => ({
  deliveryId: ID, campaignId: '0198c3a0-2222-7000-8000-000000000002', stepId: 'welcome', topic: 'news', transactional: false,
  from: { name: '단비', address: 'news@단비.example' }, to: 'minji@example.com', date: new Date('2026-03-02T09:00:00Z'), content: { ...content, ...body }, ...more,
});
const headOf = (raw: Buffer) => raw.toString('latin1').split('\r\n\r\n')[0]!;

const subjects = ['(광고) 안녕하세요 '.repeat(9).slice(0, 118) + '🎉', 'a'.repeat(300), '한'.repeat(200), '👨‍👩‍👧‍👦'.repeat(20), '𠮷野家'.repeat(30), 'looks =?UTF-8?B?encoded?= already', 'plain with "quotes" and, commas'];
test.each(subjects)('C1: subject %s arrives as it was, in short lines of whole characters', async (subject) => {
  const { raw } = compose(mail({}, { subject }));
  expect((await simpleParser(raw)).subject).toBe(subject);
  for (const word of headOf(raw).match(/=\?UTF-8\?B\?[^?]*\?=/g) ?? []) {
    expect(word.length).toBeLessThanOrEqual(75);
    expect(Buffer.from(word.split('?')[3]!, 'base64').toString('utf8')).not.toContain('\ufffd');
  }
  expect(raw.toString('latin1').split('\r\n').filter((line) => line.length > 998)).toEqual([]);
  expect(raw.every((byte) => byte < 128)).toBe(true);
});

test.each(['x\r\nBcc: evil@example.net', 'x\nBcc: evil@example.net', 'x\r\n\r\n<script>', 'x\u2028Bcc: evil@example.net'])('C2: a subject or name %j adds no header', async (text) => {
  const { raw, envelope } = compose(mail({}, { subject: text, fromName: text }));
  const read = await simpleParser(raw);
  expect([read.headers.has('bcc'), envelope.to, read.html]).toEqual([false, 'minji@example.com', '<p>Hello</p>']);
  expect(headOf(raw)).not.toMatch(/^Bcc:/m);
});

test.each(['a@x.org\r\nBcc: e@y.net', 'a@x.org, b@y.net', '<a@x.org>', 'Minji <a@x.org>', 'a@b@c.org', '@x.org', 'a@', 'a b@x.org', '"a b"@x.org', 'a(comment)@x.org', 'a\u200b@x.org', 'a@ex%61mple.com', 'a@1.1', 'a@0x7f.1', 'a@exam\u00adple.com', 'a@-x.org', 'a@x..org', 'a@x.org.', `a@${'x.'.repeat(130)}org`, `${'한'.repeat(22)}@x.org`, `${'a'.repeat(65)}@x.org`, 'a@[127.0.0.1]'])('C2: the address %j is refused', (to) => {
  expect(() => compose(mail({ to }))).toThrow(AddressRefused);
});

test('domains travel as A-labels, names are read back as written', async () => {
  const { raw, envelope } = compose(mail({ to: 'minji@예시.한국' }, { fromName: '단비 "팀" \\', replyTo: 'help@단비.example' }));
  expect(envelope).toEqual({ from: 'news@xn--6j1bl9s.example', to: 'minji@xn--vv4b11d.xn--3e0b707e' });
  const read = await simpleParser(raw);
  expect(read.from!.value[0]!.name).toBe('단비 "팀" \\');
  expect(read.messageId).toBe(`<${ID}@xn--6j1bl9s.example>`);
});

test('a local part outside ASCII goes as it is and says that it needs SMTPUTF8; ours may not have one', async () => {
  const { raw, envelope } = compose(mail({ to: '민지@예시.한국' }));
  expect([envelope.to, needsSmtpUtf8(envelope.to), needsSmtpUtf8(compose(mail()).envelope.to)]).toEqual(['민지@xn--vv4b11d.xn--3e0b707e', true, false]);
  expect(raw.toString('utf8')).toContain('\r\nTo: 민지@xn--vv4b11d.xn--3e0b707e\r\n');
  expect(() => compose(mail({ from: { name: '', address: '단비@news.example' } }))).toThrow(AddressRefused);
  expect(() => compose(mail({}, { replyTo: '단비@news.example' }))).toThrow(AddressRefused);
});

test.each([
  ['smtp', {}, false, []],
  ['ses', {}, false, [`X-SES-MESSAGE-TAGS: mid=${ID}`]],
  ['ses', { configurationSet: 'danbi-events' }, true, [`X-SES-MESSAGE-TAGS: mid=${ID}`, 'X-SES-CONFIGURATION-SET: danbi-events']],
  ['sendgrid', {}, false, [`X-SMTPAPI: {"unique_args":{"mid":"${ID}"}}`]],
  ['mailgun', {}, false, [`X-Mailgun-Variables: {"mid":"${ID}"}`]],
  ['postmark', {}, false, [`X-PM-Metadata-mid: ${ID}`, 'X-PM-Message-Stream: broadcast', 'X-PM-KeepID: true']],
  ['postmark', {}, true, [`X-PM-Metadata-mid: ${ID}`, 'X-PM-Message-Stream: outbound', 'X-PM-KeepID: true']],
  ['postmark', { broadcastStream: 'news', transactionalStream: 'receipts' }, true, [`X-PM-Metadata-mid: ${ID}`, 'X-PM-Message-Stream: receipts', 'X-PM-KeepID: true']],
] as const)('%s %j, transactional %s: its webhooks can name the delivery', (provider, more, transactional, expected) => {
  const lines = headOf(compose(mail({ transactional, relay: { provider, ...more } })).raw).split('\r\n');
  expect(lines.filter((line) => /^X-(?!Auto)/.test(line))).toEqual(expected);
});

test('a name of the relay adds no header; a return path is the envelope sender', () => {
  expect(() => compose(mail({ relay: { provider: 'ses', configurationSet: 'x\r\nBcc: e@y.net' } }))).toThrow(RangeError);
  const { envelope, raw } = compose(mail({ returnPath: 'b+abc@bounce.example' }));
  expect([envelope.from, headOf(raw).includes('bounce.example')]).toEqual(['b+abc@bounce.example', false]);
});

test('marketing carries one-click unsubscription, transactional mail says that it is automatic', () => {
  const marketing = headOf(compose(mail()).raw);
  for (const line of ['List-Unsubscribe: <https://app.example.org/u/token>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click', 'Precedence: bulk', 'List-Id: <news.xn--6j1bl9s.example>', 'Date: Mon, 02 Mar 2026 09:00:00 +0000', 'X-Auto-Response-Suppress: OOF, AutoReply']) expect(marketing.split('\r\n')).toContain(line);
  expect(marketing).not.toContain('Auto-Submitted');
  expect(marketing).toMatch(/Feedback-ID: [0-9a-f-]{36}:welcome:marketing:[0-9a-f]{12}/);
  const transactional = headOf(compose(mail({ transactional: true })).raw);
  expect(transactional).toContain('Auto-Submitted: auto-generated');
  expect(transactional).not.toMatch(/List-|Precedence/);
});

test.each([['ascii', 'Hello = world. '.repeat(400)], ['korean', '안녕하세요 여러분. '.repeat(400)], ['mixed', `${'plain text '.repeat(100)}한글 조금`], ['dots', '.\r\n..\r\n.leading\n\nFrom here\n trailing space \n=3D'], ['long word', 'x'.repeat(5_000)]])('the %s body comes back whole', async (_name, text) => {
  const { raw } = compose(mail({}, { text: `${text}\n`, html: `<p>${text}</p>` }));
  const read = await simpleParser(raw, { skipTextToHtml: true });
  const unified = text.replaceAll(/\r\n/g, '\n');
  expect(read.text!.trimEnd()).toBe(unified.trimEnd());
  expect((read.html as string).replaceAll(/\r\n/g, '\n').trimEnd()).toBe(`<p>${unified}</p>`);
  expect(raw.toString('latin1').split('\r\n').every((line) => line.length <= 76 || /^[A-Z][A-Za-z-]*: /.test(line))).toBe(true);
});

test('the same delivery is the same bytes', () => {
  expect(compose(mail()).raw.equals(compose(mail()).raw)).toBe(true);
});
