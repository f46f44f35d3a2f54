import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp } from '../support/campaign-definitions.js';
import { post, reconciled } from '../support/displays.js';
import { armsOf, drawnPeople, publishTest, type PublishedTest } from '../support/experiments.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const clock = new VirtualClock(NOW);
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const GOAL = { key: 'bought', name: 'Bought', event: { name: 'Order Completed' } };
const settle = () => app.runner.runUntilIdle();
const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const idOf = async (name: string) => (await app.api('GET', `/v1/people/external:${name}`)).body.id as string;
const tested = (audience?: object) => publishTest(app, {
  type: 'series', entry: { type: 'api' }, reentry: { policy: 'after_exit' }, goals: [GOAL], start: 'message', ...(audience ? { audience } : {}),
  steps: [inApp('message', { topic: 'account', variants: [{ key: 'A', content: { body: 'a' } }, { key: 'B', content: { body: 'b' } }] })],
});
const enter = async (of: PublishedTest, names: readonly string[]) => {
  ok(await app.api('POST', `/v1/campaigns/${of.id}/enter`, { people: names.map((externalId) => ({ externalId })) }));
  await settle();
};
const armOf = async (of: PublishedTest, personId: string) => (await armsOf(app, of)).find((one) => one.personId === personId) ?? null;
const numbers = async (of: PublishedTest) => {
  await settle();
  const { steps } = await reconciled(app, of.id);
  return Object.fromEntries(steps[0].variants.map(({ key, assigned, chosen }: { key: string; assigned: number; chosen: number }) => [key, [assigned, chosen]]));
};
const audited = async (action: string) => ((await app.api('GET', '/v1/audit?limit=50')).body.items as { action: string }[]).filter((one) => one.action === action).length;

test('a version given by hand is what the person gets, is in no comparison, and is said by explain', async () => {
  const of = await tested();
  const { A, B } = await drawnPeople(app, of, { prefix: 'hand', now: NOW, perArm: { A: 3, B: 1 } });
  const [before, after] = [await idOf(A![0]!), await idOf(A![1]!)];
  await enter(of, [A![0]!]);
  const put = (person: string, variant: string) => app.api('PUT', `/v1/experiments/${of.experimentId}/overrides/${person}`, { variant });
  // One who was drawn before, and one who has not come yet.
  expect(ok(await put(before, 'B')).body).toMatchObject({ variant: 'B', beforeVariant: 'A', endedAt: null });
  expect(ok(await put(`external:${A![1]!}`, 'B')).body).toMatchObject({ personId: after, variant: 'B', beforeVariant: null, setAt: NOW.toISOString() });
  await enter(of, [A![1]!, A![2]!, B![0]!]);
  expect([await armOf(of, before), await armOf(of, after)]).toMatchObject([{ variant: 'B', source: 'override' }, { variant: 'B', source: 'override' }]);
  expect(await numbers(of)).toEqual({ A: [1, 0], B: [1, 2] });
  const told = ok(await app.api('GET', `/v1/campaigns/${of.id}/explain?personId=${after}`)).body;
  expect([told.answer.en, told.answer.ko]).toEqual([expect.stringContaining('given by hand'), expect.stringContaining('직접 지정')]);
  expect(told.gates.find(({ gate }: { gate: string }) => gate === 'assignment').facts).toMatchObject({ variant: 'B', source: 'override', apart: true });
  expect(ok(await app.api('GET', `/v1/experiments/${of.experimentId}/overrides`)).body.items.map(({ externalId }: { externalId: string }) => externalId)).toEqual([A![1], A![0]]);
  // Taken back: what was drawn before is theirs again, and whoever came to the message stays apart; who never came is forgotten.
  const undo = (person: string) => app.api('DELETE', `/v1/experiments/${of.experimentId}/overrides/${person}`);
  ok(await undo(before));
  expect(await armOf(of, before)).toMatchObject({ variant: 'A', source: 'override' });
  await drawnPeople(app, of, { prefix: 'never', now: NOW, perArm: { A: 1, B: 0 } });
  const never = await idOf('never-0');
  ok(await put(never, 'B'));
  expect(await armOf(of, never)).toMatchObject({ variant: 'B' });
  ok(await undo(never));
  expect(await armOf(of, never)).toBeNull();
  expect(await numbers(of)).toEqual({ A: [1, 1], B: [1, 1] });
  expect([await audited('experiment.override'), await audited('experiment.unoverride')]).toEqual([3, 2]);
  const refusal = async (answer: Promise<{ status: number; body: { code: string } }>) => { const { status, body } = await answer; return [status, body.code]; };
  expect(await refusal(put(after, 'Z'))).toEqual([400, 'experiment.unknown-variant']);
  expect(await refusal(undo(never))).toEqual([409, 'experiment.no-override']);
  expect(await refusal(put('external:nobody', 'A'))).toEqual([404, 'person.not-found']);
});

test('a version given by hand on a draft holds when it is published, before anybody is let in, and what the draft lost is left aside', async () => {
  const steps = (keys: string[]) => [inApp('message', { topic: 'account', variants: keys.map((key) => ({ key, content: { body: key } })) })];
  const series = { type: 'series', entry: { type: 'api' }, reentry: { policy: 'after_exit' }, goals: [GOAL], start: 'message' };
  const campaign = ok(await app.api('POST', '/v1/campaigns', { name: 'Draft', definition: { ...series, steps: steps(['A', 'B', 'C']) } })).body;
  const path = `/v1/campaigns/${campaign.id}/draft-overrides`;
  const put = (person: string, variant: string, step = 'message') => app.api('PUT', `${path}/${step}/external:${person}`, { variant });
  for (const name of ['d1', 'd2', 'd3', 'd4', 'd5']) ok(await app.api('POST', '/v1/people', { externalId: name, attributes: { email: `${name}@example.test` } }));
  expect(ok(await put('d1', 'A')).body).toMatchObject({ stepId: 'message', externalId: 'd1', variant: 'A', fits: true, setAt: expect.any(String) });
  for (const [name, variant] of [['d1', 'B'], ['d2', 'B'], ['d3', 'C'], ['d4', 'A'], ['d5', 'A']] as const) ok(await put(name, variant));
  ok(await app.api('DELETE', `${path}/message/external:d4`));
  const refusal = async (answer: Promise<{ status: number; body: { code: string } }>) => { const { status, body } = await answer; return [status, body.code]; };
  expect([await refusal(put('d1', 'Z')), await refusal(put('d1', 'A', 'other')), await refusal(put('nobody', 'A')), await refusal(app.api('DELETE', `${path}/message/external:d4`))]).toEqual([[400, 'experiment.unknown-variant'], [404, 'step.not-compared'], [404, 'person.not-found'], [409, 'experiment.no-override']]);
  // Whoever is erased is gone from it.
  ok(await app.api('DELETE', '/v1/people/external:d5'));
  await settle();
  ok(await app.api('PUT', `/v1/campaigns/${campaign.id}`, { name: 'Draft', revision: campaign.revision, definition: { ...series, steps: steps(['A', 'B']) } }));
  const listed = async () => (ok(await app.api('GET', path)).body.items as { externalId: string; variant: string; fits: boolean }[]).map(({ externalId, variant, fits }) => [externalId, variant, fits]).toSorted();
  expect(await listed()).toEqual([['d1', 'B', true], ['d2', 'B', true], ['d3', 'C', false]]);

  ok(await app.api('POST', `/v1/campaigns/${campaign.id}/publish`));
  expect(await listed()).toEqual([['d3', 'C', false]]);
  const [{ id: experimentId }] = (await app.db.query('select x.id from experiment as x where x.campaign_id = $1', [campaign.id])) as [{ id: string }];
  const of: PublishedTest = { id: campaign.id, experimentId } as PublishedTest;
  expect([await armOf(of, await idOf('d1')), await armOf(of, await idOf('d2')), await armOf(of, await idOf('d3'))]).toMatchObject([{ variant: 'B', source: 'override' }, { variant: 'B', source: 'override' }, null]);
  await enter(of, ['d1', 'd2', 'd3']);
  expect((await app.db.query('select count(*)::int as count from delivery as d where d.campaign_id = $1 and d.person_id = any($2) and d.variant = $3', [of.id, [await idOf('d1'), await idOf('d2')], 'B']))[0].count).toBe(2);
  const shown = await numbers(of);
  expect(shown.A![0] + shown.B![0]).toBe(1);
  expect(ok(await app.api('GET', `/v1/experiments/${experimentId}/overrides`)).body.items).toMatchObject([{ beforeVariant: null, setBy: expect.any(String) }, {}]);
  expect([await audited('campaign.draft-override'), await audited('campaign.draft-unoverride')]).toEqual([6, 1]);

  // An edit that leaves the test alone goes on with it: also there what is given on the draft holds from publishing on.
  const { revision } = ok(await app.api('GET', `/v1/campaigns/${campaign.id}`)).body;
  ok(await app.api('PUT', `/v1/campaigns/${campaign.id}`, { name: 'Draft', revision, definition: { ...series, audience: { type: 'attribute', key: 'email', op: 'exists' }, steps: steps(['A', 'B']) } }));
  ok(await put('d1', 'A'));
  ok(await app.api('POST', `/v1/campaigns/${campaign.id}/publish`));
  expect(await armOf(of, await idOf('d1'))).toMatchObject({ variant: 'A', source: 'override' });
  expect(ok(await app.api('GET', `/v1/experiments/${experimentId}/overrides?open=false`)).body.items).toHaveLength(3);
});

test('canary people are asked about in live campaigns, kept out of comparisons, and told of when something is otherwise', async () => {
  const of = await tested({ type: 'tag', op: 'has', tag: 'vip' });
  for (const id of ['kim', 'lee']) ok(await app.api('POST', '/v1/people', { externalId: id, attributes: { email: `${id}@example.test`, name: id } }));
  for (const id of ['kim', 'lee']) ok(await app.api('PUT', `/v1/people/external:${id}/tags/vip`));
  const [kim, lee] = [await idOf('kim'), await idOf('lee')];
  for (const id of ['external:kim', 'external:lee']) ok(await app.api('PUT', `/v1/canaries/${id}`));
  await settle();
  const checks = async (more = '') => ok(await app.api('GET', `/v1/canary-checks?campaignId=${of.id}${more}`)).body.items as { personId: string; expected: string; verdict: string; code: string | null; note: { id: string; kind: string } | null; said: { en: string } }[];
  const checkOf = async (person: string) => (await checks(`&personId=${person}`))[0]!;
  expect(await checks()).toMatchObject([{ expected: 'observe', verdict: 'no', code: 'TRIGGER_NOT_MET', note: null }, { verdict: 'no' }]);
  // The first is let in: that is otherwise than before, and their arm is in no comparison.
  await enter(of, ['kim']);
  clock.advance(11 * 60_000);
  await settle();
  expect(await checkOf(kim)).toMatchObject({ verdict: expect.not.stringMatching(/^no$/), note: { kind: 'changed' } });
  expect((await checkOf(lee)).note).toBeNull();
  expect((await armOf(of, kim))!.source).toBe('override');
  const home = async () => ((await app.api('GET', '/v1/home')).body.attention as { kind: string; campaignId: string; count: number }[]).filter(({ kind }) => kind === 'canary');
  expect(await home()).toMatchObject([{ campaignId: of.id, count: 1 }]);
  ok(await app.api('POST', `/v1/canary-notes/${(await checkOf(kim)).note!.id}/acknowledge`));
  expect([await home(), (await checkOf(kim)).note]).toEqual([[], null]);
  // What is expected is judged at once by what is known, and again when it is so.
  const expectOf = async (person: string, expected: string) => ok(await app.api('PUT', `/v1/campaigns/${of.id}/canaries/${person}`, { expected })).body;
  expect(await expectOf(lee, 'get')).toMatchObject({ note: { kind: 'unexpected' } });
  expect(await expectOf(lee, 'not_get')).toMatchObject({ note: null });
  expect(await expectOf(lee, 'get')).toMatchObject({ note: { kind: 'unexpected' } });
  expect((await checks('&noted=true')).map(({ personId }) => personId)).toEqual([lee]);
  await enter(of, ['lee']);
  clock.advance(11 * 60_000);
  await settle();
  expect((await checkOf(lee)).note).toBeNull();
  expect(ok(await app.api('GET', '/v1/canaries')).body).toMatchObject({ most: 50, items: [{ externalId: 'kim', name: 'kim', notes: 0 }, { externalId: 'lee' }] });
  // A merged canary is the survivor; an erased one is none.
  await settle();
  await post(app.url, '/v1/track', { writeKey: app.writeKey, anonymousId: 'browser-1', event: 'Seen', timestamp: clock.now().toISOString() });
  ok(await app.api('DELETE', '/v1/canaries/external:lee'));
  ok(await app.api('PUT', '/v1/canaries/anonymous:browser-1'));
  ok(await app.api('PUT', `/v1/campaigns/${of.id}/canaries/anonymous:browser-1`, { expected: 'not_get' }));
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, anonymousId: 'browser-1', userId: 'lee', timestamp: clock.now().toISOString() });
  await settle();
  expect(await checks()).toMatchObject([{ personId: kim }, { personId: lee, expected: 'not_get', note: { kind: 'unexpected' } }]);
  ok(await app.api('DELETE', `/v1/people/${kim}`));
  await settle();
  expect(ok(await app.api('GET', '/v1/canaries')).body.items).toMatchObject([{ personId: lee }]);
  expect((await app.api('DELETE', `/v1/canaries/${kim}`)).body.code).toBe('canary.not-found');
});
