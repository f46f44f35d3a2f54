import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { broadcast, inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const call = async (type: string, body: object) => {
  const answer = await fetch(`${app.url}/v1/${type}`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify({ timestamp: clock.now().toISOString(), messageId: crypto.randomUUID(), ...body }) });
  if (answer.status !== 200) throw new Error(await answer.text());
};
const identify = (userId: string, traits: object = {}) => call('identify', { userId, traits: { email: `${userId}@example.test`, ...traits } });
const track = (userId: string, event: string, properties: object = {}) => call('track', { userId, event, properties });
const idOf = async (userId: string) => (await rows<{ id: string }>(app.db, 'select p.id from person as p where p.external_id = $1', [userId]))[0]!.id;
const settle = () => app.runner.runUntilIdle();
const publish = async (definition: unknown) => {
  const { body } = ok(await app.api('POST', '/v1/campaigns', { name: '온보딩', definition }));
  ok(await app.api('POST', `/v1/campaigns/${body.id}/publish`));
  await settle();
  return body.id as string;
};
const explain = async (id: string, userId: string, step?: string) => ok(await app.api('GET', `/v1/campaigns/${id}/explain?personId=${await idOf(userId)}${step ? `&step=${step}` : ''}`)).body;

describe('a published series over real people and segments', () => {
  let id: string;
  beforeAll(async () => {
    id = await publish(series({
      entry: { type: 'event', event: 'Signed Up', where: [{ property: 'plan', op: 'is', value: 'team' }] },
      audience: { type: 'attribute', key: 'country', op: 'is', value: 'KR' },
      goals: [{ key: 'active', name: '활성', exits: true, condition: { type: 'event', event: 'Project Created', count: { op: 'at_least', value: 2 } } }],
      start: 'hello',
      steps: [inApp('hello', { next: 'u' }), { id: 'u', type: 'wait_until', condition: { type: 'attribute', key: 'invited', op: 'is_true' }, timeout: { days: 3 }, next: 'yes', onTimeout: 'no' }, inApp('yes'), inApp('no')],
    }));
    for (const userId of ['ann', 'bob', 'cho']) await identify(userId, { country: userId === 'bob' ? 'US' : 'KR' });
    await settle();
  });

  test('read your writes: identify and trigger in one batch meet the audience', async () => {
    await call('batch', { batch: [
      { type: 'identify', messageId: 'b1', userId: 'dan', traits: { country: 'KR', email: 'dan@example.test' }, timestamp: clock.now().toISOString() },
      { type: 'track', messageId: 'b2', userId: 'dan', event: 'Signed Up', properties: { plan: 'team' }, timestamp: clock.now().toISOString() }] });
    await settle();
    const told = await explain(id, 'dan', 'hello');
    expect(told).toMatchObject({ basis: 'ledger', stepId: 'hello', runs: [{ state: 'active', stepId: 'u' }] });
    expect(told.runs[0].deliveries).toMatchObject([{ stepId: 'hello', state: 'sent' }]);
    expect(told.answer.en).toMatch(/^The message was sent on 2 Mar 2026, 09:00:00 \(UTC\)\.$/);
    expect(told.gates.filter((gate: { passed: boolean }) => gate.passed).map((gate: { gate: string }) => gate.gate)).toEqual(['campaign', 'trigger', 'audience', 'reentry', 'holdout', 'assignment', 'exit', 'consent', 'reachable', 'suppression', 'render', 'transport']);
  });

  test('never considered: every gate is asked now, with the tree of the audience', async () => {
    const told = await explain(id, 'bob');
    expect(told).toMatchObject({ basis: 'now', stepId: null, runs: [], decisions: [] });
    expect(told.gates.slice(0, 4)).toMatchObject([
      { gate: 'campaign', passed: true }, { gate: 'trigger', passed: false, code: 'TRIGGER_NOT_MET', facts: { event: 'Signed Up', everDone: false } },
      { gate: 'audience', passed: false, code: 'NOT_IN_AUDIENCE', facts: { explained: { truth: false, compared: 'US' } } }, { gate: 'reentry', passed: true }]);
    expect(told.answer).toEqual({ en: 'The person did not enter because the entry condition has not been met.', ko: '진입하지 않았습니다. 진입 조건이 충족되지 않았기 때문입니다.' });
  });

  test('refused at entry: the decision of then', async () => {
    await track('bob', 'Signed Up', { plan: 'team' });
    await settle();
    const told = await explain(id, 'bob');
    expect(told).toMatchObject({ basis: 'ledger', decisions: [{ stage: 'entry', code: 'NOT_IN_AUDIENCE' }] });
    expect(told.answer.en).toBe('The person did not enter on 2 Mar 2026, 09:00:00 (UTC) because the person is not in the audience.');
    expect(told.gates.find((gate: { gate: string }) => gate.gate === 'audience')).toMatchObject({ passed: false, at: '2026-03-02T09:00:00.000Z' });
  });

  test('the hidden segments of a wait and a goal act as soon as the data says so', async () => {
    for (const userId of ['ann', 'cho']) await track(userId, 'Signed Up', { plan: 'team' });
    await settle();
    expect(await explain(id, 'cho', 'yes')).toMatchObject({ answer: { en: 'The person has not arrived at it yet: they are at step "u" until 5 Mar 2026, 09:00:00 (UTC) at the latest.' }, nextPossibleAt: '2026-03-05T09:00:00.000Z' });
    clock.advance(3_600_000);
    await identify('ann', { invited: true });
    await track('cho', 'Project Created');
    await track('cho', 'Project Created');
    await settle();
    expect((await explain(id, 'ann')).runs[0].steps.map((step: { stepId: string; outcome: string }) => [step.stepId, step.outcome])).toEqual([['hello', 'queued'], ['u', 'met'], ['yes', 'queued']]);
    const cho = await explain(id, 'cho', 'no');
    expect(cho).toMatchObject({ runs: [{ state: 'exited', exitCode: 'GOAL_REACHED', leftAt: '2026-03-02T10:00:00.000Z' }], answer: { en: 'The run ended before the message because the goal has been reached.' } });
    clock.set(new Date('2026-03-05T09:00:00Z'));
    await settle();
    expect((await explain(id, 'dan')).runs[0].steps.at(-1)).toMatchObject({ stepId: 'no', outcome: 'queued' });
  });

  test('people, decisions and a person’s runs are listed in pages', async () => {
    const first = ok(await app.api('GET', `/v1/campaigns/${id}/people?limit=2`)).body;
    const rest = ok(await app.api('GET', `/v1/campaigns/${id}/people?limit=2&after=${first.next}`)).body;
    expect([...first.items, ...rest.items].map((one: { externalId: string }) => one.externalId).toSorted()).toEqual(['ann', 'cho', 'dan']);
    expect(rest.next).toBeNull();
    expect(ok(await app.api('GET', `/v1/campaigns/${id}/people?state=exited&step=u`)).body.items).toMatchObject([{ externalId: 'cho', exitCode: 'GOAL_REACHED' }]);
    expect(ok(await app.api('GET', `/v1/campaigns/${id}/decisions?code=NOT_IN_AUDIENCE`)).body.items).toMatchObject([{ stage: 'entry', facts: { gate: 'audience' } }]);
    expect(ok(await app.api('GET', `/v1/people/${await idOf('ann')}/campaigns`)).body.items).toMatchObject([{ campaignName: '온보딩', state: 'completed' }]);
  });

  test.each([
    ['an unknown campaign', (person: string) => `/v1/campaigns/${crypto.randomUUID()}/explain?personId=${person}`, 404, 'campaign.not-found'],
    ['an unknown person', () => `/v1/campaigns/ID/explain?personId=${crypto.randomUUID()}`, 404, 'person.not-found'],
    ['a step that is no message', (person: string) => `/v1/campaigns/ID/explain?personId=${person}&step=u`, 400, 'campaign.unknown-step'],
    ['no person', () => '/v1/campaigns/ID/explain', 400, 'request.invalid'],
    ['a cursor of another list', () => `/v1/campaigns/ID/people?after=${Buffer.from('["x"]').toString('base64url')}`, 400, 'request.bad-cursor'],
    ['the people of no campaign', () => `/v1/campaigns/${crypto.randomUUID()}/people`, 404, 'campaign.not-found'],
  ] as const)('%s is refused by name', async (_, path, status, code) => {
    const answer = await app.api('GET', path(await idOf('ann')).replace('ID', id));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe('a broadcast to an audience without a segment, at a local time', () => {
  let id: string;
  beforeAll(async () => {
    clock.set(new Date('2026-04-01T00:00:00Z'));
    await identify('kim', { team: 'x', timezone: 'Asia/Seoul' });
    await identify('lee', { team: 'x', timezone: 'America/New_York' });
    await identify('non', { team: 'y' });
    await settle();
    id = await publish(broadcast({ audience: { type: 'attribute', key: 'team', op: 'is', value: 'x' }, launchAt: '2026-04-02T01:00:00Z', localTime: '09:30' }));
  });

  test('before its launch it is explained as to come', async () => {
    expect(await explain(id, 'kim')).toMatchObject({ basis: 'now', nextPossibleAt: '2026-04-02T01:00:00.000Z', answer: { en: 'The person did not enter because the entry condition has not been met.' } });
  });

  test('goes to each at 09:30 of their day, and everybody else is a decision', async () => {
    await identify('late', { team: 'x' });
    for (let next = await settle(); next && next < new Date('2026-04-04T00:00:00Z'); next = await settle()) clock.set(next);
    const sent = await rows<{ user: string; at: Date }>(app.db, 'select p.external_id as user, d.queued_at as at from delivery as d join person as p on p.id = d.person_id where d.campaign_id = $1 order by d.queued_at', [id]);
    expect(sent.map(({ user, at }) => [user, at.toISOString()])).toEqual([['late', '2026-04-02T09:30:00.000Z'], ['lee', '2026-04-02T13:30:00.000Z'], ['kim', '2026-04-03T00:30:00.000Z']]);
    expect((await explain(id, 'non')).decisions).toMatchObject([{ code: 'NOT_IN_AUDIENCE' }]);
    expect(await rows(app.db, 'select l.state, l.people_total = l.people_done as complete from launch as l where l.campaign_id = $1', [id])).toEqual([{ state: 'done', complete: true }]);
  });
});

test('a date to come is named as the next possible time', async () => {
  clock.set(new Date('2026-05-01T00:00:00Z'));
  await identify('day', { renewal: '2026-05-20', timezone: 'Asia/Seoul' });
  await settle();
  const id = await publish(series({ entry: { type: 'date', attribute: 'renewal', days: -7, time: '10:00' }, start: 'm', steps: [inApp('m')] }));
  expect(await explain(id, 'day')).toMatchObject({ basis: 'now', nextPossibleAt: '2026-05-13T01:00:00.000Z' });
  clock.set(new Date('2026-05-13T00:59:59Z'));
  expect(await settle()).toEqual(new Date('2026-05-13T01:00:00Z'));
  expect((await explain(id, 'day')).runs).toEqual([]);
  clock.set(new Date('2026-05-13T01:00:00Z'));
  await settle();
  expect(await explain(id, 'day')).toMatchObject({ basis: 'ledger', runs: [{ enteredAt: '2026-05-13T01:00:00.000Z' }] });
});

test('a segment that a campaign in progress names cannot be archived; afterwards the campaign is still explained', async () => {
  const segment = async (name: string, definition: object) => ok(await app.api('POST', '/v1/segments', { name, definition })).body.id as string;
  const entry = await segment('쓰는 중', { type: 'attribute', key: 'level', op: 'is', value: 1 });
  const audience = await segment('대상', { type: 'attribute', key: 'vip', op: 'is_true' });
  await settle();
  const { body: { id } } = ok(await app.api('POST', '/v1/campaigns', { name: '여름 캠페인', definition: series({ entry: { type: 'segment', segmentId: entry }, audience: { type: 'all', of: [{ type: 'segment', op: 'in', segmentId: audience }] } }) }));
  ok(await app.api('POST', `/v1/campaigns/${id}/publish`));
  await settle();
  for (const verb of ['pause', 'drain']) {
    for (const segmentId of [entry, audience]) {
      const refused = await app.api('POST', `/v1/segments/${segmentId}/archive`);
      expect([refused.status, refused.body]).toEqual([409, expect.objectContaining({ code: 'segment.in-use', message: 'The segment cannot be archived: “여름 캠페인” names it. Change that one first.' })]);
    }
    ok(await app.api('POST', `/v1/campaigns/${id}/${verb}`));
  }
  ok(await app.api('POST', `/v1/campaigns/${id}/stop`));
  for (const segmentId of [entry, audience]) ok(await app.api('POST', `/v1/segments/${segmentId}/archive`));
  await identify('outsider');
  await settle();
  expect(await explain(id, 'outsider')).toMatchObject({ basis: 'now', answer: { en: expect.stringContaining('did not enter') } });
  expect((await explain(id, 'outsider')).gates.slice(0, 3)).toMatchObject([
    { gate: 'campaign', code: 'CAMPAIGN_INACTIVE' }, { gate: 'trigger', code: 'TRIGGER_NOT_MET', facts: { inside: false, explained: null } }, { gate: 'audience', code: 'NOT_IN_AUDIENCE' }]);
});

test.each([
  { hold: 'pause', code: 'CAMPAIGN_INACTIVE', again: 'resume' }, { hold: 'drain', code: 'VERSION_DRAINING', again: 'resume' }, { hold: 'pause', code: 'CAMPAIGN_INACTIVE', again: 'publish' },
])('dates that come between $hold and $again are refused with $code and do not flood in afterwards', async ({ hold, code, again }) => {
  const key = `trial_${hold}_${again}`;
  const at = (day: number, time = '00:00') => new Date(`2026-06-0${day}T${time}:00Z`);
  clock.set(at(1));
  // The last one comes in the very minute of the resume.
  for (const [user, day] of [['before', '2026-06-02'], ['during', '2026-06-04'], ['unseen', '2026-06-05'], ['after', '2026-06-07']]) await identify(`${key}-${user!}`, { [key]: day, timezone: 'UTC' });
  await settle();
  const id = await publish(series({ entry: { type: 'date', attribute: key, days: 0, time: '10:00' }, start: 'm', steps: [inApp('m')] }));
  clock.set(at(3));
  await settle();
  ok(await app.api('POST', `/v1/campaigns/${id}/${hold}`));
  clock.set(at(4, '12:00'));
  await settle();
  clock.set(at(5, '10:00'));
  ok(await app.api('POST', `/v1/campaigns/${id}/${again}`));
  await settle();
  clock.set(at(8));
  await settle();
  const runs = await rows<{ user: string }>(app.db, 'select p.external_id as user from enrollment as e join person as p on p.id = e.person_id where e.campaign_id = $1 order by e.entered_at, e.id', [id]);
  expect(runs.map(({ user }) => user)).toEqual([`${key}-before`, `${key}-after`]);
  const refused = await rows<{ user: string; code: string }>(app.db, 'select p.external_id as user, d.code from decision as d join person as p on p.id = d.person_id where d.campaign_id = $1 order by d.at, d.id', [id]);
  expect(refused).toEqual(['during', 'unseen'].map((user) => ({ user: `${key}-${user}`, code })));
});
