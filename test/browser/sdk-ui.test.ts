import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hasBrowser, openBrowser, picture, type TestBrowser } from '../support/browser.js';
import { KINDS, messageOf, type TestLanguage } from '../support/sdk-messages.js';
import { axeIn, displayOn, openRoots, serveSdkPage, violationsOf, type SdkPage } from '../support/sdk-page.js';

const LOOKS: { name: string; language: TestLanguage; dark?: true }[] = [{ name: 'ltr', language: 'en' }, { name: 'rtl', language: 'ar' }, { name: 'dark', language: 'en', dark: true }, { name: 'korean', language: 'ko' }];
const SIZES = [['narrow', 320, 640], ['desktop', 1280, 800]] as const;
const cases = KINDS.flatMap((kind) => LOOKS.flatMap((look) => SIZES.map((size) => ({ kind, ...look, size, what: `${kind} ${look.name} ${size[0]}` }))));

(hasBrowser ? describe : describe.skip)('how messages look', () => {
  let site: SdkPage;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await serveSdkPage();
    browser = await openBrowser();
    await openRoots(browser.page);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(() => { browser.faults.length = 0; });

  test.each(cases)('$what: whole, inside the window, accessible, under the strictest policy', async ({ kind, language, dark, size: [size, width, height], what }) => {
    const { page } = browser;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
    await page.goto(`${site.url}/?lang=${language}&dir=${language === 'ar' ? 'rtl' : 'ltr'}`);
    await displayOn(page, messageOf(kind, language, site.url));
    if (kind === 'nps' || kind === 'choice') await page.locator('danbi-messages input').nth(1).click();
    expect(await page.evaluate(GEOMETRY)).toEqual({ outside: [], small: [], cut: [], wide: false, tinyInputs: [] });
    expect(await axeIn(page)).toEqual([]);
    if (process.env.DANBI_SCREENSHOTS) {
      await page.mouse.move(0, 0);
      await picture(page, `ui-${what.replaceAll(' ', '-')}`);
    }
    expect([await violationsOf(page), browser.faults]).toEqual([[], []]);
    expect(size).toBeDefined();
  });
});

/** Runs in the page: what stands outside the window, targets below 44 px, words that are cut, inputs that make iOS zoom. */
const GEOMETRY = `(() => {
  const root = document.querySelector('danbi-messages').shadowRoot;
  const card = root.querySelector('.m');
  const box = card.getBoundingClientRect();
  const scroller = root.querySelector('.s').getBoundingClientRect();
  const all = [...card.querySelectorAll('*')].filter((node) => node.getClientRects().length > 0);
  const rough = (value) => Math.round(value * 2) / 2;
  return {
    outside: [box.left < 0, box.top < 0, box.right > innerWidth, box.bottom > innerHeight].filter(Boolean).concat(all.filter((node) => { const { left, right } = node.getBoundingClientRect(); return left < scroller.left - 1 || right > scroller.right + 1; }).map((node) => node.outerHTML.slice(0, 80))),
    small: all.filter((node) => node.matches('button,textarea,input,a.b')).filter((node) => { const { width, height } = node.getBoundingClientRect(); return rough(width) < 44 || rough(height) < 44; }).map((node) => node.outerHTML.slice(0, 60) + Math.round(node.getBoundingClientRect().width) + 'x' + Math.round(node.getBoundingClientRect().height)),
    cut: all.filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0 && getComputedStyle(node).display !== 'inline').map((node) => node.outerHTML.slice(0, 80)),
    wide: document.documentElement.scrollWidth > innerWidth,
    tinyInputs: all.filter((node) => node.matches('textarea,input:not([type=radio],[type=checkbox])') && parseFloat(getComputedStyle(node).fontSize) < 16).map((node) => node.outerHTML.slice(0, 60)),
  };
})()`;
