import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { CDPSession, Locator } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, picture } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';
import { openRoots } from '../support/sdk-page.js';

const message = { type: 'message', id: 'hello', channel: 'email', topic: 'product-updates', name: 'Welcome', variants: [{ key: 'A', content: { subject: '', preheader: '', body: '', layout: 'plain' } }, { key: 'B', name: 'Short', content: { subject: 'Short {{default person.name "friend"}}', preheader: 'P', body: '<mj-section><mj-column><mj-text>Short</mj-text></mj-column></mj-section>', layout: 'plain' } }] };

/** What somebody reads of an e-mail: its words, whatever its links are. */
const wordsOf = (html: string) => html.replaceAll(/<(style|title)[\s\S]*?<\/\1>|<!--[\s\S]*?-->|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ').trim();

/** E-mails as marketers write them: blocks, fields, languages, one person's view, a test in the mailbox. */
(hasBrowser ? describe : describe.skip)('the e-mail editor', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let ime: CDPSession;
  let campaign: string;
  const button = (name: string | RegExp, within: Locator | null = null) => (within ?? dashboard.page).getByRole('button', { name });
  const content = async (variant = 0) => (await app.api('GET', `/v1/campaigns/${campaign}`)).body.definition.steps[0].variants[variant].content;
  const saved = async (has: (now: Awaited<ReturnType<typeof content>>) => boolean) => {
    for (let tries = 0; tries < 60; tries += 1) {
      const now = await content();
      if (has(now)) return now;
      await dashboard.page.waitForTimeout(100);
    }
    throw new Error(`not saved: ${JSON.stringify(await content())}`);
  };
  /** As an input method does it: letters come together one key after another, then the syllable is done. */
  const compose = async (syllable: string) => {
    for (const text of [...syllable.normalize('NFD')].map((_, index, all) => all.slice(0, index + 1).join('').normalize('NFC'))) await ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await ime.send('Input.insertText', { text: syllable });
  };
  const add = async (kind: string) => {
    await button('Add a block').click();
    await dashboard.page.getByRole('menuitem', { name: kind, exact: true }).click();
  };
  const frame = () => dashboard.page.frameLocator('iframe[title="The message as this person sees it"]');
  const blocks = () => dashboard.page.getByRole('list', { name: 'Blocks of the message' }).locator('> li');

  beforeAll(async () => {
    app = await startTestApp();
    dashboard = await Dashboard.open(app);
    await openRoots(dashboard.page);
    ime = await dashboard.page.context().newCDPSession(dashboard.page);
    for (const [id, attributes] of [['mina', { name: '김미나', plan: 'pro', email: 'mina@example.org', language: 'ko' }], ['ben', { name: 'Ben', email: 'ben@example.org' }]] as const) expect((await app.api('POST', '/v1/people', { externalId: id, attributes })).status).toBe(201);
    campaign = (await app.api('POST', '/v1/campaigns', { name: 'Hello', unfinished: true, definition: { type: 'series', start: 'hello', steps: [message] } })).body.id;
    await dashboard.goto(`/campaigns/${campaign}/messages/hello`);
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
  });

  test('Hangul and fields in the subject: a syllable under composition is left alone, {{ offers fields', async () => {
    const { page } = dashboard;
    const subject = page.getByRole('textbox', { name: 'Subject' });
    await subject.click();
    await compose('안');
    await compose('녕');
    await page.keyboard.type(' {{na');
    await page.getByRole('option', { name: /person\.name/ }).waitFor();
    await page.keyboard.press('Enter');
    expect(await subject.inputValue()).toBe('안녕 {{person.name}}');
    await page.keyboard.type('!');
    await page.getByRole('textbox', { name: 'Preview line' }).fill('첫 줄');
    expect(await saved((now) => now.preheader === '첫 줄')).toMatchObject({ subject: '안녕 {{person.name}}!' });
  });

  test('text with looks, Hangul at the start of a bold line, Enter after a syllable, and a field with what to say without it', async () => {
    const { page } = dashboard;
    await add('Heading');
    const heading = page.getByRole('textbox', { name: 'Heading' });
    await heading.click();
    await compose('단');
    await compose('비');
    await add('Text');
    const text = page.getByRole('textbox', { name: 'Text', exact: true });
    await text.click();
    await button('Bold').click();
    await compose('봄');
    await button('Bold').click();
    await compose('비');
    await page.keyboard.press('Enter');
    await compose('꽃');
    await page.keyboard.type(' {{pla');
    await page.getByRole('option', { name: /person\.plan.*50%/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Without person.plan, say' }).fill('무료');
    await page.keyboard.press('Enter');
    await page.keyboard.type(' yet.한국 <b>');
    const { blocks: written } = await saved((now) => JSON.stringify(now.blocks ?? '').includes('<b>'));
    expect(written).toMatchObject([
      { type: 'heading', runs: [{ text: '단비' }] },
      { type: 'text', paragraphs: [{ runs: [{ text: '봄', bold: true }, { text: '비' }] }, { runs: [{ text: '꽃 ' }, { field: 'person.plan', default: '무료' }, { text: ' yet.한국 <b>' }] }] },
    ]);
    await page.getByRole('searchbox', { name: 'As this person sees it' }).fill('미나');
    await page.getByRole('option', { name: /김미나/ }).click();
    await frame().getByText('꽃 pro yet.한국 <b>').waitFor();
    await button('Next person').click();
    await frame().getByText('꽃 무료 yet.한국 <b>').waitFor();
  });

  test('blocks move by keyboard, are duplicated, deleted and brought back; faults stand at their block', async () => {
    const { page } = dashboard;
    await add('Button');
    await page.getByText('A button leads nowhere').first().waitFor();
    await page.getByRole('textbox', { name: 'Words on the button' }).fill('Go');
    await page.getByRole('textbox', { name: 'Leads to' }).fill('https://example.com/{{person.id}}');
    await blocks().nth(2).getByRole('button', { name: /^Button Go$/ }).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('Alt+ArrowDown');
    await saved((now) => now.blocks?.map(({ type }: { type: string }) => type).join() === 'heading,button,text' && now.blocks[1].href.endsWith('{{person.id}}'));
    await button('Duplicate: Button: Go').click();
    await button('Delete: Text: 봄비 꽃 {plan} yet.한국 <b>').click();
    await saved((now) => now.blocks?.map(({ type }: { type: string }) => type).join() === 'heading,button,button');
    await button('Bring it back').click();
    await button('Delete: Button: Go').first().click();
    const { blocks: left } = await saved((now) => now.blocks?.map(({ type }: { type: string }) => type).join() === 'heading,button,text');
    expect(left[2].paragraphs[1].runs[1]).toEqual({ field: 'person.plan', default: '무료' });
    await add('Two columns');
    await button('Add to: Right column').click();
    await page.getByRole('menuitem', { name: 'Picture' }).click();
    await page.getByText('A picture has no words for people who do not see it.').first().waitFor();
    await page.getByRole('textbox', { name: 'What the picture shows' }).fill('꽃');
    await button(/^Delete: Two columns/).click();
    await saved((now) => now.blocks?.length === 3);
  });

  test('another language begins with a copy; blocks keep one shape, words are its own', async () => {
    const { page } = dashboard;
    await button('Add a language').click();
    await page.getByRole('combobox', { name: 'What stands here now is in' }).click();
    await page.getByRole('option', { name: 'Korean' }).click();
    await page.getByRole('combobox', { name: 'New language' }).click();
    await page.getByRole('option', { name: 'English' }).click();
    await button('Add', page.getByRole('dialog')).click();
    await page.getByText(/blocks still say what the original says/).waitFor();
    await page.getByRole('textbox', { name: 'Subject' }).fill('Hello {{default person.name "friend"}}');
    await button(/^Heading 단비$/).click();
    const heading = page.getByRole('textbox', { name: 'Heading' });
    await heading.fill('Welcome rain');
    await button('Move down: Heading: Welcome rain').click();
    const now = await saved((one) => one.translations?.en?.blocks?.[1]?.runs?.[0]?.text === 'Welcome rain');
    expect(now).toMatchObject({ language: 'ko', subject: '안녕 {{person.name}}!', blocks: [{ type: 'button' }, { type: 'heading', runs: [{ text: '단비' }] }, { type: 'text' }], translations: { en: { subject: 'Hello {{default person.name "friend"}}', blocks: [{ type: 'button' }, {}, { type: 'text' }] } } });
    await frame().getByText('Welcome rain').waitFor();
    await page.getByRole('radiogroup', { name: 'Language' }).getByText('Korean').click();
    await frame().getByRole('heading', { name: '단비' }).waitFor();
  });

  test('the preview is what is sent: a test of every variant and language in two clicks, in the mailbox', async () => {
    const { page } = dashboard;
    await page.getByRole('switch', { name: 'Dark inbox' }).check({ force: true });
    await frame().getByText('꽃').first().waitFor();
    const shown = wordsOf((await page.locator('iframe').getAttribute('srcdoc'))!);
    expect(shown).toMatch(/꽃 (무료|pro) yet\.한국 &lt;b&gt;/);
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('t');
    await button('Send 3 e-mails', page.getByRole('dialog')).click();
    await page.getByRole('dialog').getByRole('listitem').nth(2).waitFor();
    expect(await page.getByRole('dialog').getByRole('listitem').allInnerTexts()).toEqual(['A · Korean → owner@example.com: taken', 'A · English → owner@example.com: taken', 'Short → owner@example.com: taken']);
    const mails = (await app.api('GET', '/v1/sandbox/mails')).body.items as { id: string; subject: string }[];
    const subjects = mails.map(({ subject }) => subject);
    expect(subjects).toHaveLength(3);
    expect(subjects).toEqual(expect.arrayContaining([expect.stringMatching(/^\[테스트\].*안녕 (Ben|김미나)!$/), expect.stringMatching(/^\[Test\].*Hello (Ben|김미나)$/), expect.stringMatching(/Short (Ben|김미나)$/)]));
    const sent = (await app.api('GET', `/v1/sandbox/mails/${mails.find(({ subject }) => subject.includes('안녕'))!.id}`)).body.html as string;
    expect(wordsOf(sent)).toBe(shown);
    await page.keyboard.press('Escape');
  });

  test('converting to code is asked first and drops the blocks in every language', async () => {
    const { page } = dashboard;
    await dashboard.goto(`/campaigns/${campaign}/messages/hello?view=source`);
    await page.getByRole('textbox', { name: 'MJML of the message' }).waitFor();
    const before = await content();
    await button('Convert to code').click();
    await button('Convert to code', page.getByRole('dialog')).click();
    const now = await saved((one) => one.blocks === undefined);
    expect([now.body, now.translations.en.body, now.translations.en.blocks]).toEqual([before.body, before.translations.en.body, undefined]);
    const source = page.getByRole('textbox', { name: 'MJML of the message' });
    await source.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('\n<mj-section><mj-column><mj-text>typed</mj-text></mj-column></mj-section>');
    await saved((one) => one.body.includes('typed'));
    await frame().getByText('typed').waitFor();
  });

  test('every message in one list, found by its words; its page in both languages and schemes', async () => {
    const { page } = dashboard;
    await dashboard.goto('/messages');
    await page.getByRole('link', { name: /^안녕 person.name/ }).waitFor();
    await page.getByRole('searchbox', { name: 'Search messages' }).fill('short');
    await page.getByRole('link', { name: /^안녕 person.name/ }).waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: /^Short/ }).click();
    await page.waitForURL(/messages\/hello\?variant=B/);
    await page.getByText('This message is written in MJML', { exact: false }).waitFor();
    await button('Start from a layout').click();
    await button(/^Welcome/, page.getByRole('dialog')).click();
    await frame().getByText('Good to have you here').waitFor();
    await button(/^Heading Good to have you here/).click();
    await page.getByRole('textbox', { name: 'Heading' }).waitFor();
  });

  test('an in-app message of a series is written whole on a page of its own, beside what the SDK makes of it', async () => {
    const { page } = dashboard;
    const { body: { id } } = await app.api('POST', '/v1/campaigns', { name: 'Inside', unfinished: true, definition: { type: 'series', entry: { type: 'event', event: 'Signed Up' }, start: 'tip', steps: [{ id: 'tip', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { title: 'First tip', body: '' } }] }] } });
    await dashboard.goto(`/campaigns/${id}/messages/tip`);
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('본문이 여기에');
    await page.frameLocator('iframe').locator('danbi-messages').locator('.m').filter({ hasText: '본문이 여기에' }).waitFor();
    await page.getByRole('combobox', { name: 'Format' }).click();
    await page.getByRole('option', { name: 'Banner' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body.definition.steps[0].variants[0].content).toMatchObject({ format: 'banner', title: 'First tip', body: '본문이 여기에' });
  });

  test('a one-off in-app message is written on the same page', async () => {
    const { page } = dashboard;
    const { body: { id } } = await app.api('POST', '/v1/campaigns', { name: 'Once', unfinished: true, definition: { type: 'broadcast' } });
    await dashboard.goto(`/campaigns/${id}`);
    await page.getByRole('combobox', { name: 'By' }).click();
    await page.getByRole('option', { name: 'In-app message' }).click();
    await page.getByRole('link', { name: 'Write A' }).click();
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('하루만 할인');
    await page.frameLocator('iframe').locator('danbi-messages').locator('.m').filter({ hasText: '하루만 할인' }).waitFor();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body.definition.message.variants[0].content).toMatchObject({ format: 'chat', body: '하루만 할인' });
  });

  test('a notice to the team has details, links, a colour and a member, and is seen as the chat shows it', async () => {
    const { page } = dashboard;
    const endpoint = await app.api('POST', '/v1/webhook-endpoints', { name: '영업팀', kind: 'jandi', url: 'https://wh.jandi.com/connect-api/webhook/1/2' });
    expect(endpoint).toMatchObject({ status: 201 });
    const endpointId = endpoint.body.endpoint.id as string;
    const { body: { id } } = await app.api('POST', '/v1/campaigns', { name: 'Tell', unfinished: true, definition: { type: 'series', entry: { type: 'event', event: 'Signed Up' }, start: 'tell', steps: [{ id: 'tell', type: 'message', channel: 'chat', variants: [{ key: 'A', content: { endpointId, title: '새 가입', text: '' } }] }] } });
    await dashboard.goto(`/campaigns/${id}?at=tell`);
    await page.getByRole('link', { name: 'Write the whole notice' }).click();
    await page.getByText('It is shown here as soon as nothing is left open.').waitFor();
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('{{default person.name "누군가"}} 님이 가입했어요');
    await button('Add a detail').click();
    await page.getByRole('textbox', { name: 'What it is' }).fill('요금제');
    await page.getByRole('textbox', { name: 'More about it' }).fill('{{default person.plan "없음"}}');
    await button('Add a link').click();
    await page.getByRole('textbox', { name: 'Words of the link' }).fill('고객 보기');
    await page.getByRole('textbox', { name: 'Leads to' }).fill('https://example.com/people');
    await page.getByRole('textbox', { name: 'Colour of the bar' }).fill('#FAC11B');
    await page.getByRole('textbox', { name: 'Only to this member' }).fill('sales@example.org');
    const notice = page.getByRole('figure', { name: 'The notice in the chat' });
    await notice.getByText(/님이 가입했어요/).waitFor();
    await notice.getByText('Only sales@example.org sees it.').waitFor();
    expect(await notice.innerText()).toMatch(/새 가입[\s\S]*고객 보기[\s\S]*요금제/);
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body.definition.steps[0].variants[0].content).toEqual({
      endpointId, title: '새 가입', text: '{{default person.name "누군가"}} 님이 가입했어요', color: '#FAC11B', memberEmail: 'sales@example.org',
      details: [{ title: '요금제', description: '{{default person.plan "없음"}}' }], links: [{ label: '고객 보기', url: 'https://example.com/people' }],
    });
    // On the step its text stands with the name of the field, not with marks of templates.
    await page.getByRole('tab', { name: 'Editor' }).click();
    await page.locator('#at-tell').waitFor();
    expect(await page.locator('#at-tell').innerText()).not.toContain('{{');
  });

  test('snippets: made, named by a draft, refused while used', async () => {
    const { page } = dashboard;
    await dashboard.goto('/messages');
    await page.getByRole('tab', { name: 'Snippets' }).click();
    await button('New snippet').or(page.getByRole('link', { name: 'New snippet' })).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Address');
    await page.getByRole('textbox', { name: 'Key' }).fill('address');
    await page.getByRole('textbox', { name: 'Content' }).fill('Seoul {{nothing}}');
    await button('Save').click();
    await page.getByText(/"nothing" is not known/).first().waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('400')]);
    await page.getByRole('textbox', { name: 'Content' }).fill('서울 중구');
    await button('Save').click();
    await page.getByRole('heading', { level: 1, name: 'Address' }).waitFor();
    await page.getByText('No draft and no other snippet names it.').waitFor();
    await dashboard.goto('/messages/snippets');
    await page.getByRole('link', { name: 'Address' }).waitFor();
  });

  test('a snippet: who comes second keeps either text; while a draft names it, it is not deleted, and says which', async () => {
    const { page } = dashboard;
    const { revision } = (await app.api('GET', '/v1/snippets/address')).body;
    await page.getByRole('link', { name: 'Address' }).click();
    await page.getByRole('textbox', { name: 'Content' }).fill('서울 종로구');
    expect((await app.api('PUT', '/v1/snippets/address', { revision, name: 'Address', kind: 'text', language: 'en', content: '부산', translations: {} })).status).toBe(200);
    await button('Save').click();
    await page.getByText('“부산”', { exact: false }).waitFor();
    await button('Keep mine').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const read = async () => (await app.api('GET', '/v1/snippets/address')).body;
    expect((await read()).content).toBe('서울 종로구');
    const mentioning = { subject: '주소', body: '<mj-section><mj-column><mj-text>{{> address}}</mj-text></mj-column></mj-section>' };
    const { id } = (await app.api('POST', '/v1/campaigns', { name: '주소 안내', definition: { type: 'broadcast', audience: { type: 'tag', op: 'has', tag: 'x' }, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content: mentioning }] } } })).body;
    const dialog = page.getByRole('dialog');
    await button('Delete snippet').click();
    await dialog.getByRole('button', { name: 'Delete snippet' }).click();
    await dialog.getByText('The snippet can not be deleted: “주소 안내” names it.').waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('409'), expect.stringContaining('409')]);
    expect((await app.api('DELETE', `/v1/campaigns/${id}`)).status).toBeLessThan(300);
    await dialog.getByRole('button', { name: 'Delete snippet' }).click();
    await page.getByText('No snippet yet').waitFor();
  });

  test('a broadcast goes another way to whom it had no success with; that way is listed among the messages', async () => {
    const { page } = dashboard;
    const { id } = (await app.api('POST', '/v1/campaigns', { name: '가을 소식', definition: { type: 'broadcast', audience: { type: 'tag', op: 'has', tag: 'x' }, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content: { subject: '가을', body: '<mj-section><mj-column><mj-text>a</mj-text></mj-column></mj-section>' } }] } } })).body;
    await dashboard.goto(`/campaigns/${id}`);
    await button('Add another way').click();
    const way = page.getByRole('region', { name: 'Way 2' });
    await way.getByLabel('Text').fill('혹시 보셨나요?');
    await picture(page, 'broadcast-ladder');
    await dashboard.choose(/Language|언어/, /한국어/);
    await page.getByRole('region', { name: '방법 2' }).waitFor();
    await picture(page, 'broadcast-ladder-ko');
    await dashboard.choose(/Language|언어/, /English/);
    await way.getByRole('link', { name: 'Write the whole message' }).click();
    await page.waitForURL(new RegExp(`/campaigns/${id}/messages/message~2`));
    await page.getByText('혹시 보셨나요?').first().waitFor();
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body.definition.message.ladder).toMatchObject([{ channel: 'in_app', unless: 'opened', after: { days: 1 }, content: { body: '혹시 보셨나요?' } }]);
    await dashboard.goto('/messages?q=가을');
    await page.getByText('Way 2, if the message before had no success').waitFor();
  });
});
