import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LaidOut } from '../../src/contract/visitor-wire.js';
import { hasBrowser, openBrowser, type TestBrowser } from '../support/browser.js';
import { openRoots, serveSdkPage, type SdkPage } from '../support/sdk-page.js';
import { byAuthor, byVisitor, byWire, contextWith, heard, listen, made, PAYLOADS } from '../support/xss.js';

test('there are a hundred payloads and more, of every kind, each once', () => {
  expect([PAYLOADS.length >= 100, new Set(PAYLOADS.map(({ payload }) => payload)).size, new Set(PAYLOADS.map(({ kind }) => kind)).size]).toEqual([true, PAYLOADS.length, 9]);
});

/**
 * Displays every message, looks at all that was built, and then does what a visitor might: points, focuses, clicks, writes,
 * sends. A link that leads to the web is not followed, every other one is. Answers what should not be there.
 */
const ATTACK = (messages: LaidOut[]) => `(async () => {
  const { show } = await import('/ui.js');
  const allowed = new Set('p h2 h3 blockquote ul ol li hr br pre strong b em i u s code small sub sup a img section dialog div button span form label textarea input'.split(' '));
  const bad = new Set();
  let built = 0;
  document.addEventListener('click', (event) => { const link = event.composedPath().find((node) => node.href); if (link && /^(https?|mailto|tel):/.test(link.protocol)) event.preventDefault(); }, true);
  const note = () => {};
  for (const message of ${JSON.stringify(messages).replaceAll('<', '\\u003c')}) {
    const { close } = show(message, { shown: note, open: note, click: note, reply: note, dismiss: note, gone: note });
    const root = document.querySelector('danbi-messages')?.shadowRoot;
    if (!root) { bad.add('not displayed: ' + JSON.stringify(message).slice(0, 200)); continue; }
    built += 1;
    for (const node of root.querySelectorAll('.m, .m *')) {
      if (!allowed.has(node.localName) || node.namespaceURI !== 'http://www.w3.org/1999/xhtml') bad.add('element ' + node.localName);
      for (const { name, value } of node.attributes) {
        if (/^on|^srcdoc$|^formaction$|^action$|^ping$|^srcset$/i.test(name) || (name === 'style' && !/^(--(accent|background|text|on): ?#[0-9a-f]{6};? ?)+$/i.test(value))) bad.add(name + ' of ' + node.localName + ': ' + value.slice(0, 80));
      }
      if (node.href !== undefined && node.href !== '' && !/^(https?|mailto|tel):/.test(node.href)) bad.add('href ' + node.href.slice(0, 80));
      if (node.src !== undefined && node.src !== '' && !/^https?:/.test(node.src)) bad.add('src ' + node.src.slice(0, 80));
      for (const type of ['pointerdown', 'mouseover', 'pointerenter']) node.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
      if (node.matches('textarea')) node.value = 'a';
      node.focus?.();
    }
    for (const node of [...root.querySelectorAll('.m a, .m img, .m p, .m input, .b:not(.x)')]) node.click();
    close();
  }
  await new Promise((done) => setTimeout(done, 300));
  return { bad: [...bad].slice(0, 10), built, polluted: ({}).polluted, left: document.querySelectorAll('danbi-messages').length };
})()`;

(hasBrowser ? describe : describe.skip)('messages built to attack, on a page without any policy', () => {
  let site: SdkPage;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await serveSdkPage();
    browser = await openBrowser();
    await listen(browser.page, browser.faults);
    await openRoots(browser.page);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    browser.faults.length = 0;
    await browser.page.goto(`${site.url}/?policy=none`);
  });

  /** @param pictures a picture may come from anywhere on the web when whoever made the message says so */
  const attack = async (messages: LaidOut[], least: number, pictures = false) => {
    const result = await browser.page.evaluate(ATTACK(messages));
    expect(result).toEqual({ bad: [], built: messages.length, left: 0 });
    expect(messages.length).toBeGreaterThanOrEqual(least);
    expect(heard(browser.faults).filter((fault) => !pictures || fault !== 'request to canary.example')).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  };

  test('the canary sings when something runs', async () => {
    await browser.page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="xss()"><a id="j" href="javascript:xss()">x</a><img src="//canary.example/x">'); document.getElementById('j').click(); new Promise((done) => setTimeout(done, 300))`);
    expect(heard(browser.faults).map((fault) => fault.replace(/: net.*/, '')).toSorted()).toEqual(['console: CANARY xss', 'console: CANARY xss', 'request to canary.example']);
  });

  test('as what an author writes', async () => {
    const found = (await Promise.all(PAYLOADS.flatMap(({ payload }) => byAuthor(payload)).map((content) => made(content, contextWith({ name: 'N' }))))).filter((message) => message !== null);
    await attack(found, 400);
  }, 300_000);

  test('as attributes of people and properties of events, values and names', async () => {
    const found: LaidOut[] = [];
    for (const { payload } of PAYLOADS) for (const [content, context] of byVisitor(payload)) {
      const message = await made(content, context);
      if (message) found.push(message);
    }
    await attack(found, 1_000);
  }, 300_000);

  test('as messages that no server of ours makes', async () => {
    await attack(PAYLOADS.flatMap(({ payload }) => byWire(payload)), 500, true);
  }, 300_000);
});
