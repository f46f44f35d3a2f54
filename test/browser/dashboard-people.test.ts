import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { REASON_CODES } from '../../src/kernel/reason-codes.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { axeFindings } from '../support/axe.js';
import { hasBrowser, picture } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';

/** One person in the dashboard: what is known, what they agreed to, why they got a message or not; and files of many. */
(hasBrowser ? describe : describe.skip)('people in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let campaignId: string;
  const person = async (id: string) => (await app.api('GET', `/v1/people/external:${id}`)).body;

  beforeAll(async () => {
    app = await startTestApp();
    dashboard = await Dashboard.open(app);
    for (const [id, plan] of [['mina', 'trial'], ['ben', 'pro']] as const) expect((await app.api('POST', '/v1/people', { externalId: id, attributes: { name: id === 'mina' ? '김미나' : 'Ben Weiss', plan, email: `${id}@example.org` } })).status).toBe(201);
    expect((await app.api('POST', '/v1/topics', { key: 'news', name: 'News', nameKo: '소식' })).status).toBe(201);
    const segment = (await app.api('POST', '/v1/segments', { name: 'Trial', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } })).body;
    await app.runner.runUntilIdle();
    const content = { subject: '반갑습니다', body: '<mj-section><mj-column><mj-text>{{person.name}}</mj-text></mj-column></mj-section>' };
    campaignId = (await app.api('POST', '/v1/campaigns', { name: '체험 환영', definition: { type: 'broadcast', segmentId: segment.id, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content }] } } })).body.id;
    expect((await app.api('POST', `/v1/campaigns/${campaignId}/publish`)).status).toBe(200);
    await app.runner.runUntilIdle();
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
  });

  test('why she did not get it, in five clicks: person, messages, campaign; and why another one did', async () => {
    const { page } = dashboard;
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await page.getByRole('link', { name: 'Ben Weiss' }).click();
    await page.getByRole('tab', { name: 'Messages' }).click();
    await page.getByRole('combobox', { name: 'Campaign' }).click();
    await page.getByRole('option', { name: '체험 환영' }).click();
    const gates = page.getByRole('list', { name: 'Gates in their order' });
    await gates.getByText('Entry condition not met').waitFor();
    expect(await gates.getByRole('listitem').count()).toBe(15);
    await page.getByRole('alert', { name: 'The smallest change that flips it' }).getByText('No change of data can flip it').waitFor();
    await picture(page, 'explain-never-entered');
    expect(new URL(page.url()).search).toContain(`campaign=${campaignId}`);
    await dashboard.goto(`/people/external:mina?tab=messages`);
    await page.getByRole('button', { name: 'Why: 체험 환영' }).click();
    await page.getByText('As it was decided then').waitFor();
    await page.getByRole('region', { name: 'Deliveries' }).getByText('Sent', { exact: true }).waitFor();
  });

  test('who is stuck is told with what to do and who, and what is unlike the weeks before until somebody has seen it', async () => {
    const { page } = dashboard;
    await rows(app.db, `update enrollment as e set state = 'active', left_at = null, due_at = now() - interval '1 hour' where e.campaign_id = $1`, [campaignId]);
    await rows(app.db, `insert into anomaly_note (id, campaign_id, kind, seen, expected, window_end, opened_at) values (gen_random_uuid(), $1, 'zero', 0, 41.5, now(), now())`, [campaignId]);
    await dashboard.goto(`/campaigns/${campaignId}/people`);
    const stuck = page.getByRole('region', { name: 'Stuck people' });
    await stuck.getByText('Look whether a worker process runs', { exact: false }).waitFor();
    await picture(page, 'stuck-and-anomaly');
    await stuck.getByRole('button', { name: /^Who: Overdue at/ }).click();
    const who = page.getByRole('dialog', { name: /^Who: Overdue at/ });
    await who.getByRole('button', { name: 'Why: mina@example.org' }).waitFor();
    await who.getByRole('button', { name: 'Close' }).first().click();
    const note = page.getByRole('alert', { name: 'Unlike the weeks before' });
    await note.getByText('about 42 were to be expected', { exact: false }).waitFor();
    await note.getByRole('button', { name: 'I have seen it' }).click();
    await note.getByText('Seen by a colleague', { exact: false }).waitFor();
    await rows(app.db, `update enrollment as e set state = 'completed', left_at = now(), due_at = null where e.campaign_id = $1`, [campaignId]);
  });

  test('attributes and tags are changed, with their history', async () => {
    const { page } = dashboard;
    await dashboard.goto('/people/external:ben');
    await page.getByRole('button', { name: 'Change plan' }).click();
    await page.getByLabel('Value').fill('basic');
    await page.getByRole('button', { name: 'Set' }).click();
    await page.getByText('basic').waitFor();
    await page.getByLabel('Attribute', { exact: true }).fill('seats');
    await page.getByLabel('Value').fill('12');
    await page.getByLabel('Value').press('Enter');
    await page.getByRole('button', { name: 'Remove seats' }).waitFor();
    await page.getByRole('textbox', { name: 'Tag' }).fill('단골');
    await page.getByRole('button', { name: 'Add tag' }).click();
    await page.getByRole('button', { name: 'Remove 단골' }).waitFor();
    await page.getByRole('button', { name: 'History of plan' }).click();
    await page.getByRole('dialog').getByRole('cell', { name: 'pro', exact: true }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    expect(await person('ben')).toMatchObject({ attributes: { plan: 'basic', seats: 12 }, tags: ['단골'] });
    await page.getByRole('button', { name: 'Remove seats' }).click();
    await page.getByRole('button', { name: 'Remove seats' }).waitFor({ state: 'detached' });
    expect((await person('ben')).attributes).not.toHaveProperty('seats');
  });

  test('what they agreed to is recorded with its proof, and not without', async () => {
    const { page } = dashboard;
    await page.getByRole('tab', { name: 'Consent' }).click();
    await page.getByRole('button', { name: 'Change News, E-mail' }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByText('Say where it was said').waitFor();
    await page.getByLabel('Where did they say so?').fill('phone call');
    await page.getByLabel('The words they agreed to').fill('소식을 받겠습니다');
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('소식을 받겠습니다').waitFor();
    expect((await app.api('GET', '/v1/people/external:ben/consent')).body.items).toEqual([expect.objectContaining({ topic: 'news', channel: 'email', state: 'subscribed', source: 'phone call' })]);
  });

  test('a file comes in, says what was refused, and everybody in it is there', async () => {
    const { page } = dashboard;
    await dashboard.goto('/people');
    await page.getByRole('link', { name: 'Import' }).click();
    await page.getByText('No file yet').waitFor();
    await page.locator('input[type=file]').setInputFiles({ name: '고객.csv', mimeType: 'text/csv', buffer: Buffer.from('external_id,email,plan\nsu,su@example.org,trial\n,,nobody\njae,jae@example.org,pro\n') });
    await page.getByLabel('Tags for everybody').fill('파일');
    // The chosen file is named on the page before it is sent: only the answer says that there is something to work off.
    const taken = page.waitForResponse((response) => response.url().includes('/v1/imports/people') && response.status() === 202);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await taken;
    await page.getByText('고객.csv').last().waitFor();
    await app.runner.runUntilIdle();
    await page.getByText('3 rows: 2 new, 0 changed, 0 as before, 1 refused').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download the refused row' }).click();
    expect((await download).suggestedFilename()).toMatch(/^rejections-.*\.csv$/);
    expect((await person('su')).tags).toEqual(['파일']);
  });

  test('erasing asks for the address, and then nothing is left', async () => {
    const { page } = dashboard;
    await dashboard.goto('/people?q=jae');
    await page.getByRole('link', { name: /jae/ }).click();
    await page.getByRole('button', { name: 'Erase' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Erase' }).click();
    await dialog.getByText('That is not jae@example.org.').waitFor();
    await dialog.getByLabel('Type jae@example.org to go on').fill('jae@example.org');
    await dialog.getByRole('button', { name: 'Erase' }).click();
    await page.waitForURL(/\/people$/);
    expect((await app.api('GET', '/v1/people/external:jae')).status).toBe(404);
  });

  test('every reason code has its words in both languages', async () => {
    for (const language of ['en', 'ko']) {
      const { default: words } = (await import(`../../web/src/i18n/${language}/reasons.json`, { with: { type: 'json' } })) as { default: { codes: Record<string, string> } };
      expect([language, REASON_CODES.filter((code) => !words.codes[code])]).toEqual([language, []]);
    }
  });
});
