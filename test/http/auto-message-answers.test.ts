import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, broadcast, inApp, series } from '../support/campaign-definitions.js';
import { Browser, post, publishAuto, reconciled, type Granted } from '../support/displays.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let number = 0;
const browser = (user?: string) => new Browser(app.url, app.writeKey, `guest-${(number += 1)}`, user);
const publish = (definition: unknown) => publishAuto(app, definition);
const personOf = async (value: string, kind = 'anonymous_id') => (await row<{ id: string }>(app.db, 'select i.person_id as id from person_identity as i where i.kind = $1 and i.value = $2', [kind, value]))!.id;
const message = (content: object) => inApp('message', { variants: [{ key: 'A', content }] });
const survey = (more: object) => message({ format: 'survey', survey: { question: '어땠나요?', ...more } });
const NPS = { kind: 'nps', comment: '이유', saveAs: 'nps', tags: [{ tag: 'promoter', scores: { from: 9, to: 10 } }, { tag: 'detractor', scores: { from: 0, to: 6 } }] };
const events = (name: string) => rows<{ personId: string; properties: Record<string, unknown>; context: object }>(app.db, 'select e.person_id as "personId", e.properties, e.context from event as e where e.name = $1 order by e.occurred_at, e.id', [name]);

beforeAll(async () => {
  app = await startTestApp({ clock });
  await app.api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: false } } });
});
afterAll(() => app.close());

describe('answers', () => {
  test('of a survey are kept once, become an event, an attribute and a tag, and start a campaign', async () => {
    const follow = await publish(series({ entry: { type: 'event', event: '$survey_answered', where: [{ property: 'score', op: 'gte', value: 9 }] }, steps: [inApp('a')], start: 'a' }));
    const id = await publish(autoMessage({ message: survey(NPS) }));
    const [happy, sad] = [browser(), browser()];
    for (const [visitor, v] of [[happy, { score: 10, text: '빨라요' }], [sad, { score: 3 }]] as const) {
      const claim = (await visitor.claim(id)) as Granted & { key: string };
      expect(JSON.stringify(claim.m)).toMatch(/"m survey corner".*"radio","name":"score","value":"10".*\["label",0,"이유"/);
      // An answer proves that it was displayed.
      expect(await visitor.ack(claim.key, 'reply', { v })).toEqual({ ok: 1 });
      expect(await visitor.ack(claim.key, 'reply', { v: { score: 0 } })).toEqual({ ok: 1 });
    }
    await app.runner.runUntilIdle();
    const person = await personOf(happy.id);
    expect(await events('$survey_answered')).toMatchObject([
      { personId: person, properties: { campaign: id, variant: 'A', score: 10, text: '빨라요' }, context: { page: { url: 'https://shop.example/pricing' } } }, { properties: { score: 3 } }]);
    expect((await app.api('GET', `/v1/people/${person}`)).body).toMatchObject({ attributes: { nps: 10 }, tags: ['promoter'] });
    expect(await rows(app.db, 'select e.person_id as person from enrollment as e where e.campaign_id = $1', [follow])).toEqual([{ person }]);
    const first = await app.api('GET', `/v1/campaigns/${id}/answers?limit=1`);
    expect(first.body.items).toHaveLength(1);
    const second = await app.api('GET', `/v1/campaigns/${id}/answers?limit=1&after=${first.body.next}`);
    expect([...first.body.items, ...second.body.items].map(({ score, text, kind }) => ({ score, text, kind })).toSorted((a, b) => a.score - b.score)).toEqual([{ score: 3, text: null, kind: 'survey' }, { score: 10, text: '빨라요', kind: 'survey' }]);
    expect(second.body.next).toBeNull();
    expect((await app.api('GET', `/v1/campaigns/${randomUUID()}/answers`)).status).toBe(404);
    await reconciled(app, id);
  });

  test('set no protected trait: such a survey is not published, and one from before leaves it alone', async () => {
    const protect = async (...protectedTraits: string[]) => expect((await app.api('PUT', '/v1/identity-verification', { mode: 'off', protectedTraits })).status).toBe(200);
    const open = await publish(autoMessage({ message: survey(NPS) }));
    await protect('nps');
    const { body } = await app.api('POST', '/v1/campaigns', { name: 'protected', definition: autoMessage({ message: survey(NPS) }) });
    const place = 'message.variants.0.content.survey.saveAs';
    expect(await app.api('POST', `/v1/campaigns/${body.id}/publish`)).toMatchObject({ status: 400, body: { problems: [{ path: place, code: 'campaign.protected-trait', messageKo: expect.stringContaining('보호된 속성') }] } });
    const own = await app.api('POST', '/v1/campaigns', { name: 'own', definition: autoMessage({ message: survey({ ...NPS, saveAs: '$tag:vip' }) }) });
    expect(await app.api('POST', `/v1/campaigns/${own.body.id}/publish`)).toMatchObject({ status: 400, body: { problems: [{ path: place, code: 'campaign.reserved-attribute' }] } });
    const visitor = browser();
    const { key } = (await visitor.display(open)) as Granted & { key: string };
    expect(await visitor.ack(key, 'reply', { v: { score: 10 } })).toEqual({ ok: 1 });
    const { attributes, tags } = (await app.api('GET', `/v1/people/${await personOf(visitor.id)}`)).body;
    expect([attributes, tags]).toEqual([{}, ['promoter']]);
    await protect();
    expect((await app.api('POST', `/v1/campaigns/${body.id}/publish`)).status).toBe(200);
  });

  test('of a chat are replies; choices are checked against what was asked', async () => {
    const chat = await publish(autoMessage({ message: message({ body: '무엇을 도와드릴까요?', reply: true }) }));
    const visitor = browser();
    const { key } = (await visitor.display(chat)) as Granted & { key: string };
    expect(await visitor.ack(key, 'reply', { v: { text: '요금이 궁금해요\u0000' } })).toEqual({ ok: 1 });
    expect(await events('$message_replied')).toMatchObject([{ properties: { campaign: chat, text: expect.stringContaining('요금이 궁금해요') } }]);
    const choice = await publish(autoMessage({ message: survey({ kind: 'choice', many: true, saveAs: 'email', choices: [{ key: 'a', label: 'A' }, { key: 'b', label: 'B' }], tags: [{ tag: 'likes-b', choice: 'b' }] }) }));
    const other = browser();
    const asked = (await other.display(choice)) as Granted & { key: string };
    for (const v of [{ choices: ['c'] }, { choices: [] }, { score: 1 }, { choices: ['a', 'a'] }]) {
      expect(await post(app.url, '/v1/ack', { k: app.writeKey, a: other.id, c: asked.key, do: 'reply', v })).toMatchObject({ status: 400, body: { code: 'claim.invalid-answer' } });
    }
    expect(await other.ack(asked.key, 'reply', { v: { choices: ['a', 'b'] } })).toEqual({ ok: 1 });
    // An attribute that can not hold the answer stays as it is; the rest of the answer counts.
    const { attributes, tags } = (await app.api('GET', `/v1/people/${await personOf(other.id)}`)).body;
    expect([attributes, tags]).toEqual([{}, ['likes-b']]);
  });
});

test('an in-app message of a campaign is displayed by one of twenty tabs, once a visit, and answered there', async () => {
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, userId: 'kim', traits: { plan: 'pro' } });
  const id = await publish(broadcast({ audience: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' }, message: message({ body: '새 소식', reply: true, until: 'interacted' }) }));
  await app.runner.runUntilIdle();
  const d = (await row<{ id: string }>(app.db, 'select d.id from delivery as d where d.campaign_id = $1', [id]))!.id;
  const tabs = Array.from({ length: 20 }, () => browser('kim'));
  const answers = await Promise.all(tabs.map((tab) => tab.claim(null, { d })));
  const granted = answers.filter(({ ok }) => ok === 1);
  expect(granted).toHaveLength(1);
  expect(granted[0]).toMatchObject({ ms: 15_000, m: { d, i: id, n: expect.arrayContaining(['section', expect.objectContaining({ class: 'm chat corner' })]), w: [expect.any(String), '', expect.any(String)] } });
  expect(answers.filter(({ ok }) => ok === 0).every((answer) => answer.ok === 0 && answer.why === 'LEASE_DENIED')).toBe(true);
  const tab = tabs[answers.indexOf(granted[0]!)]!;
  const { key } = granted[0]!;
  expect(await tab.ack(key, 'shown')).toEqual({ ok: 1 });
  expect(await tab.claim(null, { d })).toMatchObject({ ok: 0, why: 'REENTRY_BLOCKED' });
  const later = browser('kim');
  clock.advance(20_000);
  expect(await later.claim(null, { d })).toMatchObject({ ok: 1 });
  expect(await tab.ack(key, 'reply', { v: { text: '네' } })).toEqual({ ok: 1 });
  clock.advance(20_000);
  expect(await browser('kim').claim(null, { d })).toMatchObject({ ok: 0, why: 'NO_LONGER_ELIGIBLE' });
  // Of somebody else it is none.
  expect(await browser().claim(null, { d })).toMatchObject({ ok: 0, why: 'NO_LONGER_ELIGIBLE' });
  expect((await reconciled(app, id)).steps[0]).toMatchObject({ eligible: 1, variants: [{ delivered: 1, reached: 1 }] });
});

test('a visitor who becomes a user takes along what was displayed, claimed and answered, at once', async () => {
  const [twice, held, asked] = [await publish(autoMessage({ display: { frequency: { times: 2, oncePerVisit: false } } })), await publish(autoMessage({ display: { cap: 3 } })), await publish(autoMessage({ message: survey(NPS) }))];
  const other = browser('park');
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, userId: 'park' });
  expect(await other.display(twice)).toMatchObject({ ok: 1 });
  const visitor = browser();
  expect(await visitor.display(twice)).toMatchObject({ ok: 1 });
  const survived = (await visitor.display(asked)) as Granted & { key: string };
  await visitor.ack(survived.key, 'reply', { v: { score: 9 } });
  const open = await visitor.claim(held);
  const before = await personOf(visitor.id);
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, userId: 'park', anonymousId: visitor.id });
  const user = await personOf('park', 'user_id');
  expect(await personOf(visitor.id)).toBe(user);
  // Before anything was moved, and afterwards.
  expect(await visitor.claim(twice)).toMatchObject({ ok: 0, why: 'REENTRY_BLOCKED' });
  expect(await visitor.claim(asked)).toMatchObject({ ok: 0, why: 'REENTRY_BLOCKED' });
  expect(await visitor.ack(open.key, 'shown')).toEqual({ ok: 1 });
  const lease = await visitor.claim(await publish(autoMessage({ display: { cap: 1 } })));
  expect(lease.ok).toBe(1);
  await app.runner.runUntilIdle();
  expect(await row(app.db, 'select count(*)::int as left from display_claim as c where c.person_id = $1', [before])).toEqual({ left: 0 });
  expect(await rows(app.db, 'select a.person_id as person, a.score from message_answer as a where a.campaign_id = $1', [asked])).toEqual([{ person: user, score: 9 }]);
  expect(await visitor.claim(twice)).toMatchObject({ ok: 0, why: 'REENTRY_BLOCKED' });
  expect(await visitor.ack(lease.key, 'shown')).toEqual({ ok: 1 });
  expect((await reconciled(app, held)).steps[0].reconciliation.delivered).toBe(1);
  // Erased, nothing is left that they said or did.
  expect((await app.api('DELETE', `/v1/people/${user}`)).status).toBeLessThan(300);
  await app.runner.runUntilIdle();
  expect(await rows(app.db, 'select 1 from message_answer as a where a.person_id = $1', [user])).toEqual([]);
  expect(await rows(app.db, `select 1 from display_claim as c where c.person_id = $1 and (c.url <> '' or c.content is not null)`, [user])).toEqual([]);
  expect(await rows(app.db, `select 1 from enrollment as e where e.person_id = $1 and e.entry ? 'visit'`, [user])).toEqual([]);
  await reconciled(app, twice);
});

test('two leases of people who turn out to be one become one, and the other gives back its slot', async () => {
  const id = await publish(autoMessage({ display: { cap: 5 } }));
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, userId: 'choi' });
  const [user, visitor] = [browser('choi'), browser()];
  const [kept, lost] = [await user.claim(id), await visitor.claim(id)];
  expect([kept.ok, lost.ok]).toEqual([1, 1]);
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, userId: 'choi', anonymousId: visitor.id });
  await app.runner.runUntilIdle();
  expect(await row(app.db, 'select t.taken::int from display_tally as t where t.campaign_id = $1', [id])).toEqual({ taken: 1 });
  expect(await user.ack(kept.key, 'shown')).toEqual({ ok: 1 });
  expect(await visitor.ack(lost.key, 'shown')).toEqual({ ok: 0, why: 'LEASE_DENIED' });
  expect(await row(app.db, 'select t.taken::int from display_tally as t where t.campaign_id = $1', [id])).toEqual({ taken: 1 });
});

test('explain says what was displayed, what refused, and for whom nobody asked every gate of a claim', async () => {
  const id = await publish(autoMessage({ audience: { type: 'attribute', key: 'plan', op: 'is', value: 'gold' } }));
  const [inside, outside] = [browser(), browser()];
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, anonymousId: inside.id, traits: { plan: 'gold' } });
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, anonymousId: outside.id, traits: { plan: 'free' } });
  const explain = async (visitor: Browser) => (await app.api('GET', `/v1/campaigns/${id}/explain?personId=${await personOf(visitor.id)}`)).body;
  const gates = async (visitor: Browser) => Object.fromEntries((await explain(visitor)).gates.map(({ gate, passed }: { gate: string; passed: boolean }) => [gate, passed]));
  expect(await gates(inside)).toEqual({ campaign: true, trigger: true, audience: true, reentry: true, holdout: true, assignment: null, exit: true, consent: true, reachable: true, suppression: true, quiet_hours: true, frequency_cap: true, arbitration: true, render: null, transport: null });
  expect(await explain(outside)).toMatchObject({ basis: 'now', answer: { en: expect.stringContaining('not in the audience') } });
  await inside.display(id);
  await outside.claim(id);
  expect(await explain(inside)).toMatchObject({ basis: 'ledger', answer: { en: expect.stringContaining('delivered') }, runs: [{ state: 'completed', deliveries: [{ state: 'delivered' }] }] });
  expect(await explain(outside)).toMatchObject({ basis: 'ledger', decisions: [{ stage: 'entry', code: 'NOT_IN_AUDIENCE' }], answer: { ko: expect.stringContaining('대상') } });
});

describe('hostile requests', () => {
  const good = () => ({ k: app.writeKey, a: 'someone', r: randomUUID(), c: randomUUID(), s: randomUUID(), url: 'https://x.example/' });
  test.each<[string, () => unknown, string, number]>([
    ['nothing', () => '', '/v1/claim', 400], ['no JSON', () => '{', '/v1/claim', 400], ['a list', () => '[]', '/v1/claim', 400], ['no key', () => ({ ...good(), k: '' }), '/v1/claim', 401],
    ['an unknown key', () => ({ ...good(), k: 'dnb_wk_x' }), '/v1/claim', 401], ['a campaign that is no id', () => ({ ...good(), r: `'; drop table person; --` }), '/v1/claim', 400],
    ['both kinds', () => ({ ...good(), d: randomUUID() }), '/v1/claim', 400], ['neither', () => ({ ...good(), r: undefined }), '/v1/claim', 400], ['no visit', () => ({ ...good(), s: undefined }), '/v1/claim', 400],
    ['an address that is none', () => ({ ...good(), url: 'pricing' }), '/v1/claim', 400], ['a long address', () => ({ ...good(), url: `https://x.example/${'a'.repeat(2_000)}` }), '/v1/claim', 400],
    ['a reason that is none', () => ({ ...good(), why: { dwell: 'much' } }), '/v1/claim', 400], ['too much', () => ({ ...good(), pad: 'x'.repeat(70_000) }), '/v1/claim', 413],
    ['a claim that is none', () => ({ ...good(), do: 'shown' }), '/v1/ack', 404], ['an unknown deed', () => ({ ...good(), do: 'explode' }), '/v1/ack', 400], ['a button of no number', () => ({ ...good(), do: 'click', b: -1 }), '/v1/ack', 400],
    ['an answer of no form', () => ({ ...good(), do: 'reply', v: { score: 'ten' } }), '/v1/ack', 400], ['a long answer', () => ({ ...good(), do: 'reply', v: { text: 'x'.repeat(20_000) } }), '/v1/ack', 400],
  ])('%s', async (_name, body, path, status) => {
    const answer = await post<{ error: string; code: string; message: string }>(app.url, path, body());
    expect([answer.status, typeof answer.body.error, typeof answer.body.code, typeof answer.body.message]).toEqual([status, 'string', 'string', 'string']);
  });

  test('a claim of somebody else can be neither confirmed nor read, and its key is no use', async () => {
    const id = await publish(autoMessage());
    const [mine, theirs] = [browser(), browser()];
    const claim = await mine.claim(id);
    await theirs.display(await publish(autoMessage()));
    expect(await post(app.url, '/v1/ack', { k: app.writeKey, a: theirs.id, c: claim.key, do: 'shown' })).toMatchObject({ status: 404 });
    expect(await theirs.claim(id, { c: claim.key })).toEqual({ ok: 0, why: 'LEASE_DENIED', key: claim.key });
    const { key } = (await mine.display(await publish(autoMessage({ display: { class: 'essential' } })))) as Granted & { key: string };
    expect(await post(app.url, '/v1/ack', { k: app.writeKey, a: mine.id, c: key, do: 'click', b: 7 })).toMatchObject({ status: 400, body: { code: 'inbox.no-button' } });
  });
});
