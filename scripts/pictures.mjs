// Takes a picture of every screen in both languages and schemes, on a desktop and on phones: npm run pictures -- FOLDER [part of a name …]
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { makeWorld, PASSWORD } from './pictures-world.mjs';

const SIZES = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 }, small: { width: 320, height: 640 } };
/** Pixels of the longest picture, and the time in which frames draw what they show. */
const MOST = 6_000;
const FRAMES_MS = 250;
const PLAIN = ['campaigns', 'campaigns/new', 'auto-messages', 'auto-messages/new', 'messages', 'messages/replies', 'messages/snippets', 'messages/snippets/address', 'messages/snippets/new', 'segments', 'segments/new', 'people', 'people/import', 'results', 'results?list=goals', 'results/deliverability', 'results/holdouts', 'results/overlap', 'features', 'deliveries', 'deliveries/mailbox', 'data/events', 'data/attributes'];
const SETTINGS = ['workspace', 'team', 'sending', 'website', 'topics', 'pacing', 'safety', 'canaries', 'api-keys', 'sources', 'webhooks', 'files', 'retention', 'status', 'service-levels', 'audit', 'release', 'me'];

const screens = (ids) => ({
  home: '/', ...Object.fromEntries([...PLAIN, ...SETTINGS.map((name) => `settings/${name}`)].map((path) => [path.replaceAll(/\W/g, '-'), `/${path}`])),
  'series-canvas': `/campaigns/${ids.series}?view=canvas`, 'series-outline': `/campaigns/${ids.series}?view=outline`, 'series-email': `/campaigns/${ids.series}?at=welcome`, 'series-branch': `/campaigns/${ids.series}?at=did`, 'series-entry': `/campaigns/${ids.series}?at=%24entry`, 'series-goals': `/campaigns/${ids.series}?at=%24goals`, 'series-exits': `/campaigns/${ids.series}?at=%24exits`, 'series-pace': `/campaigns/${ids.series}?at=%24pace`,
  'series-message': `/campaigns/${ids.series}/messages/welcome`, 'series-in-app': `/campaigns/${ids.series}/messages/thanks`, 'series-source': `/campaigns/${ids.series}/messages/welcome?view=source`,
  ...Object.fromEntries(['walk', 'people', 'simulate', 'history', 'results'].map((tab) => [`series-${tab}`, `/campaigns/${ids.series}/${tab}`])),
  broadcast: `/campaigns/${ids.broadcast}`, 'broadcast-draft': `/campaigns/${ids.draft}`,
  ...Object.fromEntries(['verdict', 'time', 'flow', 'credit'].map((view) => [`results-${view}`, `/campaigns/${ids.broadcast}/results?view=${view}`])),
  'results-sent': `/campaigns/${ids.broadcast}/results/people?number=sent`,
  'auto-editor': `/auto-messages/${ids.auto}`, 'auto-results': `/auto-messages/${ids.auto}/results`,
  ...Object.fromEntries(['who', 'people', 'growth', 'explain'].map((tab) => [`segment-${tab}`, `/segments/${ids.segment}?tab=${tab}`])),
  ...Object.fromEntries(['about', 'messages', 'consent', 'timeline'].map((tab) => [`person-${tab}`, `/people/${ids.person}?tab=${tab}`])),
  'person-why': `/people/${ids.person}?tab=messages&campaign=${ids.series}`,
  delivery: `/deliveries/${ids.delivery}`, mail: `/deliveries/mailbox/${ids.mail}`, 'settings-domain': `/settings/sending/domains/${ids.domain}`, 'settings-webhook': `/settings/webhooks/${ids.hook}`, 'settings-webhook-events': `/settings/webhooks/${ids.hook}?tab=events`,
  'settings-source': `/settings/sources/${ids.source}`, 'settings-source-mapping': `/settings/sources/${ids.source}?tab=mapping`, 'settings-source-setup': `/settings/sources/${ids.source}?tab=setup`,
});

async function signIn(page, url) {
  await page.goto(`${url}/login`);
  await page.locator('[name="email"]').fill('owner@example.com');
  await page.locator('[name="password"]').fill(PASSWORD);
  await page.locator('form button').click();
  await page.waitForURL(`${url}/`);
}

/** The whole page in one view: frames below the fold of a long picture would stay empty. */
async function take(page, path, { width, height }) {
  const whole = await page.evaluate('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height: Math.min(MOST, Math.max(height, whole)) });
  await page.waitForTimeout(FRAMES_MS);
  await page.screenshot({ path });
  await page.setViewportSize({ width, height });
}

async function takeAll(page, wanted, folder, language, said) {
  for (const [name, path] of wanted) {
    await page.setViewportSize(SIZES.desktop);
    await page.goto(path);
    await page.locator('main h1').waitFor();
    await page.waitForLoadState('networkidle').catch(() => undefined);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await take(page, join(folder, `${name}.${language}.${colorScheme}.${size}.png`), viewport);
      }
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      if (wide > viewport.width) said.push(`${name} ${language} ${size}: ${wide} px wide`);
    }
  }
}

async function main([folder, ...parts]) {
  if (!folder) throw new Error('Say where to: npm run pictures -- FOLDER [part of a name …]');
  await mkdir(folder, { recursive: true });
  const danbi = await makeWorld();
  const said = [];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const wanted = Object.entries(screens(danbi.ids)).filter(([name]) => parts.length === 0 || parts.some((part) => name.includes(part)));
    for (const [language, locale] of [['ko', 'ko-KR'], ['en', 'en-US']]) {
      const page = await (await browser.newContext({ locale, baseURL: danbi.url, timezoneId: 'Asia/Seoul' })).newPage();
      page.on('pageerror', (error) => said.push(`${page.url()}: ${error.message}`));
      page.on('console', (message) => { if (message.type() === 'error') said.push(`${page.url()}: ${message.text()}`); });
      await signIn(page, danbi.url);
      await takeAll(page, wanted, folder, language, said);
      await page.context().close();
    }
  } finally {
    await browser.close();
    await danbi.stop();
  }
  process.stdout.write(said.length === 0 ? `Pictures are in ${folder}.\n` : `${[...new Set(said)].join('\n')}\n`);
}

await main(process.argv.slice(2));
