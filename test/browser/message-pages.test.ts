import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { EmailContent } from '../../src/contract/message.js';
import type { MessageLinks } from '../../src/delivery/content/compiled.js';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { axeFindings, COLOURS } from '../support/axe.js';
import { hasBrowser, openBrowser, picture, type TestBrowser } from '../support/browser.js';
import { makePeople, makePlace, queue } from '../support/deliveries.js';
import { VirtualClock } from '../support/virtual-clock.js';

const MESSAGE = EmailContent.parse({
  subject: 'Hello', layout: 'announcement',
  body: '<mj-section><mj-column><mj-text>Hello {{person.name}}, <a href="https://shop.example/a?b=1&amp;c=2#d">look</a></mj-text></mj-column></mj-section>',
});

/** What people reach from an e-mail, in a real browser that runs no scripts. */
(hasBrowser ? describe : describe.skip)('the pages of a message, without JavaScript', () => {
  const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
  let app: TestApp;
  let wide: TestBrowser;
  let narrow: TestBrowser;
  let personId: string;
  let links: MessageLinks;

  beforeAll(async () => {
    app = await startTestApp({ clock });
    wide = await openBrowser('en-US', { width: 1280, height: 900 }, { javaScriptEnabled: false });
    narrow = await openBrowser('ko-KR', { width: 390, height: 844 }, { javaScriptEnabled: false });
    await app.api('POST', '/v1/topics', { key: 'tips', name: 'Tips <& tricks> for a long first week with the product', nameKo: '활용 팁과 새로운 기능을 알려 드리는 소식' });
    await app.api('POST', '/v1/topics', { key: 'events', name: 'Events', nameKo: '행사', optIn: true });
  });
  afterEach(() => expect([...wide.faults.splice(0), ...narrow.faults.splice(0)]).toEqual([]));
  afterAll(async () => {
    await wide.close();
    await narrow.close();
    await app.close();
  });
  beforeEach(async () => {
    const place = await makePlace(app.db, clock.now(), MESSAGE, 'product-updates');
    [personId] = await makePeople(app.db, 1, clock.now()) as [string];
    await app.db.query(`update person set language = 'ko' where id = $1`, [personId]);
    await app.api('PATCH', `/v1/people/${personId}`, { attributes: { name: '이전 이름', language: 'ko' } });
    clock.advance(60_000);
    const [deliveryId] = await queue(app.db, place, [personId], clock.now()) as [string];
    await app.db.query(`update delivery as d set state = 'sent', sent_at = $2, first_attempt_at = $2, address = 'p0@example.com' where d.id = $1`, [deliveryId, clock.now()]);
    links = (await app.nest.get(LinkKeys, { strict: false }).signer()).forMessage(deliveryId, personId);
    clock.advance(60_000);
  });

  const consents = async () => Object.fromEntries((await app.api<{ items: { channel: string; topic: string; state: string }[] }>('GET', `/v1/people/${personId}/consent`)).body.items.map(({ channel, topic, state }) => [`${channel}:${topic}`, state]));
  const status = (page: Page) => page.getByRole('status').innerText();

  test('choices are seen, kept, all taken back and undone, by keyboard alone', async () => {
    const { page } = narrow;
    await page.goto(links.preferences());
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('수신 설정');
    await picture(page, 'preferences-ko-390');
    expect(await page.getByRole('group', { name: '활용 팁과 새로운 기능을 알려 드리는 소식' }).getByRole('checkbox', { name: '이메일' }).isChecked()).toBe(true);
    expect(await page.getByRole('group', { name: '행사' }).getByRole('checkbox', { name: '이메일' }).isChecked()).toBe(false);
    expect([await page.getByRole('radio', { name: '소식이 있을 때마다' }).isChecked(), await page.getByRole('combobox', { name: '메시지 언어' }).inputValue()]).toEqual([true, 'ko']);
    // A topic that came after the page was shown is not refused by saving it.
    await app.api('POST', '/v1/topics', { key: `late-${personId.slice(-6)}`, name: 'Late' });
    await page.getByRole('group', { name: '활용 팁' }).getByRole('checkbox', { name: '이메일' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('group', { name: '행사' }).getByRole('checkbox', { name: '앱 메시지' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('radio', { name: '소식이 있을 때마다' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: '저장' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/lang=ko/);
    expect(await status(page)).toBe('설정이 저장되었습니다.');
    const saved = { 'email:tips': 'unsubscribed', 'in_app:events': 'subscribed' };
    expect(await consents()).toEqual(saved);
    expect(await app.db.query('select r.email_frequency as frequency, r.source from person_preference as r where r.person_id = $1', [personId])).toEqual([{ frequency: 'weekly', source: 'preference_page' }]);
    expect(await page.getByRole('radio', { name: '일주일에 한 번' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: '모두 수신 거부하기' }).click();
    await page.getByRole('button', { name: '되돌리기' }).waitFor();
    await picture(page, 'left-ko-390');
    expect([await status(page), Object.values(await consents()).includes('subscribed'), (await consents())['email:product-updates']]).toEqual([expect.stringContaining('모두 수신 거부되었습니다.'), false, 'unsubscribed']);
    await page.getByRole('button', { name: '되돌리기' }).click();
    await page.getByText('이전 설정으로 되돌렸습니다.').waitFor();
    expect(await consents()).toMatchObject({ ...saved, 'email:product-updates': 'subscribed' });
    const proof = await app.db.query(`select distinct c.method, c.actor from consent_proof as c where c.person_id = $1`, [personId]);
    expect(proof).toEqual([{ method: 'preference_page', actor: 'person' }]);
  });

  test('the page speaks the language that was asked for, and messages the one that was chosen', async () => {
    const { page } = wide;
    await page.goto(links.preferences());
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    await picture(page, 'preferences-ko-1280');
    await page.getByRole('link', { name: 'English' }).click();
    expect([await page.locator('html').getAttribute('lang'), await page.title()]).toEqual(['en', 'Your preferences']);
    await picture(page, 'preferences-en-1280');
    await page.getByRole('button', { name: 'Save' }).click();
    expect([await status(page), await consents(), await page.locator('html').getAttribute('lang')]).toEqual(['Nothing was changed.', {}, 'en']);
    await page.getByRole('combobox', { name: 'Language of messages' }).selectOption('en');
    await page.getByRole('button', { name: 'Save' }).click();
    expect([await status(page), (await app.api('GET', `/v1/people/${personId}`)).body.language]).toEqual(['Your choices are saved.', 'en']);
    await page.setViewportSize({ width: 390, height: 844 });
    await picture(page, 'preferences-en-390');
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('unsubscribing asks first, says what it did, and is undone right there', async () => {
    for (const [browser, language, width] of [[wide, 'en', 1280], [narrow, 'ko', 390]] as const) {
      const { page } = browser;
      await page.goto(`${links.unsubscribe()}?lang=${language}`);
      await picture(page, `unsubscribe-${language}-${width}`);
      expect(await consents()).toEqual(language === 'en' ? {} : { 'email:product-updates': 'subscribed' });
      await page.getByRole('button', { name: language === 'en' ? 'Unsubscribe' : '수신 거부하기' }).click();
      expect(await status(page)).toBe(language === 'en' ? 'You will receive no more e-mail about “Product updates”.' : '‘제품 소식’ 이메일을 더 이상 보내지 않습니다.');
      await picture(page, `unsubscribed-${language}-${width}`);
      expect(await consents()).toEqual({ 'email:product-updates': 'unsubscribed' });
      await page.getByRole('button', { name: language === 'en' ? 'Subscribe again' : '다시 수신하기' }).click();
      expect(await consents()).toEqual({ 'email:product-updates': 'subscribed' });
      await page.getByRole('link', { name: language === 'en' ? 'See all your choices' : '전체 수신 설정 보기' }).click();
      expect(await page.title()).toBe(language === 'en' ? 'Your preferences' : '수신 설정');
    }
  });

  test('everything has a name, can be read, and fits when it is twice as large', async () => {
    for (const [language, address] of [['en', links.preferences()], ['ko', links.preferences()], ['en', links.unsubscribe()], ['ko', links.unsubscribe()]] as const) {
      const checker = await openBrowser(language, { width: 640, height: 480 });
      try {
        await checker.page.goto(`${address}?lang=${language}`);
        expect(await checker.page.evaluate(AUDIT)).toEqual({ unnamed: [], faint: [], small: [], wide: false, ids: [], focus: [] });
        expect(await axeFindings(checker.page)).toEqual([]);
        await checker.page.emulateMedia({ colorScheme: 'dark' });
        expect(await axeFindings(checker.page, 'html', COLOURS)).toEqual([]);
        await checker.page.setViewportSize({ width: 320, height: 480 });
        expect(await checker.page.evaluate(`document.documentElement.style.fontSize = '200%', [getComputedStyle(document.querySelector('h1')).fontSize, document.documentElement.scrollWidth <= innerWidth]`)).toEqual(['48px', true]);
        expect(checker.faults).toEqual([]);
      } finally {
        await checker.close();
      }
    }
  });

  test('the message is a page: as it was sent, its links counted, nothing else, and gone with the person', async () => {
    await app.api('PATCH', `/v1/people/${personId}`, { attributes: { name: '새 이름' } });
    const { page } = wide;
    const answer = (await page.goto(links.view()))!;
    await picture(page, 'view-ko-1280');
    expect(await page.locator('body').innerText()).toContain('Hello 이전 이름, look');
    const html = await page.content();
    expect(['/o/', '/v/', '새 이름', 'tabindex', '<script'].filter((part) => html.includes(part))).toEqual([]);
    expect(answer.headers()).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer', 'content-security-policy': expect.stringMatching(/^default-src 'none'; .*form-action 'none'.*sandbox /) });
    expect(await page.getByRole('link', { name: 'look' }).getAttribute('href')).toBe(links.click(0, 'https://shop.example/a?b=1&c=2#d'));
    await page.getByRole('link', { name: '수신 설정' }).click();
    expect(await page.title()).toBe('수신 설정');
    expect(await app.db.query('select e.kind from delivery_event as e where e.person_id = $1', [personId])).toEqual([]);
    await narrow.page.goto(links.view());
    await picture(narrow.page, 'view-ko-390');
    expect((await app.api('DELETE', `/v1/people/${personId}`)).status).toBe(200);
    const forged = links.view().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    for (const address of [links.view(), forged, links.preferences(), links.unsubscribe()]) {
      const gone = await fetch(address, { headers: { 'accept-language': 'ko-KR' } });
      expect([gone.status, (await gone.text()).includes('이 링크는 더 이상 사용할 수 없습니다')]).toEqual([404, true]);
    }
  });
});

/** Runs in the page: WCAG 2.2 names (4.1.2), contrast (1.4.3), targets (2.5.8), reflow (1.4.10), visible focus (2.4.7). */
const AUDIT = `(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => { for (let at = node; at; at = at.parentElement) { const colour = parse(getComputedStyle(at).backgroundColor); if (colour.length === 3 || colour[3] > 0) return colour; } return [255, 255, 255]; };
  const contrast = (node) => { const [a, b] = [luminance(parse(getComputedStyle(node).color)), luminance(ground(node))].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
  const texts = [...document.querySelectorAll('body *')].filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim() !== '') && node.getClientRects().length > 0 && node.tagName !== 'OPTION');
  const controls = [...document.querySelectorAll('a[href],button,select,input:not([type=hidden])')];
  const nameOf = (node) => (node.labels && node.labels.length > 0 ? node.labels[0].innerText : node.innerText || node.getAttribute('aria-label') || '').trim();
  const box = (node) => (node.labels && node.labels.length > 0 && node.tagName === 'INPUT' ? node.labels[0] : node).getBoundingClientRect();
  const unfocused = controls.filter((node) => { node.focus({ focusVisible: true }); return document.activeElement !== node || getComputedStyle(node).outlineStyle === 'none'; });
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  return {
    unnamed: controls.filter((node) => nameOf(node) === '').map((node) => node.outerHTML),
    faint: texts.filter((node) => contrast(node) < 4.5).map((node) => node.outerHTML.slice(0, 80)),
    small: controls.filter((node) => box(node).height < 24 || box(node).width < 24).map((node) => node.outerHTML.slice(0, 80)),
    wide: document.documentElement.scrollWidth > innerWidth,
    ids: ids.filter((id, index) => ids.indexOf(id) !== index),
    focus: unfocused.map((node) => node.outerHTML.slice(0, 80)),
  };
})()`;
