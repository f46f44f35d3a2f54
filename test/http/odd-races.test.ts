import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { advanceBatch } from '../../src/campaigns/engine/advance.js';
import { migrateBatch } from '../../src/campaigns/engine/migrate.js';
import { runningMigration } from '../../src/campaigns/store/migrations.store.js';
import { inTransaction, row, rows } from '../../src/platform/database/db.js';
import type { TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';
import { makePeople } from '../support/experiments.js';
import { HOUR, LaunchWorld } from '../support/launches.js';

let world: LaunchWorld;
let app: TestApp;
beforeAll(async () => {
  world = await LaunchWorld.start();
  app = world.app;
});
afterAll(() => world.close());
/** What happens while the relay has read an e-mail and has not answered yet. */
const meanwhile = (work: (to: string) => Promise<void>) => { world.sink.script = { meanwhile: work }; };

const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const tell = async (...batch: object[]) => {
  await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch }) });
  await world.run();
};
const publish = async (id: string, body: object = {}) => ok(await app.api('POST', `/v1/campaigns/${id}/publish`, body));
const mail = (subject: string) => ({ subject, body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>' });

test('a rung that is on its way to the relay when the message before it is seen has gone, and nothing follows it', async () => {
  const ladder = [
    { channel: 'email', content: mail('First rung'), unless: 'displayed', after: { hours: 1 } },
    { channel: 'email', content: mail('Second rung'), unless: 'opened', after: { hours: 1 } },
  ];
  const id = ok(await app.api('POST', '/v1/campaigns', { name: 'Ladder', definition: series({ entry: { type: 'event', event: 'Stuck' }, start: 'tip', steps: [inApp('tip', { topic: 'account', ladder })] }) })).body.id as string;
  await publish(id);
  await tell({ type: 'identify', userId: 'climber', traits: { email: 'climber@example.test' } }, { type: 'track', userId: 'climber', event: 'Stuck' });
  const { id: person } = (await row<{ id: string }>(app.db, `select p.id from person as p where p.external_id = 'climber'`))!;
  const tip = (await row<{ id: string }>(app.db, `select d.id from delivery as d where d.person_id = $1 and d.channel = 'in_app'`, [person]))!;
  let seen = 0;
  meanwhile(async () => { seen = (await app.api('POST', `/v1/people/${person}/inbox/${tip.id}/seen`)).status; });
  await world.pass(HOUR);
  world.sink.script = {};
  expect(seen).toBeLessThan(300);
  await world.pass(48 * HOUR);
  expect(world.sink.accepted.filter(({ to }) => to === 'climber@example.test').map(({ raw }) => /Subject: (.*)\r/.exec(raw)![1])).toEqual(['First rung']);
  const became = await rows<{ rung: string; state: string }>(app.db, `select d.step_id || ' ' || d.channel as rung, d.state from delivery as d where d.person_id = $1 order by d.due_at`, [person]);
  expect(became.map(({ state }) => state)).toEqual([expect.stringMatching(/^(sent|delivered|engaged)$/), 'sent', 'cancelled']);
  const { steps } = (await app.api('GET', `/v1/campaigns/${id}/results`)).body;
  expect(steps.map(({ reconciliation }: { reconciliation: { difference: number } }) => reconciliation.difference)).toEqual([0, 0, 0]);
});

test('people who fall due while a new version is being applied to them get one message each, of one of the versions', async () => {
  const people = await makePeople(app, 'moved', 120);
  const define = (message: string) => series({ entry: { type: 'event', event: 'Begin' }, start: 'rest', steps: [{ id: 'rest', type: 'wait', for: { hours: 24 }, next: message }, inApp(message, { topic: 'account' })] });
  const id = ok(await app.api('POST', '/v1/campaigns', { name: 'Moved', definition: define('old') })).body.id as string;
  await publish(id);
  const names = await rows<{ name: string }>(app.db, 'select p.external_id as name from person as p where p.id = any($1::uuid[])', [people]);
  await tell(...names.map(({ name }) => ({ type: 'track', userId: name, event: 'Begin', timestamp: world.clock.now().toISOString() })));
  const { revision, name } = ok(await app.api('GET', `/v1/campaigns/${id}`)).body;
  ok(await app.api('PUT', `/v1/campaigns/${id}`, { revision, name, definition: define('new') }));
  await publish(id, { inFlight: { move: 'migrate' } });
  world.clock.advance(24 * HOUR);
  const migration = (await runningMigration(app.db, id))!;
  const moment = { now: world.clock.now(), zone: 'UTC' };
  const until = async (work: () => Promise<boolean>) => { while (await work()); };
  await Promise.all([
    until(async () => (await inTransaction(app.db, (tx) => migrateBatch(tx, migration.id, 7, moment))).open),
    until(async () => (await inTransaction(app.db, (tx) => advanceBatch(tx, { campaignIds: [id], limit: 5, ...moment }))) > 0),
    until(async () => (await inTransaction(app.db, (tx) => advanceBatch(tx, { campaignIds: [id], limit: 6, ...moment }))) > 0),
  ]);
  await world.run();
  const each = await rows<{ n: number; steps: string[] }>(app.db, `
    select count(*)::int as n, array_agg(distinct t.number || ' ' || d.step_id) as steps from delivery as d join campaign_version as t on t.id = d.version_id where d.campaign_id = $1 group by d.person_id`, [id]);
  expect([each.length, each.filter(({ n }) => n !== 1)]).toEqual([120, []]);
  const kinds = new Set(each.flatMap(({ steps }) => steps));
  // Both hands were at work, or this shows nothing.
  expect([...kinds].toSorted()).toEqual(['1 old', '2 new']);
  expect(await rows(app.db, `select r.state, count(*)::int as n from enrollment as r where r.campaign_id = $1 group by 1`, [id])).toEqual([{ state: 'completed', n: 120 }]);
});
