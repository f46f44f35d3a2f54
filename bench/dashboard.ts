import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { DataSource } from 'typeorm';
import { Setup } from '../src/access/setup.service.js';
import { startApp } from '../src/app.js';
import { readConfig } from '../src/platform/config.js';
import { median, type BenchContext, type BenchRow } from './bench.js';
import { populateLists } from './dashboard-world.js';

const ROUNDS = 5;
/** What the issue promises: a list can be used this soon after somebody goes there. */
const LIST_MS = 1_000;
/** Answers that people wait for while they type or look around. */
const SOON_MS = 300;
/** Above this a key feels late (INP "good"). */
const KEY_MS = 200;
const PASSWORD = 'a long enough password';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Each list: its address, what its bar leads by, the question it asks (the floor: that answer alone, fetched by the same page), and its first rows. */
const LISTS = [
  { name: 'people', path: '/people', api: '/v1/people?limit=50' },
  { name: 'campaigns', path: '/campaigns', api: '/v1/campaigns?limit=50' },
  { name: 'segments', path: '/segments', api: '/v1/segments?limit=50' },
  { name: 'deliveries', path: '/deliveries', api: '/v1/deliveries?limit=50' },
  { name: 'results', path: '/results', api: '/v1/experiments?limit=50' },
] as const;

/** Lists of the dashboard at size in a real browser: from the click until rows are there and the next frame was drawn; typing in filters; the live count. */
export async function bench({ url, people, campaigns }: BenchContext): Promise<BenchRow[]> {
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', ROLE: 'api' }), databaseUrl: url, workers: 'manual' });
  const profile = await mkdtemp(join(tmpdir(), 'danbi-bench-browser-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS, locale: 'en-US', viewport: { width: 1280, height: 860 } });
  try {
    await populateLists(app.nest.get(DataSource, { strict: false }), app.nest, people, campaigns);
    const base = app.url.replace('127.0.0.1', 'localhost');
    const page = context.pages()[0]!;
    await signIn(page, base, (await app.nest.get(Setup, { strict: false }).issue())!);
    const found: BenchRow[] = [];
    for (const list of LISTS) found.push(...(await openList(page, base, list)));
    found.push(await coldStart(page, base));
    found.push(...(await typing(page, base, '/people', 'Name, e-mail or id', `Person ${people - 7}`)));
    found.push(...(await typing(page, base, '/campaigns', 'Search by name', `Campaign ${campaigns - 3}`)));
    found.push(...(await answers(page, base)));
    return found;
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
    await app.close();
  }
}

async function signIn(page: Page, base: string, token: string): Promise<void> {
  const body = JSON.stringify({ token, email: 'owner@example.com', name: 'Bench', password: PASSWORD, workspace: { name: 'Bench', timeZone: 'Asia/Seoul', language: 'en', senderContact: 'Seoul 1' } });
  const { status } = await fetch(`${base}/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (status !== 201) throw new Error(`set-up answered ${status}`);
  await page.goto(`${base}/login`);
  await page.locator('[name="email"]').fill('owner@example.com');
  await page.locator('[name="password"]').fill(PASSWORD);
  await page.locator('form button').click();
  await page.waitForURL(`${base}/`);
}

/** Milliseconds from the click on the bar until rows stand in the table and two frames were drawn after it. */
const CLICK = (path: string) => `new Promise((done, fail) => {
  const start = performance.now();
  const link = document.querySelector('nav a[href="${path}"]');
  if (!link) return fail(new Error('no link to ${path}'));
  link.click();
  const look = () => {
    if (location.pathname === '${path}' && document.querySelectorAll('main tbody tr').length > 5) return requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
    if (performance.now() - start > 30000) return fail(new Error('no rows'));
    requestAnimationFrame(look);
  };
  look();
})`;
const FETCH = (path: string, body?: unknown) => `(async () => { const start = performance.now(); const answer = await fetch(${JSON.stringify(path)}, ${body === undefined ? '{}' : `{ method: 'POST', headers: { 'content-type': 'application/json', 'x-danbi-csrf': '1' }, body: ${JSON.stringify(JSON.stringify(body))} }`}); if (!answer.ok) throw new Error(${JSON.stringify(path)} + ' answered ' + answer.status); await answer.text(); return performance.now() - start; })()`;

const line = (name: string, value: number, budget: number, floor: number | null = null): BenchRow => ({ name, value, unit: 'ms', floor, ratio: floor === null ? null : value / floor, budget: `<= ${budget} ms`, ok: value <= budget });

async function openList(page: Page, base: string, { name, path, api }: (typeof LISTS)[number]): Promise<BenchRow[]> {
  const [times, floors]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    // A fresh page each time: nothing of the list is in memory.
    await page.goto(base);
    await page.locator('main h1').waitFor();
    await page.waitForLoadState('networkidle');
    times.push(await page.evaluate<number>(CLICK(path)));
    floors.push(await page.evaluate<number>(FETCH(api)));
  }
  return [line(`${name}: from the click to rows, middle of ${ROUNDS}`, median(times), LIST_MS, median(floors)), line(`${name}: the slowest of them`, Math.max(...times), LIST_MS)];
}

/** The whole dashboard from its address, files from the cache of the browser. */
async function coldStart(page: Page, base: string): Promise<BenchRow> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await page.goto(`${base}/people`);
    await page.locator('main tbody tr').nth(5).waitFor();
    times.push(performance.now() - start);
  }
  return { ...line('people: from the address, with the dashboard itself', median(times), LIST_MS), budget: 'report', ok: true };
}

/** Every key as people type it: how late its letter was on the screen, and how long the list took after the last one. */
async function typing(page: Page, base: string, path: string, label: string, text: string): Promise<BenchRow[]> {
  await page.goto(`${base}${path}`);
  await page.locator('main tbody tr').nth(5).waitFor();
  await page.evaluate(`globalThis.late = []; new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (entry.name === 'keydown' || entry.name === 'input') globalThis.late.push(entry.duration); }).observe({ type: 'event', durationThreshold: 16, buffered: true })`);
  const field = page.getByRole('searchbox', { name: label });
  await field.click();
  await field.pressSequentially(text, { delay: 90 });
  const start = performance.now();
  await page.locator('main tbody tr').nth(1).waitFor({ state: 'detached' });
  const found = performance.now() - start;
  await page.waitForTimeout(300);
  const late = await page.evaluate<number>('Math.max(0, ...globalThis.late)');
  return [line(`${path.slice(1)}: a typed letter on the screen, the latest`, late, KEY_MS), line(`${path.slice(1)}: from the last letter to the one match (250 ms of it the pause)`, found, LIST_MS)];
}

/** Questions of lists that walked through everything before they had an index. */
const SEARCHES = [
  ['people: two letters that all have', `/v1/people?limit=50&q=pe`],
  ['people: two letters that nobody has', `/v1/people?limit=50&q=zq`],
  ['people: one Hangul syllable', `/v1/people?limit=50&q=${encodeURIComponent('뷁')}`],
  ['people: a whole name', `/v1/people?limit=50&q=${encodeURIComponent('person 19999')}`],
  ['people: the start of an address', '/v1/people?limit=50&q=p1999'],
  ['deliveries: bounced', '/v1/deliveries?limit=50&state=bounced'],
  ['deliveries: none of a state', '/v1/deliveries?limit=50&state=failed'],
  ['deliveries: none of a channel', '/v1/deliveries?limit=50&channel=chat'],
] as const;

/** One after the other: they measure. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const found: R[] = [];
  for (const item of items) found.push(await work(item));
  return found;
}

const ids = (page: Page, path: string): Promise<string[]> => page.evaluate(`fetch('${path}').then((answer) => answer.json()).then(({ items }) => items.map(({ id }) => id))`);

const FEW = { type: 'attribute', key: 'plan', op: 'is', value: 'pro' };
const BUSY = { type: 'all', of: [FEW, { type: 'event', event: 'login', count: { op: 'at_least', value: 3 }, within: { days: 30 } }] };

/** What pages ask while people build a segment or open a number. */
async function answers(page: Page, base: string): Promise<BenchRow[]> {
  const campaign = (await page.evaluate<{ items: { campaignId: string }[] }>(`fetch('/v1/experiments?limit=1').then((answer) => answer.json())`)).items[0]!.campaignId;
  const measure = async (name: string, script: string) => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await page.evaluate<number>(script));
    return line(name, median(times), LIST_MS);
  };
  const soon = async (name: string, path: string) => { const found = await measure(name, FETCH(path)); return { ...found, budget: `<= ${SOON_MS} ms`, ok: found.value <= SOON_MS }; };
  await page.goto(base);
  return [
    await measure('live count, exact: an attribute', FETCH('/v1/segments/preview', { definition: FEW })),
    await measure('live count, estimate: three logins in 30 days', FETCH('/v1/segments/estimate', { definition: BUSY })),
    await measure('results of one campaign', FETCH(`/v1/campaigns/${campaign}/results`)),
    await measure('goals of all campaigns, 50 a page', FETCH('/v1/goals?limit=50')),
    await soon('home', '/v1/home'),
    await soon('totals of 200 campaigns', `/v1/campaign-totals?ids=${(await ids(page, '/v1/campaigns?limit=200')).join(',')}`),
    ...(await inTurn(SEARCHES, ([name, path]) => soon(name, path))),
    await soon('events as they come in, of a minute with 1,000 a second', '/v1/events/live'),
  ];
}
