import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { EngagementCondition } from '../../src/contract/segment-conditions.js';
import type { CampaignResults, VariantResult } from '../../src/contract/results.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { broadcast, email, EVERYBODY, inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-10T09:00:00Z');
const BROWSER = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36', 'accept-language': 'ko-KR' };
const LINKS = ['one', 'two', 'three'].map((name) => `<mj-button href="https://shop.example.test/${name}">go</mj-button>`).join('');
const MAIL = { subject: '안녕하세요', body: `<mj-section><mj-column><mj-text>반갑습니다</mj-text>${LINKS}</mj-column></mj-section>` };
/** So many that no arm is empty, whatever the buckets. */
const PEOPLE = 40;
const clock = new VirtualClock(START);
let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ clock });
  for (const index of Array(PEOPLE).keys()) await call('identify', { userId: `p${index}`, traits: { email: `p${index}@example.test` } });
});
afterAll(() => app.close());

async function call(type: string, body: object): Promise<void> {
  const answer = await fetch(`${app.url}/v1/${type}`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify({ messageId: crypto.randomUUID(), ...body }) });
  if (answer.status !== 200) throw new Error(await answer.text());
}

const ok = async (method: string, path: string, body?: unknown) => {
  const answer = await app.api(method, path, body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};
const idle = () => app.runner.runUntilIdle();
const asked = (kind: EngagementCondition['kind'], campaignId: string, more: object = {}) => ({ type: 'engagement', kind, campaignId, ...more });
let made = 0;
const segment = async (definition: object): Promise<string> => (await ok('POST', '/v1/segments', { name: `s${(made += 1)}`, definition })).id;
const members = async (id: string): Promise<string[]> => (await rows<{ id: string }>(app.db, 'select m.person_id as id from segment_member as m where m.segment_id = $1 order by 1', [id])).map(({ id: person }) => person);
const flips = (id: string) => rows(app.db, 'select f.person_id as "personId", f.entered, f.at, f.cause from membership_change as f where f.segment_id = $1 order by f.id', [id]);
const launched = async (definition: object) => {
  const { id } = await ok('POST', '/v1/campaigns', { name: '첫 인사', definition });
  return { id: id as string, publish: () => ok('POST', `/v1/campaigns/${id}/publish`) };
};
const sum = (results: CampaignResults, of: (variant: VariantResult) => number): number => results.steps.flatMap(({ variants }) => variants).reduce((total, variant) => total + of(variant), 0);

/** The mail of a person, by its recipient: the pixel and the three links. */
async function mailOf(personId: string): Promise<{ open: URL; clicks: URL[] }> {
  const [person] = await rows<{ email: string }>(app.db, 'select p.email from person as p where p.id = $1', [personId]);
  const [mail] = (await ok('GET', `/v1/sandbox/mails?to=${person!.email}`)).items;
  const { html } = await ok('GET', `/v1/sandbox/mails/${mail.id}`);
  const linked = (path: string) => [...new Set([...html.matchAll(new RegExp(`"[^"]*(/${path}/[^"]+)"`, 'g'))].map((match) => match[1] as string))].map((found) => new URL(found, app.url));
  return { open: linked('o')[0]!, clicks: linked('c') };
}
const follow = (url: URL) => fetch(url, { headers: BROWSER, redirect: 'manual' });

test('sent, opened, clicked and converted through the real path, members follow live, as the results count', async () => {
  const goals = [{ key: 'bought', name: '구매', window: { hours: 1 }, event: { name: 'Order Completed', where: [{ property: 'total', op: 'gte', value: 10 }] } }];
  const campaign = await launched(broadcast({ audience: EVERYBODY, goals, message: email('message', null, { topic: 'account', variants: [{ key: 'A', content: MAIL }], control: { weight: 1 } }) }));
  const received = await segment(asked('received', campaign.id));
  const missed = await segment({ type: 'not', of: asked('received', campaign.id, { channel: 'email' }) });
  const opened = await segment(asked('opened', campaign.id, { within: { hours: 1 } }));
  const clicked = await segment(asked('clicked', campaign.id));
  const converted = await segment(asked('converted', campaign.id));
  const control = await segment(asked('in_control', campaign.id));
  await idle();
  expect([(await members(received)).length, (await members(missed)).length]).toEqual([0, PEOPLE]);
  await campaign.publish();
  await idle();
  const got = await members(received);
  expect(got.length).toBeGreaterThan(2);
  expect((await members(control)).length).toBeGreaterThan(0);
  expect(new Set([...got, ...(await members(control))]).size).toBe(PEOPLE);
  expect(await members(missed)).toEqual(await members(control));

  clock.advance(60_000);
  const [reader, scanner] = got;
  const mail = await mailOf(reader!);
  expect((await follow(mail.open)).status).toBe(200);
  expect((await follow(mail.clicks[0]!)).status).toBe(302);
  await idle();
  expect([await members(opened), await members(clicked)]).toEqual([[reader], [reader]]);
  expect(await flips(opened)).toEqual([{ personId: reader, entered: true, at: clock.now(), cause: 'change' }]);

  // A scanner's first click looks human until it has followed three links.
  const scanned = await mailOf(scanner!);
  await follow(scanned.clicks[0]!);
  await idle();
  expect(await members(clicked)).toEqual([reader, scanner].toSorted());
  for (const url of scanned.clicks.slice(1)) await follow(url);
  await idle();
  expect(await members(clicked)).toEqual([reader]);

  const buyers = [...got.slice(0, 2), (await members(control))[0]!];
  const externals = await rows<{ userId: string }>(app.db, 'select p.external_id as "userId" from person as p where p.id = any($1)', [buyers]);
  for (const { userId } of externals) await call('track', { userId, event: 'Order Completed', properties: { total: 30 } });
  await idle();
  expect(await members(converted)).toEqual(buyers.toSorted());
  clock.advance(3_600_000);
  for (const index of Array(PEOPLE).keys()) await call('track', { userId: `p${index}`, event: 'Order Completed', properties: { total: 30 } });
  await idle();
  expect(await members(converted)).toEqual(buyers.toSorted());
  expect((await flips(opened)).at(-1)).toEqual({ personId: reader, entered: false, at: new Date(START.getTime() + 60_000 + 3_600_000), cause: 'clock' });

  const results: CampaignResults = await ok('GET', `/v1/campaigns/${campaign.id}/results`);
  expect({ reached: sum(results, (one) => one.reached), clicked: sum(results, (one) => one.clicked.human), opened: sum(results, (one) => one.opened.human), converted: sum(results, (one) => one.goals[0]!.converted) })
    .toEqual({ reached: got.length, clicked: 1, opened: 1, converted: buyers.length });
  const explained = await ok('GET', `/v1/segments/${received}/explain?personId=${reader}`);
  expect(explained.root).toMatchObject({ type: 'engagement', truth: true, compared: 1, nextChangeAt: null });
});

test('an in-app message is received when it is first seen, not when it lies ready; a recalled one never', async () => {
  const campaign = await launched(broadcast({ audience: EVERYBODY, goals: [], message: inApp('message', { topic: 'account' }) }));
  const received = await segment(asked('received', campaign.id, { within: { minutes: 5 } }));
  await campaign.publish();
  await idle();
  expect(await members(received)).toEqual([]);
  const [first] = await rows<{ personId: string; deliveryId: string }>(app.db, 'select m.person_id as "personId", m.delivery_id as "deliveryId" from in_app_message as m where m.campaign_id = $1', [campaign.id]);
  clock.advance(1_000);
  const seenAt = clock.now();
  await ok('POST', `/v1/people/${first!.personId}/inbox/${first!.deliveryId}/seen`);
  await idle();
  expect(await members(received)).toEqual([first!.personId]);
  await ok('POST', `/v1/campaigns/${campaign.id}/stop`);
  clock.advance(3_600_000);
  await idle();
  expect(await flips(received)).toEqual([
    { personId: first!.personId, entered: true, at: seenAt, cause: 'change' },
    { personId: first!.personId, entered: false, at: new Date(seenAt.getTime() + 300_000), cause: 'clock' },
  ]);
});

test('a campaign whose audience asks for its own messages sends each person one and comes to rest', async () => {
  const campaign = await launched(series({ entry: { type: 'event', event: 'Visited' }, steps: [email('a', null, { topic: 'account' })] }));
  const audience = { type: 'engagement', kind: 'received', campaignId: campaign.id, count: { op: 'exactly', value: 0 } };
  const entry = await segment(audience);
  const definition = series({ entry: { type: 'segment', segmentId: entry, take: 'current_and_future' }, audience, reentry: { policy: 'after_exit' }, steps: [email('a', null, { topic: 'account' })] });
  const { revision } = await ok('GET', `/v1/campaigns/${campaign.id}`);
  await ok('PUT', `/v1/campaigns/${campaign.id}`, { revision, name: '첫 인사', definition });
  await idle();
  expect(await members(entry)).toHaveLength(PEOPLE);
  await campaign.publish();
  await idle();
  expect(await members(entry)).toEqual([]);
  expect(await rows(app.db, 'select d.state, count(*)::int as count from delivery as d where d.campaign_id = $1 group by d.state', [campaign.id])).toEqual([{ state: 'sent', count: PEOPLE }]);
  expect(await flips(entry)).toHaveLength(2 * PEOPLE);
});

test('a new version with another goal brings its own outcomes without taking back those of the one before', async () => {
  const goal = (name: string) => [{ key: 'g', name: 'G', window: { hours: 1 }, event: { name } }];
  const definition = (name: string) => series({ entry: { type: 'event', event: 'Begun' }, reentry: { policy: 'after_exit' }, goals: goal(name), steps: [email('a', null, { topic: 'account' })] });
  const campaign = await launched(definition('Alpha'));
  const converted = await segment(asked('converted', campaign.id, { goal: 'g' }));
  await campaign.publish();
  await idle();
  await call('track', { userId: 'p0', event: 'Begun' });
  await idle();
  await call('track', { userId: 'p0', event: 'Alpha' });
  await call('track', { userId: 'p1', event: 'Alpha' });
  await idle();
  const [p0, p1] = (await rows<{ id: string }>(app.db, `select p.id from person as p where p.external_id in ('p0', 'p1') order by p.external_id`)).map(({ id }) => id);
  expect(await members(converted)).toEqual([p0]);
  const { revision } = await ok('GET', `/v1/campaigns/${campaign.id}`);
  await ok('PUT', `/v1/campaigns/${campaign.id}`, { revision, name: '첫 인사', definition: definition('Beta') });
  await campaign.publish();
  await idle();
  expect(await members(converted)).toEqual([p0]);
  await call('track', { userId: 'p1', event: 'Begun' });
  await idle();
  await call('track', { userId: 'p1', event: 'Beta' });
  await idle();
  expect(await members(converted)).toEqual([p0, p1].toSorted());
});

test('what an engagement condition cannot mean is refused with its place', async () => {
  const { id } = await launched(broadcast());
  const refused = async (definition: object) => (await ok('POST', '/v1/segments/preview', { definition })).problems.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`);
  const engagement = (more: object) => ({ type: 'engagement', ...more });
  expect(await refused(engagement({ kind: 'received', campaignId: '01900000-0000-7000-8000-000000000009' }))).toEqual(['campaignId segment.unknown-campaign']);
  expect(await refused({ type: 'not', of: engagement({ kind: 'converted' }) })).toEqual(['of.campaignId segment.value']);
  expect(await refused(engagement({ kind: 'converted', campaignId: id, goal: 'lost' }))).toEqual(['goal segment.unknown-goal']);
  expect(await refused(engagement({ kind: 'converted', campaignId: id, goal: 'bought' }))).toEqual([]);
  expect(await refused(engagement({ kind: 'in_control', count: { op: 'at_least', value: 2 } }))).toEqual(['count segment.value']);
  expect(await refused(engagement({ kind: 'received', stepId: 'a' }))).toEqual(['campaignId segment.value']);
  expect(await refused(engagement({ kind: 'opened', channel: 'in_app' }))).toEqual(['channel segment.value']);
  expect(await refused(engagement({ kind: 'clicked', count: { op: 'less_than', value: 0 } }))).toEqual(['count.value segment.value']);
  expect((await app.api('POST', '/v1/segments/preview', { definition: engagement({ kind: 'seen' }) })).status).toBe(400);
  expect((await ok('POST', '/v1/segments/preview', { definition: engagement({ kind: 'in_holdout', campaignId: id }) })).sentence).toEqual({ en: 'People where they were held out of the campaign “첫 인사”.', ko: '‘첫 인사’ 캠페인에서 홀드아웃으로 제외된 고객' });
});
