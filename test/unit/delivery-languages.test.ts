import { expect, test } from '@jest/globals';
import { EmailContent, InAppContent } from '../../src/contract/message.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import type { CompiledEmail, CompiledInApp, LinkSigner, RenderContext } from '../../src/delivery/content/compiled.js';
import { renderEmail, renderInApp } from '../../src/delivery/content/render.js';
import { AppError } from '../../src/kernel/errors.js';
import { pickLanguage } from '../../src/kernel/language.js';

const signer: LinkSigner = { forMessage: () => ({ click: (index) => `https://go.example/c/${index}`, open: () => 'https://go.example/o', unsubscribe: () => 'https://go.example/u', preferences: () => 'https://go.example/p', view: () => 'https://go.example/v', honeypot: () => 'https://go.example/h' }) };
const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;
const texts = (subject: string) => ({ subject, preheader: 'p', body: section(`${subject} {{date person.at}} <a href="https://x.example/${subject}">x</a>`) });
const context = (language: string | null, more: Partial<RenderContext> = {}): RenderContext => ({
  person: { language, at: '2026-03-29' }, workspace: { name: 'Danbi', timeZone: 'Asia/Seoul', language: 'ko' }, deliveryId: 'd', personId: 'p', ...more,
});

test.each<[string | null, string[], string | null]>([
  ['ko', ['en', 'ko'], 'ko'],
  ['ko-KR', ['en', 'ko'], 'ko'],
  ['KO-kr', ['en', 'ko'], 'ko'],
  ['ko', ['en', 'ko-KR'], 'ko-KR'],
  ['zh-Hant-TW', ['zh-Hans', 'zh-Hant'], 'zh-Hant'],
  ['zh-TW', ['zh-Hans', 'zh-Hant'], 'zh-Hant'],
  ['zh-TW', ['en', 'zh-Hans'], null],
  ['en-GB', ['en-US', 'en'], 'en'],
  ['pt', ['pt-BR', 'pt-PT'], 'pt-BR'],
  ['fr', ['en', 'ko'], null],
  ['not a language', ['en'], null],
  ['', ['en'], null],
  [null, ['en'], null],
])('a reader of %j among %j gets %j', (wanted, available, expected) => {
  expect(pickLanguage(wanted, available)).toBe(expected);
});

const three = EmailContent.parse({ ...texts('Hello'), language: 'en', translations: { ko: { ...texts('안녕'), fromName: '단비' }, ja: texts('こんにちは') }, fromName: 'Danbi' });
const compiled = async (content: EmailContent) => (await compileMessage('email', content)) as CompiledEmail;

test.each<[string, Partial<RenderContext>, string | null, [string, string, string, string]]>([
  ['the exact language', {}, 'ja', ['こんにちは', 'ja', '2026年3月29日', 'Unsubscribe']],
  ['the base of a region', {}, 'ko-KR', ['안녕', 'ko', '2026년 3월 29일', '수신 거부']],
  ['the message itself, dates and footer too', {}, 'fr', ['Hello', 'en', 'March 29, 2026', 'Unsubscribe']],
  ['dates as the person writes them', {}, 'en-GB', ['Hello', 'en', '29 March 2026', 'Unsubscribe']],
  ['the workspace speaks for who did not say', {}, null, ['안녕', 'ko', '2026년 3월 29일', '수신 거부']],
  ['a preview in a language of its own', { readIn: 'ja' }, 'ko', ['こんにちは', 'ja', '2026年3月29日', 'Unsubscribe']],
])('%s', async (_, more, language, [subject, used, date, footer]) => {
  const made = renderEmail(await compiled(three), context(language, more), signer);
  expect([made.subject, made.language]).toEqual([subject, used]);
  for (const part of [made.html, made.text]) expect([part.includes(subject), part.includes(date), part.includes(footer)]).toEqual([true, true, true]);
  expect(made.fromName).toBe(used === 'ko' ? '단비' : 'Danbi');
});

test('each language has links of its own, and a fallback those of the message itself', async () => {
  const urls: string[] = [];
  const noting: LinkSigner = { forMessage: () => ({ ...signer.forMessage('', ''), click: (index, url) => { urls.push(`${index} ${url}`); return url; } }) };
  const email = await compiled(three);
  for (const language of ['ko', 'fr']) renderEmail(email, context(language), noting);
  expect([...new Set(urls)]).toEqual(['0 https://x.example/%EC%95%88%EB%85%95', '0 https://x.example/Hello']);
});

test('who reads none of the languages gets nothing when the message says so, and the reason names them', async () => {
  const email = await compiled({ ...three, onMissingLanguage: 'skip' });
  expect(() => renderEmail(email, context('fr'), signer)).toThrow(expect.objectContaining({ code: 'LANGUAGE_MISSING', detail: 'fr is not among en, ko, ja' }));
  expect(renderEmail(email, context('ko-KR'), signer).language).toBe('ko');
});

test('a message that names no language is as before: for everybody, dates in the language of the person', async () => {
  const made = renderEmail(await compiled(EmailContent.parse(texts('Hello'))), context('de'), signer);
  expect([made.language, made.text.includes('29. März 2026')]).toEqual([null, true]);
});

test('in-app messages too, and the number of buttons is the same in each language', async () => {
  const content = { body: 'Hello', buttons: [{ label: 'Go', url: 'https://x.example/en' }], language: 'en', translations: { ko: { body: '안녕', buttons: [{ label: '가기', url: 'https://x.example/ko' }] } } };
  const inApp = (await compileMessage('in_app', InAppContent.parse(content))) as CompiledInApp;
  expect(renderInApp(inApp, context('ko-KR'), signer)).toMatchObject({ language: 'ko', body: '안녕', buttons: [{ label: '가기', url: 'https://x.example/ko' }] });
  expect(renderInApp(inApp, context('fr'), signer)).toMatchObject({ language: 'en', body: 'Hello' });
  const fewer = InAppContent.parse({ ...content, translations: { ko: { body: '안녕' } } });
  await expect(compileMessage('in_app', fewer)).rejects.toMatchObject({ problems: [{ path: 'translations.ko.buttons', code: 'message.buttons-differ' }] });
});

test('problems and warnings name the language', async () => {
  const content = EmailContent.parse({ ...three, translations: { ko: { ...texts('안녕'), subject: '{{name}}' }, ja: { ...texts('x'), body: section('{{shout person.a}}') } } });
  const error = await compileMessage('email', content).catch((caught: AppError) => caught);
  expect((error as AppError).problems.map(({ path, code }) => [path, code])).toEqual([['translations.ko.subject', 'template.unknown-variable'], ['translations.ja.body', 'template.unknown-helper']]);
  const warned = await compiled(EmailContent.parse({ ...three, translations: { ko: { ...texts('안녕'), preheader: '' } } }));
  expect(warned.warnings.map(({ path, code }) => [path, code])).toEqual([['translations.ko.preheader', 'message.no-preheader']]);
});

test.each<[string, object, string]>([
  ['translations without a language of its own', { translations: { ko: texts('a') } }, 'language'],
  ['skipping without a language', { onMissingLanguage: 'skip' }, 'language'],
  ['the same language twice', { language: 'ko', translations: { ko: texts('a') } }, 'translations.ko'],
  ['a tag that is none', { language: 'korean language' }, 'language'],
  ['a tag in another spelling', { language: 'en', translations: { 'KO-kr': texts('a') } }, 'translations.KO-kr'],
  ['a translation that is not complete', { language: 'en', translations: { ko: { subject: 'a' } } }, 'translations.ko.body'],
  ['an unknown field in a translation', { language: 'en', translations: { ko: { ...texts('a'), layout: 'plain' } } }, 'translations.ko'],
  ['21 translations', { language: 'en', translations: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`ko-x-a${n}`, texts('a')])) }, 'translations'],
])('refuses %s', (_, more, place) => {
  const read = EmailContent.safeParse({ ...texts('Hello'), ...more });
  expect(read.success ? null : read.error.issues.map(({ path }) => path.join('.'))).toContain(place);
});
