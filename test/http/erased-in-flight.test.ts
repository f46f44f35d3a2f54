import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { row, rows } from '../../src/platform/database/db.js';
import type { TestApp } from '../support/app.js';
import { email, series } from '../support/campaign-definitions.js';
import { makePeople } from '../support/experiments.js';
import { HOUR, LaunchWorld } from '../support/launches.js';
import { placesInFiles, placesInTables } from '../support/marked-places.js';

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
async function tell(...batch: object[]): Promise<void> {
  const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch }) });
  expect(answer.status).toBe(200);
}
const named = (mark: string) => ({ type: 'identify', userId: `${mark}-user`, traits: { email: `${mark}@example.org`, name: `${mark} Kim` } });
const idOf = async (mark: string) => (await row<{ id: string }>(app.db, 'select i.person_id as id from person_identity as i where i.value = $1', [`${mark}-user`]))!.id;
const erase = async (person: string) => ok(await app.api('DELETE', `/v1/people/${person}`));
const mail = (id: string, next: string | null) => email(id, next, { topic: 'account', variants: [{ key: 'A', content: { subject: `Hello {{person.name}} ${id}`, body: '<mj-section><mj-column><mj-text>{{person.name}}</mj-text></mj-column></mj-section>' } }] });
async function publish(event: string, steps: { id: string }[]): Promise<string> {
  const { id } = ok(await app.api('POST', '/v1/campaigns', { name: event, definition: series({ entry: { type: 'event', event }, start: steps[0]!.id, steps }) })).body as { id: string };
  ok(await app.api('POST', `/v1/campaigns/${id}/publish`));
  await world.run();
  return id;
}

test('somebody erased while the relay has their e-mail gets no other, and nothing of them comes back', async () => {
  const mark = 'zqxrelay';
  await publish('Begin', [mail('first', 'second'), mail('second', 'rest'), { id: 'rest', type: 'wait', for: { hours: 1 }, next: 'third' } as { id: string }, mail('third', null)]);
  await tell(named(mark), named('zqxother'), ...[mark, 'zqxother'].map((one) => ({ type: 'track', userId: `${one}-user`, event: 'Begin' })));
  let erased = 0;
  meanwhile(async (to) => {
    if (!to.startsWith(mark) || erased > 0) return;
    erased += 1;
    expect((await placesInTables(app, mark)).length).toBeGreaterThan(3);
    await erase(await idOf(mark));
  });
  await world.run();
  world.sink.script = {};
  world.clock.advance(48 * HOUR);
  await world.run();
  expect(erased).toBe(1);
  // The one that the relay had, and at most the one that was on its way over another connection at that moment.
  const got = world.sink.accepted.filter(({ to }) => to.startsWith(mark)).length;
  expect(got).toBeGreaterThanOrEqual(1);
  expect(got).toBeLessThanOrEqual(2);
  expect(world.sink.accepted.filter(({ to }) => to.startsWith('zqxother'))).toHaveLength(3);
  expect([await placesInTables(app, mark), await placesInFiles(app, mark)]).toEqual([[], []]);
});

test('somebody erased before their queued e-mail is claimed gets none', async () => {
  const mark = 'zqxqueue';
  world.sink.script.rcpt = (address) => (address.startsWith(mark) ? { code: 451, text: 'later' } : undefined);
  await publish('Later', [mail('only', null)]);
  await tell(named(mark), { type: 'track', userId: `${mark}-user`, event: 'Later' });
  await world.run();
  expect(await rows(app.db, `select d.state from delivery as d where d.person_id = $1`, [await idOf(mark)])).toEqual([{ state: 'queued' }]);
  await erase(await idOf(mark));
  delete world.sink.script.rcpt;
  world.clock.advance(48 * HOUR);
  await world.run();
  expect(world.sink.accepted.filter(({ to }) => to.startsWith(mark))).toEqual([]);
  expect(await placesInTables(app, mark)).toEqual([]);
});

test('a simulation that runs while somebody is erased keeps nothing of them', async () => {
  const id = await publish('Simulated', [mail('a', null)]);
  const people = await makePeople(app, 'many', 300);
  const names = await rows<{ name: string }>(app.db, 'select p.external_id as name from person as p where p.id = any($1::uuid[])', [people]);
  const from = world.clock.now();
  await tell(...names.map(({ name }) => ({ type: 'track', userId: name, event: 'Simulated' })));
  await world.run();
  for (const [round, delay] of [0, 20, 60, 120, 200, 400].entries()) {
    const mark = `zqxsim${round}x`;
    world.clock.advance(1_000);
    await tell(named(mark), { type: 'track', userId: `${mark}-user`, event: 'Simulated' });
    await world.run();
    const person = await idOf(mark);
    world.clock.advance(1_000);
    const simulation = ok(await app.api('POST', `/v1/campaigns/${id}/simulations`, { from: from.toISOString(), to: world.clock.now().toISOString() })).body.id as string;
    await Promise.all([world.run(), wait(delay).then(() => erase(person))]);
    await world.run();
    const { state } = (await app.api('GET', `/v1/campaigns/${id}/simulations/${simulation}`)).body;
    expect([mark, state, await placesInTables(app, mark)]).toEqual([mark, 'done', []]);
    expect(await rows(app.db, 'select s.outcome from simulation_person as s where s.person_id = $1', [person])).toEqual([]);
  }
});
