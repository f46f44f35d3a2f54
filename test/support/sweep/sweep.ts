import type { Page, Request } from 'playwright-core';
import { axeFindings, COLOURS } from '../axe.js';
import { picture } from '../browser.js';
import type { Dashboard } from '../dashboard.js';

const LANGUAGES = { en: /English/, ko: /한국어/ } as const;
const SCHEMES = ['light', 'dark'] as const;
const TURN = 10;
type Scheme = (typeof SCHEMES)[number];
/**
 * One open dashboard that goes from address to address as by its links, never loading anew. Every place is looked at in light or
 * dark and in English or Korean, switched on the open page, and on a phone.
 *
 * axe looks with all rules once in each language, and with those that look at colours in both schemes of each: the scheme sets
 * colours by style sheets and changes nothing else of a page, so what any other rule finds is the same in both.
 *
 * axe takes most of the time. By default each place is looked at in one scheme, taking turns, and in one language, which changes after every
 * {@link TURN} places; `npm run nightly -- sweep` (DANBI_SWEEP=all) looks in both of both.
 */
export class Sweep {
  /** All there is (at night), or a part. */
  readonly isWhole = process.env.DANBI_SWEEP === 'all';
  private language: keyof typeof LANGUAGES = 'en';
  private scheme: Scheme = 'light';
  private places = 0;
  /** What was found so far, by place, language and scheme. */
  readonly found: string[] = [];
  private readonly asked = new Set<Request>();

  constructor(private readonly dashboard: Dashboard) {
    const done = (request: Request) => { this.asked.delete(request); };
    dashboard.page.on('request', (request) => { if (['fetch', 'xhr', 'script'].includes(request.resourceType()) && !/stream/.test(request.url())) this.asked.add(request); });
    dashboard.page.on('requestfinished', done);
    dashboard.page.on('requestfailed', done);
  }

  private get page() { return this.dashboard.page; }

  /** Goes to an address as by a link, and waits until all of it has come. */
  async go(address: string): Promise<void> {
    await this.page.evaluate(`__TSR_ROUTER__.navigate({ href: ${JSON.stringify(address)} })`);
    await this.page.locator('main h1').waitFor();
    await this.settled();
  }

  /** Nothing is asked of the server any more and nothing says that it is still coming. */
  async settled(): Promise<void> {
    for (let calm = 0, looks = 0; calm < 3; looks += 1) {
      if (looks > 500) throw new Error(`never at rest: ${[...this.asked].map((request) => request.url()).join(' ')}`);
      const isBusy = this.asked.size > 0 || (await this.page.evaluate(`document.querySelector('main output[aria-label], [aria-busy="true"], [data-loading]') !== null`));
      calm = isBusy ? 0 : calm + 1;
      await this.page.waitForTimeout(20);
    }
  }

  private async wear(scheme: Scheme): Promise<void> {
    await this.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    this.scheme = scheme;
  }

  private async speak(language: keyof typeof LANGUAGES): Promise<void> {
    await this.dashboard.choose(/^(Language|언어)$/, LANGUAGES[language]);
    // No function to wait for: it would be evaluated in the page, whose policy forbids that.
    await this.page.locator(`html[lang="${language}"]`).waitFor({ state: 'attached' });
    this.language = language;
    await this.settled();
  }

  /** What is open, in the scheme and language of the moment, and when all is asked in the other scheme as well. It ends in the other one. */
  private async look(name: string, within = 'html'): Promise<void> {
    const [first, second] = this.scheme === 'light' ? SCHEMES : ([...SCHEMES].reverse() as Scheme[]);
    const label = `${name} ${this.language}`;
    this.found.push(...(await axeFindings(this.page, within)).map((fault) => `${label} ${first!}: ${fault}`));
    await picture(this.page, `dashboard-${label.replaceAll(' ', '-')}-${first!}`);
    await this.wear(second!);
    if (!this.isWhole) return;
    this.found.push(...(await axeFindings(this.page, within, COLOURS)).map((fault) => `${label} ${second!}: ${fault}`));
    await picture(this.page, `dashboard-${label.replaceAll(' ', '-')}-${second!}`);
  }

  /** A phone of 320 px scrolls down and never sideways. */
  private async phone(name: string): Promise<void> {
    await this.page.setViewportSize({ width: 320, height: 640 });
    // What is laid out by script, such as the flow of a series, needs a moment for its new size.
    let width = await this.page.evaluate('document.documentElement.scrollWidth');
    for (let looks = 0; width !== 320 && looks < 30; looks += 1) {
      await this.page.waitForTimeout(100);
      width = await this.page.evaluate('document.documentElement.scrollWidth');
    }
    if (width !== 320) this.found.push(`${name} ${this.language}: ${String(width)} px wide on a phone of 320`);
    await picture(this.page, `dashboard-${name}-${this.language}-phone`);
    await this.page.setViewportSize({ width: 1280, height: 860 });
  }

  /** The same for a dialog or a menu over the page, opened anew in the other language. While a dialog is open nothing else is there for anybody (`aria-modal`). */
  async over(name: string, open: (page: Page) => Promise<void>, role: 'dialog' | 'menu' = 'dialog'): Promise<void> {
    const opened = this.page.getByRole(role);
    await this.inLanguages(async () => {
      await open(this.page);
      await opened.waitFor();
      await this.settled();
      await this.look(name, `[role="${role}"]`);
      await this.phone(name);
      await this.page.keyboard.press('Escape');
      await opened.waitFor({ state: 'hidden' });
    });
  }

  /** All of it for the open page. */
  everyWay(name: string): Promise<void> {
    return this.inLanguages(async () => {
      await this.look(name);
      await this.phone(name);
    });
  }

  private async inLanguages(look: () => Promise<void>): Promise<void> {
    const other = () => this.speak(this.language === 'en' ? 'ko' : 'en');
    await look();
    this.places += 1;
    if (this.isWhole) await other().then(look);
    else if (this.places % TURN === 0) await other();
  }
}
