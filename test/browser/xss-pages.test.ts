import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EmailContent } from '../../src/contract/message.js';
import { fileMail } from '../../src/delivery/sandbox/store/sandbox.store.js';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { newId } from '../../src/kernel/ids.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, type TestBrowser } from '../support/browser.js';
import { makePeople, makePlace, queue } from '../support/deliveries.js';
import { byWire, heard, listen, PAYLOADS } from '../support/xss.js';

/** What a database and JSON can hold; the rest of the payload stays. */
const storable = (text: string) => text.replace(/\0|\p{Cs}/gu, '');
/** How many are taken away when each takes the place of the one before. */
const MOST = PAYLOADS.length * byWire('').length - 1;
const NAMES = PAYLOADS.map((_, index) => `p${index}`);

(hasBrowser ? describe : describe.skip)('pages of ours, with scripts allowed, around what attackers wrote', () => {
  let app: TestApp;
  let browser: TestBrowser;
  beforeAll(async () => {
    app = await startTestApp();
    browser = await openBrowser();
    await listen(browser.page, browser.faults);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });
  beforeEach(() => { browser.faults.length = 0; });
  const settle = () => browser.page.waitForTimeout(300);

  test('the preview of in-app messages', async () => {
    const { page } = browser;
    await page.goto(`${app.url}/sdk/danbi.d.ts`);
    const messages = JSON.stringify(PAYLOADS.flatMap(({ payload }) => byWire(payload)));
    const told = await page.evaluate(`(async () => {
      const heard = {};
      document.body.replaceChildren();
      const frame = document.createElement('iframe');
      frame.src = '/preview/in-app';
      await new Promise((done) => { addEventListener('message', ({ data }) => { heard[data.event] = (heard[data.event] || 0) + 1; if (data.event === 'ready') done(0); }); document.body.append(frame); });
      for (const message of ${messages}) {
        frame.contentWindow.postMessage({ danbi: 'preview', message }, '*');
        await new Promise((done) => setTimeout(done));
      }
      for (const end = Date.now() + 30000; Date.now() < end && !(heard.gone >= ${MOST} && heard.shown); ) await new Promise((done) => setTimeout(done, 50));
      return heard;
    })()`) as Record<string, number>;
    // All but the last were taken away by their successor.
    expect([told.ready, told.gone, (told.shown ?? 0) > 0]).toEqual([1, MOST, true]);
    expect(heard(browser.faults).filter((fault) => !/Content Security Policy|request to canary/.test(fault))).toEqual([]);
  });

  test('a message in the browser, and the page of choices, of somebody whose every attribute attacks', async () => {
    const now = new Date();
    const fields = NAMES.map((name) => `<p title="{{person.${name}}}">{{person.${name}}}</p>`).join('');
    const place = await makePlace(app.db, now, EmailContent.parse({ subject: 'Hello', body: `<mj-section><mj-column><mj-text>${fields}<b>the end</b></mj-text></mj-column></mj-section>` }), 'product-updates');
    const [personId] = await makePeople(app.db, 1, now) as [string];
    const attributes = Object.fromEntries(PAYLOADS.map(({ payload }, index) => [NAMES[index]!, storable(payload)]));
    expect((await app.api('PATCH', `/v1/people/${personId}`, { attributes: { ...attributes, name: storable(PAYLOADS[0]!.payload) } })).status).toBe(200);
    const [deliveryId] = await queue(app.db, place, [personId], now) as [string];
    await app.db.query(`update delivery as d set state = 'sent', sent_at = now(), first_attempt_at = now(), address = 'p0@example.com' where d.id = $1`, [deliveryId]);
    const links = (await app.nest.get(LinkKeys, { strict: false }).signer()).forMessage(deliveryId, personId);
    for (const address of [links.view(), links.preferences(), links.unsubscribe()]) {
      await browser.page.goto(address);
      await settle();
    }
    await browser.page.goto(links.view());
    expect(await browser.page.locator('p[title]').count()).toBe(PAYLOADS.length);
    expect(await browser.page.getByText('the end').count()).toBe(1);
    expect(heard(browser.faults)).toEqual([]);
  });

  test('the mailbox of the sandbox, list and mails, whatever a mail says', async () => {
    const ids = [];
    for (const [index, { payload }] of PAYLOADS.entries()) {
      const id = newId();
      const line = storable(payload).replace(/[\r\n]+/g, ' ');
      const raw = Buffer.from(`From: "${line.replaceAll('"', '')}" <a@x.example>\r\nTo: b@x.example\r\nSubject: =?utf-8?B?${Buffer.from(line).toString('base64')}?=\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${index % 4 === 0 ? PAYLOADS.slice(index, index + 4).map((one) => `<p>${index}</p>${storable(one.payload)}`).join('') : ''}\r\n`);
      await fileMail(app.db, { id, receivedAt: new Date(Date.now() - index * 1_000), from: line, to: 'b@x.example', subject: line, messageId: null, raw });
      // Four of them in one mail: what is looked at is whether anything runs.
      if (index % 4 === 0) ids.push(id);
    }
    const { page } = browser;
    await page.setExtraHTTPHeaders({ authorization: `Bearer ${app.key}` });
    await page.goto(`${app.url}/mailbox`);
    for (let more = 1; more < PAYLOADS.length / 50; more += 1) {
      await page.locator('a[href*="after="]').last().click();
      await page.waitForLoadState();
    }
    for (const id of ids) await page.goto(`${app.url}/mailbox/${id}`, { waitUntil: 'commit' });
    await settle();
    expect(heard(browser.faults).filter((fault) => !/Content Security Policy|Blocked script execution|sandboxed|request to canary/.test(fault))).toEqual([]);
  }, 300_000);
});
