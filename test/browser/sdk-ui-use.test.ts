import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { DisplayMessage } from '../../src/contract/visitor-wire.js';
import { hasBrowser, openBrowser, picture, type TestBrowser } from '../support/browser.js';
import { messageOf, TEXTS } from '../support/sdk-messages.js';
import { axeIn, beginDisplay, displayOn, logOf, openRoots, serveSdkPage, until, violationsOf, type SdkPage } from '../support/sdk-page.js';

/** Where focus is: inside our root by its words, otherwise by the id of the page's own element. */
const focus = (page: Page) => page.evaluate(`(() => { const at = document.activeElement; const inner = at?.shadowRoot?.activeElement; return inner ? 'ours: ' + (inner.getAttribute('aria-label') || inner.className + ' ' + inner.textContent.slice(0, 30)).trim() : at?.id || at?.tagName; })()`);
const hosts = (page: Page) => page.locator('danbi-messages').count();

(hasBrowser ? describe : describe.skip)('how messages are used', () => {
  let site: SdkPage;
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    site = await serveSdkPage();
    browser = await openBrowser();
    page = browser.page;
    await openRoots(page);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    browser.faults.length = 0;
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce', forcedColors: 'none' });
    await page.goto(site.url);
  });
  afterEach(async () => {
    expect([await violationsOf(page), browser.faults]).toEqual([[], []]);
  });

  test('a modal takes focus, keeps it, closes with Escape and gives it back', async () => {
    await page.locator('#first').focus();
    await displayOn(page, messageOf('modal', 'en', site.url));
    expect(await focus(page)).toMatch(/^ours: s /);
    const seen = [];
    for (let step = 0; step < 5; step += 1) {
      await page.keyboard.press('Tab');
      seen.push(await focus(page));
    }
    expect(seen.filter((where) => String(where).startsWith('ours'))).toEqual(expect.arrayContaining(['ours: Close', 'ours: Video calls', 'ours: b p Talk to us', 'ours: b Maybe later']));
    expect(seen.some((where) => ['first', 'search'].includes(String(where)))).toBe(false);
    await page.keyboard.press('Escape');
    await until(page, `log.some(([name]) => name === 'gone')`);
    expect([(await logOf(page)).map(([name]) => name), await focus(page), await hosts(page)]).toEqual([['shown', 'open', 'dismiss', 'gone'], 'first', 0]);
  });

  test('a modal is closed by its button and by a click beside it, and a button without a target is a click', async () => {
    const named = async () => (await logOf(page)).map((entry) => entry.join(' '));
    await displayOn(page, messageOf('modal', 'en', site.url));
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await named()).toEqual(['shown', 'dismiss', 'gone']);
    await displayOn(page, messageOf('modal', 'en', site.url));
    await until(page, `log.filter(([name]) => name === 'shown').length === 2`);
    await page.mouse.click(5, 5);
    await until(page, `log.filter(([name]) => name === 'gone').length === 2`);
    expect((await named()).slice(3)).toEqual(['shown', 'open', 'dismiss', 'gone']);
    await displayOn(page, messageOf('modal', 'en', site.url));
    await page.getByRole('button', { name: 'Maybe later' }).click();
    await until(page, `log.filter(([name]) => name === 'gone').length === 3`);
    expect((await named()).slice(7).filter((entry) => entry !== 'shown')).toEqual(['open', 'click 1 ', 'gone']);
  });

  test.each(['chat', 'banner', 'slide_in', 'nps'] as const)('%s never takes focus, is announced, and is reached and left by Alt+Shift+M', async (kind) => {
    await page.locator('#search').focus();
    await displayOn(page, messageOf(kind, 'en', site.url));
    await page.keyboard.type('abc');
    expect([await focus(page), await page.locator('#search').inputValue()]).toEqual(['search', 'abc']);
    await until(page, `document.querySelector('danbi-messages').shadowRoot.querySelector('[role=status]').textContent !== ''`);
    expect(await page.locator('danbi-messages [role=status]').innerText()).toMatch(/^New message: .{10,} Alt\+Shift\+M goes there$/);
    await page.keyboard.press('Escape');
    expect(await hosts(page)).toBe(1);
    await page.keyboard.press('Alt+Shift+KeyM');
    expect(await focus(page)).toMatch(/^ours/);
    await page.keyboard.press('Alt+Shift+KeyM');
    expect(await focus(page)).toBe('search');
    await page.keyboard.press('Alt+Shift+KeyM');
    await page.keyboard.press('Escape');
    expect([await focus(page), await hosts(page), (await logOf(page)).map(([name]) => name).filter((name) => name !== 'open')]).toEqual(['search', 0, ['shown', 'dismiss', 'gone']]);
  });

  test.each([['en', 'ArrowRight'], ['ar', 'ArrowLeft']] as const)('a score is given with the keyboard alone (%s)', async (language, forward) => {
    await page.goto(`${site.url}/?lang=${language}&dir=${language === 'ar' ? 'rtl' : 'ltr'}`);
    await displayOn(page, messageOf('nps', language, site.url));
    await page.locator('#search').focus();
    const walked = [];
    for (let step = 0; step < 3; step += 1) {
      await page.keyboard.press('Tab');
      walked.push(await focus(page));
    }
    expect(walked).toEqual(['ours: Close', `ours: 0, ${TEXTS[language].ends[0]}`, `ours: b p ${TEXTS[language].submit}`]);
    await page.keyboard.press('Enter');
    expect([await page.locator('danbi-messages [role=alert]').innerText(), await focus(page)]).toEqual(['Please answer first.', `ours: 0, ${TEXTS[language].ends[0]}`]);
    const checked = () => page.locator(':checked').inputValue();
    for (const [key, score] of [[forward, '1'], ['ArrowDown', '2'], ['ArrowUp', '1'], ['ArrowUp', '0'], ['ArrowUp', '10'], [forward, '0'], ['ArrowUp', '10'], [forward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft', '9']] as const) {
      await page.keyboard.press(key);
      expect([key, await checked()]).toEqual([key, score]);
    }
    await page.keyboard.press('Tab');
    expect(await focus(page)).toBe(`ours: ${TEXTS[language].comment}`);
    await page.keyboard.type('  왜냐하면  ');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect((await logOf(page)).at(-1)).toEqual(['reply', { score: 9, text: '왜냐하면' }]);
    expect(await focus(page)).toContain(TEXTS[language].thanks.slice(0, 10));
    await page.keyboard.press('Escape');
    expect([(await logOf(page)).map(([name]) => name), await hosts(page), await focus(page)]).toEqual([['shown', 'open', 'reply', 'gone'], 0, 'search']);
  });

  test('several choices are switches, each of which Tab meets', async () => {
    await displayOn(page, messageOf('choice', 'ko', site.url));
    for (const name of ['팀 채팅', '화상 회의']) {
      await page.getByRole('checkbox', { name }).focus();
      await page.keyboard.press('Space');
    }
    expect(await page.getByRole('checkbox', { checked: true }).evaluateAll((all) => all.map((one) => one.ariaLabel))).toEqual(['팀 채팅', '화상 회의']);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: '보내기' }).click();
    expect((await logOf(page)).at(-1)).toEqual(['reply', { choices: ['c0'] }]);
    await picture(page, 'ui-thanks-korean');
  });

  test('thanks stay while somebody is at them, and go by themselves otherwise', async () => {
    await displayOn(page, messageOf('csat', 'en', site.url));
    await page.getByRole('radio', { name: '4' }).click();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('#search').focus();
    await page.mouse.move(0, 0);
    await until(page, `log.some(([name]) => name === 'gone')`);
    expect([(await logOf(page)).map(([name]) => name), await hosts(page)]).toEqual([['shown', 'open', 'reply', 'gone'], 0]);
  });

  test('a chat is answered once: Enter sends, Shift+Enter is a line, nothing is no answer', async () => {
    await displayOn(page, messageOf('chat', 'ko', site.url));
    const area = page.getByRole('textbox', { name: '답장 쓰기' });
    await area.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('안녕하세요');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('<b>질문</b>이 있어요');
    await picture(page, 'ui-chat-writing');
    await page.keyboard.press('Enter');
    expect([(await logOf(page)).at(-1), await page.locator('.mine').innerText(), await area.count(), await focus(page)]).toEqual([['reply', { text: '안녕하세요\n<b>질문</b>이 있어요' }], '안녕하세요\n<b>질문</b>이 있어요', 0, 'ours: mine 안녕하세요\n<b>질문</b>이 있어요']);
    await picture(page, 'ui-chat-sent');
    await page.getByRole('button', { name: '닫기' }).click();
    expect((await logOf(page)).map(([name]) => name)).toEqual(['shown', 'open', 'reply', 'gone']);
  });

  test('a link counts, opens beside the page when it leads elsewhere, and tells nothing of the page', async () => {
    await displayOn(page, { ...messageOf('slide_in', 'en', site.url), b: [['Here', `${site.url}/#there`], ['Away', 'https://shop.example/a'], ['Mail', 'mailto:a@shop.example']] });
    expect(await page.evaluate(`[...document.querySelector('danbi-messages').shadowRoot.querySelectorAll('a')].map(({ target, rel }) => [target, rel])`)).toEqual([['', 'noopener noreferrer'], ['_blank', 'noopener noreferrer'], ['', 'noopener noreferrer']]);
    await page.getByRole('link', { name: 'Here' }).click();
    await until(page, `log.some(([name]) => name === 'gone')`);
    expect([(await logOf(page)).slice(2), page.url()]).toEqual([[['click', 0, `${site.url}/#there`], ['gone']], `${site.url}/#there`]);
  });

  test('nothing of the page is touched, and nothing stays', async () => {
    const state = `JSON.stringify([document.documentElement.outerHTML, document.adoptedStyleSheets.length, Object.keys(window).filter((name) => name !== 'shown').sort(), getComputedStyle(document.body).overflow])`;
    const before = await page.evaluate(state);
    for (const kind of ['modal', 'nps', 'banner'] as const) {
      await displayOn(page, messageOf(kind, 'en', site.url));
      await page.evaluate('shown.close()');
      await page.evaluate('log.length = 0');
    }
    expect([await page.evaluate(state), await hosts(page)]).toEqual([before, 0]);
  });

  test('taking it away says nothing but that it is gone, once', async () => {
    await displayOn(page, messageOf('modal', 'en', site.url));
    await page.evaluate('(shown.close(), shown.close())');
    expect((await logOf(page)).map(([name]) => name)).toEqual(['shown', 'gone']);
  });

  test('it counts as shown when it is painted in a visible tab, and not before', async () => {
    await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })`);
    await beginDisplay(page, messageOf('chat', 'en', site.url));
    await page.evaluate('new Promise((done) => { let frames = 0; const next = () => (frames += 1) > 10 ? done(0) : requestAnimationFrame(next); next(); })');
    expect(await logOf(page)).toEqual([]);
    await page.evaluate(`delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))`);
    await until(page, 'log.length > 0');
    expect(await logOf(page)).toEqual([['shown']]);
  });

  test('a message the page hides was not seen', async () => {
    await page.evaluate(`document.adoptedStyleSheets = [Object.assign(new CSSStyleSheet())]; document.adoptedStyleSheets[0].replaceSync('danbi-messages{display:none!important}')`);
    await displayOn(page, messageOf('chat', 'en', site.url));
    expect((await logOf(page)).map(([name]) => name)).toEqual(['dismiss', 'gone']);
  });

  test('it lies above everything the page has, and survives a page that replaces its body', async () => {
    await page.evaluate(`const wall = document.createElement('div'); wall.style.cssText = ''; Object.assign(wall.style, { position: 'fixed', inset: '0', zIndex: '2147483647', background: 'white' }); document.body.append(wall)`);
    await displayOn(page, messageOf('chat', 'en', site.url));
    const top = `(() => { const { left, top, width, height } = document.querySelector('danbi-messages').shadowRoot.querySelector('.x').getBoundingClientRect(); return document.elementFromPoint(left + width / 2, top + height / 2).localName; })()`;
    expect(await page.evaluate(top)).toBe('danbi-messages');
    await page.evaluate(`document.body.replaceWith(document.createElement('body')); log.length = 0`);
    await displayOn(page, messageOf('banner', 'en', site.url));
    expect([await page.evaluate(top), (await logOf(page)).map(([name]) => name)]).toEqual(['danbi-messages', ['shown']]);
  });

  test('words without end, and a picture that does not come', async () => {
    await page.setViewportSize({ width: 320, height: 480 });
    const long = 'https://danbi.example/' + 'x'.repeat(400);
    const message: DisplayMessage = { ...messageOf('slide_in', 'en', site.url), title: 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen', img: [`${site.url}/gone.png`, 'A cup of coffee'], n: [['p', 0, long], ...Array.from({ length: 40 }, (_, index) => ['p', 0, `Paragraph ${index}`] as const), ['img', { src: `${site.url}/gone-too.png`, alt: '' }]] };
    await displayOn(page, message);
    await until(page, `!document.querySelector('danbi-messages').shadowRoot.querySelector('img')`);
    expect(await page.evaluate(`(() => { const scroller = document.querySelector('danbi-messages').shadowRoot.querySelector('.s'); const { bottom, top, right } = scroller.getBoundingClientRect(); return [scroller.scrollWidth <= scroller.clientWidth, top >= 0 && bottom <= innerHeight && right <= innerWidth, scroller.tabIndex, scroller.scrollHeight > scroller.clientHeight]; })()`)).toEqual([true, true, 0, true]);
    expect(await page.locator('danbi-messages').getByText('A cup of coffee').count()).toBe(1);
    await page.keyboard.press('Alt+Shift+KeyM');
    await page.keyboard.press('End');
    await until(page, `document.querySelector('danbi-messages').shadowRoot.querySelector('.s').scrollTop > 100`);
    expect(await axeIn(page)).toEqual([]);
    await picture(page, 'ui-long-narrow');
    browser.faults.splice(0, 2);
  });

  test('it moves only for those who want that, and high contrast keeps its borders', async () => {
    const moves = `document.querySelector('danbi-messages').shadowRoot.getAnimations().length`;
    await displayOn(page, messageOf('slide_in', 'en', site.url));
    expect(await page.evaluate(moves)).toBe(0);
    await page.evaluate('shown.close()');
    await page.emulateMedia({ reducedMotion: 'no-preference', forcedColors: 'active' });
    await beginDisplay(page, messageOf('nps', 'en', site.url));
    expect(await page.evaluate(moves)).toBe(1);
    await page.getByRole('radio', { name: '7' }).click();
    expect(await page.evaluate(`(() => { const root = document.querySelector('danbi-messages').shadowRoot; return [getComputedStyle(root.querySelector('.m')).borderTopStyle, getComputedStyle(root.querySelector(':checked+.o')).outlineStyle]; })()`)).toEqual(['solid', 'solid']);
    await picture(page, 'ui-forced-colors');
  });

  test('colours of the author, words on the accent black or white', async () => {
    await displayOn(page, { ...messageOf('modal', 'ko', site.url), theme: { accent: '#FAC11B', background: '#101820', text: '#F5F5F5', on: '#000000' } });
    expect(await page.evaluate(`(() => { const root = document.querySelector('danbi-messages').shadowRoot; const of = (name) => { const { color, backgroundColor } = getComputedStyle(root.querySelector(name)); return [color, backgroundColor]; }; return [of('.m'), of('.p')]; })()`)).toEqual([['rgb(245, 245, 245)', 'rgb(16, 24, 32)'], ['rgb(0, 0, 0)', 'rgb(250, 193, 27)']]);
    expect(await axeIn(page)).toEqual([]);
    await picture(page, 'ui-theme-korean');
  });
});

(hasBrowser ? test : test.skip)('its inside is closed to the page', async () => {
  const [site, browser] = [await serveSdkPage(), await openBrowser()];
  try {
    await browser.page.goto(site.url);
    await displayOn(browser.page, messageOf('chat', 'en', site.url));
    expect(await browser.page.evaluate(`[document.querySelector('danbi-messages').shadowRoot, document.querySelector('danbi-messages').childNodes.length, document.querySelector('danbi-messages').attributes.length]`)).toEqual([null, 0, 0]);
  } finally {
    await browser.close();
    await site.close();
  }
});
