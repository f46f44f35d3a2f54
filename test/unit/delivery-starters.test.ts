import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { compileMessage } from '../../src/delivery/content/compile.js';
import type { CompiledEmail, LinkSigner, RenderContext } from '../../src/delivery/content/compiled.js';
import { renderEmail } from '../../src/delivery/content/render.js';
import { STARTER_LANGUAGES, Starters } from '../../src/delivery/content/starters.service.js';
import { compose } from '../../src/delivery/sending/compose.js';
import { hasBrowser, openBrowser, picture, type TestBrowser } from '../support/browser.js';

const keys = readdirSync(new URL('../../templates/starters/', import.meta.url)).map((file) => file.replace('.json', '')).filter((key) => !key.startsWith('in-app-'));
const cases = keys.flatMap((key) => STARTER_LANGUAGES.map((language) => [key, language] as const));
const starters = new Starters();
const signer: LinkSigner = { forMessage: () => ({ click: (index) => `https://danbi.example.com/c/${index}`, open: () => 'https://danbi.example.com/o/1.gif', unsubscribe: () => 'https://danbi.example.com/u/1', preferences: () => 'https://danbi.example.com/p/1', view: () => 'https://danbi.example.com/v/1', honeypot: () => '' }) };

async function made(key: string, language: 'en' | 'ko', withSample: boolean) {
  const { channel, content, sample } = await starters.one(key, language);
  if (channel !== 'email') throw new Error(`${key} is no e-mail`);
  const compiled = (await compileMessage('email', content)) as CompiledEmail;
  const person = withSample ? { ...sample.person, language } : { email: 'nothing@example.com', language };
  const context: RenderContext = { person, event: sample.event, workspace: { name: '단비상점', timeZone: 'Asia/Seoul', language: 'ko', senderContact: '서울시 중구 세종대로 1' }, deliveryId: '0198c3a0-1111-7000-8000-000000000001', personId: '0198c3a0-1111-7000-8000-000000000002' };
  return { compiled, email: renderEmail(compiled, context, signer) };
}

test('there are twelve or more', () => {
  expect(keys.length).toBeGreaterThanOrEqual(12);
});

test.each(cases)('%s in %s renders for its sample and for a person with nothing but an address', async (key, language) => {
  for (const withSample of [true, false]) {
    const { compiled, email } = await made(key, language, withSample);
    expect([email.language, compiled.warnings]).toEqual([language, []]);
    for (const part of [email.subject, email.preheader, email.html, email.text]) expect(part).not.toMatch(/\{\{|undefined|NaN|\[object/);
    expect([email.subject.length > 5, email.subject.length <= 70, email.preheader.length > 5]).toEqual([true, true, true]);
    expect(/[가-힣]{3}/.test(email.text.replaceAll('단비상점', '').replace('서울시 중구 세종대로 1', '').replace(/김하늘|이서준|박민지|봄 캠페인|머그컵|원두/g, ''))).toBe(language === 'ko');
  }
});

/** Each run of SpamAssassin takes seconds: two starters by default, all of them in the nightly proofs. */
const scored = process.env.DANBI_SPAM === 'all' ? cases : cases.slice(0, 2);
const hasSpamAssassin = spawnSync('spamassassin', ['--version']).status === 0;
/** Names every rule that costs points, so that a failure says what to mend. */
(hasSpamAssassin ? test : test.skip).each(scored)('%s in %s costs less than one point of SpamAssassin', async (key, language) => {
  const { email } = await made(key, language, true);
  const { raw } = compose({ deliveryId: '0198c3a0-1111-7000-8000-000000000001', campaignId: '0198c3a0-2222-7000-8000-000000000002', stepId: 'm', topic: 'news', transactional: false, from: { name: '단비', address: 'news@example.com' }, to: 'minji@example.com', date: new Date(), content: email });
  const { stdout } = spawnSync('spamassassin', ['-L', '-t'], { input: raw, encoding: 'utf8', timeout: 60_000 });
  const score = Number(/^X-Spam-Status:.*?score=(-?[\d.]+)/m.exec(stdout)?.[1]);
  const rules = [...stdout.matchAll(/^ *(-?\d+\.\d) (\w+) /gm)].filter(([, points]) => Number(points) > 0).map(([, points, rule]) => `${points} ${rule}`);
  process.stdout.write(`spam score ${key} ${language}: ${score} ${rules.join(', ')}\n`);
  expect([Number.isFinite(score), score < 1 ? [] : rules]).toEqual([true, []]);
}, 600_000);

let browser: TestBrowser | null = null;
beforeAll(async () => { if (hasBrowser) browser = await openBrowser(); });
afterAll(() => browser?.close());
(hasBrowser ? test : test.skip).each(cases)('%s in %s fits a narrow and a wide window', async (key, language) => {
  const { email } = await made(key, language, true);
  for (const width of [390, 1000]) {
    await browser!.page.setViewportSize({ width, height: 900 });
    await browser!.page.setContent(email.html.replaceAll(/src="https:[^"]*"/g, 'src="data:,"'));
    expect(await browser!.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await picture(browser!.page, `starter-${key}-${language}-${width}`);
  }
}, 600_000);
