import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, picture, type TestBrowser } from '../support/browser.js';
import { axeIn, openRoots, until } from '../support/sdk-page.js';

const LANGUAGES = ['en', 'ko'] as const;
const FRAME = `new Promise((done) => { window.heard = []; document.body.replaceChildren(); document.body.style.margin = 0; const frame = document.createElement('iframe'); frame.title = 'Preview'; frame.style.cssText = 'border:0;width:100%;height:100vh;display:block'; frame.src = '/preview/in-app'; addEventListener('message', ({ data, source }) => { if (source === frame.contentWindow) { heard.push(data.event); if (data.event === 'ready') done(0); } }); document.body.append(frame); })`;
const post = (message: unknown, scheme?: string) => `new Promise((done, failed) => { heard.length = 0; document.querySelector('iframe').contentWindow.postMessage({ danbi: 'preview', message: ${JSON.stringify(message)}, scheme: ${JSON.stringify(scheme)} }, '*'); const end = Date.now() + 8000; const look = () => heard.includes('shown') ? done(0) : Date.now() > end ? failed(new Error('never shown')) : setTimeout(look, 10); look(); })`;

(hasBrowser ? describe : describe.skip)('the page where in-app messages are looked at', () => {
  let app: TestApp;
  let browser: TestBrowser;
  let frame: Frame;
  let keys: string[];
  beforeAll(async () => {
    app = await startTestApp();
    browser = await openBrowser('en-US', { width: 1100, height: 760 });
    await openRoots(browser.page);
    await app.api('PATCH', '/v1/workspace', { settings: { senderContact: '+82 2 123 4567' } });
    const { body } = await app.api<{ items: { key: string; channel: string }[] }>('GET', '/v1/starters');
    keys = body.items.filter(({ channel }) => channel === 'in_app').map(({ key }) => key);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });
  beforeEach(async () => {
    const { page } = browser;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`${app.url}/sdk/danbi.d.ts`);
    await page.evaluate(FRAME);
    frame = page.frames()[1]!;
    browser.faults.length = 0;
  });

  test('every in-app starter is shown as visitors see it, in both languages, to people with and without data', async () => {
    expect(keys).toEqual(['in-app-feature', 'in-app-nps', 'in-app-pricing-help', 'in-app-welcome']);
    for (const key of keys) for (const language of LANGUAGES) {
      const { body: starter } = await app.api('GET', `/v1/starters/${key}?language=${language}`);
      for (const sample of [{ person: {} }, starter.sample]) {
        const { status, body } = await app.api('POST', '/v1/messages/preview', { channel: 'in_app', content: starter.content, language, topic: 'product-updates', sample });
        expect([key, status, body.problems, body.warnings, body.lint, body.language]).toEqual([key, 200, [], [], [], language]);
        expect(JSON.stringify(body.display)).not.toMatch(/\{\{|undefined|\[object|saveAs|promoter/);
        expect(/[가-힣]{3}/.test(JSON.stringify(body.display.n[3]))).toBe(language === 'ko');
        await browser.page.evaluate(post(body.display));
      }
      expect(await axeIn(frame)).toEqual([]);
      await picture(browser.page, `starter-${key}-${language}`);
    }
    expect(browser.faults).toEqual([]);
  });

  test('a modal takes no focus from whoever writes around it, and nothing is complained of', async () => {
    const { page } = browser;
    const { body } = await app.api('POST', '/v1/messages/preview', { channel: 'in_app', content: { format: 'modal', title: 'Look', body: 'Here', buttons: [{ label: 'Go', url: 'https://shop.example/' }] } });
    expect(body.problems).toEqual([]);
    await page.evaluate(`{ const field = document.createElement('input'); document.body.prepend(field); field.focus(); }`);
    for (const letter of 'ab') {
      await page.evaluate(post(body.display));
      await frame.getByRole('dialog').waitFor();
      await page.keyboard.type(letter);
    }
    expect([await page.locator('input').inputValue(), browser.faults]).toEqual(['ab', []]);
  });

  test('what is done there is told to whoever frames it, and counts nothing', async () => {
    const { body: { content } } = await app.api('GET', '/v1/starters/in-app-nps');
    const { body } = await app.api('POST', '/v1/messages/preview', { channel: 'in_app', content });
    await browser.page.evaluate(post(body.display));
    await frame.getByRole('radio', { name: '9' }).click();
    await frame.getByRole('textbox').fill('Fast');
    await frame.getByRole('button', { name: 'Send' }).click();
    await until(browser.page, `heard.includes('reply')`);
    expect(await browser.page.evaluate('heard')).toEqual(['shown', 'open', 'reply']);
    expect(await app.db.query('select count(*)::int as n from delivery_event')).toEqual([{ n: 0 }]);
  });

  test('it looks as to somebody who prefers dark or light colours, whatever this browser prefers', async () => {
    const { body: { content } } = await app.api('GET', '/v1/starters/in-app-nps');
    const { body } = await app.api('POST', '/v1/messages/preview', { channel: 'in_app', content });
    const colours = () => frame.evaluate(`(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.querySelector('danbi-messages').shadowRoot.querySelector('.m')))`);
    const seen: Record<string, unknown> = {};
    for (const preferred of ['light', 'dark'] as const) {
      await browser.page.emulateMedia({ colorScheme: preferred });
      for (const scheme of [undefined, 'light', 'dark']) {
        await browser.page.evaluate(post(body.display, scheme));
        seen[`${preferred} ${scheme ?? 'own'}`] = await colours();
      }
    }
    await browser.page.emulateMedia({ colorScheme: null });
    expect(seen['light own']).not.toEqual(seen['dark own']);
    for (const scheme of ['light', 'dark']) for (const preferred of ['light', 'dark']) expect([scheme, preferred, seen[`${preferred} ${scheme}`]]).toEqual([scheme, preferred, seen[`${scheme} own`]]);
  });

  test('it has an origin of its own, runs nothing but its own script, and hears nobody but its frame', async () => {
    expect(await frame.evaluate('[origin, document.querySelector("danbi-messages")]')).toEqual(['null', null]);
    await frame.evaluate(`postMessage({ danbi: 'preview', message: { n: ['section', 0, 'x'], w: ['x'] } }, '*')`);
    await frame.evaluate('new Promise((done) => { setTimeout(done, 100); })');
    expect(await frame.evaluate('document.querySelector("danbi-messages")')).toBeNull();
    const { headers } = await fetch(`${app.url}/preview/in-app`);
    expect([headers.get('content-security-policy'), headers.get('cache-control')]).toEqual([expect.stringMatching(/^default-src 'none'; script-src 'nonce-[\w-]{22}'; .*frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'; sandbox allow-scripts/), 'no-store']);
  });
});
