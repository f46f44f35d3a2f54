import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inTransaction, row, rows } from '../../src/platform/database/db.js';
import { migrateBatch } from '../../src/campaigns/engine/migrate.js';
import { runningMigration } from '../../src/campaigns/store/migrations.store.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { email, inApp, series } from '../support/campaign-definitions.js';
import { makePeople } from '../support/experiments.js';
import { VirtualClock } from '../support/virtual-clock.js';

const HOUR = 3_600_000;
const clock = new VirtualClock(new Date('2026-03-02T00:00:00Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const run = () => app.runner.runUntilIdle();
const pass = async (hours: number) => {
  clock.advance(hours * HOUR);
  await run();
};
const message = (id: string, next: string | null, more: object = {}) => inApp(id, { next, topic: 'account', ...more });
const wait = (id: string, next: string | null, hours = 24) => ({ id, type: 'wait', for: { hours }, next });
const until = (id: string, next: string | null, onTimeout: string | null, more: object = {}) => ({ id, type: 'wait_until', condition: tag('never'), timeout: { hours: 24 }, next, onTimeout, ...more });
const tag = (name: string) => ({ type: 'tag', op: 'has', tag: name });

let made = 0;
/** A live series that lets people in by an event of its own. */
async function live(steps: { id: string }[], more: object = {}) {
  made += 1;
  const event = `Begin ${made}`;
  const define = (list: { id: string }[], change: object = {}) => series({ entry: { type: 'event', event }, start: list[0]!.id, steps: list, ...more, ...change });
  const id = ok(await app.api('POST', '/v1/campaigns', { name: `Live ${made}`, definition: define(steps) })).body.id as string;
  ok(await app.api('POST', `/v1/campaigns/${id}/publish`));
  await run();
  return { id, event, define };
}
type Live = Awaited<ReturnType<typeof live>>;
const externalIds = async (people: readonly string[]) => (await rows<{ externalId: string }>(app.db, 'select p.external_id as "externalId" from person as p where p.id = any($1::uuid[])', [people])).map(({ externalId }) => externalId);
async function track(people: readonly string[], event: string) {
  await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: (await externalIds(people)).map((userId) => ({ type: 'track', userId, event, timestamp: clock.now().toISOString() })) }) });
  await run();
}
async function enter({ event, id }: Live, count: number): Promise<string[]> {
  made += 1;
  const people = await makePeople(app, `p${made}`, count);
  await track(people, event);
  expect(await row(app.db, 'select count(*)::int as count from enrollment as e where e.campaign_id = $1 and e.person_id = any($2::uuid[])', [id, people])).toEqual({ count });
  return people;
}
const edit = async ({ id, define }: Live, steps: { id: string }[], change: object = {}) => {
  const { revision, name } = ok(await app.api('GET', `/v1/campaigns/${id}`)).body;
  ok(await app.api('PUT', `/v1/campaigns/${id}`, { revision, name, definition: define(steps, change) }));
};
const publish = async ({ id }: Live, inFlight?: object) => ok(await app.api('POST', `/v1/campaigns/${id}/publish`, inFlight ? { inFlight } : {})).body;
const preview = async ({ id }: Live) => ok(await app.api('POST', `/v1/campaigns/${id}/publish-preview`)).body;
const migrations = async ({ id }: Live) => ok(await app.api('GET', `/v1/campaigns/${id}/migrations`)).body.items;
const runs = ({ id }: Live) => rows<{ version: number; state: string; code: string | null; step: string; due: string | null }>(app.db, `
  select v.number as version, e.state, e.exit_code as code, e.step_id as step, to_char(e.due_at at time zone 'UTC', 'MM-DD HH24:MI') as due
    from enrollment as e join campaign_version as v on v.id = e.version_id where e.campaign_id = $1 order by e.entered_at, e.id`, [id]);
const sent = async ({ id }: Live) => (await rows<{ step: string; version: number; count: number }>(app.db, `
  select d.step_id as step, v.number as version, count(*)::int as count from delivery as d join campaign_version as v on v.id = d.version_id where d.campaign_id = $1 group by 1, 2 order by 2, 1`, [id])).map(({ step, version, count }) => `${step} v${version} ×${count}`);
/** Promises that hold whatever is edited: one delivery a run and step, and what arrived at messages adds up. */
async function holds({ id }: Live) {
  expect(await rows(app.db, 'select d.enrollment_id, d.step_id from delivery as d where d.campaign_id = $1 group by 1, 2 having count(*) > 1', [id])).toEqual([]);
  const { steps } = ok(await app.api('GET', `/v1/campaigns/${id}/results`)).body as { steps: { reconciliation?: { difference: number } }[] };
  expect(steps.map(({ reconciliation }) => reconciliation?.difference ?? 0).filter((difference) => difference !== 0)).toEqual([]);
}

const OLD = [message('a', 'w'), wait('w', 'b'), message('b', 'w2'), wait('w2', 'c'), message('c', null)];

describe('the preview says who is where and what would become of them', () => {
  test('people, times, ways, tests, what is queued; and changes nothing', async () => {
    const campaign = await live(OLD);
    await enter(campaign, 3);
    await pass(1);
    await enter(campaign, 2);
    await edit(campaign, [message('a', 'w'), wait('w', 'n', 2), message('n', 'c'), message('c', null)]);
    clock.advance(90 * 60_000);
    const told = await preview(campaign);
    expect(told).toMatchObject({ version: 2, people: 5, more: { places: 0, people: 0 }, running: null, experiments: [] });
    expect(told.places).toHaveLength(1);
    const [place] = told.places;
    // Two hours from when they came: the first three are through by now, the others in half an hour.
    expect(place).toMatchObject({
      version: 1, stepId: 'w', label: { en: 'Wait 1', ko: '대기 1' }, people: 5,
      keep: { times: { atOnce: 0, first: '2026-03-03T00:00:00.000Z', last: '2026-03-03T01:00:00.000Z' }, next: [{ stepId: 'b' }] },
      migrate: { landing: 'here', times: { atOnce: 3, first: '2026-03-02T03:00:00.000Z', last: '2026-03-02T03:00:00.000Z' }, next: [{ stepId: 'n' }], added: [{ stepId: 'n' }], removed: [{ stepId: 'b' }, { stepId: 'w2' }], changed: [] },
    });
    expect(place.keep.sentence.en).toBe('5 people at “Wait 1” stay on version 1 and will get “In-app message 2” between 3 Mar 2026, 00:00 and 3 Mar 2026, 01:00 (UTC).');
    expect(place.migrate.sentence).toEqual({
      en: '5 people at “Wait 1” will get “In-app message 2” at 03:00 (UTC) (3 of them at once), in version 2. New on their way: “In-app message 2”. Gone: “In-app message 2 (version 1)”, “Wait 2”.',
      ko: '“대기 1” 단계의 5명: 버전 2에서 03:00(UTC)에(그중 3명은 바로) “인앱 메시지 2” 메시지를 받습니다. 추가되는 단계: “인앱 메시지 2”. 빠지는 단계: “인앱 메시지 2(버전 1)”, “대기 2”.',
    });
    expect((await runs(campaign)).map(({ version }) => version)).toEqual([1, 1, 1, 1, 1]);
    // And that is what happens.
    await publish(campaign, { move: 'migrate' });
    await run();
    expect((await runs(campaign)).map(({ state, step, due }) => `${state} ${step} ${due}`).toSorted()).toEqual([...Array(2).fill('active w 03-02 03:00'), ...Array(3).fill('completed c null')]);
    await pass(0.5);
    expect(await sent(campaign)).toEqual(['a v1 ×5', 'c v2 ×5', 'n v2 ×5']);
    await holds(campaign);
  });

  test('a choice names steps that are there, or says where it does not', async () => {
    const campaign = await live(OLD);
    await enter(campaign, 1);
    await edit(campaign, [message('a', null)]);
    const refused = await app.api('POST', `/v1/campaigns/${campaign.id}/publish`, { inFlight: { steps: [{ version: 1, step: 'x', move: 'migrate' }, { version: 1, step: 'w', move: 'keep', to: 'a' }, { version: 1, step: 'w', move: 'migrate', to: 'b' }, { version: 7, step: 'w', move: 'drain' }] } });
    expect([refused.status, refused.body.code, refused.body.problems.map(({ path }: { path: string }) => path)]).toEqual([400, 'campaign.bad-choice', ['inFlight.steps.0.step', 'inFlight.steps.1.to', 'inFlight.steps.2.to', 'inFlight.steps.3.step']]);
    expect((await runs(campaign)).map(({ version }) => version)).toEqual([1]);
    expect(ok(await app.api('GET', `/v1/campaigns/${campaign.id}`)).body.currentVersion.number).toBe(1);
  });
});

describe('what is chosen is done', () => {
  test('keep, restart, drain and a named step, each for its people; history, audit and the walk tell of it', async () => {
    const steps = [message('a', 'w'), wait('w', 'b', 10), message('b', 'w2'), wait('w2', 'c', 10), message('c', 'w3'), wait('w3', 'd', 10), message('d', null)];
    const campaign = await live(steps);
    const [third] = [await enter(campaign, 2)];
    await pass(10);
    await pass(10);
    const [second] = [await enter(campaign, 3)];
    await pass(10.5 - 1);
    await pass(0.5);
    const first = await enter(campaign, 4);
    expect((await runs(campaign)).map(({ step, state }) => `${step} ${state}`)).toEqual([...Array(2).fill('d completed'), ...Array(3).fill('w2 active'), ...Array(4).fill('w active')]);
    await edit(campaign, [message('x', 'w'), wait('w', 'e', 10), message('e', 'd'), message('d', null)]);
    await publish(campaign, { move: 'drain', steps: [{ version: 1, step: 'w', move: 'restart' }] });
    await run();
    const [done] = await migrations(campaign);
    expect(done).toMatchObject({ version: 2, state: 'done', move: 'drain', exceptions: 1, people: 7, kept: 0, restarted: 4, drained: 3, migrated: 0, ended: 0, refused: 0, left: null, sentence: { en: 'Done: of 7 in flight 4 started again, 3 ended where they were.' } });
    expect((await runs(campaign)).map(({ version, state, code, step }) => `v${version} ${state} ${code} ${step}`).toSorted()).toEqual([
      ...Array(4).fill('v1 cancelled VERSION_REPLACED w'), ...Array(3).fill('v1 completed VERSION_REPLACED w2'), ...Array(2).fill('v1 completed null d'), ...Array(4).fill('v2 active null w')]);
    expect(await sent(campaign)).toEqual(['a v1 ×9', 'b v1 ×5', 'c v1 ×2', 'd v1 ×2', 'x v2 ×4']);
    expect([first.length, second!.length, third!.length]).toEqual([4, 3, 2]);
    const explained = ok(await app.api('GET', `/v1/campaigns/${campaign.id}/explain?personId=${second![0]}&step=c`)).body;
    expect(explained.answer.en).toContain('a new version of the campaign took the place');
    const audit = ok(await app.api('GET', '/v1/audit')).body.items.filter(({ subject }: { subject: string }) => subject === `campaign:${campaign.id}`);
    expect(audit.find(({ action }: { action: string }) => action === 'campaign.migrate')).toMatchObject({ actor: 'system', detail: { version: 2, people: 7, restarted: 4, drained: 3 } });
    expect(audit.find(({ action }: { action: string }) => action === 'campaign.publish')).toMatchObject({ detail: { version: 2, inFlight: { move: 'drain', exceptions: 1, people: 7, kept: 0 } } });
    await holds(campaign);
  });

  test('a step that is gone: they wait as long as they would have, then go on; who it names goes there instead', async () => {
    const campaign = await live(OLD);
    const [ann] = await enter(campaign, 1);
    await edit(campaign, [message('a', 'b'), message('b', 'c'), message('c', 'z'), message('z', null)]);
    await publish(campaign, { move: 'migrate' });
    await run();
    expect(await runs(campaign)).toEqual([{ version: 2, state: 'active', code: null, step: 'b', due: (await runs(campaign))[0]!.due }]);
    expect(await sent(campaign)).toEqual(['a v1 ×1']);
    const [told] = ok(await app.api('GET', `/v1/people/${ann}/campaigns`)).body.items;
    expect(told).toMatchObject({ versionNumber: 2, steps: [{ stepId: 'a', version: 1 }, { stepId: 'w', version: 1, outcome: 'migrated' }], moves: [{ from: 1, to: 2, stepId: 'w' }] });
    await pass(24);
    expect(await sent(campaign)).toEqual(['a v1 ×1', 'b v2 ×1', 'c v2 ×1', 'z v2 ×1']);
    const other = await live(OLD);
    await enter(other, 1);
    await edit(other, [message('a', 'b'), message('b', 'c'), message('c', 'z'), message('z', null)]);
    await publish(other, { move: 'keep', steps: [{ version: 1, step: 'w', move: 'migrate', to: 'z' }] });
    await run();
    await pass(24);
    expect(await sent(other)).toEqual(['a v1 ×1', 'z v2 ×1']);
    await holds(campaign);
    await holds(other);
  });

  test('a goal or exit rule that is new holds at once, and a condition that is new wakes at once who meets it', async () => {
    const campaign = await live([message('a', 'u'), until('u', 'b', 'c'), message('b', null), message('c', null)]);
    const [ann, bob, cho] = await enter(campaign, 3);
    ok(await app.api('PUT', `/v1/people/${ann}/tags/left`));
    ok(await app.api('PUT', `/v1/people/${bob}/tags/ready`));
    await run();
    await edit(campaign, [message('a', 'u'), until('u', 'b', 'c', { condition: tag('ready'), timeout: { hours: 30 } }), message('b', null), message('c', null)], { exitRules: [{ key: 'left', condition: tag('left') }] });
    await publish(campaign, { move: 'migrate' });
    await run();
    const stateOf = async (personId: string) => row(app.db, 'select e.state, e.exit_code as code, e.step_id as step from enrollment as e where e.campaign_id = $1 and e.person_id = $2', [campaign.id, personId]);
    expect(await stateOf(ann!)).toEqual({ state: 'exited', code: 'EXIT_RULE', step: 'u' });
    expect(await stateOf(bob!)).toEqual({ state: 'completed', code: null, step: 'b' });
    expect(await stateOf(cho!)).toEqual({ state: 'active', code: null, step: 'u' });
    expect((await migrations(campaign))[0]).toMatchObject({ migrated: 2, ended: 1 });
    // Whose time began under version 1 waits until thirty hours from then; the news of the new condition reaches them too.
    await pass(25);
    expect(await stateOf(cho!)).toEqual({ state: 'active', code: null, step: 'u' });
    ok(await app.api('PUT', `/v1/people/${cho}/tags/left`));
    await run();
    expect(await stateOf(cho!)).toEqual({ state: 'exited', code: 'EXIT_RULE', step: 'u' });
    await holds(campaign);
  });

  test('a test that the edit does not touch goes on with its arms and results; the version before can be published again', async () => {
    const tested = (next: string | null) => message('t', next, { variants: [{ key: 'A', content: { body: 'A' } }, { key: 'B', content: { body: 'B' } }] });
    const [one, two] = [[message('a', 'w'), wait('w', 't'), tested('w2'), wait('w2', 'c'), message('c', null)], [message('a', 'w'), wait('w', 't'), tested('n'), message('n', 'c'), message('c', null)]];
    const campaign = await live(one);
    await enter(campaign, 30);
    await pass(24);
    const later = await enter(campaign, 10);
    await edit(campaign, two);
    expect((await preview(campaign)).experiments).toMatchObject([{ stepId: 't', becomes: 'continues' }]);
    await publish(campaign, { move: 'migrate' });
    await run();
    await edit(campaign, one);
    await publish(campaign, { move: 'migrate' });
    await run();
    await pass(24);
    await pass(24);
    // Those who stood before "n" when it was taken back never got it; those who passed "t" are not asked again.
    expect((await runs(campaign)).every(({ state, version }) => state === 'completed' && version === 3)).toBe(true);
    expect((await sent(campaign)).map((line) => line.replace(/ v\d/, ''))).toEqual(expect.arrayContaining(['a ×40', 't ×30', 't ×10']));
    expect(await row(app.db, `select count(distinct d.experiment_id)::int as experiments, count(*)::int as messages from delivery as d where d.campaign_id = $1 and d.step_id = 't'`, [campaign.id])).toEqual({ experiments: 1, messages: 40 });
    const { steps } = ok(await app.api('GET', `/v1/campaigns/${campaign.id}/results`)).body as { steps: { stepId: string; variants: { assigned: number }[] }[] };
    expect(steps.filter(({ stepId }) => stepId === 't').flatMap(({ variants }) => variants).reduce((sum, { assigned }) => sum + assigned, 0)).toBe(40);
    expect(later).toHaveLength(10);
    await holds(campaign);
  });
});

describe('while people are being moved', () => {
  test('a lost connection repeats a batch and doubles nothing; a pause holds it; a second publishing takes its place, or lets it go on', async () => {
    const campaign = await live(OLD);
    await enter(campaign, 12);
    await edit(campaign, [message('a', 'w'), wait('w', 'n', 30), message('n', null)]);
    await publish(campaign, { move: 'migrate' });
    const migration = (await runningMigration(app.db, campaign.id))!;
    const moment = () => ({ now: clock.now(), zone: 'UTC' });
    const batch = () => inTransaction(app.db, (tx) => migrateBatch(tx, migration.id, 5, moment()));
    const cut = () => expect(inTransaction(app.db, async (tx) => {
      expect((await migrateBatch(tx, migration.id, 5, moment())).moved).toBe(5);
      const { pid } = (await row<{ pid: number }>(tx, 'select pg_backend_pid() as pid'))!;
      await rows(app.db, 'select pg_terminate_backend($1)', [pid]);
    })).rejects.toThrow();
    await cut();
    expect((await migrations(campaign))[0]).toMatchObject({ state: 'running', migrated: 0, left: 12 });
    expect(await batch()).toMatchObject({ moved: 5, open: true });
    expect((await migrations(campaign))[0]).toMatchObject({ state: 'running', migrated: 5, left: 7, sentence: { en: 'Under way: of 12 in flight 5 moved to version 2, 7 still to be moved.' } });
    await cut();
    ok(await app.api('POST', `/v1/campaigns/${campaign.id}/pause`));
    expect(await batch()).toMatchObject({ moved: 0, open: true });
    ok(await app.api('POST', `/v1/campaigns/${campaign.id}/resume`));
    // Nothing is chosen: what was chosen before is carried out.
    await edit(campaign, [message('a', 'w'), wait('w', 'n', 31), message('n', null)]);
    expect((await preview(campaign)).running).toMatchObject({ version: 2, left: 7 });
    await publish(campaign);
    expect(await batch()).toMatchObject({ moved: 5 });
    await edit(campaign, [message('a', 'w'), wait('w', 'm', 32), message('m', null)]);
    await publish(campaign, { move: 'migrate' });
    await run();
    expect((await migrations(campaign)).map(({ version, state, migrated, kept }: Record<string, unknown>) => `v${version} ${state} ${migrated} ${kept}`)).toEqual(['v4 done 12 0', 'v3 done 0 12', 'v2 replaced 10 0']);
    expect((await runs(campaign)).every(({ version, step }) => version === 4 && step === 'w')).toBe(true);
    await pass(32);
    expect(await sent(campaign)).toEqual(['a v1 ×12', 'm v4 ×12']);
    await holds(campaign);
  });

  test('stopping ends it, and tells before and after what can be taken back', async () => {
    const campaign = await live([email('mail', 'a', { topic: 'account' }), message('a', 'w'), wait('w', 'b'), message('b', 'c'), until('c', null, null)]);
    await enter(campaign, 4);
    await edit(campaign, [message('a', null)]);
    await publish(campaign, { move: 'drain' });
    const before = ok(await app.api('GET', `/v1/campaigns/${campaign.id}/remaining`)).body;
    expect(before).toMatchObject({ people: 4, unbounded: false, recallable: { queued: 0, unseen: 4, seen: 0, launches: 0 }, handedOver: { sending: 0, sent: 4 } });
    // A day at the wait, and one for the condition behind it.
    expect(Date.parse(before.until) - clock.now().getTime()).toBe(48 * HOUR);
    expect(before.sentences.stop.en).toBe('Stopping ends 4 runs and takes back 4 in-app messages. 4 have left and can not be taken back.');
    expect(before.sentences.drain.en).toMatch(/^4 go on to the end; nobody new is taken in\. The last of them is through by .* at the latest\.$/);
    const stopped = ok(await app.api('POST', `/v1/campaigns/${campaign.id}/stop`)).body;
    expect(stopped).toMatchObject({ cancelled: { runs: 4, deliveries: 0 }, recalled: 4, handedOver: { sending: 0, sent: 4 } });
    expect((await migrations(campaign))[0]).toMatchObject({ state: 'cancelled', drained: 0 });
    await run();
    expect((await runs(campaign)).every(({ state }) => state === 'cancelled')).toBe(true);
  });
});
