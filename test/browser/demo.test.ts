import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, picture, type TestBrowser } from '../support/browser.js';
import { axeIn, openRoots } from '../support/sdk-page.js';

interface Definition { display: { trigger: { seconds?: number } }; message: { control?: object; variants: object[] } }
interface Campaign { id: string; name: string; revision: number; definition: Definition }

(hasBrowser ? describe : describe.skip)('the demo site, as a Korean visitor meets it', () => {
  let app: TestApp;
  let browser: TestBrowser;
  let campaigns: Campaign[];
  const named = (part: string) => campaigns.find(({ name }) => name.includes(part))!;
  const message = () => browser.page.locator('danbi-messages').locator('.m');
  const until = async <T>(ask: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> => {
    for (let tries = 0; ; tries += 1) {
      const found = await ask();
      if (isThere(found) || tries > 100) return found;
      await new Promise((done) => { setTimeout(done, 100); });
    }
  };

  /** An editor shortens the wait and leaves one variant, so that the test knows what comes. */
  async function change(part: string, edit: (definition: Definition) => void): Promise<void> {
    const { id, name, revision, definition } = named(part);
    edit(definition);
    expect(await app.api('PUT', `/v1/campaigns/${id}`, { revision, name, definition })).toMatchObject({ status: 200 });
    expect(await app.api('POST', `/v1/campaigns/${id}/publish`)).toMatchObject({ status: 200 });
  }

  beforeAll(async () => {
    app = await startTestApp({ workers: 'running' });
    const { body } = await app.api('POST', '/v1/demo');
    campaigns = await Promise.all((body.campaignIds as string[]).map(async (id) => (await app.api('GET', `/v1/campaigns/${id}`)).body as Campaign));
    await change('20 seconds', (definition) => {
      definition.display.trigger.seconds = 1.5;
      delete definition.message.control;
      definition.message.variants = definition.message.variants.slice(0, 1);
    });
    browser = await openBrowser('ko-KR');
    await openRoots(browser.page);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  test('attention on the pricing page brings the question, in Korean; a reply is kept', async () => {
    const { page } = browser;
    await page.goto(`${app.url}/demo/pricing`);
    await message().waitFor();
    await picture(page, 'demo-pricing');
    expect(await message().innerText()).toContain('요금제가 궁금하세요?');
    expect(await axeIn(page)).toEqual([]);
    await message().locator('textarea').fill('열두 명입니다 🙂');
    await message().locator('form button').click();
    const { id } = named('20 seconds');
    const replies = await until(async () => (await app.api('GET', `/v1/campaigns/${id}/answers`)).body.items as object[], (items) => items?.length > 0);
    expect(JSON.stringify(replies)).toContain('열두 명입니다 🙂');
  });

  test('two thirds down the home page comes the news, and it goes with Escape or its button', async () => {
    const { page } = browser;
    await page.goto(`${app.url}/demo`);
    await page.mouse.wheel(0, 200);
    await page.waitForTimeout(600);
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    await message().waitFor();
    await picture(page, 'demo-home');
    expect(await message().innerText()).toContain('스스로 접힙니다');
    await message().locator('.x').click();
    await message().waitFor({ state: 'detached' });
  });

  test('whoever signs up is greeted while they watch, has the greeting in the inbox, answers the survey and counts in the results', async () => {
    const { page } = browser;
    await page.goto(`${app.url}/demo/sign-up`);
    await page.fill('input[name=name]', '김하늘');
    await page.fill('input[name=email]', 'haneul@example.org');
    await page.click('form[data-form] button');
    await message().waitFor();
    await picture(page, 'demo-welcome');
    expect(await message().innerText()).toContain('김하늘님, 반갑습니다');
    await message().locator('.x').first().click();
    await message().waitFor({ state: 'detached' });

    await page.goto(`${app.url}/demo/app/inbox`);
    await page.locator('.inbox li', { hasText: '김하늘님, 반갑습니다' }).waitFor();
    await page.click('[data-view=board]');
    await page.click('[data-do=board]');
    await message().waitFor();
    await picture(page, 'demo-survey');
    await message().getByRole('radio', { name: '9' }).click();
    await message().locator('textarea').fill('기억을 대신해 주어서');
    await message().locator('form button.b').last().click();
    const person = await until(async () => (await app.api('GET', '/v1/people/external:demo-haneul@example.org')).body, ({ attributes }) => attributes?.nps_score !== undefined);
    expect(person).toMatchObject({ attributes: { nps_score: 9, name: '김하늘' }, tags: ['promoter'] });

    const [step] = (await app.api('GET', `/v1/campaigns/${named('recommend').id}/results`)).body.steps;
    expect([step.reconciliation, step.variants[0].reached]).toEqual([expect.objectContaining({ eligible: 1, delivered: 1, difference: 0 }), 1]);
    expect(browser.faults).toEqual([]);
  });
});
