import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';

/** Segments as marketers make them: sentences with controls, the number beside them, and why somebody is in. */
(hasBrowser ? describe : describe.skip)('segments in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  const address = () => new URL(dashboard.page.url());
  const definitionOf = async (id: string) => (await app.api('GET', `/v1/segments/${id}`)).body.definition;

  beforeAll(async () => {
    app = await startTestApp();
    dashboard = await Dashboard.open(app);
    for (const [id, name, plan] of [['jiu', '박지우', 'trial'], ['mina', '김미나', 'trial'], ['ben', 'Ben Weiss', 'pro'], ['lee', '이서준', 'pro']] as const) expect((await app.api('POST', '/v1/people', { externalId: id, attributes: { name, plan, email: `${id}@example.org` }, tags: plan === 'pro' ? ['vip'] : [] })).status).toBe(201);
    for (const [who, event] of [['jiu', 'Login'], ['mina', 'Login'], ['ben', 'Login'], ['ben', 'Paid']] as const) expect((await app.api('POST', '/v1/track', { userId: who, event, messageId: `${who} ${event}`, properties: { amount: 12_000 } })).status).toBe(200);
    await app.runner.runUntilIdle();
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
  });

  test('from nothing to a saved segment in five clicks; its name proposes itself, the number is there before', async () => {
    const { page } = dashboard;
    await page.getByRole('link', { name: 'Segments', exact: true }).click();
    await page.getByRole('link', { name: 'New segment' }).click();
    await page.getByRole('button', { name: 'did an event …' }).click();
    await page.getByRole('option', { name: /^Login 3 times/ }).click();
    await page.getByText('3 people').waitFor();
    await page.getByRole('region', { name: 'Some of them' }).getByRole('link', { name: 'Ben Weiss' }).waitFor();
    expect(await page.getByLabel('Name').inputValue()).toMatch(/“Login”/);
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.waitForURL(/\/segments\/[0-9a-f-]{36}/);
    await app.runner.runUntilIdle();
    expect(await definitionOf(address().pathname.split('/')[2]!)).toEqual({ type: 'event', event: 'Login', count: { op: 'at_least', value: 1 } });
    await page.getByText('Used in no campaign and no other segment.').waitFor();
  });

  test('groups, other kinds, "but not", and a sentence that is not finished is not saved', async () => {
    const { page } = dashboard;
    await dashboard.goto('/segments/new');
    await page.getByRole('button', { name: 'attribute is …' }).click();
    await page.getByRole('combobox', { name: 'Attribute' }).fill('plan');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByText('1 condition still has an empty field.').waitFor();
    await page.getByRole('combobox', { name: 'Value' }).fill('pro');
    await page.getByText('2 people').waitFor();
    await page.getByRole('button', { name: 'But not …' }).click();
    await page.getByRole('menuitem', { name: 'did an event …' }).click();
    await page.getByRole('option', { name: /^Paid 1 time/ }).click();
    await page.getByText('1 person', { exact: true }).waitFor();
    await page.getByLabel('Name').fill('Pro, 아직 안 삼');
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pro, 아직 안 삼' }).waitFor();
    expect(await definitionOf(address().pathname.split('/')[2]!)).toEqual({ type: 'all', of: [{ type: 'attribute', key: 'plan', op: 'is', value: 'pro' }, { type: 'not', of: { type: 'event', event: 'Paid', count: { op: 'at_least', value: 1 } } }] });
    await app.runner.runUntilIdle();
  });

  test('what is deeper than the builder shows is said and kept to the letter', async () => {
    const { page } = dashboard;
    const sequence = { type: 'sequence', steps: [{ event: 'Login' }, { event: 'Paid', within: { days: 7 } }] };
    const deep = { type: 'any', of: [{ type: 'tag', op: 'has', tag: 'vip' }, { type: 'not', of: { type: 'not', of: { type: 'all', of: [{ type: 'tag', op: 'has', tag: 'x' }, sequence] } } }] };
    const { id } = (await app.api('POST', '/v1/segments', { name: 'Deep', definition: { type: 'all', of: [sequence, deep, { type: 'attribute', key: 'plan', op: 'exists' }] } })).body;
    await app.runner.runUntilIdle();
    await dashboard.goto(`/segments/${id}`);
    await page.getByText('“Login” was followed by “Paid” within 7 days').first().waitFor();
    expect(await page.getByText('Kept as it is.').count()).toBe(2);
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('menuitem', { name: 'has a tag …' }).click();
    await page.getByRole('option', { name: 'vip' }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await app.runner.runUntilIdle();
    expect(await definitionOf(id)).toEqual({ type: 'all', of: [sequence, deep, { type: 'attribute', key: 'plan', op: 'exists' }, { type: 'tag', op: 'has', tag: 'vip' }] });
  });

  test('who comes second sees who was first and what they made of it, and keeps either; nothing typed is lost', async () => {
    const { page } = dashboard;
    const made = (await app.api('POST', '/v1/segments', { name: 'Two editors', definition: { type: 'tag', op: 'has', tag: 'vip' } })).body;
    await app.runner.runUntilIdle();
    await dashboard.goto(`/segments/${made.id}`);
    await page.getByLabel('Note').fill('my note');
    expect((await app.api('PATCH', `/v1/segments/${made.id}`, { revision: made.revision, name: 'Two editors, first' })).status).toBe(200);
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText(/^test changed it /).waitFor();
    await page.getByText('“Two editors, first” is now:').waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('409')]);
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', `/v1/segments/${made.id}`)).body).toMatchObject({ name: 'Two editors', description: 'my note' });
    await page.getByRole('button', { name: 'Archive' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
    await page.waitForURL(/\/segments$/);
    await page.getByRole('link', { name: 'Deep' }).waitFor();
    expect(await page.getByRole('link', { name: 'Two editors' }).count()).toBe(0);
  });

  test('one that a campaign names is not archived, and says which; a copy of it is another one', async () => {
    const { page } = dashboard;
    const made = (await app.api('POST', '/v1/segments', { name: 'VIP', definition: { type: 'tag', op: 'has', tag: 'vip' } })).body;
    const message = { type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: '안녕' } }] };
    await app.runner.runUntilIdle();
    const campaign = (await app.api('POST', '/v1/campaigns', { name: '여름 세일', definition: { type: 'broadcast', launchAt: '2099-01-01T00:00:00Z', segmentId: made.id, message } })).body;
    expect((await app.api('POST', `/v1/campaigns/${campaign.id}/publish`)).status).toBe(200);
    await dashboard.goto(`/segments/${made.id}`);
    await page.getByRole('region', { name: 'Used in' }).getByRole('link', { name: '여름 세일' }).waitFor();
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Archive' }).click();
    await dialog.getByRole('button', { name: 'Archive' }).click();
    await dialog.getByText('The segment cannot be archived: “여름 세일” names it.', { exact: false }).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dashboard.choose(/Language|언어/, /한국어/);
    await page.getByRole('button', { name: '보관' }).click();
    await dialog.getByRole('button', { name: '보관' }).click();
    await dialog.getByText('이 세그먼트를 쓰는 곳이 있어 보관할 수 없어요: “여름 세일”.', { exact: false }).waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('409'), expect.stringContaining('409')]);
    await dialog.getByRole('button', { name: '취소' }).click();
    await dashboard.choose(/Language|언어/, /English/);
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await page.getByRole('heading', { level: 1, name: 'VIP (copy)' }).waitFor();
    const copy = address().pathname.split('/')[2]!;
    expect([copy === made.id, await definitionOf(copy)]).toEqual([false, made.definition]);
    await app.runner.runUntilIdle();
  });

  test('who is in it, how it grew, and why somebody is not', async () => {
    const { page } = dashboard;
    await dashboard.goto('/segments');
    await page.getByRole('link', { name: 'Pro, 아직 안 삼' }).click();
    await page.getByRole('tab', { name: 'People' }).click();
    await page.getByRole('link', { name: '이서준' }).waitFor();
    await page.getByRole('link', { name: 'Why?' }).click();
    await page.getByText('This person is in the segment.').waitFor();
    await page.getByRole('searchbox', { name: 'Whom' }).fill('ben');
    await page.getByRole('option', { name: /Ben Weiss/ }).click();
    await page.getByText('This person is not in the segment.').waitFor();
    await page.getByText('does not hold: ').first().waitFor({ state: 'attached' });
    expect(address().search).toContain('tab=explain');
    await page.getByRole('tab', { name: 'Growth' }).click();
    await page.getByRole('row').nth(1).waitFor();
    await page.getByRole('tab', { name: 'Who' }).click();
    await page.getByText('1 person', { exact: true }).waitFor();
    await dashboard.goto('/segments/new');
  });
});
