import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { armOf, bucketOf } from '../../src/kernel/bucket.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp } from '../support/campaign-definitions.js';
import { armsOf, inShare, makePeople, publishTest, writeVerdict, type PublishedTest } from '../support/experiments.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
const HOUR = 3_600_000;
let app: TestApp;
// Ids are random: audiences are so large that a share of them is empty in fewer than one run of a million millions; what is expected is worked out from the hash.
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const run = () => app.runner.runUntilIdle();
const pass = async (ms: number) => {
  clock.advance(ms);
  return run();
};
const content = (subject: string) => ({ subject, body: `<mj-section><mj-column><mj-text>${subject}</mj-text></mj-column></mj-section>` });
const SEND = { send: { share: 0.2, wait: { hours: 4 } } };
const emailTest = (change: object = {}) => ({ id: 'message', type: 'message', channel: 'email', topic: 'account', variants: [{ key: 'A', content: content('Alpha') }, { key: 'B', content: content('Beta') }], test: SEND, ...change });
const inAppTest = (change: object = {}) => inApp('message', { topic: 'account', variants: [{ key: 'A', content: { body: 'A' } }, { key: 'B', content: { body: 'B' } }], test: SEND, ...change });
const broadcast = (segmentId: string, change: object = {}) => ({ type: 'broadcast', segmentId, goals: [{ key: 'bought', name: 'Bought', event: { name: 'Order Completed' } }], message: inAppTest(), ...change });

async function segment(prefix: string): Promise<string> {
  const made = await app.api('POST', '/v1/segments', { name: `S ${prefix}`, definition: { type: 'attribute', key: 'group', op: 'is', value: prefix } });
  expect(made.status).toBe(201);
  await run();
  return made.body.id;
}
async function audience(prefix: string, count: number): Promise<{ people: string[]; segmentId: string }> {
  const people = await makePeople(app, prefix, count, { group: prefix });
  return { people, segmentId: await segment(prefix) };
}
const buy = async (people: readonly string[]) => {
  const ids = await rows<{ externalId: string }>(app.db, 'select p.external_id as "externalId" from person as p where p.id = any($1::uuid[])', [people]);
  await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: ids.map(({ externalId }) => ({ type: 'track', userId: externalId, event: 'Order Completed' })) }) });
  await run();
};
const statusOf = async ({ id }: PublishedTest) => (await app.api('GET', `/v1/campaigns/${id}/test-then-send`)).body;
const deliveries = ({ id }: PublishedTest) => rows<{ personId: string; variant: string; state: string }>(app.db, 'select d.person_id as "personId", d.variant, d.state from delivery as d where d.campaign_id = $1 order by d.queued_at, d.id', [id]);
const resultsOf = async ({ id }: PublishedTest) => (await app.api('GET', `/v1/campaigns/${id}/results`)).body;
const drawn = (of: PublishedTest, person: string) => armOf(of.arms, bucketOf(of.salt, person));

describe('a broadcast that goes to a share first', () => {
  test('sends the share the arms, waits from the last message on, and sends the rest the arm in front: each person once, and everything adds up', async () => {
    const { people, segmentId } = await audience('whole', 240);
    const of = await publishTest(app, broadcast(segmentId, { message: emailTest() }));
    const began = clock.now();
    await run();
    const inTest = inShare(of, 2000, people);
    expect(inTest.length).toBeGreaterThan(0);
    expect((await deliveries(of)).map(({ personId, variant }) => `${personId} ${variant}`).toSorted()).toEqual(inTest.map((id) => `${id} ${drawn(of, id)}`).toSorted());
    expect(await statusOf(of)).toMatchObject({ state: 'waiting', because: null, share: 0.2, testPeople: inTest.length, restPeople: 240 - inTest.length, restLeft: 240 - inTest.length, sentAt: began.toISOString(), restAt: new Date(began.getTime() + 4 * HOUR).toISOString(), sent: null });
    // Nobody of A buys, all of B do.
    await pass(HOUR);
    await buy(inTest.filter((id) => drawn(of, id) === 'B'));
    const next = await pass(3 * HOUR - 1_000);
    expect(await deliveries(of)).toHaveLength(inTest.length);
    expect(next).toEqual(new Date(began.getTime() + 4 * HOUR));
    await pass(1_000);
    const all = await deliveries(of);
    expect(all.map(({ personId }) => personId).toSorted()).toEqual(people.toSorted());
    expect(all.slice(inTest.length).every(({ variant }) => variant === 'B')).toBe(true);
    expect(all.every(({ state }) => state === 'sent')).toBe(true);
    const status = await statusOf(of);
    expect(status).toMatchObject({ state: 'decided', restLeft: 0, sent: { variant: 'B', claim: 'leader' } });
    expect(status.sentence.en).toBe(`“B” was leading; not proven. The rest, ${240 - inTest.length} people, gets it.`);
    const results = await resultsOf(of);
    expect(results.entry).toMatchObject({ considered: 240, entered: 240, refusals: [] });
    expect(results.steps[0].reconciliation).toMatchObject({ eligible: 240, delivered: 240, difference: 0 });
    const [a, b] = results.steps[0].variants;
    expect([a.reached, b.reached]).toEqual([inTest.filter((id) => drawn(of, id) === 'A').length, 240 - inTest.filter((id) => drawn(of, id) === 'A').length]);
    // Compared are only those of the test; the others are counted beside them.
    expect([a.assigned, a.chosen, b.assigned, b.chosen]).toEqual([inTest.filter((id) => drawn(of, id) === 'A').length, 0, inTest.filter((id) => drawn(of, id) === 'B').length, 240 - inTest.length]);
    const audit = (await app.api('GET', '/v1/audit')).body.items.find(({ subject }: { subject: string }) => subject === `experiment:${of.experimentId}`);
    expect(audit).toMatchObject({ actor: 'system', action: 'experiment.choose', detail: { variant: 'B', claim: 'leader', because: 'wait', people: 240 - inTest.length } });
    const { body: experiment } = await app.api('GET', `/v1/experiments/${of.experimentId}`);
    expect(experiment.arms.map(({ key, assigned }: { key: string; assigned: number }) => [key, assigned])).toEqual([['A', a.assigned], ['B', b.assigned]]);
    expect(experiment.action).toMatchObject({ type: 'send_leader', arm: 'B', proven: false, sentence: { en: 'B was leading; not proven. Everybody else got it on 2 March.' } });
    await pass(48 * HOUR);
    expect(await deliveries(of)).toHaveLength(240);
  });

  test('by account all people of one are in the test or in the rest, and get one arm; the rest is judged by what accounts did', async () => {
    const people = await makePeople(app, 'by-account', 120, { group: 'by-account' });
    // Forty companies of two, and forty people without one.
    await app.db.query(`update person as p set attributes = p.attributes || jsonb_build_object('company', 'c' || (o.place % 40)) from unnest($1::uuid[]) with ordinality as o (id, place) where p.id = o.id and o.place <= 80`, [people]);
    const companyOf = (person: string): string => { const place = people.indexOf(person) + 1; return place <= 80 ? `c${place % 40}` : person; };
    const of = await publishTest(app, broadcast(await segment('by-account'), { message: inAppTest({ test: { ...SEND, unit: 'account', account: 'company' } }) }));
    await run();
    const units = [...new Set(people.map(companyOf))];
    const inTest = new Set(inShare(of, 2000, units));
    const tested = people.filter((person) => inTest.has(companyOf(person)));
    expect(tested.length).toBeGreaterThan(0);
    expect((await deliveries(of)).map(({ personId, variant }) => `${personId} ${variant}`).toSorted()).toEqual(tested.map((id) => `${id} ${drawn(of, companyOf(id))}`).toSorted());
    expect(await statusOf(of)).toMatchObject({ state: 'waiting', testPeople: tested.length, restPeople: 120 - tested.length });
    expect((await rows<{ units: number }>(app.db, 'select count(distinct a.unit)::int as units from assignment as a where a.experiment_id = $1', [of.experimentId]))[0]!.units).toBe(inTest.size);
    const said = (await app.api('POST', `/v1/campaigns`, { name: 'x', definition: broadcast(await segment('nobody'), { message: inAppTest({ test: { ...SEND, unit: 'account', account: 'company' } }) }) })).body.id as string;
    expect((await app.api('POST', `/v1/campaigns/${said}/check`)).body.findings.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
    // Too few accounts for a verdict: the arm in front goes, and nothing is claimed.
    await buy(tested.filter((id) => drawn(of, companyOf(id)) === 'B'));
    await pass(4 * HOUR);
    expect(await statusOf(of)).toMatchObject({ state: 'decided', restLeft: 0, sent: { variant: 'B', claim: 'leader' } });
    expect((await deliveries(of)).map(({ personId }) => personId).toSorted()).toEqual(people.toSorted());
  });

  test('the audience is frozen: who comes later gets nothing, who leaves or unsubscribes is refused by the gates', async () => {
    const { people, segmentId } = await audience('frozen', 60);
    const of = await publishTest(app, broadcast(segmentId, { message: inAppTest({ topic: 'product-updates' }) }));
    await run();
    const rest = people.filter((id) => !inShare(of, 2000, people).includes(id));
    const late = await makePeople(app, 'late', 5, { group: 'frozen' });
    const gone = rest[0]!;
    const deaf = rest[1]!;
    const [goneId] = await rows<{ externalId: string }>(app.db, 'select p.external_id as "externalId" from person as p where p.id = $1', [gone]);
    await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: [{ type: 'identify', userId: goneId!.externalId, traits: { group: 'elsewhere' } }] }) });
    expect((await app.api('DELETE', `/v1/people/${rest[2]}`)).status).toBeLessThan(300);
    expect((await app.api('PUT', `/v1/people/${deaf}/consent`, { consents: [{ channel: 'in_app', topic: 'product-updates', state: 'unsubscribed' }], source: 'test' })).status).toBe(200);
    await run();
    await pass(4 * HOUR);
    const got = new Set((await deliveries(of)).map(({ personId }) => personId));
    expect(late.filter((id) => got.has(id))).toEqual([]);
    expect(got.has(gone)).toBe(false);
    expect(got.has(deaf)).toBe(false);
    expect(got.size).toBe(57);
    const results = await resultsOf(of);
    expect(results.entry).toMatchObject({ considered: 59, entered: 58, refusals: [{ code: 'NOT_IN_AUDIENCE', count: 1 }] });
    expect(results.steps[0]).toMatchObject({ eligible: 58, refusals: [{ code: 'TOPIC_UNSUBSCRIBED', count: 1 }], reconciliation: { difference: 0 } });
    const told = (await app.api('GET', `/v1/campaigns/${of.id}/explain?personId=${gone}`)).body;
    expect(told.answer.en).toContain('not in the audience');
    expect((await app.api('GET', `/v1/campaigns/${of.id}/test-then-send`)).body).toMatchObject({ state: 'decided', restLeft: 0 });
  });

  test('nothing goes while the campaign is paused, and the end of the wait is met on resume; an edit in between is refused', async () => {
    const { people, segmentId } = await audience('paused', 120);
    const of = await publishTest(app, broadcast(segmentId));
    await run();
    const inTest = inShare(of, 2000, people);
    const { body: draft } = await app.api('GET', `/v1/campaigns/${of.id}`);
    expect((await app.api('PUT', `/v1/campaigns/${of.id}`, { revision: draft.revision, name: 'Edited', definition: broadcast(segmentId, { message: inAppTest({ variants: [{ key: 'Z', content: { body: 'Z' } }, { key: 'B', content: { body: 'B' } }] }) }) })).status).toBe(200);
    expect(await app.api('POST', `/v1/campaigns/${of.id}/publish`, {})).toMatchObject({ status: 409, body: { code: 'campaign.already-launched' } });
    expect((await app.api('POST', `/v1/campaigns/${of.id}/archive`)).body.code).toBe('campaign.busy');
    await app.api('POST', `/v1/campaigns/${of.id}/pause`);
    await pass(10 * HOUR);
    expect(await deliveries(of)).toHaveLength(inTest.length);
    expect(await statusOf(of)).toMatchObject({ state: 'waiting', because: 'paused' });
    expect((await statusOf(of)).sentence.en).toContain('It waits: the campaign is paused.');
    await app.api('POST', `/v1/campaigns/${of.id}/resume`);
    await run();
    const all = await deliveries(of);
    // No outcomes: the first arm.
    expect(all.map(({ personId, variant }) => `${personId} ${variant}`).toSorted()).toEqual(people.map((id) => `${id} ${inTest.includes(id) ? drawn(of, id) : 'A'}`).toSorted());
    expect(await statusOf(of)).toMatchObject({ state: 'decided', because: null, sent: { variant: 'A', claim: 'leader' } });
  });

  test.each(['stop', 'drain'])('%s gives the rest up', async (verb) => {
    const { people, segmentId } = await audience(verb, 120);
    const of = await publishTest(app, broadcast(segmentId));
    await run();
    const inTest = inShare(of, 2000, people);
    await app.api('POST', `/v1/campaigns/${of.id}/${verb}`);
    await pass(10 * HOUR);
    expect(await deliveries(of)).toHaveLength(inTest.length);
    expect(await statusOf(of)).toMatchObject({ state: 'cancelled', restPeople: 120 - inTest.length, sent: null });
    const rest = people.find((id) => !inTest.includes(id))!;
    expect((await app.api('GET', `/v1/campaigns/${of.id}/explain?personId=${rest}`)).body.answer.en).toBe('The person was not in the test, and the campaign ended before the rest got the message.');
    expect((await app.api('POST', `/v1/campaigns/${of.id}/archive`)).status).toBe(200);
  });

  test('with a local time the wait begins when the last zone has had its message, and the rest gets it at its local time', async () => {
    const people = [...(await makePeople(app, 'east', 60, { group: 'local', timezone: 'Asia/Seoul' })), ...(await makePeople(app, 'west', 60, { group: 'local', timezone: 'America/New_York' }))];
    const segmentId = await segment('local');
    clock.set(new Date('2026-03-10T00:00:00Z'));
    const of = await publishTest(app, broadcast(segmentId, { localTime: '10:00', message: inAppTest({ test: { send: { share: 0.3, wait: { hours: 2 } } } }) }));
    await run();
    const inTest = inShare(of, 3000, people);
    clock.set(new Date('2026-03-10T01:00:00Z'));
    await run();
    expect(await statusOf(of)).toMatchObject({ state: 'testing', sentAt: null, restAt: null });
    clock.set(new Date('2026-03-10T14:00:00Z'));
    await run();
    expect((await deliveries(of)).map(({ personId }) => personId).toSorted()).toEqual(inTest.toSorted());
    expect(await statusOf(of)).toMatchObject({ state: 'waiting', sentAt: '2026-03-10T14:00:00.000Z', restAt: '2026-03-10T16:00:00.000Z' });
    await pass(2 * HOUR);
    expect(await statusOf(of)).toMatchObject({ state: 'decided', restLeft: 0 });
    expect(await deliveries(of)).toHaveLength(inTest.length);
    clock.set(new Date('2026-03-11T01:00:00Z'));
    await run();
    clock.set(new Date('2026-03-11T13:59:59Z'));
    await run();
    const before = (await deliveries(of)).length;
    expect(before).toBe(inTest.length + people.slice(0, 60).filter((id) => !inTest.includes(id)).length);
    await pass(1_000);
    const all = await deliveries(of);
    expect(all.map(({ personId }) => personId).toSorted()).toEqual(people.toSorted());
    expect((await armsOf(app, of)).filter(({ source }) => source === 'choice')).toHaveLength(120 - inTest.length);
  });

  test('an arm that does harm is not sent; when all do, or sending nothing won, the rest waits for a person', async () => {
    const { segmentId } = await audience('harm', 120);
    const of = await publishTest(app, broadcast(segmentId));
    await run();
    await writeVerdict(app, of, { state: 'collecting', harmed: ['A'] });
    await pass(4 * HOUR);
    expect(await statusOf(of)).toMatchObject({ state: 'decided', sent: { variant: 'B', claim: 'leader' } });
    const all = await publishTest(app, broadcast(segmentId, { message: inAppTest({ control: { weight: 1 } }) }));
    await run();
    await writeVerdict(app, all, { state: 'collecting', harmed: ['A', 'B'] });
    await pass(30 * HOUR);
    const held = await statusOf(all);
    expect(held).toMatchObject({ state: 'held', because: 'guardrail', sent: null });
    expect(held.sentence.en).toContain('every version was found to do harm');
    const inTest = (await deliveries(all)).length;
    const none = await publishTest(app, broadcast(segmentId, { message: inAppTest({ control: { weight: 1 } }) }));
    await run();
    await writeVerdict(app, none, { state: 'winner', winner: 'control' });
    await pass(4 * HOUR);
    expect(await statusOf(none)).toMatchObject({ state: 'held', because: 'control' });
    // A person decides: first asked whom it concerns, then confirmed.
    const url = `/v1/experiments/${all.experimentId}/choice`;
    const asked = await app.api('POST', url, { variant: 'B' });
    expect(asked).toMatchObject({ status: 200, body: { applied: false, concerns: { people: 120 - inTest, keepTheirs: inTest } } });
    expect(asked.body.concerns.sentence.en).toBe(`${120 - inTest} people get “B” now. This can not be taken back.`);
    expect((await statusOf(all)).state).toBe('held');
    expect((await app.api('POST', url, { variant: 'control', confirm: true })).body.code).toBe('experiment.control');
    expect((await app.api('POST', url, { variant: 'B', keep: 0.1, confirm: true })).body.code).toBe('experiment.keep');
    expect((await app.api('POST', url, { variant: 'C', confirm: true })).body.problems[0]).toMatchObject({ path: 'variant', code: 'experiment.unknown-variant' });
    expect(await app.api('POST', url, { variant: 'B', confirm: true })).toMatchObject({ status: 200, body: { applied: true, experiment: { choice: { variant: 'B', claim: 'none', keep: 0 } } } });
    await run();
    expect(await deliveries(all)).toHaveLength(120);
    expect((await app.api('POST', url, { variant: 'A', confirm: true })).body.code).toBe('experiment.nothing-to-send');
    expect((await app.api('DELETE', url)).body.code).toBe('experiment.rest-launched');
  });

  test('is told before it is published, and the winner is called one only when the verdict says so', async () => {
    const { segmentId } = await audience('told', 120);
    const draft = await app.api('POST', '/v1/campaigns', { name: 'Told', definition: broadcast(segmentId) });
    const { body: check } = await app.api('POST', `/v1/campaigns/${draft.body.id}/check`);
    expect(check.testThenSend).toMatchObject({ people: 120, exact: true, test: 24, rest: 96, restAt: new Date(clock.now().getTime() + 4 * HOUR).toISOString() });
    expect(check.testThenSend.sentence.en).toMatch(/^Of about 120 people, 24 get the test and 96 the version in front, from /);
    const faulty = { message: inAppTest({ variants: [{ key: 'A', content: { body: 'A' } }], control: { weight: 1 }, test: { send: { share: 0.00001, wait: { hours: 1 } } } }) };
    const { body: wrong } = await app.api('POST', `/v1/campaigns/${(await app.api('POST', '/v1/campaigns', { name: 'Wrong', definition: broadcast(segmentId, faulty) })).body.id}/check`);
    expect(wrong.findings.filter(({ severity }: { severity: string }) => severity === 'error').map(({ path, code }: { path: string; code: string }) => `${path} ${code}`)).toEqual(['message.test.send.share campaign.send-share', 'message.test.send campaign.send-one-version']);
    const of = await publishTest(app, broadcast(segmentId));
    await run();
    await writeVerdict(app, of, { state: 'winner', winner: 'B' });
    await pass(4 * HOUR);
    const status = await statusOf(of);
    expect(status.sent).toEqual({ variant: 'B', claim: 'winner' });
    expect(status.sentence.en).toMatch(/^“B” won\. The rest/);
    const [person] = (await armsOf(app, of)).filter(({ source }) => source === 'choice');
    const told = (await app.api('GET', `/v1/campaigns/${of.id}/explain?personId=${person!.personId}`)).body;
    expect(told.answer.en).toContain('The version “B” was not drawn: since');
    expect(told.gates.find(({ gate }: { gate: string }) => gate === 'assignment').facts).toMatchObject({ variant: 'B', source: 'choice', choice: { claim: 'winner', chosenBy: 'wait' } });
  });
});
