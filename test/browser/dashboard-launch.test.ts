import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { axeFindings } from '../support/axe.js';
import { hasBrowser, picture } from '../support/browser.js';
import { email, series } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';
import { makePeople } from '../support/experiments.js';
import { until } from '../support/raw-tabs.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PASSWORD = '비밀번호는 길수록 좋다';
const wait = (days: number) => ({ id: 'pause', type: 'wait', for: { days }, next: 'a' });

/** From nothing to a launched campaign, and everything that is done with one afterwards. */
(hasBrowser ? describe : describe.skip)('launching in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let setup: string;
  let rescue: string;
  const clock = new VirtualClock(new Date());

  beforeAll(async () => {
    app = await startTestApp({ clock });
    ({ dashboard, setup } = await Dashboard.before(app));
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
  });

  const idOf = () => new URL(dashboard.page.url()).pathname.split('/')[2]!;
  const create = async (name: string, definition: object) => (await app.api('POST', '/v1/campaigns', { name, definition })).body as { id: string; revision: number };
  const dialog = () => dashboard.page.getByRole('dialog');
  const button = (name: string | RegExp) => dashboard.page.getByRole('button', { name, exact: typeof name === 'string' });

  test('from the first screen to a launched preview in five clicks', async () => {
    const { page } = dashboard;
    let clicks = 0;
    const click = async (what: Locator) => { clicks += 1; await what.click(); };
    await page.goto(setup);
    for (const [name, text] of [['name', '김단비'], ['email', 'owner@example.com'], ['password', PASSWORD], ['workspace.name', '단비 상점'], ['workspace.timeZone', 'Asia/Seoul'], ['workspace.senderContact', '서울시 중구 1, 02-123-4567']] as const) await page.locator(`[name="${name}"]`).fill(text);
    // Two people of our own instead of the sample people: the same way, sooner.
    await page.locator('[name="sampleData"]').uncheck();
    await click(page.locator('main form button').last());
    for (const [id, name] of [['mina', '김미나'], ['ben', 'Ben Weiss']] as const) expect((await app.api('POST', '/v1/people', { externalId: id, attributes: { name, plan: 'trial', email: `${id}@example.org` } })).status).toBe(201);
    await click(page.getByRole('link', { name: /Launch your first campaign|첫 캠페인 시작하기/ }));
    await page.getByRole('region', { name: 'Trial rescue' }).getByText('attribute plan · there').waitFor();
    await click(button('Use Trial rescue'));
    await button('Review and launch').waitFor();
    await app.runner.runUntilIdle();
    await click(button('Review and launch'));
    const launch = dialog().getByRole('button', { name: 'Launch in sandbox to 2 people' });
    await launch.waitFor();
    expect(await dialog().getByText(/stop the launch/).count()).toBe(0);
    await dialog().getByText('Sandbox: nothing leaves this computer').waitFor();
    await picture(page, 'dashboard-launch-sheet');
    await click(launch);
    await page.getByText('Launched in the sandbox').waitFor();
    const mails = page.locator('iframe[title^="E-mail"]');
    await mails.nth(1).waitFor();
    expect({ clicks, mails: await mails.count() }).toEqual({ clicks: 5, mails: 2 });
    for (const place of [0, 1]) await page.frameLocator('iframe[title^="E-mail"]').nth(place).getByText(/Ben Weiss|김미나/).first().waitFor();
    rescue = idOf();
    expect((await app.api('GET', `/v1/campaigns/${rescue}`)).body).toMatchObject({ state: 'active', unfinished: false, name: 'Trial rescue' });
  });

  test('the walk goes to the next person, and says where they are and why', async () => {
    const { page } = dashboard;
    await app.runner.runUntilIdle();
    await page.reload();
    await page.getByText('Where they are, and why').waitFor();
    const gates = page.getByRole('list', { name: 'Gates in their order' }).getByRole('listitem');
    await gates.nth(14).waitFor();
    expect(await gates.count()).toBe(15);
    const first = await page.getByRole('heading', { level: 2 }).innerText();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { level: 2, name: first === 'Ben Weiss' ? '김미나' : 'Ben Weiss' }).waitFor();
    expect(new URL(page.url()).searchParams.get('person')).toMatch(/^[0-9a-f-]{36}$/);
    await page.locator('iframe[title^="In-app message"]').waitFor();
  });

  test('who is where: by step and state, with the way to why', async () => {
    const { page } = dashboard;
    await page.getByRole('tab', { name: 'People' }).click();
    await page.getByRole('link', { name: 'mina@example.org' }).waitFor();
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('option', { name: 'Left early' }).click();
    await page.getByText('Nobody is there').waitFor();
    expect(new URL(page.url()).search).toBe('?state=exited');
    await button('Clear filters').click();
    await page.getByRole('button', { name: 'Why: mina@example.org' }).click();
    const why = page.getByRole('dialog', { name: 'Why: mina@example.org' });
    await why.getByText('As it was decided then').waitFor();
    await picture(page, 'explain-drawer');
    await why.getByRole('button', { name: 'Close' }).click();
    await why.waitFor({ state: 'detached' });
  });

  test('pause, resume and stop; stopping says whom it concerns and what was taken back', async () => {
    const { page } = dashboard;
    await button('Pause').click();
    await page.getByText('Paused', { exact: true }).waitFor();
    await button('Resume').click();
    await page.getByText('Live', { exact: true }).waitFor();
    await app.runner.runUntilIdle();
    await button('Stop').click();
    await dialog().getByText('2 people are on the way. 0 messages wait to be sent.').waitFor();
    await dialog().getByRole('button', { name: 'Stop' }).click();
    await dialog().getByText('2 runs ended. 0 messages were not sent.').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).click();
    await page.getByText('Stopped', { exact: true }).waitFor();
    expect((await app.api('GET', `/v1/campaigns/${rescue}/people`)).body.items.map(({ state }: { state: string }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(await button(/Review and/).count()).toBe(0);
  });

  test('who launches after somebody else changed it looks again first', async () => {
    const { page } = dashboard;
    const made = await create('두 사람', series({ start: 'pause', steps: [wait(1), email('a', null)] }));
    await dashboard.goto(`/campaigns/${made.id}/history`);
    await button('Review and launch').click();
    await dialog().getByText('After: Wait 1 day').waitFor();
    expect((await app.api('PUT', `/v1/campaigns/${made.id}`, { revision: made.revision, name: '두 사람', definition: series({ start: 'pause', steps: [wait(4), email('a', null)] }) })).status).toBe(200);
    await dialog().getByRole('button', { name: 'Launch in sandbox' }).click();
    await dialog().getByText(/Somebody else changed this campaign/).waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('409')]);
    await dialog().getByRole('button', { name: 'Look again' }).click();
    await dialog().getByText('After: Wait 4 days').waitFor();
    expect((await app.api('GET', `/v1/campaigns/${made.id}`)).body.state).toBe('draft');
    await dialog().getByRole('button', { name: 'Launch in sandbox' }).click();
    await page.getByText('Launched in the sandbox').waitFor();
  });

  test('a live campaign is published anew with its changes in words; its history compares and restores', async () => {
    const { page } = dashboard;
    const id = idOf();
    const seen = (await app.api('GET', `/v1/campaigns/${id}`)).body;
    const subject = email('a', null, { variants: [{ key: 'A', content: { subject: '다시 환영합니다', body: '<mj-section><mj-column><mj-text>안녕하세요</mj-text></mj-column></mj-section>' } }] });
    expect((await app.api('PUT', `/v1/campaigns/${id}`, { revision: seen.revision, name: seen.name, definition: series({ start: 'pause', steps: [wait(5), subject] }) })).status).toBe(200);
    await page.reload();
    await button('Review and publish').click();
    await dialog().getByText('Wait 4 days').waitFor();
    await dialog().getByText('Wait 5 days').first().waitFor();
    await dialog().getByText('Nobody is on the way', { exact: false }).waitFor();
    await dialog().getByRole('button', { name: 'Publish version 2' }).click();
    await dialog().getByText('Version 2 is live.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'dashboard-launch-done');
    await dialog().getByRole('button', { name: 'Close' }).click();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('radio', { name: 'Compare from version 1' }).click();
    const compared = page.getByRole('region', { name: 'From version 1 to the draft' });
    await compared.getByText('Wait 4 days').waitFor();
    await compared.locator('ins', { hasText: '다시' }).waitFor();
    await button('Make version 1 the draft').click();
    await compared.getByText('They say the same.').waitFor();
    await button('Undo').click();
    await compared.getByText('Wait 4 days').waitFor();
  });

  test('people on their way: said where they are and what becomes of them, moved as chosen, with progress and history', async () => {
    const { page } = dashboard;
    const before = series({ start: 'pause', entry: { type: 'event', event: 'Moved In' }, steps: [wait(1), email('a', null)] });
    const { id, revision } = await create('옮겨 갈 사람', before);
    expect((await app.api('POST', `/v1/campaigns/${id}/publish`, {})).status).toBe(200);
    await app.runner.runUntilIdle();
    await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: ['mina', 'ben'].map((userId) => ({ type: 'track', userId, event: 'Moved In' })) }) });
    await app.runner.runUntilIdle();
    const after = series({ ...before, steps: [{ ...wait(1), next: 'b' }, email('b', null, { name: '새 메일' })] });
    expect((await app.api('PUT', `/v1/campaigns/${id}`, { revision, name: '옮겨 갈 사람', definition: after })).status).toBe(200);
    await dashboard.goto(`/campaigns/${id}/history`);
    await button('Review and publish').click();
    await dialog().getByText(/^2 people at “Wait 1” stay on version 1 and will get “E-mail 1” at/).waitFor();
    expect(await dialog().getByRole('radio', { name: 'They finish the version they are on' }).isChecked()).toBe(true);
    await dialog().getByRole('radio', { name: 'They go on in version 2 from where they are' }).click();
    await dialog().getByText(/^2 people at “Wait 1” will get “새 메일” at .* Gone: “E-mail 1”\.$/).waitFor();
    await dialog().getByRole('combobox', { name: 'Choice for Wait 1, version 1' }).click();
    await page.getByRole('option', { name: 'End here' }).click();
    await dialog().getByText(/^2 people at “Wait 1” end here/).waitFor();
    await dialog().getByRole('combobox', { name: 'Choice for Wait 1, version 1' }).click();
    await page.getByRole('option', { name: 'As everybody' }).click();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'dashboard-live-edit');
    await dialog().getByRole('button', { name: 'Publish version 2' }).click();
    await dialog().getByText('Version 2 is live.').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).click();
    await page.getByText('People are being moved to version 2').waitFor();
    await page.getByRole('alert').getByText(/2 still to be moved/).waitFor();
    await picture(page, 'dashboard-migration');
    await app.runner.runUntilIdle();
    await page.getByText('Done: of 2 in flight 2 moved to version 2.').waitFor();
    await page.getByText('People are being moved to version 2').waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /^1 a program/ }).getByRole('link', { name: '0', exact: true }).waitFor();
    await button('More for this campaign').click();
    await page.getByRole('menuitem', { name: 'Take nobody in any more' }).click();
    await dialog().getByText(/^2 go on to the end; nobody new is taken in\. The last of them is through by/).waitFor();
    await picture(page, 'dashboard-drain');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    const { items } = (await app.api('GET', `/v1/campaigns/${id}/people`)).body;
    await dashboard.goto(`/campaigns/${id}/walk?person=${items[0].personId}`);
    await page.getByText(/Moved from version 1 to version 2/).waitFor();
  });

  test('more than 10,000 people: their number is typed', async () => {
    const { page } = dashboard;
    await rows(app.db, `insert into person (id, kind, attributes, first_seen_at, last_seen_at, created_at, updated_at) select gen_random_uuid(), 'user', '{"plan":"bulk"}', now(), now(), now(), now() from generate_series(1, 10001)`);
    const { id } = await create('모두에게', { type: 'broadcast', launchAt: '2099-01-01T00:00:00Z', audience: { type: 'attribute', key: 'plan', op: 'is', value: 'bulk' }, message: email('message', null) });
    await dashboard.goto(`/campaigns/${id}/history`);
    await button('Review and launch').click();
    const launch = dialog().getByRole('button', { name: 'Launch in sandbox to 10001 people' });
    await launch.click();
    await dialog().getByText('That is not 10,001.').waitFor();
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body.state).toBe('draft');
    await dialog().getByRole('textbox', { name: 'Type 10,001 to go on' }).fill('10001');
    await launch.click();
    await page.getByText('Launched in the sandbox').waitFor();
  });

  test('several campaigns at once: what was not possible is said for each', async () => {
    const { page } = dashboard;
    await dashboard.goto('/campaigns');
    await page.getByRole('combobox', { name: 'Order' }).click();
    await page.getByRole('option', { name: 'By name' }).click();
    await page.waitForURL(/sort=name/);
    const names = (await app.api('GET', '/v1/campaigns?sort=name')).body.items.map(({ name }: { name: string }) => name);
    expect(await page.getByRole('row').getByRole('link').filter({ hasText: /^(두 사람|모두에게|옮겨 갈 사람|Trial rescue)$/ }).allInnerTexts()).toEqual(names);
    for (const name of ['두 사람', 'Trial rescue']) await page.getByRole('checkbox', { name: `Choose ${name}` }).click();
    await page.getByRole('region', { name: '2 chosen' }).getByRole('button', { name: 'Pause' }).click();
    await page.getByText('1 done.').waitFor();
    await page.getByText('It is in a state in which that is not possible: Stopped.').waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('409')]);
  });

  test('a one-off is written whole: whom, when, variants, a test before the rest, a goal', async () => {
    const { page } = dashboard;
    await dashboard.goto('/campaigns/new');
    await button('Use One-off').click();
    const ready = page.getByRole('region', { name: 'Ready to launch?' });
    await ready.getByRole('button', { name: /Say who gets it/ }).click();
    await page.waitForURL(/at=who/);
    await page.getByRole('textbox', { name: 'Segment' }).or(page.getByRole('combobox', { name: 'Segment' })).click();
    await page.getByRole('option', { name: 'On trial, not upgraded' }).click();
    // The count and its people come in above what is clicked next, which moves down by them.
    await page.getByRole('region', { name: 'Who', exact: true }).getByRole('link', { name: 'Ben Weiss' }).waitFor();
    await page.getByRole('radio', { name: 'At a moment' }).check();
    await page.getByLabel(/^Moment/).fill('2099-05-01T09:30');
    await page.getByRole('checkbox', { name: 'Wait for a time of day where each person is' }).check();
    await button('Add variant').click();
    await page.getByRole('checkbox', { name: /Test first, then send the leader/ }).check();
    await button('Add a goal').click();
    await page.getByRole('textbox', { name: 'Name of the goal' }).fill('구매');
    await page.getByRole('combobox', { name: 'Event', exact: true }).fill('Order Completed');
    await page.getByRole('button', { name: 'More about this test' }).click();
    await page.getByRole('textbox', { name: 'Share you expect without any change' }).fill('12.5');
    await page.getByRole('combobox', { name: 'What is better' }).click();
    await page.getByRole('option', { name: /^Less of it/ }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await ready.getByText(/stop the launch|stops the launch/).waitFor({ state: 'detached' });
    // The planner answers by itself what this plan can show.
    await page.getByText(/people are needed in each arm/).waitFor();
    await page.getByText('12.5% reach the goal without any change, as you said.').waitFor();
    const { definition, unfinished } = (await app.api('GET', `/v1/campaigns/${idOf()}`)).body;
    expect({ unfinished, at: definition.launchAt, local: definition.localTime, variants: definition.message.variants.map(({ key }: { key: string }) => key), test: definition.message.test, goal: definition.goals[0].event.name }).toEqual({ unfinished: false, at: '2099-05-01T00:30:00.000Z', local: '10:00', variants: ['A', 'B'], test: { send: { share: 0.2, wait: { hours: 4 } }, baseline: 0.125, direction: 'lower', lift: 0.2, measure: 'rate', minEffect: 0.05, round: 1 }, goal: 'Order Completed' });
    await button('Review and launch').click();
    await dialog().getByText(/at the next 10:00 in each person/).waitFor();
    await dialog().getByRole('button', { name: 'Not yet' }).click();
  });

  test('a draft is duplicated and deleted; what is live takes nobody in, goes on again, and is archived', async () => {
    const { page } = dashboard;
    const made = await create('복제할 것', series({ start: 'a', steps: [email('a', null)] }));
    await dashboard.goto(`/campaigns/${made.id}`);
    const more = async (name: string) => { await button('More for this campaign').click(); await page.getByRole('menuitem', { name, exact: true }).click(); };
    await more('Duplicate');
    await page.getByText('복제할 것 (copy)').first().waitFor();
    const copy = idOf();
    expect(copy).not.toBe(made.id);
    await more('Delete draft');
    await dialog().getByText('This can not be undone.', { exact: false }).waitFor();
    await dialog().getByRole('button', { name: 'Delete draft' }).click();
    await page.waitForURL(/\/campaigns$/);
    expect((await app.api('GET', `/v1/campaigns/${copy}`)).status).toBe(404);
    await page.getByRole('link', { name: '복제할 것', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: '복제할 것 (copy)' }).count()).toBe(0);

    expect((await app.api('POST', `/v1/campaigns/${made.id}/publish`)).status).toBe(200);
    await dashboard.goto(`/campaigns/${made.id}`);
    const state = async (words: string) => { await page.getByText(words, { exact: true }).first().waitFor(); };
    await more('Take nobody in any more');
    await dialog().getByText('People on the way go on to the end.', { exact: false }).waitFor();
    await dialog().getByRole('button', { name: 'Take nobody in any more' }).click();
    await state('Draining');
    expect((await app.api('GET', `/v1/campaigns/${made.id}`)).body.state).toBe('draining');
    await button('Resume').click();
    await state('Live');
    await more('Archive');
    await dialog().getByRole('button', { name: 'Archive' }).click();
    await dialog().getByText('still has something to do', { exact: false }).waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('409')]);
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await button('Stop').click();
    await dialog().getByRole('button', { name: 'Stop' }).click();
    await dialog().getByRole('button', { name: 'Close' }).click();
    await more('Archive');
    await dialog().getByRole('button', { name: 'Archive' }).click();
    await state('Archived');
    for (const name of ['Pause', 'Resume', 'Stop', 'Review and publish']) expect([name, await button(name).count()]).toEqual([name, 0]);
  });

  test('an earlier version is made the draft, and is that on the server', async () => {
    const { page } = dashboard;
    const id = (await app.api('GET', `/v1/campaigns?q=${encodeURIComponent('두 사람')}`)).body.items[0].id as string;
    await dashboard.goto(`/campaigns/${id}/history?from=1`);
    await button('Make version 1 the draft').click();
    await page.getByText('They say the same.').waitFor();
    await button('Look at it').click();
    await page.waitForURL(new RegExp(`/campaigns/${id}$`));
    // What an earlier test left unsaved in the browser may be saved first.
    const first = async () => (await app.api('GET', `/v1/campaigns/${id}`)).body.definition.steps[0];
    expect(await until(async () => { const step = await first(); return step.for?.days === 4 && step; })).toMatchObject({ type: 'wait', for: { days: 4 } });
  });

  test('with a mail server it says that it is real; too many refusals pause it by itself, which is said and answered', async () => {
    const { page } = dashboard;
    const sink = await new SmtpSink().start();
    sink.script = { rcpt: () => ({ code: 550, text: '5.1.1 No such user' }) };
    const relay = await app.api('POST', '/v1/relays', { name: 'Real', host: '127.0.0.1', port: sink.port, security: 'none' });
    expect(relay.status).toBe(201);
    expect((await app.api('PUT', '/v1/sending-settings', { giveUpHours: { marketing: 24, transactional: 72 }, errorBudget: { enabled: true, window: 50, hardPercent: 5, complaintPercent: 0.3, blockPercent: 20 }, resendUncertain: [] })).status).toBe(200);
    await makePeople(app, 'real', 60, { plan: 'real' });
    const { id } = await create('진짜 발송', { type: 'broadcast', audience: { type: 'attribute', key: 'plan', op: 'is', value: 'real' }, message: email('message', null) });
    await dashboard.goto(`/campaigns/${id}/history`);
    await button('Review and launch').click();
    await dialog().getByText('Real: messages go to real people').waitFor();
    await dialog().getByRole('button', { name: 'Launch to 60 people' }).click();
    await dialog().getByText('It is live.').waitFor();
    await dialog().getByText('pausing stops everything at once', { exact: false }).waitFor();
    await dialog().getByRole('button', { name: 'Close' }).click();
    await app.runner.runUntilIdle();
    clock.advance(11_000);
    await app.runner.runUntilIdle();
    expect(sink.offered.length).toBeGreaterThan(49);
    await page.reload();
    const why = page.getByRole('alert').filter({ hasText: 'Danbi paused this campaign' });
    await why.getByText(/of the last \d+ messages/).waitFor();
    await dashboard.choose(/Language|언어/, /한국어/);
    await page.getByRole('alert').getByText(/최근 \d+건 중/).waitFor();
    await dashboard.choose(/Language|언어/, /English/);
    sink.script = {};
    await button('Resume').click();
    await why.waitFor({ state: 'detached' });
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body).toMatchObject({ state: 'active', pauseReason: null });
    const { items } = (await app.api('GET', '/v1/relays')).body;
    expect((await app.api('DELETE', `/v1/relays/${items[0].id}`)).status).toBeLessThan(300);
    await sink.stop();
  });

  test('several are archived at once after asking; one that cannot be says why, in the language of the page', async () => {
    const { page } = dashboard;
    await create('지울 초안', series({ start: 'a', steps: [email('a', null)] }));
    await dashboard.choose(/Language|언어/, /한국어/);
    await dashboard.goto('/campaigns');
    for (const name of ['지울 초안', '복제할 것']) await page.getByRole('checkbox', { name: `${name} 선택` }).click();
    await page.getByRole('button', { name: '보관' }).click();
    await dialog().getByRole('button', { name: '보관' }).click();
    await page.getByText('1개를 처리했어요.').waitFor();
    await page.getByText('지금 상태(보관)에서는 할 수 없어요.').waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('409')]);
    await dashboard.choose(/Language|언어/, /English/);
  });

  test('who may only look is offered nothing that would be refused', async () => {
    const { page } = dashboard;
    const { body } = await app.api('POST', '/v1/users', { email: 'ana@example.com', name: 'Ana', role: 'analyst' });
    await page.context().clearCookies();
    const { pathname, search } = new URL(body.inviteUrl as string);
    await page.goto(`${dashboard.base}${pathname}${search}`);
    await page.locator('[name="password"]').fill(PASSWORD);
    await page.locator('main form button').click();
    await page.waitForURL(/\/$/);
    await dashboard.goto(`/campaigns/${rescue}/history`);
    await page.getByText('They say the same.').waitFor();
    for (const name of ['Pause', 'Stop', 'More for this campaign', 'Make version 1 the draft']) expect(await button(name).count()).toBe(0);
    await dashboard.goto('/campaigns');
    await page.getByRole('link', { name: '두 사람' }).waitFor();
    expect(await page.getByRole('link', { name: 'New campaign' }).count() + await page.getByRole('checkbox').count()).toBe(0);
  });
});
