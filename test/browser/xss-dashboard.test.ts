import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser } from '../support/browser.js';
import { email, inApp, series } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';
import { Sweep } from '../support/sweep/sweep.js';
import { listen, PAYLOADS } from '../support/xss.js';

/** Whatever ran, asked the attacker's host, or would have but for the policy of the page. */
const attacks = (faults: readonly string[]) => faults.filter((fault) => /CANARY|request to .*canary|page error|Content Security Policy/.test(fault));
const storable = (text: string) => text.replace(/\p{Cc}|\p{Cs}/gu, ' ').trim();
/** All payloads, several in one text of at most so many letters; longer ones lose their end. */
function texts(longest: number): string[] {
  const found: string[] = [];
  for (const { payload } of PAYLOADS) {
    const text = storable(payload).slice(0, longest);
    const last = found.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= longest) found[found.length - 1] = `${last} ${text}`;
    else if (text !== '') found.push(text);
  }
  return found;
}

/** Colleagues, customers and other systems write all of this; the dashboard is where an owner reads it. */
(hasBrowser ? describe : describe.skip)('the dashboard of a workspace in which every text attacks', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let sweep: Sweep;
  const pages: string[] = [];
  const made: Record<string, [taken: number, of: number]> = {};

  /** Writes one thing for each text. What validation refuses is no place for an attack; of each kind most must get in. */
  const fill = async (kind: string, all: readonly string[], write: (text: string, index: number) => Promise<{ status: number; body?: any }>) => { // eslint-disable-line typescript/no-explicit-any -- answers are taken as they come
    const answers = await Promise.all(all.map(write));
    made[kind] = [answers.filter(({ status }) => status < 300).length, all.length];
    return answers.filter(({ status }) => status < 300).map(({ body }) => body);
  };

  beforeAll(async () => {
    app = await startTestApp();
    dashboard = await Dashboard.open(app);
    await listen(dashboard.page, dashboard.browser.faults);
    const post = (path: string, body: object) => app.api('POST', path, body);
    const [long, short] = [texts(180), texts(90)];
    const people = await fill('people', long, (text, n) => post('/v1/people', { externalId: `x-${n}`, attributes: { name: text, company: text, nested: { deep: text } }, tags: [text.slice(0, 60)] }));
    await fill('events', long, (text, n) => post('/v1/batch', { batch: [{ type: 'track', userId: `x-${n}`, event: text.slice(0, 100), messageId: `x-${n}`, properties: { said: text, [text.slice(0, 40)]: text } }] }));
    const segments = await fill('segments', long, (text) => post('/v1/segments', { name: text, definition: { type: 'attribute', key: 'company', op: 'is', value: text } }));
    const campaigns = await fill('campaigns', long, (text) => post('/v1/campaigns', { name: text, definition: series({ start: 'a', steps: [email('a', 'b', { variants: [{ key: 'A', content: { subject: storable(text).replaceAll('{{', '{ {'), body: '<mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section>' } }] }), inApp('b')], goals: [{ key: 'g', name: text.slice(0, 100), primary: true, event: { name: text.slice(0, 100) } }] }) }));
    for (const { id } of campaigns.slice(0, 3)) await post(`/v1/campaigns/${id}/publish`, {});
    await fill('topics', short, (text, n) => post('/v1/topics', { key: `x-${n}`, name: text, nameKo: text }));
    await fill('features', long, (text, n) => post('/v1/features', { key: `x-${n}`, name: text, description: text }));
    await fill('requests of features', long, (text, n) => post('/v1/features/x-0/requests', { person: `external:x-${n}`, words: text }));
    await fill('lists', long, (text) => post('/v1/lists', { name: text, description: text }));
    await fill('labels', short, (text, n) => app.api('PUT', `/v1/labels/attribute/x${n}`, { en: text, ko: text, description: text }));
    const sources = await fill('sources', long, (text) => post('/v1/sources', { kind: 'json', name: text }));
    await fill('what sources receive', long, (text) => fetch(`${app.url}/in/${sources[0].id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: text, [text]: text, email: `${text}@x.example` }) }));
    const endpoints = await fill('endpoints', long, (text) => post('/v1/webhook-endpoints', { name: text, url: `https://hooks.example.com/?${encodeURIComponent(text)}` }));
    const snippets = await fill('snippets', long, (text, n) => post('/v1/snippets', { key: `x-${n}`, name: text, kind: 'text', language: 'en', content: storable(text).replaceAll('{{', '{ {') }));
    await fill('saved replies', long, (text) => post('/v1/saved-replies', { name: text, texts: { en: storable(text).replaceAll('{{', '{ {') } }));
    await fill('holdouts', long.slice(0, 8), (text) => post('/v1/holdouts', { name: text, percent: 0.01, goal: { event: { name: 'Order Completed' }, window: { days: 7 } } }));
    await fill('keys', short, (text) => post('/v1/api-keys', { kind: 'server', name: text, role: 'ingest' }));
    await fill('colleagues', short, (text, n) => post('/v1/users', { email: `x${n}@example.org`, name: text, role: 'analyst' }));
    await fill('mail servers', long, (text) => post('/v1/relays', { name: text, host: 'smtp.example.com', port: 587, security: 'starttls', username: text, password: 'p' }));
    await fill('suppressions', long, (text, n) => post('/v1/suppressions', { address: `x${n}@example.org`, detail: text }));
    await app.runner.runUntilIdle();
    sweep = new Sweep(dashboard);
    pages.push(
      '/', '/campaigns', `/campaigns/${campaigns[0].id}`, `/campaigns/${campaigns[0].id}?view=outline&at=a`, `/campaigns/${campaigns[0].id}/messages/a`, `/campaigns/${campaigns[0].id}/results`, `/campaigns/${campaigns[0].id}/people`,
      `/campaigns/${campaigns[0].id}/walk`, '/campaigns/new', '/people', ...['about', 'messages', 'consent', 'timeline'].map((tab) => `/people/${people[0].id}?tab=${tab}`), '/segments', `/segments/${segments[0].id}`, `/segments/${segments[0].id}?tab=people`,
      '/data/attributes', '/data/events', '/data/live', '/features', '/features/x-0', '/messages', '/messages/snippets', `/messages/snippets/${snippets[0]?.key ?? 'x-0'}`, '/messages/replies', '/results', '/results/holdouts',
      '/settings/sources', ...['received', 'mapping', 'setup'].map((tab) => `/settings/sources/${sources[0].id}?tab=${tab}`), '/settings/webhooks', ...['deliveries', 'events'].map((tab) => `/settings/webhooks/${endpoints[0].endpoint.id}?tab=${tab}`),
      '/settings/team', '/settings/topics', '/settings/api-keys', '/settings/audit', '/settings/files', '/settings/status', '/settings/service-levels', '/settings/retention', '/settings/canaries', '/settings/sending?tab=servers', '/settings/sending?tab=suppressed',
    );
  }, 300_000);
  afterAll(async () => {
    await dashboard?.browser.close();
    await app?.close();
  });

  test('the texts really are there', () => {
    const few = Object.entries(made).filter(([, [taken, of]]) => taken < of * 0.8);
    expect(few).toEqual([]);
    expect(texts(180).length).toBeGreaterThan(20);
  });

  test('no page runs any of them or asks the attacker\'s host', async () => {
    const ran: string[] = [];
    for (const page of pages) {
      await sweep.go(page);
      ran.push(...attacks(dashboard.browser.faults.splice(0)).map((fault) => `${page}: ${fault}`));
    }
    expect(ran).toEqual([]);
  }, 300_000);

  test('nor when everything is named at once in the palette', async () => {
    const { page } = dashboard;
    await sweep.go('/');
    await page.keyboard.press('Control+k');
    for (const search of ['script', 'onerror', 'javascript']) {
      await page.getByRole('dialog').getByRole('textbox').fill(search);
      await sweep.settled();
      await page.waitForTimeout(200);
    }
    expect(attacks(dashboard.browser.faults.splice(0))).toEqual([]);
  });

  test('a page that took its texts for HTML would be noticed', async () => {
    await sweep.go('/features');
    // As text that is taken for HTML one name after the other, so that none is swallowed by an open tag of another.
    await dashboard.page.evaluate(`for (const cell of document.querySelectorAll('main a')) document.querySelector('main').insertAdjacentHTML('beforeend', '<div>' + cell.textContent + '</div>')`);
    await dashboard.page.waitForTimeout(300);
    expect(attacks(dashboard.browser.faults.splice(0)).length).toBeGreaterThan(0);
  });
});
