import { expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { oneLine } from '../../src/delivery/sending/header-text.js';
import { compose, type MailToCompose } from '../../src/delivery/sending/compose.js';
import { hasPython, pythonReads } from '../support/python-mail.js';
import fc from '../support/fast-check.js';

/** What a header may be asked to hold: any characters, halves of them, Korean, emoji, encoded words, new headers. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('안', '녕', ' ', '  ', '🎉', '👨‍👩‍👧‍👦', 'e\u0301', '=?UTF-8?B?', '?=', '"', '\\', '<', '>', ',', '(', '\r\n', '\n', '\r\nBcc: e@y.net', '\u2028', '\0', '\ud83d', '.', 'word', 'x'.repeat(80)), maxLength: 40 }),
);
const field = anyText.filter((text) => oneLine(text) !== '');
const base = {
  deliveryId: '0198c3a0-1111-7000-8000-000000000001', campaignId: '0198c3a0-2222-7000-8000-000000000002', transactional: false, to: 'minji@example.com', date: new Date('2026-03-02T09:00:00Z'),
};
const anyMail: fc.Arbitrary<MailToCompose> = fc.record({ subject: field, fromName: field, text: anyText, html: anyText, stepId: anyText, topic: anyText, path: anyText }).map(({ subject, fromName, text, html, stepId, topic, path }) => ({
  ...base, stepId, topic, from: { name: '', address: 'hello@news.example' },
  content: { language: null, subject, fromName, text, html, preheader: '', listUnsubscribeUrl: `https://app.example.org/u/${path.replaceAll(/\p{Cs}/gu, '')}` },
}));

const NAMES = ['From', 'To', 'Subject', 'Date', 'Message-ID', 'Feedback-ID', 'X-Auto-Response-Suppress', 'List-Id', 'List-Unsubscribe', 'List-Unsubscribe-Post', 'Precedence', 'MIME-Version', 'Content-Type'];
/** Texts on the wire end their lines with CRLF, and halves of characters have no bytes. */
const written = (text: string) => Buffer.from(text.replaceAll(/\r\n|\r|\n/g, '\n')).toString();

/** Readers drop or keep line ends at the end of a part as they like. */
const sameBody = (read: string | undefined, text: string) => expect((read ?? '').replaceAll('\r\n', '\n').replace(/\n+$/, '')).toBe(written(text).replace(/\n+$/, ''));

/** What must hold on the wire, whatever was asked. */
function expectShape(raw: Buffer): void {
  const wire = raw.toString('latin1');
  expect(raw.every((byte) => byte < 128 && byte !== 0)).toBe(true);
  expect(wire.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  const head = wire.slice(0, wire.indexOf('\r\n\r\n'));
  const fields = head.split(/\r\n(?![ \t])/);
  expect(fields.map((each) => each.slice(0, each.indexOf(':')))).toEqual(NAMES);
  for (const line of wire.split('\r\n')) expect(line.length).toBeLessThanOrEqual(/^(List-Unsubscribe|List-Id|Feedback-ID):/.test(line) ? 998 : 78);
  for (const line of head.split('\r\n')) expect(line.trim()).not.toBe('');
  for (const word of fields.filter((each) => /^(From|Subject):/.test(each)).join().match(/=\?UTF-8\?B\?[^?]*\?=/g) ?? []) {
    expect(word.length).toBeLessThanOrEqual(75);
    const bytes = Buffer.from(word.split('?')[3]!, 'base64');
    expect(Buffer.from(bytes.toString('utf8')).equals(bytes)).toBe(true);
  }
}

test('C1, C2: whatever is in them, fields come back in mailparser as they were and nothing is added', async () => {
  await fc.assert(fc.asyncProperty(anyMail, async (mail) => {
    fc.pre(new URL(mail.content.listUnsubscribeUrl).href.length < 900);
    const { raw, envelope } = compose(mail);
    expect(envelope).toEqual({ from: 'hello@news.example', to: 'minji@example.com' });
    expectShape(raw);
    const read = await simpleParser(raw, { skipTextToHtml: true, skipImageLinks: true });
    expect([read.subject, read.from!.value[0]!.name]).toEqual([written(oneLine(mail.content.subject)), written(oneLine(mail.content.fromName!))]);
    sameBody(read.text, mail.content.text);
    sameBody(read.html || '', mail.content.html);
  }), { numRuns: 400 });
});

(hasPython ? test : test.skip)('C1: Python reads the same', async () => {
  const mails = fc.sample(anyMail, 300).filter((mail) => new URL(mail.content.listUnsubscribeUrl).href.length < 900);
  const read = await pythonReads(mails.map((mail) => compose(mail).raw));
  for (const [index, { content }] of mails.entries()) {
    const one = read[index]!;
    expect([one.subject, one.fromName, one.from, one.to]).toEqual([written(oneLine(content.subject)), written(oneLine(content.fromName!)), 'hello@news.example', 'minji@example.com']);
    expect([one.names, one.defects]).toEqual([NAMES, []]);
    sameBody(one.text, content.text);
    sameBody(one.html, content.html);
  }
});
