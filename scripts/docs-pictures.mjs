// npm run pictures:docs: takes the pictures of the documentation anew, in both languages, from a Danbi of its own with sample people and campaigns.
import { chromium } from 'playwright-core';
import { makeWorld, PASSWORD } from './pictures-world.mjs';

const FOLDER = process.env.DANBI_SCREENSHOTS ?? 'docs/pictures';
const SIZE = { width: 1280, height: 860 };
const REVIEW = { en: 'Review and launch', ko: '검토하고 시작' };

/** What is taken: where, what is pressed first, and what has to be there. */
const picturesOf = (ids) => [
  { name: 'home', path: '/' },
  { name: 'recipes', path: '/campaigns/new' },
  { name: 'segment', path: `/segments/${ids.segment}?tab=who`, there: (page) => page.getByText(/^[0-9]+( people|명)$/) },
  { name: 'series', path: `/campaigns/${ids.series}?view=canvas`, there: (page) => page.getByText(/^(Ready to launch|시작할 준비가 되었어요)$/) },
  { name: 'email', path: `/campaigns/${ids.series}/messages/welcome`, there: (page) => page.locator('iframe') },
  { name: 'launch', path: `/campaigns/${ids.draft}`, open: (page, language) => page.getByRole('button', { name: REVIEW[language] }).click(), there: (page) => page.getByRole('button', { name: /to [0-9]+ people|[0-9]+명에게/ }) },
  { name: 'results', path: `/campaigns/${ids.broadcast}/results?view=verdict` },
  { name: 'why', path: `/people/${ids.person}?tab=messages&campaign=${ids.series}` },
  { name: 'auto', path: `/auto-messages/${ids.auto}` },
  { name: 'status', path: '/settings/status' },
];

async function signIn(page, url) {
  await page.goto(`${url}/login`);
  await page.locator('[name="email"]').fill('owner@example.com');
  await page.locator('[name="password"]').fill(PASSWORD);
  await page.locator('form button').click();
  await page.waitForURL(`${url}/`);
}

/** The same world in English, for the English guides. */
const ENGLISH = {
  '단비 상점': 'Rain Shop', '서울시 중구 1, 02-123-4567': '1 Example Road, Seoul, +82 2 123 4567', '"language":"ko"': '"language":"en"', '김단비': 'Dana Kim', '이미나': 'Mina Lee',
  '한 주에 열 통': 'Ten a week', '하루 다섯 번': 'Five a day', '체험 고객 전환': 'From trial to paid', '체험 고객': 'Trial users', '유료 전환': 'Upgraded', '유료': 'Paid',
  '{{person.name}}님, 반갑습니다': 'Good to have you, {{person.name}}', '시작하는 데 2분이면 됩니다': 'Two minutes, and you are ready', '시작하기': 'Begin', '고맙습니다': 'Thank you', '이제 모든 기능을 쓸 수 있습니다.': 'Everything is yours now.',
  '아직 망설이고 계신가요?': 'Still undecided?', '신기능 안내': 'What is new', '새 보드를 소개합니다': 'Meet the new boards', '이제 보드로 함께 일하세요': 'Work together on boards', '여름 할인': 'Summer sale', '한 주만 할인합니다': 'One week only',
  '새 소식': 'News', '주문 시스템': 'Order system', '주소': 'Address', '서울시 중구 1': '1 Example Road, Seoul',
};
const inEnglish = (body) => Object.entries(ENGLISH).reduce((text, [korean, english]) => text.replaceAll(korean, english), body);
/** A picture is taken when frames have drawn what they show. */
const FRAMES_MS = 500;

async function takeAll(browser, language, locale) {
  const danbi = await makeWorld(language === 'en' ? inEnglish : undefined);
  try {
    const page = await (await browser.newContext({ locale, baseURL: danbi.url, timezoneId: 'Asia/Seoul', viewport: SIZE, reducedMotion: 'reduce' })).newPage();
    await signIn(page, danbi.url);
    for (const { name, path, open, there } of picturesOf(danbi.ids)) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
      await open?.(page, language);
      await there?.(page).first().waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
      await page.waitForTimeout(FRAMES_MS);
      await page.screenshot({ path: `${FOLDER}/tour-${name}.${language}.png` });
    }
  } finally {
    await danbi.stop();
  }
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  await takeAll(browser, 'ko', 'ko-KR');
  await takeAll(browser, 'en', 'en-US');
} finally {
  await browser.close();
}
