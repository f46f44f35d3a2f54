import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';

export const DEMO_PAGES = ['home', 'pricing', 'app', 'sign-up'] as const;
export type DemoPage = (typeof DEMO_PAGES)[number];
export type DemoLanguage = 'en' | 'ko';

/** `demo/` beside `src/` in the repository and in the compiled service. */
const FOLDER = fileURLToPath(new URL('../../../demo/', import.meta.url));
const OTHER: Record<DemoLanguage, { code: DemoLanguage; name: string }> = { en: { code: 'ko', name: '한국어' }, ko: { code: 'en', name: 'English' } };
const TITLE: Record<DemoPage, string> = { home: 'homeTitle', pricing: 'pricing', app: 'app', 'sign-up': 'signUp' };

/** What a page of the product site needs to know. */
export interface DemoView {
  page: DemoPage;
  language: DemoLanguage;
  /** The language was chosen by the address, and stays in its links. */
  chosen: boolean;
  /** Public key of the demo; null before it is set up. */
  writeKey: string | null;
  /** Whether this reader may set it up. */
  maySetUp: boolean;
}

type Texts = Record<DemoLanguage, Record<string, unknown>>;

/** The pages of the product site that shows auto messages, from `demo/`; read once. */
export class DemoPages {
  private readonly engine = Handlebars.create();
  private readonly texts = JSON.parse(this.file('texts.json')) as Texts;
  private readonly frame: HandlebarsTemplateDelegate;
  private readonly bodies: Record<DemoPage, HandlebarsTemplateDelegate>;
  readonly assets: Readonly<Record<'demo.css' | 'demo.js', string>>;

  constructor() {
    this.engine.registerHelper('is', (left: unknown, right: unknown) => left === right);
    const compile = (name: string) => this.engine.compile(this.file(`${name}.hbs`), { strict: false, knownHelpersOnly: false });
    this.frame = compile('frame');
    this.bodies = { home: compile('home'), pricing: compile('pricing'), app: compile('app'), 'sign-up': compile('sign-up') };
    this.assets = { 'demo.css': this.file('demo.css'), 'demo.js': this.file('demo.js') };
  }

  render({ page, language, chosen, writeKey, maySetUp }: DemoView): string {
    const t = this.texts[language];
    const data = { page, language, writeKey, maySetUp, t, title: t[TITLE[page]], other: OTHER[language], query: chosen ? `?lang=${language}` : '', andQuery: chosen ? `&lang=${language}` : '' };
    return this.frame({ ...data, body: this.bodies[page](data) });
  }

  private file(name: string): string {
    return readFileSync(FOLDER + name, 'utf8');
  }
}
