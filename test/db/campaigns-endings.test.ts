import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { firstRefusal } from '../../src/kernel/gates.js';
import { CampaignDispatchGate } from '../../src/campaigns/engine/dispatch-gate.js';
import type { PublishedEntry } from '../../src/campaigns/domain/published.js';
import type { CampaignState } from '../../src/campaigns/domain/state.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { CampaignWorld, message } from '../support/campaign-world.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let world: CampaignWorld;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());
beforeEach(async () => {
  await rows(database.db, `update campaign as c set state = 'archived' where c.state <> 'archived'`);
  world = new CampaignWorld(database.db);
  await world.topic();
});
afterEach(async () => { expect(await world.unaccounted()).toEqual([]); });

const has = (key: string): SegmentNode => ({ type: 'attribute', key, op: 'exists' });
const onSignUp: PublishedEntry = { type: 'event', event: 'Signed Up', where: [] };
const waitAndNudge = [message('hello', 'w'), { id: 'w', type: 'wait' as const, for: { days: 3 }, next: 'nudge' }, message('nudge', null)];
const setState = (campaignId: string, state: CampaignState) => rows(world.db, 'update campaign as c set state = $2 where c.id = $1', [campaignId, state]);
const settle = (kind: 'merged' | 'deleted', personIds: string[], into: string | null = null) =>
  rows(world.db, 'insert into settled_change (kind, at, person_ids, merged_into) values ($1, $2, $3::uuid[], $4)', [kind, world.clock.now(), personIds, into]);
const merge = async (from: string, into: string) => {
  await rows(world.db, 'delete from person as p where p.id = $1', [from]);
  await rows(world.db, 'insert into person_merge (from_id, into_id, at, source) values ($1, $2, $3, $4)', [from, into, world.clock.now(), 'test']);
  await settle('merged', [from, into], into);
};

describe('immediate exit', () => {
  test('a goal event ends the run and cancels what is queued, in one transaction', async () => {
    const goals = [{ key: 'paid', name: 'Paid', exits: true, event: { name: 'Paid', where: [{ property: 'amount', op: 'gte', value: 100 }] } }];
    const { campaignId } = await world.campaign({ entry: onSignUp, goals, steps: waitAndNudge });
    const ann = await world.person();
    await world.event(ann, 'Signed Up');
    await world.run();
    await world.event(ann, 'Paid', { amount: 5 });
    await world.run();
    expect(await world.runs(campaignId)).toMatchObject([{ state: 'active', stepId: 'w' }]);
    await world.event(ann, 'Paid', { amount: 100 });
    await world.run();
    expect(await world.runs(campaignId)).toMatchObject([{ state: 'exited', exitCode: 'GOAL_REACHED', dueAt: null }]);
    expect(await world.deliveries(campaignId)).toMatchObject([{ stepId: 'hello', state: 'cancelled', reason: 'GOAL_REACHED' }]);
    expect(await world.decisions(campaignId)).toMatchObject([{ stage: 'exit', code: 'GOAL_REACHED', stepId: 'w', facts: { goals: ['paid'], gate: 'exit' } }]);
    expect((await world.visits(campaignId)).find((v) => v.stepId === 'w')).toMatchObject({ outcome: 'GOAL_REACHED', leftAt: world.clock.now() });
  });

  test('the hidden segment of a goal or an exit rule ends runs of every version that still has people', async () => {
    const [goal, exit] = [await world.segment(), await world.segment()];
    const plan = { entry: onSignUp, goals: [{ key: 'g', name: 'G', exits: true, condition: has('won') }], exitRules: [{ key: 'x', condition: has('gone') }], conditions: { 'goal:g': goal, 'exit:x': exit }, steps: waitAndNudge };
    const { campaignId, published } = await world.campaign(plan);
    const [a, b, c] = await world.people(3);
    await world.events([a!, b!, c!].map((personId) => ({ personId, name: 'Signed Up' })));
    await world.run();
    if (published.definition.type === 'series') await world.version(campaignId, 2, { ...plan, conditions: {} }, published.definition);
    await world.enterSegment(goal, [a!]);
    await world.enterSegment(exit, [b!]);
    await world.run();
    expect((await world.runs(campaignId)).map((run) => [run.personId, run.state, run.exitCode]).toSorted()).toEqual([[a, 'exited', 'GOAL_REACHED'], [b, 'exited', 'EXIT_RULE'], [c, 'active', null]].toSorted());
  });

  test('the step asks again: a condition that came true without news yet ends the run there', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, exitRules: [{ key: 'x', condition: has('gone') }], steps: waitAndNudge });
    const ann = await world.person();
    await world.event(ann, 'Signed Up');
    await world.run();
    await world.setAttributes(ann, { gone: true });
    await world.at('2026-03-05T09:00:00Z');
    expect(await world.runs(campaignId)).toMatchObject([{ state: 'exited', exitCode: 'EXIT_RULE', stepId: 'nudge' }]);
    expect(await world.deliveries(campaignId)).toMatchObject([{ stepId: 'hello', state: 'cancelled', reason: 'EXIT_RULE' }]);
    expect(await world.decisions(campaignId)).toMatchObject([{ stage: 'step', stepId: 'nudge', code: 'EXIT_RULE' }]);
  });

  test('sign-up and goal in one batch: the person enters and leaves without a message; the entry event is not its own goal', async () => {
    const exits = { exits: true, name: 'G' };
    const { campaignId } = await world.campaign({ entry: onSignUp, goals: [{ key: 'g', ...exits, event: { name: 'Project Created' } }, { key: 'own', ...exits, event: { name: 'Signed Up' } }], steps: waitAndNudge });
    const [ann, bob] = await world.people(2);
    await world.events([{ personId: ann!, name: 'Signed Up' }, { personId: ann!, name: 'Project Created' }, { personId: bob!, name: 'Signed Up' }]);
    await world.run();
    expect((await world.runs(campaignId)).map((run) => [run.personId, run.state]).toSorted()).toEqual([[ann, 'exited'], [bob, 'active']].toSorted());
    expect((await world.deliveries(campaignId)).map((d) => d.personId)).toEqual([bob]);
  });

  test('an exit and an entry in two batches taken together keep their order: out, then in again', async () => {
    const exit = await world.segment();
    const { campaignId } = await world.campaign({ entry: onSignUp, reentry: { policy: 'after_exit' }, exitRules: [{ key: 'x', condition: has('gone') }], conditions: { 'exit:x': exit }, steps: waitAndNudge });
    const ann = await world.person();
    await world.event(ann, 'Signed Up');
    await world.run();
    await world.enterSegment(exit, [ann]);
    await world.event(ann, 'Signed Up');
    await world.run();
    expect((await world.runs(campaignId)).map((run) => run.state)).toEqual(['exited', 'active']);
  });
});

describe('the life of a campaign', () => {
  test('a pause holds waits where they are; they go on after it; draining lets people finish', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: waitAndNudge });
    const ann = await world.person();
    await world.event(ann, 'Signed Up');
    await world.run();
    await setState(campaignId, 'paused');
    expect(await world.at('2026-03-06T00:00:00Z')).toBeNull();
    expect(await world.deliveries(campaignId)).toHaveLength(1);
    expect(await world.runs(campaignId)).toMatchObject([{ dueAt: new Date('2026-03-05T09:00:00Z') }]);
    await setState(campaignId, 'draining');
    await world.run();
    expect((await world.deliveries(campaignId)).map((d) => d.stepId)).toEqual(['hello', 'nudge']);
    expect(await world.runs(campaignId)).toMatchObject([{ state: 'completed' }]);
  });

  test.each([['paused', 'running'], ['draining', 'cancelled'], ['stopped', 'cancelled']] as const)('a campaign that is %s midway leaves its launch %s', async (state, launchState) => {
    const segmentId = await world.segment();
    const { campaignId, versionId } = await world.campaign({ entry: { type: 'launch', segmentId }, steps: [message('m', null)] });
    await world.enterSegment(segmentId, await world.people(3), { silent: true });
    await rows(world.db, `insert into launch (id, campaign_id, version_id, segment_id, due_at, state, started_at, people_total) values ($1, $2, $3, $4, $5, 'running', $5, 3)`, [newId(), campaignId, versionId, segmentId, world.clock.now()]);
    await setState(campaignId, state);
    await world.run();
    expect(await rows(world.db, 'select l.state, l.people_done from launch as l where l.campaign_id = $1', [campaignId])).toEqual([{ state: launchState, people_done: 0 }]);
    if (state !== 'paused') return;
    await setState(campaignId, 'active');
    await world.run();
    expect(await world.deliveries(campaignId)).toHaveLength(3);
  });

  test('a launch waits for its segment, and for its time', async () => {
    const segmentId = await world.segment(undefined, 'building');
    const { campaignId, versionId } = await world.campaign({ entry: { type: 'launch', segmentId }, steps: [message('m', null)] });
    await world.enterSegment(segmentId, await world.people(2), { silent: true });
    await rows(world.db, `insert into launch (id, campaign_id, version_id, segment_id, due_at, state) values ($1, $2, $3, $4, $5, 'waiting')`, [newId(), campaignId, versionId, segmentId, new Date('2026-03-02T12:00:00Z')]);
    expect(await world.run()).toEqual(new Date('2026-03-02T12:00:00Z'));
    await world.at('2026-03-02T12:00:00Z');
    expect(await world.runs(campaignId)).toEqual([]);
    await rows(world.db, `update segment as s set state = 'live' where s.id = $1`, [segmentId]);
    await world.run();
    expect(await world.runs(campaignId)).toHaveLength(2);
  });
});

describe('faults', () => {
  test('a segment archived under a campaign lets nobody in there and stops no other campaign', async () => {
    const archived = await world.segment(undefined, 'archived');
    const broken = await world.campaign({ entry: onSignUp, audience: { type: 'segment', op: 'not_in', segmentId: archived }, steps: [message('m', null)] });
    const sound = await world.campaign({ entry: onSignUp, steps: [message('m', null)] });
    await world.event(await world.person(), 'Signed Up');
    await world.run();
    expect((await world.decisions(broken.campaignId)).map((d) => d.code)).toEqual(['NOT_IN_AUDIENCE']);
    expect(await world.deliveries(sound.campaignId)).toHaveLength(1);
  });

  test('a version that cannot run leaves its people where they are, all or nothing, and the others go on', async () => {
    const broken = await world.campaign({ entry: onSignUp, steps: [message('hello', 'nowhere'), { id: 'x', type: 'exit' }] });
    world.clock.advance(1_000);
    const sound = await world.campaign({ entry: onSignUp, steps: [message('m', null)] });
    await world.event(await world.person(), 'Signed Up');
    await expect(world.run()).rejects.toThrow();
    expect(await world.deliveries(sound.campaignId)).toHaveLength(1);
    expect(await world.deliveries(broken.campaignId)).toEqual([]);
    expect(await world.runs(broken.campaignId)).toMatchObject([{ state: 'active', stepId: 'hello' }]);
  });
});

describe('before dispatch', () => {
  test('paused campaigns are held; what ended or is no longer wanted is refused with its code', async () => {
    const gate = new CampaignDispatchGate();
    const { campaignId } = await world.campaign({ entry: onSignUp, exitRules: [{ key: 'x', condition: has('gone') }], goals: [{ key: 'g', name: 'G', exits: true, event: { name: 'Paid' } }], steps: [message('m', null)] });
    const [stays, gone, paid] = await world.people(3);
    await world.events([stays!, gone!, paid!].map((personId) => ({ personId, name: 'Signed Up' })));
    await world.run();
    await world.setAttributes(gone!, { gone: true });
    await world.event(paid!, 'Paid');
    const claimed = await rows<{ deliveryId: string; enrollmentId: string; personId: string; campaignId: string; stepId: string }>(world.db, 'select d.id as "deliveryId", d.step_id as "stepId", d.enrollment_id as "enrollmentId", d.person_id as "personId", d.campaign_id as "campaignId" from delivery as d where d.campaign_id = $1', [campaignId]);
    const ask = async () => {
      const words = await inTransaction(world.db, (tx) => gate.recheck(tx, claimed, world.clock.now()));
      return Object.fromEntries(claimed.flatMap(({ deliveryId, personId }) => {
        const refusal = firstRefusal({ now: world.clock.now(), ...words.get(deliveryId)!.facts });
        return refusal ? [[personId, refusal.code]] : [];
      }));
    };
    expect(await ask()).toEqual({ [gone!]: 'EXIT_RULE', [paid!]: 'GOAL_REACHED' });
    await setState(campaignId, 'paused');
    expect(await gate.heldCampaigns(world.db)).toEqual([campaignId]);
    expect(await ask()).toEqual({ [gone!]: 'EXIT_RULE', [paid!]: 'GOAL_REACHED' });
    await setState(campaignId, 'stopped');
    expect(await ask()).toEqual({ [stays!]: 'CAMPAIGN_INACTIVE', [gone!]: 'CAMPAIGN_INACTIVE', [paid!]: 'CAMPAIGN_INACTIVE' });
  });
});

describe('merge and erasure', () => {
  test('everything of a merged person goes on as the survivor’s; doing it twice changes nothing', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: waitAndNudge });
    const [anonymous, known] = await world.people(2);
    await world.event(anonymous!, 'Signed Up');
    await world.run();
    await merge(anonymous!, known!);
    await settle('merged', [anonymous!, known!], known!);
    await world.run();
    expect(await world.runs(campaignId)).toMatchObject([{ personId: known, state: 'active' }]);
    await world.at('2026-03-05T09:00:00Z');
    expect((await world.deliveries(campaignId)).map((d) => [d.personId, d.stepId])).toEqual([[known, 'hello'], [known, 'nudge']]);
    expect(await rows(world.db, 'select a.person_id from assignment as a where a.campaign_id = $1 group by a.person_id', [campaignId])).toEqual([{ person_id: known }]);
  });

  test('when both are in the campaign, the merged run is cancelled with what it had queued', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: waitAndNudge });
    const [anonymous, known] = await world.people(2);
    await world.events([anonymous!, known!].map((personId) => ({ personId, name: 'Signed Up' })));
    await world.run();
    await merge(anonymous!, known!);
    await world.run();
    expect((await world.runs(campaignId)).map((run) => [run.personId, run.state, run.exitCode]).toSorted()).toEqual([[known, 'active', null], [known, 'cancelled', 'PERSON_MERGED']]);
    expect((await world.deliveries(campaignId)).map((d) => [d.state, d.reason]).toSorted()).toEqual([['cancelled', 'PERSON_MERGED'], ['queued', null]]);
    expect((await world.decisions(campaignId)).map((d) => [d.personId, d.code])).toEqual([[known, 'PERSON_MERGED']]);
  });

  test('a message in a sender’s hands makes the merge wait; news of the old id still counts for the survivor', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: waitAndNudge });
    const [anonymous, known] = await world.people(2);
    await world.event(anonymous!, 'Signed Up');
    await world.run();
    await rows(world.db, `update delivery as d set state = 'sending' where d.campaign_id = $1`, [campaignId]);
    await merge(anonymous!, known!);
    await world.at('2026-03-05T10:00:00Z');
    expect(await world.runs(campaignId)).toMatchObject([{ personId: anonymous, state: 'active' }]);
    await rows(world.db, `update delivery as d set state = 'sent' where d.campaign_id = $1`, [campaignId]);
    await world.run();
    expect((await world.deliveries(campaignId)).map((d) => [d.personId, d.stepId])).toEqual([[known, 'hello'], [known, 'nudge']]);
  });

  test('an event recorded for somebody who was merged before its news was worked off lets the survivor in', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: waitAndNudge });
    const [anonymous, known] = await world.people(2);
    await world.event(anonymous!, 'Signed Up', { plan: 'team' });
    await rows(world.db, 'update event as e set person_id = $2 where e.person_id = $1', [anonymous, known]);
    await merge(anonymous!, known!);
    await world.run();
    expect(await world.runs(campaignId)).toMatchObject([{ personId: known, entry: { properties: { plan: 'team' } } }]);
  });

  test('of two consents a merge keeps the stricter, at once', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: waitAndNudge });
    const [anonymous, known] = await world.people(2);
    const say = (personId: string, topic: string, state: string) => rows(world.db, `insert into consent (person_id, channel, topic, state, at, source) values ($1, 'email', $2, $3, $4, 'page')`, [personId, topic, state, world.clock.now()]);
    for (const [topic, theirs, own] of [['a', 'unsubscribed', 'subscribed'], ['b', 'subscribed', 'unsubscribed'], ['c', 'subscribed', null], ['d', 'unsubscribed', null]] as const) {
      await say(anonymous!, topic, theirs);
      if (own !== null) await say(known!, topic, own);
    }
    await world.event(anonymous!, 'Signed Up');
    await world.run();
    await rows(world.db, `update delivery as d set state = 'sending' where d.campaign_id = $1`, [campaignId]);
    await merge(anonymous!, known!);
    await world.run();
    const told = (personId: string) => rows(world.db, 'select c.topic, c.state from consent as c where c.person_id = $1 order by c.topic', [personId]);
    const strictest = [{ topic: 'a', state: 'unsubscribed' }, { topic: 'b', state: 'unsubscribed' }, { topic: 'c', state: 'subscribed' }, { topic: 'd', state: 'unsubscribed' }];
    expect(await told(known!)).toEqual(strictest);
    await rows(world.db, `update delivery as d set state = 'sent' where d.campaign_id = $1`, [campaignId]);
    await world.run();
    expect([await told(known!), await told(anonymous!)]).toEqual([strictest, []]);
  });

  test('of two frequencies a merge keeps the lesser, and who reads through the proxy of Apple stays known; erasure forgets both', async () => {
    const people = await world.people(6);
    const [scarce, weekly, plain, monthly, bare, none] = people as [string, string, string, string, string, string];
    const at = world.clock.now();
    await rows(world.db, `insert into person_preference (person_id, email_frequency, updated_at, source) values ($1, 'monthly', $4, 'page'), ($2, 'weekly', $4, 'page'), ($3, 'monthly', $4, 'page')`, [scarce, weekly, monthly, at]);
    await rows(world.db, `insert into mpp_recipient (person_id, first_at, last_at) values ($1, $3, $3), ($2, $4, $4)`, [scarce, weekly, at, new Date(at.getTime() + 1000)]);
    for (const [from, into] of [[scarce, weekly], [plain, monthly], [bare, none]] as const) await merge(from, into);
    await world.run();
    await world.run();
    const told = () => rows(world.db, 'select r.person_id as id, r.email_frequency as frequency from person_preference as r where r.person_id = any($1::uuid[]) order by r.person_id', [people]);
    expect(await told()).toEqual([{ id: weekly, frequency: 'monthly' }, { id: monthly, frequency: 'monthly' }].sort((a, b) => (a.id < b.id ? -1 : 1)));
    const marks = () => rows(world.db, 'select r.person_id as id, r.first_at as first, r.last_at as last from mpp_recipient as r where r.person_id = any($1::uuid[])', [people]);
    expect(await marks()).toEqual([{ id: weekly, first: at, last: new Date(at.getTime() + 1000) }]);
    await settle('deleted', [weekly]);
    await world.run();
    expect([await told(), await marks()]).toEqual([[{ id: monthly, frequency: 'monthly' }], []]);
  });

  test('erasure forgets where messages went and what they said, also of one that is just being sent', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: waitAndNudge });
    const [ann, other] = await world.people(2);
    await world.events([ann!, other!].map((personId) => ({ personId, name: 'Signed Up' })));
    await world.run();
    await rows(world.db, `insert into consent (person_id, channel, topic, state, at, source) select p.id, 'email', 'news', 'subscribed', $2, 'page' from unnest($1::uuid[]) as p (id)`, [[ann, other], world.clock.now()]);
    await rows(world.db, `insert into in_app_message (delivery_id, person_id, campaign_id, content, created_at) select p.id, p.id, $2, '{"title": "안녕"}', $3 from unnest($1::uuid[]) as p (id)`, [[ann, other], campaignId, world.clock.now()]);
    await rows(world.db, `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, evidence) values ($1, $1, 'open', 'o', $2, 'human', '{"ip": "203.0.113.7"}')`, [ann, world.clock.now()]);
    await rows(world.db, `insert into sandbox_mail (id, received_at, mail_from, rcpt_to, subject, raw) select p.id, $2, 'us@example.test', p.id || '@Example.test', 's', 'raw' from unnest($1::uuid[]) as p (id)`, [[ann, other], world.clock.now()]);
    await rows(world.db, `update delivery as d set state = 'sending', address = d.person_id || '@example.test' where d.campaign_id = $1`, [campaignId]);
    await rows(world.db, 'delete from person as p where p.id = $1', [ann]);
    await settle('deleted', [ann!]);
    await world.run();
    // The sender writes down what it did after the erasure.
    await rows(world.db, `update delivery as d set state = 'sent', address = d.person_id || '@example.test', detail = '250 ok' where d.campaign_id = $1`, [campaignId]);
    await world.run();
    const left = await rows(world.db, `
      select (select array_agg(d.person_id) from delivery as d where d.campaign_id = $1 and (d.address is not null or d.detail is not null)) as addresses,
             (select array_agg(c.person_id) from consent as c where c.person_id = any($2::uuid[])) as consents, (select array_agg(i.person_id) from in_app_message as i where i.campaign_id = $1) as messages,
             (select array_agg(s.id) from sandbox_mail as s where s.id = any($2::uuid[])) as mail, (select array_agg(e.evidence) from delivery_event as e where e.person_id = $3) as evidence`, [campaignId, [ann, other], ann]);
    expect(left).toEqual([{ addresses: [other], consents: [other], messages: [other], mail: [other], evidence: [{}] }]);
  });

  test('erasure ends the run, cancels what is queued and forgets the event', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: waitAndNudge });
    const ann = await world.person();
    await world.event(ann, 'Signed Up', { secret: '비밀' });
    await world.run();
    await rows(world.db, 'delete from person as p where p.id = $1', [ann]);
    await world.at('2026-03-06T00:00:00Z');
    expect(await world.runs(campaignId)).toMatchObject([{ state: 'active' }]);
    await settle('deleted', [ann]);
    await world.run();
    const [run] = await world.runs(campaignId);
    expect(run).toMatchObject({ state: 'exited', exitCode: 'PERSON_DELETED' });
    expect(run!.entry.properties).toBeUndefined();
    expect(await world.deliveries(campaignId)).toMatchObject([{ state: 'cancelled', reason: 'PERSON_DELETED' }]);
  });

  test('erasure forgets the key of a run that was let in by name, without any properties', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: waitAndNudge });
    const ann = await world.person();
    await world.event(ann, 'Signed Up');
    await world.run();
    // As an entry over the API leaves it.
    await rows(world.db, `update enrollment as e set entry_key = 'ann@example.test', entry = jsonb_build_object('kind', 'api', 'at', e.entry ->> 'at', 'key', 'ann@example.test') where e.campaign_id = $1`, [campaignId]);
    await rows(world.db, 'delete from person as p where p.id = $1', [ann]);
    await settle('deleted', [ann]);
    await world.run();
    expect(await rows(world.db, 'select e.entry_key as key, e.entry from enrollment as e where e.campaign_id = $1', [campaignId])).toEqual([{ key: '', entry: { kind: 'api', at: expect.any(String) } }]);
  });
});

describe('two processes', () => {
  test('2,000 people, two engines at once: everybody once, all accounted for', async () => {
    const segmentId = await world.segment();
    const { campaignId, versionId } = await world.campaign({
      entry: { type: 'segment', segmentId, take: 'current_and_future' }, audience: { type: 'not', of: has('blocked') },
      steps: [message('hello', 's', { control: { weight: 1 } }), { id: 's', type: 'split', arms: [{ key: 'l', weight: 1, next: 'm1' }, { key: 'r', weight: 1, next: 'm2' }] }, message('m1', null), message('m2', null)],
    });
    const people = [...await world.people(1_900), ...await world.people(100, { attributes: { blocked: true } })];
    await world.enterSegment(segmentId, people.slice(0, 1_500), { silent: true });
    await rows(world.db, `insert into launch (id, campaign_id, version_id, segment_id, due_at, state) values ($1, $2, $3, $4, $5, 'waiting')`, [newId(), campaignId, versionId, segmentId, world.clock.now()]);
    for (let at = 1_500; at < 2_000; at += 50) await world.enterSegment(segmentId, people.slice(at, at + 50));
    await world.enterSegment(segmentId, people.slice(0, 200));
    const second = new CampaignWorld(world.db);
    await Promise.all([world.run(), second.run(), world.workers()[3]!.runOnce()]);
    await world.run();
    const runs = await world.runs(campaignId);
    const refused = await world.decisions(campaignId);
    expect(new Set(runs.map((run) => run.personId)).size).toBe(runs.length);
    expect(runs).toHaveLength(1_900);
    expect(runs.every((run) => run.state === 'completed')).toBe(true);
    expect(refused.map((d) => d.code)).toEqual(Array.from({ length: 100 }, () => 'NOT_IN_AUDIENCE'));
    const deliveries = await world.deliveries(campaignId);
    expect(deliveries).toHaveLength(3_800);
    expect(new Set(deliveries.map((d) => `${d.personId} ${d.stepId}`)).size).toBe(3_800);
  });
});
