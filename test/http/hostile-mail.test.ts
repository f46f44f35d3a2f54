import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { simpleParser, type ParsedMail } from 'mailparser';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { broadcast, EVERYBODY } from '../support/campaign-definitions.js';
import { SmtpSink, type SinkMail } from '../support/smtp-sink.js';

interface Hostile { what: string; email: string; name: string; to?: string; reason?: string; refused?: number }

/** `to`: the envelope that arrives, as this server notes it (domains in letters); `reason`: why nothing does; `refused`: the address is no address at all. */
const PEOPLE: Hostile[] = [
  { what: 'Korean and emoji', email: 'plain@example.com', name: '김하늘 😀 𠮷', to: 'plain@example.com' },
  { what: 'CR and LF', email: 'crlf@example.com', name: 'Eve\r\nBcc: evil@evil.example\r\n\r\n<b>body</b>', to: 'crlf@example.com' },
  { what: 'a lone CR, tabs and separators of lines', email: 'cr@example.com', name: 'Eve\rX-Evil: 1\n\tX-Evil: 2\u2028X-Evil: 3\u0085X-Evil: 4', to: 'cr@example.com' },
  { what: 'quotes, brackets and commas', email: 'quotes@example.com', name: '"Eve\\" <evil@evil.example>, (x) ;:=?UTF-8?Q?=0D=0AX-Evil:_1?=', to: 'quotes@example.com' },
  { what: 'marks that turn the writing', email: 'bidi@example.com', name: 'Eve \u202eevil\u2066', to: 'bidi@example.com' },
  { what: 'lines of more than 998 octets', email: 'long@example.com', name: '가'.repeat(3_000) + 'x'.repeat(3_000), to: 'long@example.com' },
  { what: 'lines that begin with dots', email: 'dots@example.com', name: '.\r\n.\r\n..\r\nQUIT', to: 'dots@example.com' },
  { what: 'an internationalized domain', email: 'kim@한글.kr', name: 'Kim', to: 'kim@한글.kr' },
  { what: 'a local part outside ASCII', email: '하늘@example.com', name: 'Kim', reason: 'CHANNEL_UNREACHABLE' },
  { what: 'a plus and a quote mark', email: "o'neil+x@example.com", name: 'Kim', to: "o'neil+x@example.com" },
  { what: 'CR and LF in the address', email: 'a@example.com\r\nBcc: evil@evil.example', name: 'Eve', refused: 400 },
  { what: 'two addresses', email: 'a@example.com, evil@evil.example', name: 'Eve', refused: 400 },
  { what: 'a command in the address', email: 'a@example.com> RCPT TO:<evil@evil.example', name: 'Eve', refused: 400 },
  { what: 'a quoted local part', email: '"a b"@example.com', name: 'Eve', refused: 400 },
];
const SUBJECT = '하늘 {{person.name}} "😀"';
const content = {
  subject: SUBJECT, preheader: '미리 보기 😀 {{person.name}}', fromName: '{{person.name}} 단비 "팀" 😀', replyTo: 'reply@example.com',
  body: `<mj-section><mj-column><mj-text>{{person.name}} 님 ${'x'.repeat(2_500)} 😀</mj-text></mj-column></mj-section>`,
};
const HEADERS = ['content-type', 'date', 'feedback-id', 'from', 'list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'message-id', 'mime-version', 'precedence', 'reply-to', 'subject', 'to', 'x-auto-response-suppress'];

describe.each([{ smtpUtf8: false }, { smtpUtf8: true }])('a relay with SMTPUTF8: $smtpUtf8', ({ smtpUtf8 }) => {
  let app: TestApp;
  let sink: SmtpSink;
  beforeAll(async () => {
    sink = await new SmtpSink({ smtpUtf8 }).start();
    app = await startTestApp({ env: { SMTP_URL: sink.url, MAIL_FROM: 'news@example.com' } });
    await app.api('POST', '/v1/topics', { key: 'hostile', name: 'News', kind: 'marketing' });
    for (const { email, name, refused, what } of PEOPLE) {
      const { status, body } = await app.api('POST', '/v1/people', { externalId: what, email, attributes: { name } });
      expect([what, status, body.code]).toEqual([what, refused ?? 201, refused ? expect.any(String) : undefined]);
      if (!refused) await app.api('PUT', `/v1/people/${body.id}/consent`, { channel: 'email', topic: 'hostile', state: 'subscribed' });
    }
    const message = { id: 'message', type: 'message', channel: 'email', topic: 'hostile', variants: [{ key: 'A', content }], next: null };
    const { body: campaign } = await app.api('POST', '/v1/campaigns', { name: '행사 😀\u202e', definition: broadcast({ message, audience: EVERYBODY }) });
    const published = await app.api('POST', `/v1/campaigns/${campaign.id}/publish`, {});
    expect([published.status, published.body.code, published.body.problems]).toEqual([200, undefined, undefined]);
    await app.runner.runUntilIdle();
  });
  afterAll(async () => {
    await app.close();
    await sink.stop();
  });

  const arrived = (to: string): SinkMail[] => sink.accepted.filter((mail) => mail.to === to);
  const parsed = (mail: SinkMail): Promise<ParsedMail> => simpleParser(Buffer.from(mail.raw, 'latin1'));

  test.each(PEOPLE.filter(({ to }) => to !== undefined))('$what: encoded, one envelope, no header of somebody else', async ({ to, email, name }) => {
    const mails = arrived(to!);
    expect(mails).toHaveLength(1);
    const { raw } = mails[0]!;
    const mail = await parsed(mails[0]!);
    expect(mail.headerLines.map(({ key }) => key).toSorted()).toEqual(HEADERS);
    expect(raw.split('\r\n').filter((line) => line.length > 998)).toEqual([]);
    expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).toMatch(/^[\t\r\n -~]*$/);
    // One line of text, however many the name has.
    const line = (text: string) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').replaceAll(/\s+/g, ' ').trim();
    expect(line(mail.subject!)).toBe(line(SUBJECT.replace('{{person.name}}', () => name)).slice(0, line(mail.subject!).length));
    expect(mail.headerLines.find(({ key }) => key === 'to')!.line).toContain(email.replace('한글.kr', 'xn--bj0bj06e.kr'));
    expect(mail.from!.value.map(({ address }) => address)).toEqual(['news@example.com']);
    expect(line(mail.html as string)).toContain('x'.repeat(2_500));
    expect(mail.text).toContain('😀');
    expect(mail.attachments).toEqual([]);
  });

  test('what does not arrive says why, and nobody else is written to', async () => {
    const ends = await rows<{ what: string; state: string; reason: string | null }>(app.db, 'select p.external_id as what, d.state, d.reason from delivery as d join person as p on p.id = d.person_id order by 1');
    expect(new Map(ends.map(({ what, state, reason }) => [what, `${state} ${reason}`]))).toEqual(new Map(
      PEOPLE.filter(({ refused }) => !refused).map(({ what, reason }) => [what, reason && !smtpUtf8 ? `failed ${reason}` : 'sent null'])));
    const allowed = new Set([...PEOPLE.map(({ to }) => to), '하늘@example.com']);
    expect(sink.offered.filter((address) => !allowed.has(address))).toEqual([]);
    expect(sink.offered.includes('하늘@example.com')).toBe(smtpUtf8);
  });
});

test.each([
  ['replyTo', 'a@b.kr\r\nBcc: evil@evil.example'],
  ['fromAddress', 'a@b.kr\r\nBcc: evil@evil.example'],
  ['fromAddress', 'a@b.kr, evil@evil.example'],
])('a message whose %s is %j is refused at its place', async (field, value) => {
  const { EmailContent } = await import('../../src/contract/message.js');
  const result = EmailContent.safeParse({ ...content, [field]: value });
  expect(result.error?.issues.map(({ path }) => path)).toEqual([[field]]);
});
