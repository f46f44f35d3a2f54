import { expect } from '@jest/globals';
import { Setup } from '../../src/access/setup.service.js';
import type { TestApp } from './app.js';
import { openBrowser, type TestBrowser } from './browser.js';

const PASSWORD = '비밀번호는 길수록 좋다';

/** A browser in which the owner of a fresh workspace is signed in. */
export class Dashboard {
  private constructor(readonly app: TestApp, readonly browser: TestBrowser, readonly base: string) {}

  static async open(app: TestApp): Promise<Dashboard> {
    const token = (await app.nest.get(Setup, { strict: false }).issue())!;
    const workspace = { name: '단비 상점', timeZone: 'Asia/Seoul', language: 'ko', senderContact: '서울시 중구 1' };
    expect((await app.api('POST', '/v1/setup', { token, email: 'owner@example.com', name: '김단비', password: PASSWORD, workspace })).status).toBe(201);
    const dashboard = new Dashboard(app, await openBrowser('en-US', { width: 1280, height: 860 }), app.url.replace('127.0.0.1', 'localhost'));
    // Colours half faded in are not those that people read.
    await dashboard.page.emulateMedia({ reducedMotion: 'reduce' });
    await dashboard.signIn('owner@example.com');
    return dashboard;
  }

  /** Around a browser in which somebody is signed in already. */
  static around(app: TestApp, browser: TestBrowser): Dashboard {
    return new Dashboard(app, browser, app.url.replace('127.0.0.1', 'localhost'));
  }

  /** A browser before the workspace is set up, and the address where that is done. */
  static async before(app: TestApp): Promise<{ dashboard: Dashboard; setup: string }> {
    const token = (await app.nest.get(Setup, { strict: false }).issue())!;
    const dashboard = new Dashboard(app, await openBrowser('en-US', { width: 1280, height: 860 }), app.url.replace('127.0.0.1', 'localhost'));
    await dashboard.page.emulateMedia({ reducedMotion: 'reduce' });
    return { dashboard, setup: `${dashboard.base}/setup?token=${token}` };
  }

  get page() { return this.browser.page; }

  async signIn(email: string, password = PASSWORD): Promise<void> {
    await this.page.goto(`${this.base}/login`);
    await this.page.locator('[name="email"]').fill(email);
    await this.page.locator('[name="password"]').fill(password);
    await this.page.locator('form button').click();
    await this.page.waitForURL(`${this.base}/`);
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.base}${path}`);
    await this.page.locator('main h1').waitFor();
  }

  /** As a person does it: by the buttons of the header. */
  async choose(menu: RegExp, item: RegExp): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: menu }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
    await this.page.getByRole('menuitem', { name: item }).waitFor({ state: 'hidden' });
  }
}
