import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, picture as keepPicture } from '../support/browser.js';
import { email, inApp, series } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';
import { inShare, makePeople, publishTest, writeVerdict } from '../support/experiments.js';
import { ReportWorld, twoArms, writeSurvey } from '../support/report-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const AT = '2026-03-02T10:00:00Z';

/** A series with a test whose ledger is written by hand: what each number must say can be counted here. */
async function writeSeries(world: ReportWorld): Promise<string> {
  const { id } = await world.publish(series({ steps: [twoArms('a', null)] }), '환영 시리즈');
  const [p1, p2, p3, p4, p5, p6, p7, p8] = (await world.people(8)) as [string, string, string, string, string, string, string, string];
  const m1 = await world.message({ person: p1, state: 'delivered', language: 'ko', at: AT });
  for (const [kind, second] of [['open', 0], ['click', 1], ['unsubscribe', 2]] as const) await world.react(m1, p1, kind, `2026-03-02T12:00:0${second}Z`);
  await world.event(p1, 'Project Created', '2026-03-03T00:00:00Z');
  await world.message({ person: p2, state: 'sent', language: 'en', at: AT });
  await world.message({ person: p3, state: 'failed', reason: 'RENDER_MISSING_VAR', at: AT });
  await world.message({ person: p4, variant: 'B', state: 'sent', language: 'ko', at: '2026-03-05T10:00:00Z' });
  await world.message({ person: p5, variant: 'control', isControl: true, state: 'ghost', at: AT, attempts: 0 });
  const left = { person: p6, step: 'a', at: AT };
  const enrollment = await world.run({ ...left, state: 'exited', left: '2026-03-03T10:00:00Z', outcome: 'EXIT_RULE', exit: 'EXIT_RULE' });
  await world.refuse({ ...left, code: 'EXIT_RULE', stage: 'exit', enrollment });
  await world.refuse({ person: p7, code: 'NO_CONSENT', at: AT });
  const m8 = await world.message({ person: p8, variant: 'B', source: 'choice', state: 'delivered', at: AT });
  await world.react(m8, p8, 'click', '2026-03-02T13:00:00Z');
  for (const [person, name] of [[p1, '박지우'], [p7, 'Ben Weiss']] as const) await world.app.api('PATCH', `/v1/people/${person}`, { attributes: { name } });
  return id;
}

(hasBrowser ? describe : describe.skip)('results in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let campaign: string;
  let survey: string;
  const clock = new VirtualClock(new Date('2026-03-02T00:00:00Z'));

  beforeAll(async () => {
    app = await startTestApp({ clock });
    const world = new ReportWorld(app);
    campaign = await writeSeries(world);
    survey = await writeSurvey(world, AT);
    clock.set(new Date('2026-03-20T00:00:00Z'));
    await app.runner.runUntilIdle();
    dashboard = await Dashboard.open(app);
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
  });

  const table = (name: string) => dashboard.page.getByRole('table', { name });

  test('the verdict comes first, what is missing is said in words, and every number opens its people', async () => {
    const { page } = dashboard;
    await dashboard.goto(`/campaigns/${campaign}/results`);
    await page.getByText(/^Still collecting\./).first().waitFor();
    await page.getByText('A: 3 of 100 people whose time has passed').waitFor();
    await page.getByText('control: nothing sent').first().waitFor();
    await page.getByText('Everything adds up: 7 arrived').waitFor();
    await page.getByText('A value the message needs is missing').first().waitFor();
    await page.getByRole('link', { name: '1: Unsubscribed A' }).click();
    await page.getByRole('heading', { level: 2, name: 'Unsubscribed' }).waitFor();
    await table('Unsubscribed').getByRole('link', { name: '박지우' }).waitFor();
    expect(await table('Unsubscribed').getByRole('row').count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('number')).toBe('unsubscribed');
    await page.getByRole('link', { name: 'Results', exact: true }).last().click();
    await page.getByRole('link', { name: '1: Did not come in' }).click();
    await page.getByRole('link', { name: 'Ben Weiss' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: '+ 1 by choice or by hand: Got the version by choice or by hand B' }).waitFor();
  });

  test('one version is given to everybody new after saying whom that concerns, and taken back', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Send B to everyone from now' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^New people get “B”\./).waitFor();
    await dialog.getByText('People concerned now: 0').waitFor();
    await dialog.getByRole('button', { name: 'Send B to everyone from now' }).click();
    await page.getByText(/new people get B: somebody chose it\./).waitFor();
    expect(await page.getByRole('button', { name: /to everyone from now/ }).count()).toBe(0);
    await dashboard.goto('/results');
    await page.getByText('new people get B').waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Split new people again' }).click();
    await page.getByRole('button', { name: 'Send A to everyone from now' }).waitFor();
  });

  test('a version is given to somebody by hand, and taken back', async () => {
    const { page } = dashboard;
    await app.api('POST', '/v1/people', { externalId: 'qa', attributes: { name: '한확인', email: 'qa@example.test' } });
    await page.getByRole('button', { name: 'Give somebody a version' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Person').fill('한확인');
    await page.getByRole('option', { name: /한확인/ }).click();
    await keepPicture(page, 'dashboard-override-give');
    await dialog.getByRole('button', { name: 'Give this version' }).click();
    const given = table('Versions given by hand');
    await given.getByRole('link', { name: '한확인' }).waitFor();
    await given.getByText('김단비').waitFor();
    await keepPicture(page, 'dashboard-overrides');
    await page.getByRole('button', { name: 'Take back: 한확인' }).click();
    await given.waitFor({ state: 'detached' });
  });

  test('the funnel tells versions given by choice apart, as a picture, in words and as a table', async () => {
    const { page } = dashboard;
    const picture = page.getByRole('img', { name: /안녕, variant A: Eligible 3, Sent 2 · 66\.7%.*안녕, variant B by choice: Eligible 1, Sent 1/ });
    await picture.waitFor();
    await page.getByRole('region', { name: 'From eligible to converted' }).getByLabel('Show as table').check();
    expect(await table('From eligible to converted').getByRole('row').count()).toBe(5);
  });

  test('over time, step by step and credit: days are in the address and stay there', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Over time' }).click();
    await page.getByLabel('From', { exact: true }).fill('2026-03-01');
    await page.getByLabel('To', { exact: true }).fill('2026-03-04');
    await page.getByRole('img', { name: /From Mar 1 to Mar 4 \(Asia\/Seoul\)\. Sent: 3 in all, most on Mar 2 with 3\..*Converted: 1 in all/ }).locator('svg').first().waitFor();
    await page.getByText('Of it, 1 messages went to people who got their version by choice; 0 of them converted.').waitFor();
    await page.getByRole('img', { name: /No consent to this topic \(at entry\): 1\./ }).waitFor();
    expect(new URL(page.url()).search).toBe('?view=time&from=2026-03-01&to=2026-03-04');
    await page.reload();
    await page.getByRole('region', { name: 'Over time' }).getByLabel('Show as table').check();
    expect(await table('Over time').getByRole('row').count()).toBe(5);
    await page.getByRole('region', { name: 'Not sent, and why' }).getByLabel('Show as table').check();
    await page.getByRole('combobox', { name: 'Refusals by hour or day' }).click();
    await page.getByRole('option', { name: 'By hour' }).click();
    await table('Not sent, and why').getByRole('cell', { name: /^Mar \d, \d+ [AP]M$/ }).first().waitFor();
    await page.getByRole('button', { name: 'Step by step' }).click();
    await page.getByRole('img', { name: /안녕, version 1: 7 arrived, 0 are here now, 6 went on, 1 left\./ }).waitFor();
    await page.getByText('Left: Exit rule applied').waitFor();
    await page.getByRole('button', { name: 'Credit', exact: true }).click();
    await page.getByText(/^Credited: it came after the last touch\./).waitFor();
    expect(await table('Credit: 활성 사용자').getByRole('row').count()).toBe(3);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('button', { name: 'Download' }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'CSV' }).first().click()]);
    expect(file.suggestedFilename()).toBe('funnel.csv');
  });

  test('answers with their score, and what people wrote; displays and attention before them', async () => {
    const { page } = dashboard;
    await dashboard.goto(`/campaigns/${survey}/results?view=answers`);
    await page.getByRole('img', { name: /^NPS 0 \(between -\d+ and \d+\): 2 promoters, 1 passives, 2 detractors 0: 1 · 20%\./ }).waitFor();
    await page.getByRole('searchbox', { name: 'Search in texts' }).fill('빠른');
    await page.getByText('만족해요').waitFor({ state: 'hidden' });
    await page.getByText('정말 빠른 응답').waitFor();
    await page.getByRole('button', { name: 'Displays' }).click();
    await page.getByRole('region', { name: 'Displays' }).getByLabel('Show as table').check();
    await page.getByRole('cell', { name: '92 s' }).waitFor();
  });

  test('all tests and goals in one list, with filters in the address', async () => {
    const { page } = dashboard;
    await dashboard.goto('/results');
    await table('Tests').getByRole('link', { name: '환영 시리즈' }).waitFor();
    await page.getByText(/^Still collecting\./).waitFor();
    await page.getByRole('searchbox', { name: 'Search by campaign' }).fill('없는 이름');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('button', { name: 'Goals' }).click();
    await page.getByRole('row', { name: /활성 사용자 환영 시리즈 a 5 1 20%/ }).waitFor();
    expect(new URL(page.url()).search).toBe('?list=goals');
  });

  test('reports over all campaigns: deliverability, overlap, and what messages caused', async () => {
    const { page } = dashboard;
    await dashboard.goto('/results/deliverability');
    await page.getByRole('img', { name: /^Tried: 5\. Delivered: 4 · 80%\./ }).waitFor();
    await page.getByRole('link', { name: 'Overlap' }).click();
    await page.getByRole('img', { name: /^1 message: 9 people\./ }).waitFor();
    await page.getByText('Nobody got so many').waitFor();
    await page.getByRole('link', { name: 'Caused' }).click();
    await page.getByRole('region', { name: '활성 사용자' }).getByText('Kept back').waitFor();
    // Begun with what it could find before one's eyes, and ended after a question.
    await page.getByRole('button', { name: 'Begin a holdout' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('button', { name: 'Begin', exact: true }).click();
    await form.getByText('Needed').first().waitFor();
    await form.getByRole('textbox', { name: 'Name' }).fill('2026년 홀드아웃');
    await form.getByRole('combobox', { name: /Goal/ }).fill('Project Created');
    await form.getByText('Nobody came whose goal window has passed, so nothing can be said about what would be found.').waitFor();
    await keepPicture(page, 'holdout-form');
    await form.getByRole('button', { name: 'Begin', exact: true }).click();
    const begun = page.getByRole('region', { name: '2026년 홀드아웃' });
    await begun.getByText('5 % kept out').waitFor();
    await begun.getByText('Goal: Project Created within 28 days').waitFor();
    await begun.getByRole('button', { name: 'End the holdout' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End the holdout' }).click();
    await begun.getByText(/^Ended on/).waitFor();
    await keepPicture(page, 'holdout-ended');
  });

  test('a beaten version is dropped after saying whom that concerns', async () => {
    const { page } = dashboard;
    const content = { subject: '안녕', body: '<mj-section><mj-column><mj-text>안녕</mj-text></mj-column></mj-section>' };
    const three = email('a', null, { variants: ['A', 'B', 'C'].map((key) => ({ key, content })) });
    const of = await publishTest(app, series({ steps: [three] }), 'a');
    await writeVerdict(app, of, { state: 'collecting', harmed: ['C'] });
    await dashboard.goto(`/campaigns/${of.id}/results`);
    await page.getByRole('button', { name: 'Drop C' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('People concerned now: 0').waitFor();
    expect(await page.getByRole('button', { name: /^Drop [AB]$/ }).count()).toBe(0);
    await dialog.getByRole('button', { name: 'Drop C' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Drop C' }).waitFor({ state: 'detached' });
    const { arms } = (await app.api('GET', `/v1/experiments/${of.experimentId}/choice`)).body;
    expect(arms.map(({ key, dropped }: { key: string; dropped: object | null }) => [key, dropped !== null])).toEqual([['A', false], ['B', false], ['C', true]]);
    expect(await page.getByRole('button', { name: 'Send C to everyone from now' }).count()).toBe(0);
  });

  test('a test before the rest: somebody sends one version to the rest before its time', async () => {
    const { page } = dashboard;
    const people = await makePeople(app, 'rest', 60, { group: 'rest' });
    const message = inApp('message', { topic: 'account', variants: ['A', 'B'].map((key) => ({ key, content: { body: key } })), test: { send: { share: 0.4, wait: { hours: 4 } } } });
    const of = await publishTest(app, { type: 'broadcast', audience: { type: 'attribute', key: 'group', op: 'is', value: 'rest' }, goals: [{ key: 'bought', name: 'Bought', event: { name: 'Order Completed' } }], message });
    await app.runner.runUntilIdle();
    await dashboard.goto(`/campaigns/${of.id}/results`);
    await page.getByRole('button', { name: 'Send B to the rest now' }).click();
    const dialog = page.getByRole('dialog');
    const rest = people.length - inShare(of, 4000, people).length;
    await dialog.getByText(`People concerned now: ${rest}`).waitFor();
    await dialog.getByRole('button', { name: 'Send B to the rest now' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Send B to the rest now' }).waitFor({ state: 'detached' });
    await app.runner.runUntilIdle();
    expect((await app.api('GET', `/v1/campaigns/${of.id}/test-then-send`)).body).toMatchObject({ state: 'decided', restLeft: 0, sent: { variant: 'B' } });
  });

  test('an undecided test goes on after its read-out, once', async () => {
    const { page } = dashboard;
    const read = new Date(clock.now().getTime() + 3 * 86_400_000).toISOString();
    const of = (await app.api('POST', '/v1/campaigns', { name: '외부 실험', definition: { type: 'broadcast', external: true, arms: [{ key: 'A' }, { key: 'B' }], goals: [{ key: 'bought', name: 'Bought', event: { name: 'Order Completed' }, window: { days: 1 } }], test: { mode: 'planned', readoutAt: read } } })).body;
    expect((await app.api('POST', `/v1/campaigns/${of.id}/publish`)).status).toBe(200);
    clock.set(new Date(Date.parse(read) + 2 * 3_600_000));
    await app.runner.runUntilIdle();
    await dashboard.goto(`/campaigns/${of.id}/results`);
    await page.getByRole('button', { name: 'Go on collecting' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('only strong differences name a winner', { exact: false }).waitFor();
    await dialog.getByRole('button', { name: 'Go on collecting' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Go on collecting' }).waitFor({ state: 'detached' });
    const [result] = (await app.api('GET', `/v1/campaigns/${of.id}/results`)).body.experiments;
    expect(result.verdict.extendedAt).toBe(clock.now().toISOString());
  });

  test('who may only look is offered nothing that would be refused', async () => {
    const { page } = dashboard;
    const { body } = await app.api('POST', '/v1/users', { email: 'analyst@example.com', name: '분석가', role: 'analyst' });
    const token = new URL(body.inviteUrl as string).searchParams.get('token')!;
    expect((await app.api('POST', '/v1/invites/accept', { token, password: '비밀번호는 길수록 좋다' })).status).toBe(200);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/login/);
    await dashboard.signIn('analyst@example.com');
    await dashboard.goto(`/campaigns/${campaign}/results`);
    await page.getByText('A: 3 of 100 people whose time has passed').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('button', { name: /to everyone from now/ }).count()).toBe(0);
  });
});
