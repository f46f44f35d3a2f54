import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PublishedEntry } from '../../src/campaigns/domain/published.js';
import { EntryWorker } from '../../src/campaigns/jobs/entry.job.js';
import { AdvanceWorker } from '../../src/campaigns/jobs/advance.job.js';
import { rows } from '../../src/platform/database/db.js';
import { createLog } from '../../src/platform/logging.js';
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

const on = (event: string, where: object[] = []): PublishedEntry => ({ type: 'event', event, where }) as unknown as PublishedEntry;

/** Campaigns with few people share what their runs have in common; nothing of it may be seen. */
describe('campaigns with few due', () => {
  const statements = async (table: string) => (await rows<{ xid: string }>(world.db, `select distinct t.xmin::text as xid from ${table} as t where t.campaign_id in (select c.id from campaign as c where c.state = 'active')`)).length;

  test('share one transaction; each gets its own people, messages and times', async () => {
    const plans = await Promise.all(['A', 'B', 'C'].map((event, index) => world.campaign({ entry: on(event), steps: [message('hello', 'w'), { id: 'w', type: 'wait', for: { hours: index + 1 }, next: 'bye' }, message('bye', null)] })));
    const people = await world.people(4);
    await world.events([{ personId: people[0]!, name: 'A' }, { personId: people[1]!, name: 'B' }, { personId: people[2]!, name: 'C' }, { personId: people[3]!, name: 'Nothing' }]);
    // The same person in a second campaign, told of in news of its own.
    await world.event(people[0]!, 'C');
    await world.run();
    const [a, b, c] = plans.map(({ campaignId }) => campaignId);
    const messages = async (campaignId: string) => (await world.deliveries(campaignId)).map(({ personId, stepId }) => `${people.indexOf(personId)} ${stepId}`).toSorted();
    expect([await messages(a!), await messages(b!), await messages(c!)]).toEqual([['0 hello'], ['1 hello'], ['0 hello', '2 hello']]);
    expect([await statements('delivery'), await statements('step_visit')]).toEqual([1, 1]);
    world.clock.advance(3_600_000);
    await world.run();
    expect([await messages(a!), await messages(b!), await messages(c!)]).toEqual([['0 bye', '0 hello'], ['1 hello'], ['0 hello', '2 hello']]);
    expect(await world.unaccounted()).toEqual([]);
  });

  test('who can not be reached is refused by each of them, for its own topic, and nobody else is', async () => {
    await world.topic('tips');
    const [a, b, c] = [await world.campaign({ entry: on('A'), steps: [message('hello', null)] }), await world.campaign({ entry: on('B'), steps: [message('hello', null)] }), await world.campaign({ entry: on('B'), steps: [message('hello', null, { topic: 'tips' })] })];
    const [ann, bob] = await world.people(2);
    await rows(world.db, `insert into consent (person_id, channel, topic, state, at, source) values ($1, 'in_app', 'news', 'unsubscribed', $2, 'test')`, [ann, world.clock.now()]);
    await world.events([ann!, bob!].flatMap((personId) => [{ personId, name: 'A' }, { personId, name: 'B' }]));
    await world.run();
    const told = async (campaignId: string) => [(await world.deliveries(campaignId)).map(({ personId }) => [ann, bob].indexOf(personId)).toSorted(), (await world.decisions(campaignId)).map(({ personId, code }) => [[ann, bob].indexOf(personId), code])];
    expect([await told(a.campaignId), await told(b.campaignId), await told(c.campaignId)]).toEqual([[[1], [[0, 'TOPIC_UNSUBSCRIBED']]], [[1], [[0, 'TOPIC_UNSUBSCRIBED']]], [[0, 1], []]]);
  });

  test('one that can not be moved is left behind alone, is moved when it can be, and shares again', async () => {
    const [broken, sound] = [await world.campaign({ entry: on('A'), steps: [message('hello', null)] }), await world.campaign({ entry: on('A'), steps: [message('hello', null)] })];
    await rows(world.db, `create function refuse() returns trigger language plpgsql as $$ begin if new.campaign_id = '${broken.campaignId}' then raise exception 'not this one'; end if; return new; end $$`);
    await rows(world.db, 'create trigger refuse before insert on delivery for each row execute function refuse()');
    const ann = await world.person();
    await world.event(ann, 'A');
    const entry = new EntryWorker(world.db, world.clock, world.runner, createLog('silent'));
    const advance = new AdvanceWorker(world.db, world.clock, world.runner);
    expect((await entry.runOnce()).done).toBe(1);
    const sent = async () => [(await world.deliveries(broken.campaignId)).length, (await world.deliveries(sound.campaignId)).length];
    await expect(advance.runOnce()).rejects.toThrow('not this one');
    expect(await sent()).toEqual([0, 1]);
    await world.event(await world.person(), 'A');
    await entry.runOnce();
    await expect(advance.runOnce()).rejects.toThrow('not this one');
    expect(await sent()).toEqual([0, 2]);
    await rows(world.db, 'drop trigger refuse on delivery');
    await advance.runOnce();
    expect(await sent()).toEqual([2, 2]);
    world.clock.advance(1_000);
    await world.events([{ personId: await world.person(), name: 'A' }, { personId: await world.person(), name: 'A' }]);
    await entry.runOnce();
    await advance.runOnce();
    expect([await sent(), (await rows<{ xid: string }>(world.db, 'select distinct d.xmin::text as xid from delivery as d where d.campaign_id = any($1::uuid[]) and d.queued_at = (select max(l.queued_at) from delivery as l where l.campaign_id = any($1::uuid[]))', [[broken.campaignId, sound.campaignId]])).length]).toEqual([[4, 4], 1]);
  });
});

/** News of a batch is heard at once, but nothing of one person may change its order. */
describe('news of one batch', () => {
  const goal = { key: 'bought', name: 'Bought', exits: true, event: { name: 'Bought', where: [], sameKey: false } };

  test('somebody who enters and reaches the goal in it has entered and ended; in the other order they go on', async () => {
    const { campaignId } = await world.campaign({ entry: on('A'), steps: [{ id: 'w', type: 'wait', for: { days: 1 }, next: null }], goals: [goal as never] });
    const [ann, bob] = await world.people(2);
    await world.event(ann!, 'A');
    await world.event(bob!, 'Bought');
    world.clock.advance(1_000);
    await world.event(ann!, 'Bought');
    await world.event(bob!, 'A');
    await world.run();
    expect((await world.runs(campaignId)).map(({ personId, state, exitCode }) => [[ann, bob].indexOf(personId), state, exitCode]).toSorted()).toEqual([[0, 'exited', 'GOAL_REACHED'], [1, 'active', null]]);
  });

  test('somebody who enters, reaches the goal and enters again in it has two runs', async () => {
    const { campaignId } = await world.campaign({ entry: on('A'), reentry: { policy: 'after_exit' }, steps: [{ id: 'w', type: 'wait', for: { days: 1 }, next: null }], goals: [goal as never] });
    const ann = await world.person();
    for (const name of ['A', 'Bought', 'A']) {
      await world.event(ann, name);
      world.clock.advance(1_000);
    }
    await world.run();
    expect((await world.runs(campaignId)).map(({ state, exitCode }) => [state, exitCode])).toEqual([['exited', 'GOAL_REACHED'], ['active', null]]);
  });

  test('an event of somebody merged meanwhile lets the survivor in, and a filter asks the event it means', async () => {
    const { campaignId } = await world.campaign({ entry: on('A', [{ property: 'plan', op: 'is', value: 'team' }]), steps: [message('hello', null)] });
    const [gone, stays, other] = await world.people(3);
    await world.events([{ personId: gone!, name: 'A', properties: { plan: 'team' } }, { personId: other!, name: 'A', properties: { plan: 'solo' } }, { personId: other!, name: 'B', properties: { plan: 'team' } }]);
    await rows(world.db, 'update event as e set person_id = $2 where e.person_id = $1', [gone, stays]);
    await rows(world.db, `insert into person_merge (from_id, into_id, at, source) values ($1, $2, now(), 'test')`, [gone, stays]);
    await rows(world.db, 'delete from person as p where p.id = $1', [gone]);
    await world.run();
    expect((await world.runs(campaignId)).map(({ personId }) => personId)).toEqual([stays]);
  });
});
