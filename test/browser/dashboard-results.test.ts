import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser } from '../support/browser.js';
import { autoMessage, inApp, series } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';
import { ReportWorld, twoArms } from '../support/report-world.js';
import { axeIn } from '../support/sdk-page.js';
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

/** A question on websites, answered five times. */
async function writeSurvey(world: ReportWorld): Promise<string> {
  const content = { format: 'survey', survey: { question: '추천하시겠어요?', kind: 'nps', comment: '이유' } };
  const { id } = await world.publish(autoMessage({ message: inApp('message', { variants: [{ key: 'A', content }] }) }), '추천 설문');
  const people = await world.people(5);
  for (const [index, [score, text]] of ([[10, '정말 빠른 응답'], [9, null], [8, '만족해요'], [0, '느려요'], [6, null]] as const).entries()) {
    const delivery = await world.message({ person: people[index]!, step: 'message', channel: 'in_app', state: 'delivered', at: AT });
    await world.react(delivery, people[index]!, 'impression', AT, 'human', { dwell: 90_000 + index * 1_000 });
    await world.answer(delivery, people[index]!, { at: AT, score, text });
  }
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
    survey = await writeSurvey(world);
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
  const clean = async (name: string) => expect([name, await axeIn(dashboard.page, 'html')]).toEqual([name, []]);

  test('the verdict comes first, what is missing is said in words, and every number opens its people', async () => {
    const { page } = dashboard;
    await dashboard.goto(`/campaigns/${campaign}/results`);
    await page.getByText(/^Still collecting\./).first().waitFor();
    await page.getByText('A: 3 of 100 people whose time has passed').waitFor();
    await page.getByText('control: nothing sent').first().waitFor();
    await page.getByText('Everything adds up: 7 arrived').waitFor();
    await page.getByText('A value the message needs is missing').first().waitFor();
    await dashboard.inspect('results');
    await page.getByRole('link', { name: '1: Unsubscribed A' }).click();
    await page.getByRole('heading', { level: 2, name: 'Unsubscribed' }).waitFor();
    await table('Unsubscribed').getByRole('link', { name: '박지우' }).waitFor();
    expect(await table('Unsubscribed').getByRole('row').count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('number')).toBe('unsubscribed');
    await dashboard.inspect('results-people');
    await page.getByRole('link', { name: 'Results', exact: true }).last().click();
    await page.getByRole('link', { name: '1: Did not come in' }).click();
    await page.getByRole('link', { name: 'Ben Weiss' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: '+ 1 by choice: Got the version by choice B' }).waitFor();
  });

  test('one version is given to everybody new after saying whom that concerns, and taken back', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Send B to everyone from now' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^New people get “B”\./).waitFor();
    await dialog.getByText('People concerned now: 0').waitFor();
    await clean('choose');
    await dialog.getByRole('button', { name: 'Send B to everyone from now' }).click();
    await page.getByText(/new people get B: somebody chose it\./).waitFor();
    expect(await page.getByRole('button', { name: /to everyone from now/ }).count()).toBe(0);
    await dashboard.goto('/results');
    await page.getByText('new people get B').waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Split new people again' }).click();
    await page.getByRole('button', { name: 'Send A to everyone from now' }).waitFor();
  });

  test('the funnel tells versions given by choice apart, as a picture, in words and as a table', async () => {
    const { page } = dashboard;
    const picture = page.getByRole('img', { name: /a, variant A: Eligible 3, Sent 2 · 66\.7%.*a, variant B by choice: Eligible 1, Sent 1/ });
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
    await dashboard.inspect('results-time');
    expect(new URL(page.url()).search).toBe('?view=time&from=2026-03-01&to=2026-03-04');
    await page.reload();
    await page.getByRole('region', { name: 'Over time' }).getByLabel('Show as table').check();
    expect(await table('Over time').getByRole('row').count()).toBe(5);
    await page.getByRole('button', { name: 'Step by step' }).click();
    await page.getByRole('img', { name: /a, version 1: 7 arrived, 0 are here now, 6 went on, 1 left\./ }).waitFor();
    await page.getByText('Left: Exit rule applied').waitFor();
    await clean('flow');
    await page.getByRole('button', { name: 'Credit', exact: true }).click();
    await page.getByText(/^Credited: it came after the last touch\./).waitFor();
    expect(await table('Credit: 활성 사용자').getByRole('row').count()).toBe(3);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await clean('credit');
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
    await dashboard.inspect('results-answers');
    await page.getByRole('button', { name: 'Displays' }).click();
    await page.getByRole('region', { name: 'Displays' }).getByLabel('Show as table').check();
    await page.getByRole('cell', { name: '92 s' }).waitFor();
    await clean('displays');
  });

  test('all tests and goals in one list, with filters in the address', async () => {
    const { page } = dashboard;
    await dashboard.goto('/results');
    await table('Tests').getByRole('link', { name: '환영 시리즈' }).waitFor();
    await page.getByText(/^Still collecting\./).waitFor();
    await dashboard.inspect('results-list');
    await page.getByRole('searchbox', { name: 'Search by campaign' }).fill('없는 이름');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('button', { name: 'Goals' }).click();
    await page.getByRole('row', { name: /활성 사용자 환영 시리즈 a 5 1 20%/ }).waitFor();
    expect(new URL(page.url()).search).toBe('?list=goals');
    await clean('goals');
  });

  test('reports over all campaigns: deliverability, overlap, and what messages caused', async () => {
    const { page } = dashboard;
    await dashboard.goto('/results/deliverability');
    await page.getByRole('img', { name: /^Tried: 5\. Delivered: 4 · 80%\./ }).waitFor();
    await dashboard.inspect('results-deliverability');
    await page.getByRole('link', { name: 'Overlap' }).click();
    await page.getByRole('img', { name: /^1 message: 9 people\./ }).waitFor();
    await page.getByText('Nobody got so many').waitFor();
    await clean('overlap');
    await page.getByRole('link', { name: 'Caused' }).click();
    await page.getByRole('region', { name: '활성 사용자' }).getByText('Kept back').waitFor();
    await clean('holdouts');
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
