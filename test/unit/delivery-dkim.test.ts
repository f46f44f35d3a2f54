import { expect, test } from '@jest/globals';
import { dkimSigned, DkimFailure, keysMatch } from '../../src/delivery/identity/dkim-signer.js';
import { relaxedBody, relaxedField } from '../../src/delivery/identity/domain/dkim-canonical.js';
import { compose, type MailToCompose } from '../../src/delivery/sending/compose.js';
import { mailauthVerdict, receiverVerdicts, testKey } from '../support/dkim.js';
import { dkimpyVerifies, hasDkimpy } from '../support/python-mail.js';

const AT = new Date('2026-03-02T09:00:00Z');
const pair = testKey();
const key = { domain: 'news.example', selector: 's1', privateKey: pair.privateKey };
const dns = { 's1._domainkey.news.example': pair.record };
const zone = { txt: dns };
const content = { language: null, subject: 'Hello', preheader: '', html: '<p>Hello</p>', text: 'Hello\n', listUnsubscribeUrl: 'https://app.example.org/u/token' };
const mail = (body: Partial<MailToCompose['content']> = {}, more: Partial<MailToCompose> = {}): MailToCompose => ({
  deliveryId: '0198c3a0-1111-7000-8000-000000000001', campaignId: '0198c3a0-2222-7000-8000-000000000002', stepId: 'welcome', topic: 'news', transactional: false,
  from: { name: '단비', address: 'hello@news.example' }, to: 'minji@example.com', date: AT, content: { ...content, ...body }, ...more,
});
const signed = (each: MailToCompose) => dkimSigned(compose(each).raw, key, AT);

const mails: [string, MailToCompose][] = [
  ['plain', mail()],
  ['a Korean subject', mail({ subject: '(광고) 안녕하세요, 이번 주 소식입니다 '.repeat(6) })],
  ['emoji everywhere', mail({ subject: '👨‍👩‍👧‍👦🎉', fromName: '단비 🌧️', text: '🎉\n', html: '<p>🎉🎉</p>' })],
  ['200 KB of HTML in one line', mail({ html: `<p>${'x'.repeat(200_000)}</p>` })],
  ['200 KB of Korean in one line', mail({ html: `<p>${'한글 '.repeat(28_000)}</p>` })],
  ['trailing blanks and empty lines at the end', mail({ text: 'a  \t \n\tb \t\n\n\n\n', html: '<p>a</p>  \n \t\n\n\n' })],
  ['dots where lines begin', mail({ text: '.\n..\n.x\n\n.\n', html: '.\n<p>\n..</p>\n.' })],
  ['nothing', mail({ text: '', html: '' })],
  ['a subject of many words', mail({ subject: 'several words '.repeat(30) })],
  ['transactional', mail({}, { transactional: true })],
  ['a local part outside ASCII', mail({}, { to: '민지@예시.한국' })],
];

test.each(mails)('%s: mailauth verifies it', async (_name, each) => {
  expect((await mailauthVerdict(await signed(each), zone)).result).toBe('pass');
});

(hasDkimpy ? test : test.skip)('dkimpy verifies every one, and none of another key or with a byte more', async () => {
  const raws = await Promise.all(mails.map(([, each]) => signed(each)));
  expect(await dkimpyVerifies(raws, dns)).toEqual(raws.map(() => true));
  expect(await dkimpyVerifies(raws.slice(0, 2), { 's1._domainkey.news.example': testKey().record })).toEqual([false, false]);
});

test('U3: the signature covers both of List-Unsubscribe, Feedback-ID and all that people see, once more than they occur', async () => {
  const { fields } = await mailauthVerdict(await signed(mail({ replyTo: 'help@news.example' })), zone);
  for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'reply-to', 'mime-version', 'content-type', 'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id']) {
    expect([name, fields.filter((field) => field === name).length]).toEqual([name, 2]);
  }
  expect(fields.filter((field) => field.startsWith('x-'))).toEqual([]);
});

const within = (line: string, from: string, to: string) => (raw: string) => {
  const start = raw.indexOf(line);
  return raw.slice(0, start) + raw.slice(start).replace(from, to);
};
const added = (line: string) => (raw: string) => raw.replace('\r\nFrom:', `\r\n${line}\r\nFrom:`);
const below = (line: string) => (raw: string) => raw.replace('\r\nMIME-Version:', `\r\n${line}\r\nMIME-Version:`);
const tampered: [string, (raw: string) => string][] = [
  ['one byte of List-Unsubscribe', within('List-Unsubscribe:', 'token', 'tokem')],
  ['one byte of List-Unsubscribe-Post', within('List-Unsubscribe-Post:', 'One-Click', 'Two-Click')],
  ['one byte of Feedback-ID', within('Feedback-ID:', 'welcome', 'Welcome')],
  ['one byte of the subject', within('Subject:', 'Hello', 'Hallo')],
  ['one byte of the sender', within('From:', 'hello@', 'hallo@')],
  ['one byte of the text', within('text/plain', 'Hello', 'Hallo')],
  ['one byte of the HTML', within('text/html', 'Hello', 'Hellp')],
  ['a body that ends with more', (raw) => `${raw}more\r\n`],
  ['a second subject above', added('Subject: Win')],
  ['a second subject below', below('Subject: Win')],
  ['a second sender', added('From: ceo@bank.example')],
  ['another content type', added('Content-Type: text/plain')],
  ['an answer address', added('Reply-To: evil@example.net')],
  ['another List-Unsubscribe', below('List-Unsubscribe: <https://evil.example>')],
  ['a carbon copy', added('Cc: e@y.net')],
];

test('U3: no byte of it can be changed and nothing added', async () => {
  const whole = (await signed(mail())).toString('latin1');
  const changed = tampered.map(([, change]) => change(whole));
  expect(changed.filter((raw) => raw === whole)).toEqual([]);
  const verdicts = await Promise.all(changed.map((raw) => mailauthVerdict(Buffer.from(raw, 'latin1'), zone)));
  expect(tampered.map(([name], index) => [name, verdicts[index]!.result])).toEqual(tampered.map(([name]) => [name, expect.not.stringContaining('pass')]));
  if (hasDkimpy) expect(await dkimpyVerifies(changed.map((raw) => Buffer.from(raw, 'latin1')), dns)).toEqual(tampered.map(() => false));
});

test('what relays do rightly leaves it valid: fields on top, other folding, blanks at line ends', async () => {
  const whole = (await signed(mail({ subject: 'several words '.repeat(10).trim() }))).toString('latin1');
  for (const change of [(raw: string) => `Received: from a by b; Mon, 2 Mar 2026 09:00:01 +0000\r\n${raw}`, (raw: string) => raw.replace('words several', 'words\r\n\t several'), (raw: string) => raw.replace('\r\nHello\r\n', '\r\nHello  \r\n'), (raw: string) => `${raw}\r\n\r\n`]) {
    expect(change(whole)).not.toBe(whole);
    expect((await mailauthVerdict(Buffer.from(change(whole), 'latin1'), zone)).result).toBe('pass');
  }
});

test('a relay that replaces Message-ID and Date, as SES does, leaves it valid', async () => {
  const raw = (await dkimSigned(compose(mail({}, { relay: { provider: 'ses', configurationSet: 'danbi' } })).raw, key, AT, ['message-id', 'date'])).toString('latin1');
  const replaced = raw.replace(/Message-ID: .*\r\n/, 'Message-ID: <0100@email.amazonses.com>\r\n').replace(/\r\nDate: .*\r\n/, '\r\nDate: Tue, 03 Mar 2026 00:00:00 +0000\r\n').replace(/X-SES-[^\r]*\r\n/g, '');
  expect(replaced).not.toMatch(/X-SES|Mon, 02/);
  expect((await mailauthVerdict(Buffer.from(replaced, 'latin1'), zone)).result).toBe('pass');
});

test('SPF by the return path and DKIM by the From domain both align for DMARC', async () => {
  const records = { ...zone.txt, 'bounce.news.example': 'v=spf1 ip4:192.0.2.7 -all', '_dmarc.news.example': 'v=DMARC1; p=reject; adkim=r; aspf=r' };
  const raw = await signed(mail());
  expect(await receiverVerdicts(raw, 'b+abc@bounce.news.example', '192.0.2.7', { txt: records })).toEqual({ spf: 'pass', dkim: 'pass', dmarc: 'pass', aligned: { spf: 'bounce.news.example', dkim: 'news.example' } });
  expect(await receiverVerdicts(raw, 'b+abc@bounce.other.example', '192.0.2.7', { txt: records })).toMatchObject({ dkim: 'pass', dmarc: 'pass', aligned: { dkim: 'news.example' } });
  expect(await receiverVerdicts(compose(mail()).raw, 'b+abc@elsewhere.example', '192.0.2.7', { txt: records })).toMatchObject({ dkim: 'none', dmarc: 'fail' });
});

test('the same message is the same signature; a key that can not sign lets nothing leave', async () => {
  expect((await signed(mail())).equals(await signed(mail()))).toBe(true);
  const publicKey = pair.record.split('p=')[1]!;
  expect([keysMatch(pair.privateKey, publicKey), keysMatch(testKey().privateKey, publicKey)]).toEqual([true, false]);
  await expect(dkimSigned(Buffer.from('Subject: no end'), key, AT)).rejects.toThrow(DkimFailure);
});

test.each([
  ['', ''], ['\r\n\r\n', ''], [' \t\r\n \r\n', ''], ['a', 'a\r\n'], ['a \t b\t\r\n\r\n \r\n', 'a b\r\n'], [' a\r\n', ' a\r\n'], ['a\r\n\r\nb', 'a\r\n\r\nb\r\n'], ['a\rb\nc', 'a\rb\nc\r\n'], ['a ', 'a\r\n'],
])('relaxed, the body %j is %j', (body, expected) => {
  expect(relaxedBody(Buffer.from(body)).toString()).toBe(expected);
});

test('relaxed, RFC 6376 3.4.5: fields lose case, folds and outer blanks', () => {
  expect([relaxedField('A: X'), relaxedField('B : Y\t\r\n\tZ  '), relaxedField('SUBJect:  a:  b')]).toEqual(['a:X', 'b:Y Z', 'subject:a: b']);
});
