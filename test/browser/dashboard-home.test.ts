import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startApp, type RunningApp } from '../../src/app.js';
import { readConfig } from '../../src/platform/config.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { axeFindings } from '../support/axe.js';
import { hasBrowser } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';
import { until } from '../support/sdk-page.js';

/** What is around the pages: keys, the palette, a session that ends, a server that goes away. */
(hasBrowser ? describe : describe.skip)('the frame of the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;

  beforeAll(async () => {
    app = await startTestApp();
    dashboard = await Dashboard.open(app);
    for (const [id, name] of [['mina', '김미나'], ['ben', 'Ben Weiss']] as const) expect((await app.api('POST', '/v1/people', { externalId: id, attributes: { name, plan: 'trial', email: `${id}@example.org` } })).status).toBe(201);
    expect((await app.api('POST', '/v1/segments', { name: '체험 고객', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } })).status).toBe(201);
    await app.runner.runUntilIdle();
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
  });

  const heading = (name: string) => dashboard.page.getByRole('heading', { level: 1, name }).waitFor();

  test('sample people are asked for at home, seen as they arrive, looked at in the catalogue, and removed with one confirmed click', async () => {
    const { page } = dashboard;
    await dashboard.goto('/data/events');
    await page.getByText('No event has arrived yet').waitFor();
    await page.getByText('/v1/track').waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByRole('button', { name: 'Try it with sample people' }).click();
    await page.getByText('Making sample people: 0 of 200').waitFor();
    // A few of them will do here; test/http/sample-data.test.ts looks at the rest.
    await app.db.query('update sample_data set total = 40');
    await app.runner.runUntilIdle();
    await page.getByText('40 sample people are there').waitFor();
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.getByRole('link', { name: 'Plan Upgraded' }).click();
    await page.getByRole('region', { name: 'Properties of Plan Upgraded' }).first().getByText('plan', { exact: true }).waitFor();
    // What arrives appears by itself, also what is refused.
    for (const event of ['Came by', '']) await fetch(`${app.url}/v1/track`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}` }, body: JSON.stringify({ userId: 'ben', event }) });
    await page.getByRole('row', { name: /Came by/ }).waitFor();
    await page.getByText('missing_event').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused: nothing changes').waitFor();
    await page.getByRole('link', { name: 'Attributes' }).click();
    await page.getByRole('row', { name: /trial_ends_at/ }).waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByRole('button', { name: 'Remove the sample people' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the sample people' }).click();
    await page.getByText(/Removing sample people/).waitFor();
    await app.runner.runUntilIdle();
    await page.getByText(/Removing sample people/).waitFor({ state: 'hidden' });
    expect((await app.api('GET', '/v1/people')).body.items).toHaveLength(2);
  });

  test('an event is given a label, which timelines and sentences then say, found by it, with its name in code beside it', async () => {
    const { page } = dashboard;
    await dashboard.goto('/data/events');
    await page.getByRole('row', { name: /Came by/ }).getByRole('button', { name: 'Give a label: Came by' }).click();
    const dialog = page.getByRole('dialog', { name: 'Label of Came by' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Give a name or a description first.').waitFor();
    await dialog.getByLabel('Name in English').fill('Dropped in');
    await dialog.getByLabel('Name in Korean').fill('들름');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'Dropped in Came by' }).waitFor();
    await page.getByRole('link', { name: 'Attributes' }).click();
    await page.getByRole('button', { name: 'Give a label: plan' }).waitFor();
    await dashboard.goto('/people/external:ben?tab=timeline');
    await page.getByRole('cell', { name: 'Dropped in Came by' }).waitFor();
    await dashboard.goto('/segments/new');
    await page.getByRole('button', { name: 'did an event' }).first().click();
    await page.getByRole('combobox', { name: 'Event' }).or(page.getByLabel('Event', { exact: true })).first().fill('dropp');
    await page.getByRole('option', { name: /Dropped in/ }).click();
    await page.getByRole('heading', { level: 1 }).click();
    await page.getByRole('group', { name: 'Condition' }).getByText('Came by', { exact: true }).waitFor();
    await until(page, `[...document.querySelectorAll('main input')].some((input) => input.value === 'Dropped in')`);
  });

  test('events are watched as they come in, paused, and narrowed to one person', async () => {
    const { page } = dashboard;
    const track = (userId: string, event: string, properties: object) => fetch(`${app.url}/v1/track`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}` }, body: JSON.stringify({ userId, event, properties }) });
    await dashboard.goto('/data/live');
    await track('mina', 'Watched', { amount: 3 });
    await track('mina', '', {});
    const row = page.getByRole('row', { name: /Watched/ });
    await row.getByRole('link', { name: '김미나' }).waitFor();
    await row.getByText('{"amount":3}').waitFor();
    await page.getByRole('row', { name: /missing_event/ }).first().getByText('Refused').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused: nothing changes').waitFor();
    await track('ben', 'Watched', { amount: 4 });
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('row', { name: /Watched/ }).getByRole('link', { name: 'Ben Weiss' }).waitFor();
    const { id } = (await app.api('GET', '/v1/people/external:ben')).body;
    await dashboard.goto(`/data/live?person=${id}`);
    await page.getByRole('row', { name: /Watched/ }).getByText('{"amount":4}').waitFor();
    expect(await page.getByRole('link', { name: '김미나' }).count()).toBe(0);
  });

  test('one letter after another leads from page to page, and types where something is typed', async () => {
    const { page } = dashboard;
    await dashboard.goto('/');
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await heading('People');
    await page.locator('h1:focus').waitFor();
    expect(await page.title()).toBe('People · Danbi');
    await page.keyboard.press('/');
    await page.keyboard.type('g s?n');
    expect(await page.getByRole('searchbox').inputValue()).toBe('g s?n');
    await page.waitForURL(/people\?q=g/);
    await page.getByRole('searchbox').blur();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await heading('Segments');
    await page.keyboard.press('n');
    await heading('New segment');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).getByText('Go to Deliveries').waitFor();
    // Nothing leads anywhere while something is open over the page.
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await heading('New segment');
  });

  test('the palette opens a person by the name, in Hangul that is still being composed too', async () => {
    const { page } = dashboard;
    await dashboard.goto('/');
    await page.keyboard.press('Control+k');
    await page.locator('input:focus[placeholder^="Find a person"]').waitFor();
    await page.getByRole('button', { name: 'Deliveries' }).waitFor();
    const input = await page.context().newCDPSession(page);
    await input.send('Input.imeSetComposition', { text: '김미', selectionStart: 2, selectionEnd: 2 });
    await input.send('Input.insertText', { text: '김미나' });
    await page.locator('button[data-selected]', { hasText: '김미나' }).waitFor();
    await page.keyboard.press('Enter');
    await heading('김미나');
    await page.keyboard.press('Control+k');
    await page.locator('input:focus[placeholder^="Find a person"]').waitFor();
    await page.keyboard.type('체험');
    await page.getByRole('button', { name: '체험 고객' }).click();
    await heading('체험 고객');
    // Pages too: of the settings, and what begins something.
    await page.keyboard.press('Control+k');
    await page.locator('input:focus[placeholder^="Find a person"]').waitFor();
    await page.keyboard.type('caps and');
    await page.getByRole('button', { name: /^Caps and hours/ }).click();
    await heading('Caps and hours');
  });

  test('a message arrives in the open mailbox, is read there in all its parts, and all are deleted', async () => {
    const { page } = dashboard;
    await dashboard.goto('/deliveries/mailbox');
    await page.getByText('Nothing here yet').waitFor();
    const segment = (await app.api('GET', '/v1/segments')).body.items[0];
    const content = { subject: '반갑습니다', body: '<mj-section><mj-column><mj-text>{{person.name}}</mj-text><mj-button href="https://shop.example/go">Go</mj-button></mj-column></mj-section>' };
    const campaign = await app.api('POST', '/v1/campaigns', { name: '체험 환영', definition: { type: 'broadcast', segmentId: segment.id, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content }] } } });
    expect((await app.api('POST', `/v1/campaigns/${campaign.body.id}/publish`)).status).toBe(200);
    await app.runner.runUntilIdle();
    await page.getByRole('row', { name: /mina@example.org/ }).getByRole('link', { name: /반갑습니다/ }).click();
    await heading('반갑습니다');
    await page.frameLocator('iframe').getByText('김미나').waitFor();
    await page.getByText('Plain text').click();
    await page.getByRole('region', { name: 'The message as sent' }).getByText('김미나').waitFor();
    await page.getByText('Desktop').click();
    await page.getByRole('link', { name: 'Sandbox mailbox' }).click();
    await heading('Sandbox mailbox');
    await page.getByRole('button', { name: 'Delete all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete all' }).click();
    await page.getByText('Nothing here yet').waitFor();
    expect((await app.api('GET', '/v1/sandbox/mails')).body.items).toEqual([]);
  });

  test('one delivery: found by its filters, with every moment, its evidence and the message as sent', async () => {
    const { page } = dashboard;
    const mina = (await app.api('GET', '/v1/people/external:mina')).body;
    const [delivery] = (await app.api('GET', `/v1/deliveries?personId=${mina.id}`)).body.items;
    await app.db.query(`insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, evidence, data) values ($1, $2, 'click', 'c', now(), 'machine', '{"reasons": ["bot"]}', '{"url": "https://shop.example/go"}')`, [delivery.id, mina.id]);
    await dashboard.goto(`/deliveries?channel=email&person=${mina.id}`);
    await page.getByRole('row', { name: /mina@example.org/ }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('option', { name: 'Bounced' }).click();
    await page.getByText('No message matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('row', { name: /ben@example.org/ }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('row', { name: /mina@example.org/ }).getByRole('link').first().click();
    await heading('One message: E-mail');
    const moments = page.getByRole('list', { name: 'What happened' });
    await moments.getByRole('listitem').filter({ hasText: 'https://shop.example/go' }).getByText('Counted as a machine: the program calls itself a robot or a script.').waitFor();
    // Between them the opens of this very browser, which read the message in the mailbox.
    const said = await moments.getByRole('listitem').allInnerTexts();
    expect([said[0], said[1], said.at(-1)]).toEqual([expect.stringContaining('Queued'), expect.stringContaining('Handed over'), expect.stringContaining('https://shop.example/go')]);
    await page.getByRole('link', { name: '체험 환영' }).waitFor();
    await page.frameLocator('iframe').getByText('김미나').waitFor();
  });

  test('home says what needs somebody, the week in numbers that lead on, and what is live', async () => {
    const { page } = dashboard;
    const definition = { type: 'series', entry: { type: 'event', event: 'Came' }, start: 'wait', steps: [{ id: 'wait', type: 'wait', for: { days: 1 }, next: null }] };
    const { id } = (await app.api('POST', '/v1/campaigns', { name: '환영', definition })).body;
    expect((await app.api('POST', `/v1/campaigns/${id}/publish`)).status).toBe(200);
    await app.db.query(`update segment set state = 'failed' where name = '체험 고객'`);
    await dashboard.goto('/');
    const needs = page.getByRole('region', { name: 'Needs attention' });
    await needs.getByRole('link', { name: 'The segment 체험 고객 cannot be computed.' }).waitFor();
    await page.getByRole('region', { name: 'Live campaigns' }).getByRole('link', { name: '환영', exact: true }).waitFor();
    const week = page.getByRole('region', { name: 'The last 7 days' });
    await week.getByRole('link', { name: '2: the people behind it, Sent' }).waitFor();
    await week.getByRole('link', { name: '2: the people behind it, Sent' }).click();
    await heading('Sent in the last seven days');
    await page.getByRole('link', { name: '김미나' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Home' }).click();
    await heading('Home');
    await needs.getByRole('link').click();
    await heading('체험 고객');
    await app.db.query(`update segment set state = 'live' where name = '체험 고객'`);
  });

  test('a session that ends while something is typed: sign in over the page, or in another tab, and it is saved', async () => {
    const { page } = dashboard;
    const change = async (value: string) => {
      await page.getByLabel('Attribute', { exact: true }).fill('plan');
      await page.getByLabel('Value').fill(value);
      await app.db.query('delete from session');
      await page.getByRole('button', { name: 'Set' }).click();
      await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    };
    const saved = async () => (await app.api('GET', '/v1/people/external:ben')).body.attributes.plan as string;
    await dashboard.goto('/people/external:ben');
    await change('pro');
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.getByLabel('E-mail').inputValue()).toBe('owner@example.com');
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('not right').waitFor();
    expect(await saved()).toBe('trial');
    await page.getByLabel('Password', { exact: true }).fill('비밀번호는 길수록 좋다');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('definition').getByText('pro').waitFor();
    expect(await saved()).toBe('pro');

    await change('team');
    const other = await page.context().newPage();
    await other.goto(`${dashboard.base}/login`);
    await other.locator('[name="email"]').fill('owner@example.com');
    await other.locator('[name="password"]').fill('비밀번호는 길수록 좋다');
    await other.locator('form button').click();
    await other.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    await other.close();
    await page.bringToFront();
    await page.evaluate(`window.dispatchEvent(new Event('focus'))`);
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('definition').getByText('team').waitFor();
    expect(await saved()).toBe('team');
    // The browser writes a line of its own for each refusal.
    expect(dashboard.browser.faults.splice(0).filter((fault) => !fault.includes('401'))).toEqual([]);
  });

  test('a server that is restarted while something is typed: a quiet line until it is back, and nothing typed is lost', async () => {
    const { page } = dashboard;
    await dashboard.goto('/people/external:mina');
    await page.getByLabel('Attribute', { exact: true }).fill('plan');
    await page.getByLabel('Value').fill('pro');
    const { port } = new URL(app.url);
    await app.nest.close();
    let restarted: RunningApp | null = null;
    try {
      await page.getByRole('button', { name: 'Set' }).click();
      await page.getByRole('alert').getByText('send it again').waitFor();
      await page.getByRole('status').getByText('does not answer at the moment').waitFor();
      restarted = await startApp({ config: readConfig({ PORT: port, LOG_LEVEL: 'error', DATA_DIR: app.dataDir, DATABASE_POOL: '4' }), databaseUrl: app.databaseUrl, workers: 'manual' });
      await page.getByText('does not answer at the moment').waitFor({ state: 'hidden' });
      expect(await page.getByLabel('Value').inputValue()).toBe('pro');
      await page.getByRole('button', { name: 'Set' }).click();
      await page.getByRole('definition').getByText('pro').waitFor();
    } finally {
      await restarted?.close();
    }
    expect(dashboard.browser.faults.splice(0).filter((fault) => !/ERR_|Failed to load/.test(fault))).toEqual([]);
  });
});
