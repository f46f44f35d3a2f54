// npm run pictures:docs: takes the pictures of the documentation anew, in both languages, from a Danbi of its own with sample people and campaigns.
import { chromium } from 'playwright-core';
import { makeWorld, PASSWORD } from './pictures-world.mjs';

const FOLDER = process.env.DANBI_SCREENSHOTS ?? 'docs/pictures';
const SIZE = { width: 1280, height: 860 };
const REVIEW = { en: 'Review and launch', ko: '검토하고 시작' };

const picturesOf = (ids) => [
  { name: 'home', path: '/' },
  { name: 'recipes', path: '/campaigns/new' },
  { name: 'segment', path: `/segments/${ids.segment}?tab=who` },
  { name: 'series', path: `/campaigns/${ids.series}?view=canvas` },
  { name: 'email', path: `/campaigns/${ids.series}/messages/welcome` },
  { name: 'launch', path: `/campaigns/${ids.draft}`, open: (page, language) => page.getByRole('button', { name: REVIEW[language] }).click() },
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

const danbi = await makeWorld();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const [language, locale] of [['ko', 'ko-KR'], ['en', 'en-US']]) {
    const page = await (await browser.newContext({ locale, baseURL: danbi.url, timezoneId: 'Asia/Seoul', viewport: SIZE, reducedMotion: 'reduce' })).newPage();
    await signIn(page, danbi.url);
    for (const { name, path, open } of picturesOf(danbi.ids)) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
      await open?.(page, language);
      await page.waitForLoadState('networkidle').catch(() => undefined);
      await page.waitForTimeout(500);
      await page.screenshot({ path: `${FOLDER}/tour-${name}.${language}.png` });
    }
    await page.context().close();
  }
} finally {
  await browser.close();
  await danbi.stop();
}
