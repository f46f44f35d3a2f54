import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Approvals } from '../../src/campaigns/lifecycle/approvals.service.js';
import { stageOf } from '../../src/campaigns/domain/ramp.js';
import { Drafts } from '../../src/campaigns/publishing/drafts.service.js';
import { launchNext } from '../../src/campaigns/engine/launch.js';
import { stepRamp } from '../../src/campaigns/engine/ramp.js';
import { RampLimits } from '../../src/contract/safety.js';
import { CAMPAIGN_BRAKE, type CampaignBrake } from '../../src/delivery/sending/campaign-brake.js';
import { inTransaction, row, rows } from '../../src/platform/database/db.js';
import type { TestApp } from '../support/app.js';
import { makePeople } from '../support/experiments.js';
import { broadcast, email, HOUR, LaunchWorld, note, sorted } from '../support/launches.js';

let world: LaunchWorld;
let app: TestApp;
beforeAll(async () => {
  world = await LaunchWorld.start();
  app = world.app;
});
afterAll(() => world.close());

describe('the audience of a launch', () => {
  test('is that of its start: who leaves meanwhile gets it, who joins does not, page by page', async () => {
    const { people, segmentId } = await world.audience('frozen', 24);
    const [first, second] = [sorted(people)[2]!, sorted(people)[20]!];
    const names = new Map((await rows<{ id: string; name: string }>(app.db, 'select p.id, p.external_id as name from person as p')).map(({ id, name }) => [id, name]));
    const id = await world.publish(broadcast({ segmentId }));
    const launch = await world.launchId(id);
    expect(await world.page(launch, 10)).toBe(10);
    world.clock.advance(1_000);
    // Both leave, one of them comes back; somebody else joins; one is gone for good.
    await rows(app.db, `update launch set due_at = $2 where id = $1`, [launch, new Date(world.clock.now().getTime() + HOUR)]);
    await world.identify([first, second].map((each) => ({ userId: names.get(each)!, traits: { group: 'left' } })));
    await world.identify([{ userId: 'newcomer-frozen', traits: { group: 'frozen' } }, { userId: names.get(sorted(people)[21]!)!, traits: { group: 'left' } }]);
    world.clock.advance(1_000);
    await world.identify([{ userId: names.get(sorted(people)[21]!)!, traits: { group: 'frozen' } }]);
    expect((await row<{ n: number }>(app.db, 'select count(*)::int as n from segment_member as m where m.segment_id = $1', [segmentId]))!.n).toBe(23);
    while ((await world.page(launch, 10)) > 0);
    expect(await world.reached(id)).toEqual(sorted(people));
    expect((await world.launchOf(id)).launch).toMatchObject({ state: 'done', people: 24, taken: 24, ramp: null });
    await world.reconciles(id, 24);
  });
});

describe('a ramp', () => {
  const STAGES = [{ percent: 20, wait: { hours: 1 } }, { percent: 50, wait: { hours: 2 } }];
  const ramp = { stages: STAGES };
  const basis = [{ basisPoints: 2_000, wait: {} }, { basisPoints: 5_000, wait: {} }];

  test('reaches each stage by its hash when the wait is over, holds through pause and loss, and takes the audience of the start', async () => {
    const { people, segmentId } = await world.audience('ramp', 60);
    const id = await world.publish(broadcast({ segmentId, ramp }));
    await world.run();
    const launch = await world.launchId(id);
    const stage = (number: number) => sorted(people.filter((person) => stageOf(basis, launch, person) <= number));
    expect(await world.reached(id)).toEqual(stage(1));
    expect((await world.launchOf(id)).launch).toMatchObject({ state: 'running', people: 60, ramp: { stage: 1, percent: 20, unsent: false, messages: stage(1).length, nextAt: new Date(world.clock.now().getTime() + HOUR).toISOString() } });
    // Who leaves the segment before their stage is still meant, who joins is not.
    world.clock.advance(1_000);
    const leaving = people.find((person) => stageOf(basis, launch, person) === 3)!;
    const { name } = (await row<{ name: string }>(app.db, 'select p.external_id as name from person as p where p.id = $1', [leaving]))!;
    await world.identify([{ userId: name, traits: { group: 'gone' } }, { userId: 'late-ramp', traits: { group: 'ramp' } }]);
    await world.pass(HOUR - 2_000);
    expect(await world.reached(id)).toEqual(stage(1));
    await app.api('POST', `/v1/campaigns/${id}/pause`);
    await world.pass(2_000);
    expect(await world.reached(id)).toEqual(stage(1));
    await app.api('POST', `/v1/campaigns/${id}/resume`);
    // A process dies after opening the stage, and another one in the middle of it.
    const brake = app.nest.get<CampaignBrake>(CAMPAIGN_BRAKE, { strict: false });
    const open = () => inTransaction(app.db, (tx) => stepRamp(tx, launch, { limits: RampLimits.parse({}), brake }, world.clock.now()));
    await expect(inTransaction(app.db, async (tx) => { expect(await stepRamp(tx, launch, { limits: RampLimits.parse({}), brake }, world.clock.now())).toBe('opened'); throw new Error('killed'); })).rejects.toThrow('killed');
    expect([await open(), await open()]).toEqual(['opened', 'none']);
    await expect(inTransaction(app.db, async (tx) => { await launchNext(tx, launch, 5, { now: world.clock.now(), zone: 'UTC' }); throw new Error('killed'); })).rejects.toThrow('killed');
    await world.page(launch, 5);
    await world.run();
    expect(await world.reached(id)).toEqual(stage(2));
    await world.pass(2 * HOUR);
    expect(await world.reached(id)).toEqual(sorted(people));
    expect((await world.launchOf(id)).launch).toMatchObject({ state: 'done', taken: 60, ramp: { stage: 3, percent: 100, nextAt: null } });
    await world.reconciles(id, 60);
  });

  test('with an audience of its own takes those who were in it at the start; one that looks again takes those who still are', async () => {
    const { people, segmentId } = await world.audience('filter', 60);
    const names = new Map((await rows<{ id: string; name: string }>(app.db, `select p.id, p.external_id as name from person as p where p.external_id like 'filter-%'`)).map(({ id, name }) => [id, name]));
    await world.identify(people.slice(0, 40).map((person) => ({ userId: names.get(person), traits: { plan: 'trial' } })));
    const trial = { type: 'attribute', key: 'plan', op: 'is', value: 'trial' };
    const [kept, looks] = [await world.publish(broadcast({ segmentId, audience: trial, ramp })), await world.publish(broadcast({ segmentId, audience: trial, ramp, recheckAudience: true }))];
    await world.run();
    const of = { kept: await world.launchId(kept), looks: await world.launchId(looks) };
    world.clock.advance(1_000);
    const late = (launch: string, from: readonly string[]) => from.find((person) => stageOf(basis, launch, person) === 3)!;
    const [leaves, leavesToo, comes] = [late(of.kept, people.slice(0, 40)), late(of.looks, people.slice(0, 40)), late(of.kept, people.slice(40))];
    await world.identify([...[leaves, leavesToo].map((person) => ({ userId: names.get(person), traits: { plan: 'paid' } })), { userId: names.get(comes), traits: { plan: 'trial' } }]);
    await world.pass(HOUR);
    await world.pass(2 * HOUR);
    expect(await world.reached(kept)).toEqual(sorted(people.slice(0, 40)));
    const still = people.slice(0, 40).filter((person) => person !== leavesToo && (person !== leaves || stageOf(basis, of.looks, leaves) === 1));
    expect((await world.reached(looks)).filter((person) => person !== comes)).toEqual(sorted(still));
    expect((await world.explained(looks, leavesToo)).gates.find(({ gate }: { gate: string }) => gate === 'audience')).toMatchObject({ passed: false, code: 'NOT_IN_AUDIENCE' });
    expect(await rows(app.db, 'select f.person_id from launch_person as f where f.launch_id = any($1::uuid[])', [[of.kept, of.looks]])).toEqual([]);
  });

  test('halts when messages go wrong, says why with the numbers, and goes on when somebody resumes it, or ends when somebody stops it', async () => {
    const { segmentId } = await world.audience('halt', 300);
    world.sink.script = { rcpt: (address) => (Number(/\d+/.exec(address)![0]) % 4 === 0 ? { code: 550, text: '5.1.1 No such user' } : undefined) };
    // A fifth of them by hash is 60 ± 7: what halts must need fewer than a first stage can ever be.
    await world.settings({ ramp: { atLeast: 20 } });
    const id = await world.publish(broadcast({ segmentId, message: email(), ramp }));
    await world.run();
    await world.pass(11_000);
    const launch = await world.launchId(id);
    const { state, pauseReason } = await world.campaignOf(id);
    const sent = await world.reached(id);
    const hard = (await world.states(id)).bounced!;
    expect([state, pauseReason]).toEqual(['paused', expect.objectContaining({ code: 'RAMP_HALTED', measure: 'hard', of: sent.length, limit: 5, percent: Math.round((hard / sent.length) * 10_000) / 100 })]);
    expect((await world.launchOf(id)).launch.ramp.measures).toContainEqual({ measure: 'hard', count: hard, percent: pauseReason.percent, limit: 5 });
    expect(await rows(app.db, `select e.actor, e.detail ->> 'code' as code from audit_entry as e where e.subject = 'campaign:' || $1 and e.action = 'campaign.pause'`, [id])).toEqual([{ actor: 'system', code: 'RAMP_HALTED' }]);
    expect((await app.api('GET', '/v1/home')).body.attention).toContainEqual(expect.objectContaining({ kind: 'paused', campaignId: id, text: pauseReason.text }));
    const [waiting] = (await rows<{ id: string }>(app.db, 'select m.person_id as id from segment_member as m where m.segment_id = $1 order by 1', [segmentId])).map((each) => each.id).filter((person) => stageOf(basis, launch, person) === 3);
    expect((await world.explained(id, waiting!)).gates[0]).toMatchObject({ gate: 'campaign', passed: false, code: 'BREAKER_OPEN', facts: { scope: 'campaign', reason: 'RAMP_HALTED', measure: 'hard' } });
    await world.pass(24 * HOUR);
    expect(await world.reached(id)).toEqual(sent);
    // What was seen counts no more; what follows is fine.
    world.sink.script = {};
    expect((await app.api('POST', `/v1/campaigns/${id}/resume`)).body).toMatchObject({ state: 'active', pauseReason: null });
    await world.run();
    await world.pass(11_000);
    expect((await world.launchOf(id)).launch.ramp).toMatchObject({ stage: 2, percent: 50 });
    expect((await world.campaignOf(id)).state).toBe('active');
    const second = await world.reached(id);
    expect((await app.api('POST', `/v1/campaigns/${id}/stop`)).body.cancelled.launches).toBe(1);
    await world.pass(24 * HOUR);
    expect(await world.reached(id)).toEqual(second);
    await world.reconciles(id, second.length);
    await world.settings();
  });

  test('halts before its first message when many more people are meant than when it was published; resuming accepts it', async () => {
    const { segmentId } = await world.audience('volume', 120);
    const id = await world.publish(broadcast({ segmentId, ramp, launchAt: new Date(world.clock.now().getTime() + HOUR).toISOString() }));
    await makePeople(app, 'more', 110, { group: 'volume' });
    await world.pass(HOUR);
    expect([await world.reached(id), (await world.campaignOf(id)).pauseReason]).toEqual([[], expect.objectContaining({ measure: 'volume', of: 120, percent: 91.67, limit: 50 })]);
    await app.api('POST', `/v1/campaigns/${id}/resume`);
    await world.run();
    expect((await world.reached(id)).length).toBeGreaterThan(10);
  });

  test('of a series concerns who is there at its start; who comes later enters at once', async () => {
    const { people, segmentId } = await world.audience('series', 60);
    const id = await world.publish({ type: 'series', entry: { type: 'segment', segmentId, take: 'current_and_future' }, ramp, start: 'message', steps: [note()] });
    await world.run();
    const launch = await world.launchId(id);
    const first = people.filter((person) => stageOf(basis, launch, person) === 1);
    expect(await world.reached(id)).toEqual(sorted(first));
    world.clock.advance(1_000);
    const [newcomer] = await makePeople(app, 'comer', 1, { group: 'series' });
    expect(await world.reached(id)).toEqual(sorted([...first, newcomer!]));
    await world.pass(HOUR);
    await world.pass(2 * HOUR);
    expect(await world.reached(id)).toEqual(sorted([...people, newcomer!]));
    await world.reconciles(id, 61);
  });
});

describe('the approval of a second person', () => {
  const actor = (name: string, role: 'owner' | 'marketer' | 'analyst' = 'marketer') => ({ kind: 'user' as const, id: ids[name]!, role, email: `${name}@example.org` });
  const ids: Record<string, string> = {};
  const approvals = () => app.nest.get(Approvals, { strict: false });
  const user = async (name: string, role: string) => {
    ids[name] = crypto.randomUUID();
    await rows(app.db, `insert into app_user (id, email, name, role, created_at) values ($1, $2, $3, $4, $5)`, [ids[name], `${name}@example.org`, name, role, world.clock.now()]);
  };
  beforeAll(async () => {
    await user('mina', 'owner');
    await world.settings({ approval: { above: 10 } });
  });
  afterAll(() => world.settings());
  const view = async (id: string) => (await app.api('GET', `/v1/campaigns/${id}/approval`)).body;
  const edit = async (id: string, as: string) => {
    const { revision, name, definition } = await world.campaignOf(id);
    await app.nest.get(Drafts, { strict: false }).replace(id, { revision, name: `${name}!`, definition }, actor(as));
  };
  const refusedOf = (work: Promise<unknown>) => work.then(() => null, (error: { code?: string }) => error.code);

  test('is needed above the limit: nobody launches without, no author gives it, a change voids it, and the history tells who did what', async () => {
    const { segmentId } = await world.audience('approve', 12);
    const small = await world.audience('few', 10);
    await world.publish(broadcast({ segmentId: small.segmentId }));
    const id = await world.draft(broadcast({ segmentId }));
    await edit(id, 'mina');
    expect(await app.api('POST', `/v1/campaigns/${id}/publish`, {})).toMatchObject({ status: 409, body: { code: 'campaign.approval-missing' } });
    expect(await view(id)).toMatchObject({ above: 10, needed: true, people: 12, state: 'missing', mayDecide: false });
    expect((await app.api('POST', `/v1/campaigns/${id}/approval/decision`, { decision: 'approve' })).body.code).toBe('campaign.approval-not-asked');
    // An owner who is alone has a way out.
    await approvals().request(id, '확인 부탁드려요', actor('mina', 'owner'));
    expect((await app.api('POST', `/v1/campaigns/${id}/approval/decision`, { decision: 'approve' }))).toMatchObject({ status: 403, body: { code: 'campaign.approval-refused' } });
    expect(await approvals().view(id, actor('mina', 'owner'))).toMatchObject({ state: 'requested', mayDecide: true });
    await user('jun', 'marketer');
    expect(await approvals().view(id, actor('mina', 'owner'))).toMatchObject({ state: 'requested', mayDecide: false, because: 'author' });
    expect(await refusedOf(approvals().decide(id, 'approved', '', actor('mina', 'owner')))).toBe('campaign.approval-refused');
    expect(await refusedOf(approvals().decide(id, 'approved', '', actor('jun', 'analyst')))).toBe('campaign.approval-refused');
    expect((await app.api('POST', `/v1/campaigns/${id}/approval/decision`, { decision: 'reject' })).status).toBe(400);
    expect(await approvals().decide(id, 'rejected', '제목을 고쳐 주세요', actor('jun'))).toMatchObject({ state: 'rejected', history: [{ state: 'rejected', decidedByName: 'jun', requestedByName: 'mina', decisionNote: '제목을 고쳐 주세요', people: 12, alone: false }] });
    expect((await app.api('POST', `/v1/campaigns/${id}/publish`, {})).body.code).toBe('campaign.approval-missing');
    await approvals().request(id, '', actor('mina', 'owner'));
    expect(await approvals().decide(id, 'approved', '좋아요', actor('jun'))).toMatchObject({ state: 'approved', people: 12 });
    await edit(id, 'mina');
    expect(await view(id)).toMatchObject({ state: 'void' });
    expect((await app.api('POST', `/v1/campaigns/${id}/publish`, {})).body.code).toBe('campaign.approval-missing');
    await approvals().request(id, '', actor('mina', 'owner'));
    expect((await app.api('GET', '/v1/home')).body.attention).toContainEqual(expect.objectContaining({ kind: 'approval', campaignId: id }));
    await approvals().decide(id, 'approved', '', actor('jun'));
    expect((await app.api('POST', `/v1/campaigns/${id}/publish`, {})).status).toBe(200);
    await world.run();
    expect(await world.states(id)).toEqual({ sent: 12 });
    expect(await rows(app.db, `select e.action, e.actor from audit_entry as e where e.subject = 'campaign:' || $1 and e.action in ('campaign.approve', 'campaign.reject') order by e.id`, [id])).toEqual([
      { action: 'campaign.reject', actor: `user:${ids.jun}` }, { action: 'campaign.approve', actor: `user:${ids.jun}` }, { action: 'campaign.approve', actor: `user:${ids.jun}` }]);
  });

  test('is asked for again when many more are meant at the launch than were approved; until then nobody gets anything, and explain says so', async () => {
    const { people, segmentId } = await world.audience('grows', 12);
    const id = await world.draft(broadcast({ segmentId, launchAt: new Date(world.clock.now().getTime() + HOUR).toISOString() }));
    await approvals().request(id, '', actor('mina', 'owner'));
    await approvals().decide(id, 'approved', '', actor('jun'));
    expect((await app.api('POST', `/v1/campaigns/${id}/publish`, {})).status).toBe(200);
    await makePeople(app, 'grown', 8, { group: 'grows' });
    await world.pass(HOUR);
    expect([await world.reached(id), await view(id), (await world.launchOf(id)).launch]).toEqual([[], expect.objectContaining({ held: true, state: 'grown', people: 20 }), expect.objectContaining({ state: 'waiting', held: { people: 20, approved: 12, above: 10 } })]);
    expect((await world.explained(id, people[0]!)).gates[0]).toMatchObject({ gate: 'campaign', passed: false, code: 'APPROVAL_MISSING', facts: { people: 20, approved: 12 } });
    expect((await app.api('GET', '/v1/home')).body.attention).toContainEqual(expect.objectContaining({ kind: 'approval', campaignId: id }));
    await world.pass(HOUR);
    expect(await world.reached(id)).toEqual([]);
    await approvals().request(id, '늘었어요', actor('mina', 'owner'));
    await approvals().decide(id, 'approved', '', actor('jun'));
    await world.run();
    expect(await world.states(id)).toEqual({ sent: 20 });
    await world.reconciles(id, 20);
    // The rule is taken away while a launch waits for it.
    const other = await world.audience('waived', 12);
    await world.settings();
    const free = await world.publish(broadcast({ segmentId: other.segmentId, launchAt: new Date(world.clock.now().getTime() + HOUR).toISOString() }));
    await world.settings({ approval: { above: 10 } });
    await world.pass(HOUR);
    expect(await world.states(free)).toEqual({});
    await world.settings();
    await world.run();
    expect(await world.states(free)).toEqual({ sent: 12 });
  });
});
