import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { axeFindings } from '../support/axe.js';
import { hasBrowser, picture } from '../support/browser.js';
import { email, series } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';
import { until } from '../support/sdk-page.js';

const MJML = '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>';

/** The editor of a series as marketers use it: by keys, by mouse, with a colleague, over an ended session and a server that is away. */
(hasBrowser ? describe : describe.skip)('the series editor', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  const campaign = async (id: string) => (await app.api('GET', `/v1/campaigns/${id}`)).body;
  const made = async (name: string, definition: object = { type: 'series' }): Promise<string> => (await app.api('POST', '/v1/campaigns', { name, definition, unfinished: true })).body.id as string;
  const saved = () => dashboard.page.getByText('Saved', { exact: true }).waitFor();
  /** Presses Tab until the element that has the focus is called so. */
  const tabTo = async (name: RegExp, most = 60, key = 'Tab') => {
    const { page } = dashboard;
    for (let presses = 0; presses < most; presses += 1) {
      await page.keyboard.press(key);
      const label = await page.evaluate(`(() => { const it = document.activeElement; return it.getAttribute('aria-label') ?? (it.labels?.[0]?.innerText || it.innerText || ''); })()`);
      if (name.test(String(label))) return;
    }
    throw new Error(`no ${String(name)} within ${most} presses`);
  };

  /** Opens the menu of the button that has the focus, and goes down to one of its items. */
  const pickByKeys = async (name: string) => {
    const { page } = dashboard;
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'E-mail' }).waitFor();
    await until(page, 'document.activeElement.closest("[role=menu]") !== null');
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('ArrowDown');
      if ((await page.evaluate('document.activeElement.getAttribute("aria-label")')) === name) return page.keyboard.press('Enter');
    }
    throw new Error(`no ${name} in the menu`);
  };

  beforeAll(async () => {
    app = await startTestApp();
    dashboard = await Dashboard.open(app);
    for (const id of ['jiu', 'mina']) expect((await app.api('POST', '/v1/people', { externalId: id, attributes: { plan: 'trial', email: `${id}@example.org` } })).status).toBe(201);
    for (const event of ['Signed Up', 'Paid']) expect((await app.api('POST', '/v1/track', { userId: 'jiu', event, messageId: event })).status).toBe(200);
    await app.runner.runUntilIdle();
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
  });

  test('a whole series by the keyboard alone, in the outline', async () => {
    const { page } = dashboard;
    const id = await made('Trial');
    await dashboard.goto(`/campaigns/${id}?view=outline`);
    await page.getByText('A step is missing').waitFor();
    await tabTo(/^Entry(?!:)/);
    await page.keyboard.press('Enter');
    await page.locator('h2:focus', { hasText: 'Entry' }).waitFor();
    await tabTo(/^People get in by/);
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: 'doing something' }).waitFor();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('combobox', { name: 'Event', exact: true }).waitFor();
    await tabTo(/^Event$/);
    await page.keyboard.type('Signed Up');
    await page.getByRole('option', { name: /^Signed Up/ }).waitFor();
    for (const key of ['Escape', 'Escape']) await page.keyboard.press(key);
    // Esc leads back to the card that it was opened from; from there to the "+" of the empty series.
    await page.locator('button:focus', { hasText: 'Whoever does “Signed Up”' }).waitFor();
    await tabTo(/^Add a step at the end/);
    await pickByKeys('Wait');
    await page.locator('h2:focus', { hasText: 'Wait' }).waitFor();
    await tabTo(/^Days$/);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('3');
    await page.keyboard.press('Escape');
    await page.locator('#at-wait-1:focus').waitFor();
    await tabTo(/^Add a step at the end/);
    await pickByKeys('E-mail');
    await page.locator('h2:focus', { hasText: 'E-mail' }).waitFor();
    await tabTo(/^Subject/);
    await page.keyboard.type('Welcome');
    await page.keyboard.press('Escape');
    await page.locator('#at-email-1:focus').waitFor();
    await page.keyboard.press('Alt+ArrowUp');
    await page.locator('#at-email-1:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('#at-wait-1:focus').waitFor();
    await saved();
    const { definition } = await campaign(id);
    expect(definition).toMatchObject({ entry: { type: 'event', event: 'Signed Up' }, start: 'email-1' });
    expect(definition.steps.map(({ id: step, next }: { id: string; next: string | null }) => [step, next]).toSorted()).toEqual([['email-1', 'wait-1'], ['wait-1', null]]);
    expect(definition.steps.find((step: { id: string }) => step.id === 'wait-1').for).toEqual({ days: 3 });
    // Delete takes a step out and says so; the message brings it back.
    await page.keyboard.press('Delete');
    await page.getByText('Step removed').waitFor();
    expect(await page.locator('#at-wait-1').count()).toBe(0);
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await page.locator('#at-wait-1').waitFor();
    await saved();
    expect((await campaign(id)).definition).toEqual(definition);
  });

  test('on the canvas: a step in two clicks, A and B in two, a segment inside in two, and a line of the list leads to its place', async () => {
    const { page } = dashboard;
    const id = await made('Mouse', { type: 'series', entry: { type: 'event', event: 'Signed Up' }, start: 'm', steps: [{ id: 'm', type: 'message', channel: 'email', variants: [{ key: 'A', content: { subject: 'Hello', body: MJML } }], next: null }] });
    await dashboard.goto(`/campaigns/${id}`);
    await page.getByRole('button', { name: 'Add a step after “Hello”' }).click();
    await page.getByRole('menuitem', { name: 'Condition', exact: true }).click();
    await page.locator('#at-branch-1').waitFor();
    await page.getByRole('button', { name: 'Add a step on “Everybody else”' }).click();
    await page.getByRole('menuitem', { name: 'In-app message' }).click();
    await page.locator('#at-in-app-1').waitFor();

    await page.getByRole('button', { name: /^E-mail Hello/ }).click();
    await page.getByRole('button', { name: 'Add variant' }).click();
    await page.locator('input:focus[data-field="variants.1.content.subject"]').waitFor();
    expect(await page.getByLabel('Subject').inputValue()).toBe('Hello');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Hi there');
    await page.getByRole('link', { name: 'Write the e-mail' }).waitFor();

    await page.getByRole('button', { name: /^Entry Whoever/ }).first().click();
    await page.getByRole('complementary').getByRole('button', { name: 'attribute is …' }).click();
    await page.getByRole('combobox', { name: 'Attribute' }).fill('plan');
    await page.keyboard.press('Escape');
    await saved();
    // A sentence that is not finished is a gap of the draft, not lost.
    expect((await campaign(id)).definition.audience).toEqual({ type: 'attribute', key: 'plan', op: 'is', value: null });
    await page.getByRole('combobox', { name: 'Value' }).fill('trial');
    await page.getByText('among 2 people').waitFor();
    await saved();
    expect((await campaign(id)).definition).toMatchObject({ audience: { value: 'trial' }, steps: [{ id: 'm', next: 'branch-1', variants: [{ key: 'A', content: { subject: 'Hello' } }, { key: 'B', content: { subject: 'Hi there' } }] }, { id: 'branch-1', otherwise: 'in-app-1', branches: [{ next: null }] }, { id: 'in-app-1' }] });

    await page.getByRole('region', { name: 'Ready to launch?' }).getByRole('button', { name: /In-app message “Nothing written yet”: / }).first().click();
    await page.locator('textarea:focus[data-field="variants.0.content.body"]').waitFor();
    await page.keyboard.type('안녕하세요');
    await page.keyboard.press('Escape');
    // The arrows go from step to step of the picture.
    await page.locator('#at-in-app-1').focus();
    await page.keyboard.press('ArrowUp');
    await page.locator('#at-branch-1:focus').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator('#at-m:focus').waitFor();
    // What hangs below a condition is asked about.
    await page.locator('#at-branch-1').focus();
    await page.keyboard.press('Delete');
    await page.getByRole('dialog', { name: 'Remove this step' }).getByRole('button', { name: 'Keep “Everybody else”; no other step goes' }).click();
    await page.locator('#at-branch-1').waitFor({ state: 'detached' });
    await saved();
    expect((await campaign(id)).definition.steps.map(({ id: step, next }: { id: string; next: string | null }) => [step, next])).toEqual([['m', 'in-app-1'], ['in-app-1', null]]);
    await page.keyboard.press('Control+z');
    await page.locator('#at-branch-1').waitFor();
    await saved();
  });

  test('by key, by leaving and each year; until a date, until an event of the same key; and an action', async () => {
    const { page } = dashboard;
    const id = await made('Orders', { type: 'series', entry: { type: 'event', event: 'Signed Up' }, start: 'wait', steps: [{ id: 'wait', type: 'wait', for: { days: 1 }, next: 'until' }, { id: 'until', type: 'wait_until', timeout: { days: 3 }, next: 'm', onTimeout: 'm' }, { id: 'm', type: 'message', channel: 'email', variants: [{ key: 'A', content: { subject: 'Hello', body: MJML } }], next: null }] });
    const open = (name: RegExp) => page.getByRole('button', { name }).first().click();
    const inspector = page.getByRole('complementary');
    const pick = async (list: RegExp, option: RegExp) => { await inspector.getByRole('combobox', { name: list }).click(); await page.getByRole('option', { name: option }).click(); };
    await dashboard.goto(`/campaigns/${id}?view=outline`);
    await open(/^Entry Whoever/);
    await inspector.getByRole('checkbox', { name: 'The event has a key' }).check();
    await inspector.getByRole('combobox', { name: 'Property' }).fill('order_id');
    await page.keyboard.press('Tab');
    await pick(/come again/, /one run for each key/);
    await open(/^Wait 1 day/);
    await inspector.getByText('a date of theirs').click();
    await inspector.getByRole('combobox', { name: 'Attribute' }).fill('trial_ends');
    await page.keyboard.press('Tab');
    await open(/^Wait for …/);
    await inspector.getByText('doing something').click();
    await inspector.getByRole('combobox', { name: 'Event' }).fill('Paid');
    await page.keyboard.press('Tab');
    await inspector.getByRole('checkbox', { name: 'Only with the same key as at the entry' }).check();
    await page.getByRole('button', { name: 'Add a step at the end', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Change the person' }).click();
    await inspector.getByRole('textbox', { name: 'Tag' }).fill('buyer');
    await page.getByRole('button', { name: 'Change the person Add the tag “buyer”' }).waitFor();
    await open(/^Exit rules/);
    await inspector.getByRole('button', { name: 'Add an exit rule' }).click();
    await inspector.getByText('doing something').click();
    await inspector.getByRole('combobox', { name: 'Event' }).fill('Cancelled');
    await page.keyboard.press('Tab');
    await saved();
    expect((await campaign(id)).definition).toMatchObject({
      entry: { type: 'event', event: 'Signed Up', key: 'order_id' }, reentry: { policy: 'concurrent_by_key' }, exitRules: [{ event: { name: 'Cancelled' } }],
      steps: [{ id: 'wait', date: { attribute: 'trial_ends', days: 0, time: '09:00' }, next: 'until', onMissed: 'until' }, { id: 'until', event: { name: 'Paid', sameKey: true } }, { id: 'm', next: 'action-1' }, { id: 'action-1', action: { kind: 'add_tag', tag: 'buyer' } }],
    });
    expect((await app.api('POST', `/v1/campaigns/${id}/check`)).body.findings.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
    await open(/^Entry Whoever/);
    await pick(/^People get in by/, /^a date$/);
    await inspector.getByRole('combobox', { name: 'Attribute' }).fill('born');
    await page.keyboard.press('Tab');
    await inspector.getByRole('checkbox', { name: 'Every year' }).check();
    await page.getByRole('button', { name: /^Entry Every year: On “born”/ }).waitFor();
    await pick(/^People get in by/, /^being in a segment$/);
    await pick(/^When$/, /^they leave it$/);
    await saved();
    expect((await campaign(id)).definition.entry).toEqual({ type: 'segment', segmentId: null, take: 'future_only', on: 'left' });
  });

  test('how much its messages matter, its hours and those of one message; the readiness list leads to the pace', async () => {
    const { page } = dashboard;
    const id = await made('Pace', { type: 'series', entry: { type: 'event', event: 'Signed Up' }, pacing: { reserveHours: 5 }, start: 'm', steps: [{ id: 'm', type: 'message', channel: 'email', variants: [{ key: 'A', content: { subject: 'Hello', body: MJML } }], next: null }] });
    await dashboard.goto(`/campaigns/${id}?view=outline`);
    await page.getByRole('button', { name: /Only a broadcast has a moment/ }).click();
    await page.locator('h2', { hasText: 'Pace' }).waitFor();
    await page.getByRole('radio', { name: 'Important' }).check();
    await page.getByLabel('Priority within its class').fill('80');
    await page.getByRole('checkbox', { name: 'Only at certain hours' }).check();
    await page.getByRole('checkbox', { name: 'Mon' }).check();
    await page.getByRole('checkbox', { name: 'Drop what could not go in time' }).check();
    await page.getByRole('button', { name: /^Pace.*Important · 09:00–18:00 Mon/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#at-m').click();
    await page.getByRole('checkbox', { name: 'Hours of its own' }).check();
    await page.getByLabel('Until', { exact: true }).fill('20:30');
    // Another way for whom the e-mail had no success with, and how long that is waited for.
    await page.getByRole('button', { name: 'Add another way' }).click();
    const way = page.getByRole('region', { name: 'Way 2' });
    await way.getByRole('combobox', { name: /^Unless the message before/ }).click();
    await page.getByRole('option', { name: 'was clicked' }).click();
    await way.getByLabel('Text').fill('Have you seen it?');
    await picture(page, 'series-ladder');
    await saved();
    const { definition } = await campaign(id);
    expect(definition).toMatchObject({ pacing: { class: 'important', priority: 80, sendWindow: { weekdays: ['mon'], from: '09:00', to: '18:00' }, expiresAfter: { days: 2 } }, steps: [{ sendWindow: { from: '09:00', to: '20:30' }, ladder: [{ channel: 'in_app', unless: 'clicked', after: { days: 1 }, content: { body: 'Have you seen it?' } }] }] });
    await way.getByRole('link', { name: 'Write the whole message' }).click();
    await page.waitForURL(new RegExp(`/campaigns/${id}/messages/m~2`));
    await page.getByText('Have you seen it?').first().waitFor();
  });

  test('a version is given to somebody by hand on a draft, and taken back', async () => {
    const { page } = dashboard;
    const id = await made('By hand', { type: 'series', entry: { type: 'event', event: 'Signed Up' }, goals: [{ key: 'paid', name: 'Paid', event: { name: 'Paid' } }], start: 'm', steps: [{ id: 'm', type: 'message', channel: 'in_app', topic: 'account', variants: [{ key: 'A', content: { body: 'Hello' } }, { key: 'B', content: { body: 'Hi' } }], next: null }] });
    await dashboard.goto(`/campaigns/${id}?view=outline&at=m`);
    await page.getByRole('button', { name: 'Give somebody a version' }).click();
    const dialog = page.getByRole('dialog', { name: 'Give somebody a version' });
    await dialog.getByLabel('Person').fill('mina');
    await page.getByRole('option', { name: /mina/ }).click();
    await dialog.getByRole('combobox', { name: 'Variant' }).click();
    await page.getByRole('option', { name: 'B', exact: true }).click();
    await picture(page, 'dashboard-draft-override-give');
    await dialog.getByRole('button', { name: 'Give this version' }).click();
    const given = page.getByRole('list', { name: 'Versions given by hand' });
    await given.getByRole('link', { name: /mina/ }).waitFor();
    await picture(page, 'dashboard-draft-override');
    expect((await app.api('GET', `/v1/campaigns/${id}/draft-overrides`)).body.items).toMatchObject([{ stepId: 'm', externalId: 'mina', variant: 'B', fits: true }]);
    await page.getByRole('button', { name: /^Take back: / }).click();
    await given.waitFor({ state: 'detached' });
  });

  test('a colleague lets people in by a pasted list, and is told of each that did not', async () => {
    const { page } = dashboard;
    const id = await made('By name', { type: 'series', entry: { type: 'api' }, start: 'm', steps: [{ id: 'm', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: 'Hello' } }], next: null }] });
    const { revision, definition } = await campaign(id);
    expect((await app.api('PUT', `/v1/campaigns/${id}`, { name: 'By name', definition, revision })).status).toBe(200);
    expect((await app.api('POST', `/v1/campaigns/${id}/publish`)).status).toBe(200);
    await dashboard.goto(`/campaigns/${id}/people`);
    await page.getByRole('button', { name: 'Let people in' }).click();
    const dialog = page.getByRole('dialog', { name: 'Let people in' });
    await dialog.getByRole('textbox', { name: 'Who' }).fill('jiu\nmina, nobody');
    await dialog.getByRole('button', { name: 'Let in' }).click();
    await dialog.getByText('2 people entered').waitFor();
    await dialog.getByText('Unknown: nobody').waitFor();
    await dialog.getByRole('textbox', { name: 'Who' }).fill('jiu');
    await dialog.getByRole('button', { name: 'Let in' }).click();
    await dialog.getByText(/^Refused: 1/).waitFor();
    await dialog.getByText('Send a file').click();
    await dialog.locator('input[type="file"]').setInputFiles({ name: '고객.csv', mimeType: 'text/csv', buffer: Buffer.from('externalId\nmina\nnobody\n') });
    await dialog.getByRole('button', { name: 'Let in' }).click();
    await dialog.getByText('Refused by a rule: 1. Rows nobody can be let in by: 1.').waitFor();
    await dialog.getByRole('row').filter({ hasText: 'There is no such person' }).getByText('3', { exact: true }).waitFor();
    await picture(page, 'dashboard-let-in-file');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('link', { name: 'jiu@example.org' }).waitFor();
  });

  test('Hangul as it is composed stands in the subject and on the step, and is one step of undo', async () => {
    const { page } = dashboard;
    const id = await made('한글', { type: 'series', start: 'm', steps: [{ id: 'm', type: 'message', channel: 'email', variants: [{ key: 'A', content: {} }], next: null }] });
    await dashboard.goto(`/campaigns/${id}?view=outline&at=m`);
    await page.getByLabel('Subject').click();
    const input = await page.context().newCDPSession(page);
    for (const text of ['ㅂ', '바', '반', '반가']) await input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await input.send('Input.insertText', { text: '반가워요' });
    await page.getByRole('button', { name: /^E-mail .*반가워요/ }).waitFor();
    await saved();
    expect((await campaign(id)).definition.steps[0].variants[0].content).toEqual({ subject: '반가워요' });
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await page.getByRole('button', { name: /^E-mail .*Nothing written yet/ }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('환영 인사');
    await page.getByRole('heading', { level: 1, name: '환영 인사' }).waitFor();
    await saved();
  });

  test('a colleague who is quicker, a session that ends, a server that is away: nothing typed is lost', async () => {
    const { page, browser } = dashboard;
    const id = await made('Two editors', { type: 'series', start: 'm', steps: [{ id: 'm', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { title: 'One', body: 'b' } }], next: null }] });
    await dashboard.goto(`/campaigns/${id}?view=outline&at=m`);
    await page.getByLabel('Title').waitFor();
    const { revision, definition } = await campaign(id);
    expect((await app.api('PUT', `/v1/campaigns/${id}`, { revision, name: 'Theirs', definition, unfinished: true })).status).toBe(200);
    await page.getByLabel('Title').fill('Mine');
    await page.getByText('Somebody else changed this campaign meanwhile').waitFor();
    expect(browser.faults.splice(0)).toEqual([expect.stringContaining('409')]);
    expect(await page.getByLabel('Title').inputValue()).toBe('Mine');
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await saved();
    expect((await campaign(id))).toMatchObject({ name: 'Two editors', definition: { steps: [{ variants: [{ content: { title: 'Mine' } }] }] } });

    await app.db.query('delete from session');
    await page.getByLabel('Title').fill('After the session');
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.getByLabel('Password', { exact: true }).fill('비밀번호는 길수록 좋다');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await saved();
    expect(browser.faults.splice(0).every((fault) => fault.includes('401'))).toBe(true);
    expect((await campaign(id)).definition.steps[0].variants[0].content.title).toBe('After the session');

    // The server is away while something is typed, and the page is left: the copy on this machine comes back and is saved.
    await page.route('**/v1/**', (route) => route.abort());
    await page.getByLabel('Title').fill('While it was away');
    await until(page, `localStorage.getItem('danbi:draft:${id}')?.includes('While it was away')`);
    await page.unroute('**/v1/**');
    await page.goto('about:blank');
    browser.faults.splice(0);
    await dashboard.goto(`/campaigns/${id}?view=outline&at=m`);
    await page.getByText('Saved, with what you had not saved last time').waitFor();
    expect(await page.getByLabel('Title').inputValue()).toBe('While it was away');
    expect((await campaign(id)).definition.steps[0].variants[0].content.title).toBe('While it was away');
  });

  test('of a campaign that has ended everything can be seen and nothing changed', async () => {
    const { page } = dashboard;
    const definition = { type: 'series', entry: { type: 'event', event: 'Signed Up' }, start: 'm', steps: [{ id: 'm', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { title: 'Bye', body: 'b' } }], next: null }] };
    const { id } = (await app.api('POST', '/v1/campaigns', { name: 'Ended', definition })).body;
    expect((await app.api('POST', `/v1/campaigns/${id}/publish`)).status).toBe(200);
    await app.runner.runUntilIdle();
    expect((await app.api('POST', `/v1/campaigns/${id}/stop`)).status).toBe(200);
    await dashboard.goto(`/campaigns/${id}?view=outline&at=m`);
    await page.getByText('You can look at this campaign but not change it').waitFor();
    expect(await page.getByLabel('Title').isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: /^Add a step/ }).count()).toBe(0);
    await page.getByText('0 in · 0 here · 0 on').waitFor();
  });

  test('a draft is taken through the recorded past, stopped or looked at: numbers, days, reasons, people, what nobody can know', async () => {
    const { page } = dashboard;
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    for (const [who, name] of [['mina', '김미나'], ['ben', 'Ben Weiss'], ['cho', '조은']] as const) {
      expect((await app.api('POST', '/v1/people', { externalId: `past-${who}`, attributes: { name, email: `past-${who}@example.org` } })).status).toBe(201);
      expect((await app.api('POST', '/v1/track', { userId: `past-${who}`, event: 'Came', properties: {}, messageId: crypto.randomUUID() })).status).toBe(200);
    }
    // Long enough ago to lie in the period, however quick the page is.
    for (const table of [`person set created_at = created_at - interval '1 day'`, `attribute_history set recorded_at = recorded_at - interval '1 day'`, `event set received_at = received_at - interval '1 hour'`]) await app.db.query(`update ${table}`);
    const id = await made('지난 한 달로 미리 보기', series({ entry: { type: 'event', event: 'Came' }, audience: { type: 'not', of: { type: 'attribute', key: 'name', op: 'is', value: '조은' } }, start: 'a', steps: [email('a', null, { name: '환영' })] }));
    await dashboard.goto(`/campaigns/${id}/simulate`);
    await page.getByText('No simulation yet').waitFor();
    await page.getByRole('combobox', { name: 'Reactions to messages that were never sent' }).click();
    await page.getByRole('option', { name: 'Everybody unsubscribes at the first message' }).click();
    await button('Simulate').click();
    await page.getByRole('status').getByText('Waiting for its turn').waitFor();
    await picture(page, 'dashboard-simulate-waiting');
    await app.runner.runUntilIdle();
    const numbers = page.getByRole('region', { name: 'What would have happened' });
    await numbers.getByRole('row', { name: 'Runs 2' }).waitFor();
    await numbers.getByRole('row', { name: 'Messages 2', exact: true }).waitFor();
    await page.getByRole('region', { name: 'Refusals' }).getByRole('row', { name: /Entry 1$/ }).waitFor();
    await page.getByRole('region', { name: 'What it cannot know' }).getByText(/Here everybody unsubscribes/).waitFor();
    await page.getByRole('img', { name: /2 entered, 2 messages/ }).waitFor();
    const people = page.getByRole('region', { name: 'Sample people' });
    await people.getByRole('link', { name: 'past-mina@example.org' }).click();
    await page.getByRole('region', { name: /past-mina@example.org/ }).getByText('환영 was sent, variant A').waitFor();
    expect(new URL(page.url()).searchParams.get('person')).toMatch(/^[0-9a-f-]{36}$/);
    await picture(page, 'dashboard-simulate');
    await dashboard.choose(/Language|언어/, /한국어/);
    await page.getByRole('region', { name: '알 수 없는 것' }).getByText(/수신 거부하고/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'dashboard-simulate-ko');
    await dashboard.choose(/Language|언어/, /English/);
    await button('Delete').click();
    await page.getByText('No simulation yet').waitFor();
    await button('Simulate').click();
    await button('Stop').click();
    await page.getByRole('table').getByText('Stopped').waitFor();
  });
});
