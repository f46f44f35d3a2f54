import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

export interface TestBrowser {
  page: Page;
  /** What went wrong in the page so far: script errors, console errors, requests to another host. */
  faults: string[];
  close(): Promise<void>;
}

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** On a machine without Chromium the browser tests are skipped, and counted as such; CI installs it and never skips. */
export const hasBrowser = existsSync(CHROMIUM) || process.env.CI === 'true';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A real Chromium with a profile of its own. @param locale language of the browser, "ko-KR" */
export async function openBrowser(locale = 'en-US', viewport = { width: 1100, height: 800 }, { javaScriptEnabled = true } = {}): Promise<TestBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'danbi-browser-'));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, headless: true, args: FLAGS, locale, viewport, javaScriptEnabled });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') faults.push(`console: ${message.text()}${/^Failed to load/.test(message.text()) ? ` ${message.location().url}` : ''}`); });
  page.on('request', (request) => {
    const address = request.url();
    if (!URL.canParse(address)) return void faults.push(`request to ${address}`);
    const { protocol, hostname } = new URL(address);
    if (protocol.startsWith('http') && hostname !== 'localhost' && hostname !== '127.0.0.1') faults.push(`request to ${hostname}`);
  });
  return {
    page, faults,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Keeps a picture of the whole page where `DANBI_SCREENSHOTS` names a folder. Frames below the fold are only drawn in a view that is as long. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.DANBI_SCREENSHOTS) return;
  const before = page.viewportSize()!;
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
  await page.setViewportSize({ ...before, height: Math.max(before.height, height) });
  await page.screenshot({ path: join(process.env.DANBI_SCREENSHOTS, `${name}.png`) });
  await page.setViewportSize(before);
}
