import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { EmailContent } from '../../src/contract/message.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { broadcast } from '../support/campaign-definitions.js';
import { deliveries, IN_APP, makePeople, makePlace, queue } from '../support/deliveries.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-02T03:00:00Z');
const CONTACT = '서울시 중구 1, 02-123-4567, help@shop.example';
const clock = new VirtualClock(NOW);
let app: TestApp;

beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());
beforeEach(async () => {
  await rows(app.db, 'truncate delivery, person, sandbox_mail, in_app_message');
  await rows(app.db, 'delete from workspace');
  await app.api('PATCH', '/v1/workspace', { name: '단비 상점', timeZone: 'Asia/Seoul', language: 'ko', settings: { senderContact: CONTACT } });
});

const content = (subject: string) => EmailContent.parse({ subject, body: '<mj-section><mj-column><mj-text>봄입니다</mj-text></mj-column></mj-section>' });
async function mailOf(subject: string, topic = 'news', language: string | null = null) {
  const place = await makePlace(app.db, NOW, content(subject), topic);
  const [who] = await makePeople(app.db, 1, NOW);
  await rows(app.db, 'update person set language = $2, attributes = $3 where id = $1', [who, language, { label: '[광고]' }]);
  const [id] = await queue(app.db, place, [who!], NOW);
  await app.runner.runUntilIdle();
  const [mail] = await rows<{ raw: Buffer }>(app.db, 'select s.raw from sandbox_mail as s order by s.id desc limit 1');
  return { row: (await deliveries(app.db)).get(id!)!, mail: mail ? await simpleParser(mail.raw) : null };
}

test.each([
  ['봄맞이 소식 🎉', '(광고) 봄맞이 소식 🎉'], ['(광고) 봄맞이', '(광고) 봄맞이'], ['(광고)봄맞이', '(광고) 봄맞이'], ['{{person.label}} 봄맞이', '(광고) 봄맞이'],
])('the mail that arrives says so exactly once: %s', async (written, subject) => {
  const { mail } = await mailOf(written);
  expect(mail!.subject).toBe(subject);
  for (const body of [mail!.text!, mail!.html as string]) {
    for (const said of ['단비 상점', '02-123-4567', '비용은 들지 않습니다', 'free of charge']) expect(body).toContain(said);
    expect(body).toMatch(/\/u\/[\w.-]{20,}/);
  }
});

test('receipts have no label; a rule switched off has none; chosen for Koreans it spares the others', async () => {
  expect((await mailOf('영수증', 'receipts')).mail!.subject).toBe('영수증');
  await app.api('PATCH', '/v1/sending-rules', { rules: { ad_label: { parameters: { recipients: 'korean' } } } });
  expect((await mailOf('봄', 'news', 'ko-KR')).mail!.subject).toBe('(광고) 봄');
  await app.api('PATCH', '/v1/workspace', { timeZone: 'Europe/Berlin' });
  await app.api('PATCH', '/v1/sending-rules', { rules: { ad_label: { on: true } } });
  expect((await mailOf('Frühling', 'news', 'de')).mail!.subject).toBe('Frühling');
  await app.api('PATCH', '/v1/sending-rules', { rules: { ad_label: { on: false }, opt_out_notice: { on: false } } });
  const plain = (await mailOf('봄', 'news', 'ko')).mail!;
  expect([plain.subject, plain.text!.includes('free of charge')]).toEqual(['봄', false]);
});

test('without a contact advertising does not leave, and says why', async () => {
  await rows(app.db, `update workspace set settings = '{}'`);
  const { row, mail } = await mailOf('봄');
  expect([row.state, row.reason, row.detail, mail]).toEqual(['failed', 'RENDER_MISSING_VAR', expect.stringContaining('workspace.senderContact'), null]);
});

test.each([['ko', '무료 수신거부: '], ['en-GB', 'Opt out, free of charge: ']])('in-app messages begin with the label too, and end with the way out in the language of the person: %s', async (language, said) => {
  const place = await makePlace(app.db, NOW, IN_APP);
  const [who] = await makePeople(app.db, 1, NOW);
  await rows(app.db, 'update person set language = $2 where id = $1', [who, language]);
  await queue(app.db, place, [who!], NOW, { channel: 'in_app' });
  await app.runner.runUntilIdle();
  const { body } = (await app.api('GET', `/v1/people/${who}/inbox`)).body.items[0].content;
  const [text, notice] = body.split('\n\n');
  expect([text, notice.startsWith(said)]).toEqual(['(광고) Hello 이름 0', true]);
  const page = await fetch(app.url + new URL(notice.slice(said.length)).pathname);
  expect([page.status, (await page.text()).includes('name="choice" value="in_app:product-updates"')]).toEqual([200, true]);
});

test('the publish check names place, both languages and source; publishing is refused until it is mended', async () => {
  await rows(app.db, `update workspace set settings = '{}'`);
  const message = (subject: string, topic: string) => ({ id: 'message', type: 'message', channel: 'email', topic, variants: [{ key: 'only', content: content(subject) }] });
  const make = async (subject: string, topic = 'product-updates') => {
    const made = await app.api('POST', '/v1/campaigns', { name: subject, definition: { ...broadcast(), message: message(subject, topic) } });
    return made.body.id as string;
  };
  const id = await make('[광고] 봄');
  const { findings } = (await app.api('POST', `/v1/campaigns/${id}/check`)).body;
  expect(findings).toContainEqual({ severity: 'error', path: 'message.variants.0.content.subject', code: 'rule.ad_label_variant', message: expect.stringContaining('[광고]'), messageKo: expect.stringContaining('변칙'), source: expect.stringContaining('별표 6') });
  expect(findings).toContainEqual(expect.objectContaining({ severity: 'error', path: 'workspace.settings.senderContact', code: 'rule.sender_contact_missing' }));
  const refused = await app.api('POST', `/v1/campaigns/${id}/publish`);
  expect([refused.status, refused.body.problems.map(({ code }: { code: string }) => code)]).toEqual([400, expect.arrayContaining(['rule.ad_label_variant', 'rule.sender_contact_missing'])]);
  await app.api('PATCH', '/v1/workspace', { settings: { senderContact: CONTACT } });
  const receipt = await make('여름 특가', 'account');
  expect((await app.api('POST', `/v1/campaigns/${receipt}/check`)).body.findings).toContainEqual(expect.objectContaining({ severity: 'warning', code: 'rule.promotional_signs' }));
  expect((await app.api('POST', `/v1/campaigns/${await make('봄')}/check`)).body.findings.filter(({ code }: { code: string }) => code.startsWith('rule.'))).toEqual([]);
});

test('what a marketer is shown and what colleagues are sent is what leaves: label, notice and lint of the topic', async () => {
  const asked = (topic: string | undefined, subject = '봄', channel = 'email') => app.api('POST', '/v1/messages/preview', { channel, content: channel === 'email' ? content(subject) : { body: subject }, ...(topic === undefined ? {} : { topic }) });
  const shown = (await asked('product-updates')).body;
  expect([shown.email.subject, shown.email.text.includes('free of charge'), shown.lint]).toEqual(['(광고) 봄', true, []]);
  expect((await asked('product-updates', '봄', 'in_app')).body.inApp.body).toMatch(/^\(광고\) 봄/);
  expect([(await asked('account')).body.email.subject, (await asked(undefined)).body.email.subject]).toEqual(['봄', '봄']);
  expect((await asked('product-updates', '[광고] 봄')).body.lint).toEqual([expect.objectContaining({ severity: 'error', path: 'subject', code: 'rule.ad_label_variant', messageKo: expect.stringContaining('변칙') })]);
  expect((await asked('account', '여름 특가')).body.lint).toEqual([expect.objectContaining({ severity: 'warning', code: 'rule.promotional_signs' })]);

  const sent = await app.api('POST', '/v1/messages/test-send', { content: content('[광고] 봄'), to: ['one@example.com'], topic: 'product-updates' });
  expect([sent.status, sent.body.lint[0].code]).toEqual([200, 'rule.ad_label_variant']);
  const [mail] = await rows<{ raw: Buffer }>(app.db, 'select s.raw from sandbox_mail as s order by s.id desc limit 1');
  const { subject, text } = await simpleParser(mail!.raw);
  expect([subject, text!.includes('free of charge')]).toEqual(['[테스트] (광고) 봄', true]);

  const step = { id: 'message', type: 'message', channel: 'email', topic: 'product-updates', variants: [{ key: 'only', content: content('봄 소식') }] };
  const { body: { id } } = await app.api('POST', '/v1/campaigns', { name: 'shown', definition: { ...broadcast(), message: step } });
  expect((await app.api('POST', `/v1/campaigns/${id}/preview`, {})).body.items[0].email.subject).toBe('(광고) 봄 소식');

  await rows(app.db, `update workspace set settings = '{}'`);
  const without = (await asked('product-updates')).body;
  expect([without.email, without.problems[0]]).toEqual([null, { path: 'body', code: 'RENDER_MISSING_VAR', message: 'body: workspace.senderContact has no value', messageKo: '광고에는 연락처가 보여야 하는데 워크스페이스의 연락처가 비어 있어요.' }]);
});
