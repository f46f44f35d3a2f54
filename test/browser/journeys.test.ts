import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Setup } from '../../src/access/setup.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, picture, type TestBrowser } from '../support/browser.js';
import { compose, countPresses, Keys, latinWords } from '../support/marketer.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PASSWORD = '비밀번호는 길수록 좋다';
/** Names of things that are called so in Korean too, and what people here typed in Latin letters themselves. */
const PROPER = new Set(['Danbi', 'Ctrl', 'English', 'MJML', 'ID', 'CSV', 'NDJSON', 'Parquet', 'Asia', 'Seoul', 'KST', 'JANDI', 'Slack', 'JSON', 'NPS', 'GMT', 'kB', 'README', 'sample', 'React', 'Flow', 'attribution']);
/** Events and attributes that recipes ask for, as programs call them. */
const EVENTS = ['plan', 'Plan', 'Upgraded', 'Signed', 'Up', 'Project', 'Created', 'Member', 'Invited', 'Feature', 'Used', 'Order', 'Shipped', 'Review', 'Written', 'Trial', 'Ending', 'Invoice', 'Paid'];

/** The journeys of section 10 of the design, each in one go, and its number of presses. The first one in English is in dashboard-launch, the auto message in dashboard-auto. */
(hasBrowser ? describe : describe.skip)('journeys of a marketer', () => {
  let app: TestApp;
  let browser: TestBrowser;
  let base: string;
  let pressesOf: (work: () => Promise<unknown>) => Promise<number>;
  let keys: Keys;
  let walked: string;
  const clock = new VirtualClock(new Date());

  beforeAll(async () => {
    app = await startTestApp({ clock });
    browser = await openBrowser('ko-KR', { width: 1280, height: 860 });
    base = app.url.replace('127.0.0.1', 'localhost');
    await browser.page.emulateMedia({ reducedMotion: 'reduce' });
    pressesOf = await countPresses(browser.page);
    keys = new Keys(browser.page);
  });
  afterEach(() => expect(browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  const press = (name: string | RegExp) => browser.page.getByRole('button', { name, exact: true }).click();
  const dialog = () => browser.page.getByRole('dialog');
  const idOf = () => new URL(browser.page.url()).pathname.split('/')[2]!;
  const campaign = async (id = idOf()) => (await app.api('GET', `/v1/campaigns/${id}`)).body;
  const saved = (text = '저장됨') => browser.page.getByText(text, { exact: true }).waitFor();
  /** Everything in Latin letters that was seen where it should not be. */
  const english: [string, string[]][] = [];
  const isKorean = async (where: string, besides: readonly string[] = []) => {
    await picture(browser.page, `journey-${where}`);
    const words = await latinWords(browser.page, new Set([...PROPER, ...besides]));
    if (words.length > 0) english.push([where, words]);
  };

  test('in Korean alone: from the set-up to the first result, by way of a segment, an A/B test and a walk', async () => {
    const { page } = browser;
    const token = (await app.nest.get(Setup, { strict: false }).issue())!;
    await page.goto(`${base}/setup?token=${token}`);
    await isKorean('setup');
    for (const [name, text] of [['name', '김단비'], ['email', 'owner@example.com'], ['password', PASSWORD], ['workspace.name', '단비 상점'], ['workspace.timeZone', 'Asia/Seoul'], ['workspace.senderContact', '서울시 중구 1, 02-123-4567']] as const) await page.locator(`[name="${name}"]`).fill(text);
    await page.locator('[name="sampleData"]').uncheck();
    await page.locator('main form button').last().click();
    await page.getByRole('link', { name: '첫 캠페인 시작하기' }).waitFor();
    await isKorean('keys');
    for (const [id, name] of [['mina', '김미나'], ['jiu', '박지우'], ['seojun', '이서준']] as const) {
      expect((await app.api('POST', '/v1/people', { externalId: id, attributes: { name, email: `${id}@example.org`, language: 'ko' } })).status).toBe(201);
      expect((await app.api('POST', '/v1/track', { userId: id, event: '프로젝트 만듦', messageId: id })).status).toBe(200);
    }
    expect((await app.api('PATCH', '/v1/sending-rules', { rules: { night_gate: { on: false } } })).status).toBe(200);
    await app.runner.runUntilIdle();
    await page.goto(base);
    await page.getByRole('heading', { level: 1, name: '홈' }).waitFor();
    await isKorean('home');

    expect(await pressesOf(async () => {
      await page.getByRole('link', { name: '세그먼트', exact: true }).click();
      await page.getByRole('link', { name: '새 세그먼트' }).first().click();
      await press('이벤트를 함 …');
      await page.getByRole('option', { name: /^프로젝트 만듦/ }).click();
      await page.getByText('3명', { exact: true }).waitFor();
      await isKorean('segment-new');
      await press('세그먼트 저장');
      await page.waitForURL(/\/segments\/[0-9a-f-]{36}/);
    })).toBe(5);
    await app.runner.runUntilIdle();
    await page.reload();
    const segment = await page.getByRole('heading', { level: 1 }).innerText();
    await isKorean('segment');

    await page.getByRole('link', { name: '캠페인', exact: true }).click();
    // Instead of an empty list: what one can begin with.
    await page.getByRole('button', { name: '빈 시리즈 사용하기' }).waitFor();
    await isKorean('recipes', EVENTS);
    await press('빈 시리즈 사용하기');
    await page.getByRole('textbox', { name: '이름', exact: true }).click();
    await page.keyboard.press('Control+a');
    await compose(page, '첫 프로젝트 축하');
    await page.getByRole('button', { name: /^진입 조건/ }).first().click();
    await page.getByRole('combobox', { name: '진입 방식' }).click();
    await page.getByRole('option', { name: '세그먼트에 속함' }).click();
    await page.getByRole('combobox', { name: '세그먼트', exact: true }).click();
    await page.getByRole('option', { name: segment }).click();
    await page.getByText(/지금 3명/).waitFor();
    expect(await pressesOf(async () => {
      await page.getByRole('button', { name: '맨 끝에 단계 추가' }).or(page.getByRole('button', { name: '진입 뒤에 단계 추가' })).first().click();
      await page.getByRole('menuitem', { name: '이메일', exact: true }).click();
    })).toBe(2);
    await page.getByLabel('제목', { exact: true }).click();
    await compose(page, '첫 프로젝트를 축하해요');
    await page.getByRole('button', { name: /^이메일 .*첫 프로젝트를 축하해요/ }).first().waitFor();
    await isKorean('series');
    await page.getByRole('link', { name: '이메일 쓰기' }).click();
    await press('블록 추가');
    await page.getByRole('menuitem', { name: '글', exact: true }).click();
    await page.getByRole('textbox', { name: '글', exact: true }).click();
    await compose(page, '함께해서 기뻐요');
    await page.frameLocator('iframe').getByText('함께해서 기뻐요').last().waitFor();
    await isKorean('message');
    await saved();
    await page.getByRole('tab', { name: '편집' }).click();
    // The canvas moves as it opens; a press that misses is made again, and would be counted.
    await page.getByRole('button', { name: /^이메일 .*첫 프로젝트를 축하해요/ }).first().click({ trial: true });
    expect(await pressesOf(async () => {
      await page.getByRole('button', { name: /^이메일 .*첫 프로젝트를 축하해요/ }).first().click();
      await press('변형 추가');
    })).toBe(2);
    await page.locator('input:focus[data-field="variants.1.content.subject"]').waitFor();
    await page.keyboard.press('Control+a');
    await compose(page, '다음은 동료 초대예요');
    await page.getByRole('button', { name: /^목표/ }).first().click();
    await press('목표 추가');
    await page.getByRole('textbox', { name: '목표 이름' }).fill('동료 초대');
    await page.getByRole('combobox', { name: '이벤트', exact: true }).fill('동료 초대함');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /뒤에 단계 추가|맨 끝에 단계 추가/ }).last().click();
    await page.getByRole('menuitem', { name: '대기', exact: true }).click();
    await page.getByText('시작할 준비가 되었어요').waitFor();
    await isKorean('series-ready');

    await page.getByRole('tab', { name: '따라가 보기' }).click();
    await page.locator('iframe[title^="이메일"]').nth(1).waitFor();
    await isKorean('walk');
    walked = idOf();
    expect(await pressesOf(async () => {
      await press('검토하고 시작');
      await dialog().getByText('샌드박스: 이 컴퓨터 밖으로 아무것도 나가지 않아요').waitFor();
      await isKorean('launch');
      await press('샌드박스에서 3명에게 시작');
      await page.getByText('샌드박스에서 시작했어요').waitFor();
    })).toBe(2);
    await app.runner.runUntilIdle();
    expect((await app.api('GET', '/v1/sandbox/mails')).body.items).toHaveLength(3);
    await page.reload();
    await page.getByText('지금 위치와 이유').waitFor();
    await isKorean('walked');
    expect(await pressesOf(async () => {
      await page.getByRole('tab', { name: '결과' }).click();
      await page.getByText(/^수집 중/).first().waitFor();
    })).toBe(1);
    await isKorean('results');
    for (const tab of ['사람', '기록']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.waitForLoadState('networkidle');
      await isKorean(tab);
    }
    expect(english).toEqual([]);
  });

  test('the same with the keyboard alone, in English, from the language to the launch', async () => {
    const { page } = browser;
    await page.goto(base);
    await page.getByRole('heading', { level: 1, name: '홈' }).waitFor();
    expect(await pressesOf(async () => {
      await keys.open(/^언어$/);
      await keys.pick(/English/, 'menuitem');
      await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
      await page.getByRole('menu').waitFor({ state: 'hidden' });
      await keys.press('g', 's', 'n');
      await page.getByRole('heading', { level: 1, name: 'New segment' }).waitFor();
      await keys.open(/^did an event/);
      await keys.pick(/^프로젝트 만듦/);
      await page.getByText('3 people', { exact: true }).waitFor();
      await keys.to(/^Name/);
      await keys.press('Control+a');
      await keys.type('Makers');
      await keys.open(/^Save segment$/);
      await page.waitForURL(/\/segments\/[0-9a-f-]{36}/);
      await app.runner.runUntilIdle();

      await page.getByRole('heading', { level: 1, name: 'Makers' }).waitFor();
      await keys.press('g', 'c');
      await page.getByRole('heading', { level: 1, name: 'Campaigns' }).waitFor();
      await keys.press('n');
      await keys.open(/^Use Blank series$/);
      await page.getByRole('button', { name: 'Review and launch' }).waitFor();
      await keys.to(/^Name/);
      await keys.press('Control+a');
      await keys.type('By keys');
      await keys.open(/^Entry(?!:)/);
      await page.locator('h2:focus', { hasText: 'Entry' }).waitFor();
      await keys.open(/^People get in by/);
      await keys.pick(/^being in a segment/);
      await keys.to(/^Segment$/);
      await keys.type('Makers');
      await keys.pick(/^Makers/);
      await page.getByText('3 people now').waitFor();
      await keys.press('Escape');
      await keys.open(/^Add a step/);
      await keys.pick(/^E-mail/, 'menuitem');
      await page.locator('h2:focus', { hasText: 'E-mail' }).waitFor();
      await keys.to(/^Subject/);
      await keys.type('Well done');
      await keys.open(/^Write the e-mail/);
      await keys.open(/^Add a block/);
      await keys.pick(/^Text$/, 'menuitem');
      await page.getByRole('textbox', { name: 'Text', exact: true }).waitFor();
      await page.locator('button:focus', { hasText: 'Add a block' }).waitFor();
      await keys.to(/^Text$/, { back: true });
      await keys.type('Thank you for making it');
      await page.frameLocator('iframe').getByText('Thank you for making it').last().waitFor();
      await keys.to(/^Editor$/, { back: true });
      await keys.press('Enter');
      // The steps of the picture are one stop of Tab; arrows go from one to the next.
      await keys.to(/^Canvas$/);
      await keys.to(/^Entry(?!:)/);
      await keys.press('ArrowDown');
      await page.locator('#at-email-1:focus').waitFor();
      await keys.press('Enter');
      await page.locator('h2:focus', { hasText: 'E-mail' }).waitFor();
      await keys.open(/^Add variant$/);
      await page.locator('input:focus[data-field="variants.1.content.subject"]').waitFor();
      await keys.press('Control+a');
      await keys.type('What comes next');
      await keys.press('Escape');
      await keys.open(/^Goals(?!:)/, { back: true });
      await keys.open(/^Add a goal$/);
      await keys.to(/^Event$/);
      await keys.type('Invited');
      await keys.press('Escape');
      await page.getByText('Ready to launch', { exact: true }).waitFor();
      await page.getByText('Saved', { exact: true }).waitFor();

      await keys.to(/^Editor$/, { back: true });
      await keys.press('p');
      await page.locator('iframe[title^="E-mail"]').nth(1).waitFor();
      await keys.press('Control+Enter');
      await page.getByRole('dialog').getByText('Sandbox: nothing leaves this computer').waitFor();
      await keys.open(/^Launch in sandbox to 3 people$/);
      await page.getByText('Launched in the sandbox').waitFor();
      await app.runner.runUntilIdle();
      await keys.to(/^Walk through$/, { back: true });
      await keys.press('ArrowLeft', 'ArrowLeft', 'Enter');
      await page.waitForURL(/\/results/);
    })).toBe(0);
    expect(await campaign()).toMatchObject({ name: 'By keys', state: 'active', definition: { steps: [{ variants: [{ content: { subject: 'Well done' } }, { content: { subject: 'What comes next' } }] }], goals: [{ event: { name: 'Invited' } }] } });
    expect((await app.api('GET', '/v1/sandbox/mails')).body.items).toHaveLength(6);
  });

  test('a live campaign is changed: the difference is shown, people inside finish what they began, new ones get the new', async () => {
    const { page } = browser;
    await page.goto(`${base}/campaigns`);
    await page.getByRole('link', { name: '첫 프로젝트 축하' }).click();
    await page.getByRole('button', { name: /^E-mail / }).first().click();
    await page.getByLabel('Subject').fill('더 반가운 제목');
    await page.getByRole('button', { name: /^Add a step (after|at)/ }).last().click();
    await page.getByRole('menuitem', { name: 'In-app message' }).click();
    await page.getByLabel('Title').fill('하루가 지났어요');
    await page.getByLabel('Text', { exact: true }).fill('동료를 초대해 보세요');
    await saved('Saved');
    expect((await campaign(walked)).currentVersion.number).toBe(1);
    expect(await pressesOf(async () => {
      await press('Review and publish');
      await dialog().getByText('더 반가운 제목').first().waitFor();
      await dialog().getByText(/3 people are on the way\. What becomes of them\?/).waitFor();
      await press('Publish version 2');
      await dialog().getByText('Version 2 is live.').waitFor();
    })).toBe(2);
    await dialog().getByRole('button', { name: 'Close' }).click();
    await app.api('POST', '/v1/people', { externalId: 'new', attributes: { name: '최새로', email: 'new@example.org' } });
    await app.api('POST', '/v1/track', { userId: 'new', event: '프로젝트 만듦', messageId: 'new' });
    await app.runner.runUntilIdle();
    clock.advance(25 * 3_600_000);
    await app.runner.runUntilIdle();
    const runs = (await app.api('GET', `/v1/campaigns/${walked}/people`)).body.items as { versionId: string; externalId: string }[];
    const newest = (await campaign(walked)).currentVersion.id as string;
    expect(runs.filter(({ versionId }) => versionId === newest).map(({ externalId }) => externalId)).toEqual(['new']);
    expect(runs).toHaveLength(4);
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('radio', { name: 'Compare from version 1' }).waitFor();
    await picture(page, 'journey-history');
  });

  test('a result is read and acted on: who did what is behind each number, and new people get the choice', async () => {
    const { page } = browser;
    await page.goto(`${base}/campaigns`);
    await page.getByRole('link', { name: 'By keys' }).click();
    expect(await pressesOf(async () => {
      await page.getByRole('tab', { name: 'Results' }).click();
      await page.getByText(/^Still collecting\./).first().waitFor();
    })).toBe(1);
    expect(await pressesOf(async () => {
      await press('Send B to everyone from now');
      await dialog().getByText(/^New people get “B”\./).waitFor();
      await dialog().getByRole('button', { name: 'Send B to everyone from now' }).click();
      await page.getByText(/new people get B: somebody chose it\./).waitFor();
    })).toBe(2);
    for (const number of [1, 2, 3]) {
      await app.api('POST', '/v1/people', { externalId: `later-${number}`, attributes: { email: `later-${number}@example.org` } });
      await app.api('POST', '/v1/track', { userId: `later-${number}`, event: '프로젝트 만듦', messageId: `later-${number}` });
    }
    await app.runner.runUntilIdle();
    const mails = (await app.api('GET', '/v1/sandbox/mails')).body.items as { to: string[] | string; subject: string }[];
    const got = mails.filter(({ to, subject }) => String(to).includes('later-') && /Well done|What comes next/.test(subject));
    expect(got.map(({ subject }) => subject.includes('What comes next'))).toEqual([true, true, true]);
    expect(await pressesOf(async () => {
      await page.keyboard.press('Control+k');
      await page.locator('input:focus[placeholder^="Find a person"]').waitFor();
      await page.keyboard.insertText('최새로');
      await page.getByRole('dialog').getByRole('button', { name: /최새로/ }).click();
      await page.getByRole('tab', { name: 'Messages' }).click();
      await page.getByRole('button', { name: 'Why: By keys' }).click();
      await page.getByRole('list', { name: 'Gates in their order' }).waitFor();
    })).toBe(3);
  });
});
