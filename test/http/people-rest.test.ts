import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { identityHash } from '../../src/people/store/erase.store.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-06-10T03:00:00.000Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const create = async (input: object) => (await app.api('POST', '/v1/people', input)).body;
const send = (batch: object[]) => app.api('POST', '/v1/batch', { batch, writeKey: app.writeKey });

test('a person is created, read by every handle, changed and tagged', async () => {
  const externalId = newId();
  const anonymousId = newId();
  const email = `${externalId}@example.kr`;
  const created = await app.api('POST', '/v1/people', { externalId, anonymousId, email, attributes: { name: '홍길동', timezone: 'Asia/Seoul', old: 1 }, tags: ['체험판', 'vip'] });
  expect(created.status).toBe(201);
  expect(created.body).toEqual({
    id: expect.any(String), externalId, anonymousIds: [anonymousId], kind: 'user', email, timeZone: 'Asia/Seoul', language: null, attributes: { name: '홍길동', timezone: 'Asia/Seoul', old: 1, email }, tags: ['vip', '체험판'],
    signedUpAt: null, firstSeenAt: '2026-06-10T03:00:00.000Z', lastSeenAt: '2026-06-10T03:00:00.000Z', createdAt: '2026-06-10T03:00:00.000Z', updatedAt: '2026-06-10T03:00:00.000Z',
  });
  const { id } = created.body;
  for (const handle of [id, `external:${externalId}`, `anonymous:${anonymousId}`, `email:${email.toUpperCase()}`]) {
    expect((await app.api('GET', `/v1/people/${encodeURIComponent(handle)}`)).body).toEqual(created.body);
  }
  clock.advance(1_000);
  const patched = await app.api('PATCH', `/v1/people/${id}`, { attributes: { old: null, plan: 'pro' } });
  expect([patched.status, patched.body.attributes]).toEqual([200, { name: '홍길동', timezone: 'Asia/Seoul', email, plan: 'pro' }]);
  expect((await app.api('PUT', `/v1/people/${id}/tags/${encodeURIComponent('신규 고객')}`)).body.tags).toEqual(['vip', '신규 고객', '체험판']);
  expect((await app.api('DELETE', `/v1/people/${id}/tags/vip`)).body.tags).toEqual(['신규 고객', '체험판']);
  const history = await app.api('GET', `/v1/people/${id}/attributes/old/history`);
  expect(history.body.items.map((item: { value: unknown }) => item.value)).toEqual([null, 1]);
});

test.each([
  ['an external id that exists', { externalId: 'taken' }, 409, 'person.exists'],
  ['no id at all', { attributes: { a: 1 } }, 400, 'request.invalid'],
  ['an unknown field', { externalId: 'x1', colour: 1 }, 400, 'request.invalid'],
  ['an id that means nothing', { externalId: 'undefined' }, 400, 'person.invalid'],
  ['an address with two recipients', { externalId: 'x2', email: 'a@x.example,b@x.example' }, 400, 'person.invalid'],
  ['an address in the attributes that adds a header', { externalId: 'x3', attributes: { email: 'a@x.example\nBcc: b@x.example' } }, 400, 'person.invalid'],
  ['an empty tag', { externalId: 'x4', tags: [' '] }, 400, 'request.invalid'],
])('create with %s is refused and leaves nothing', async (_, input, status, code) => {
  await app.api('POST', '/v1/people', { externalId: 'taken' });
  const before = await row(app.db, 'select count(*) as n from person');
  const answer = await app.api('POST', '/v1/people', input);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.body.message).toEqual(expect.any(String));
  expect(await row(app.db, 'select count(*) as n from person')).toEqual(before);
});

test('unknown people are a 404, a handle that is none is a 400', async () => {
  for (const path of [`/v1/people/${newId()}`, '/v1/people/external:nobody', '/v1/people/email:nobody@x.example']) expect((await app.api('GET', path)).status).toBe(404);
  expect((await app.api('GET', '/v1/people/what')).body.code).toBe('person.bad-handle');
  expect((await app.api('PATCH', `/v1/people/${newId()}`, { attributes: { a: 1 } })).status).toBe(404);
});

test('the list filters and pages through everybody once', async () => {
  const mark = newId();
  for (let index = 0; index < 7; index += 1) await create({ externalId: `${mark}-${index}`, email: `${mark}-${index}@x.example`, tags: [mark], attributes: { name: `이름 ${mark}` } });
  const found: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: { items: { externalId: string }[]; next: string | null } = (await app.api('GET', `/v1/people?limit=3&tag=${mark}${after === '' ? '' : `&after=${after}`}`)).body;
    found.push(...page.items.map((item) => item.externalId));
    after = page.next;
  }
  expect(found.toSorted()).toEqual(Array.from({ length: 7 }, (_, index) => `${mark}-${index}`));
  const count = async (query: string) => (await app.api('GET', `/v1/people?${query}`)).body.items.length;
  expect(await count(`email=${mark.toUpperCase()}-3@x.example`)).toBe(1);
  expect(await count(`externalId=${mark}-3`)).toBe(1);
  expect(await count(`q=${encodeURIComponent(`름 ${mark}`)}`)).toBe(7);
  expect(await count(`q=${encodeURIComponent('%')}`)).toBe(0);
  expect(await count('anonymousId=nobody')).toBe(0);
});

test('events are listed newest first, named with their counts, and survive a merge; the merged id leads to the survivor', async () => {
  const mark = newId();
  const anonymousId = newId();
  await send(Array.from({ length: 5 }, (_, index) => ({ type: 'track', anonymousId, event: `${mark} ${index % 2}`, timestamp: new Date(Date.UTC(2026, 4, 1 + index)).toISOString() })));
  const visitor = (await app.api('GET', `/v1/people/anonymous:${anonymousId}`)).body;
  const user = await create({ externalId: mark });
  await send([{ type: 'identify', userId: mark, anonymousId, traits: {} }]);
  const merged = (await app.api('GET', `/v1/people/${visitor.id}`)).body;
  expect([merged.id, merged.externalId, merged.anonymousIds, merged.firstSeenAt]).toEqual([user.id, mark, [anonymousId], '2026-05-01T00:00:00.000Z']);
  const first = (await app.api('GET', `/v1/people/${user.id}/events?limit=4`)).body;
  const second = (await app.api('GET', `/v1/people/${visitor.id}/events?limit=4&after=${first.next}`)).body;
  expect([...first.items, ...second.items].map((event: { name: string }) => event.name)).toEqual(['$identify', `${mark} 0`, `${mark} 1`, `${mark} 0`, `${mark} 1`, `${mark} 0`]);
  expect((await app.api('GET', `/v1/people/${user.id}/events?name=${encodeURIComponent(`${mark} 1`)}`)).body.items).toHaveLength(2);
  const names = (await app.api('GET', '/v1/events/names')).body.items as { name: string }[];
  expect(names.filter(({ name }) => name.startsWith(mark))).toEqual([{ name: `${mark} 0`, count: 3, lastAt: '2026-05-05T00:00:00.000Z' }, { name: `${mark} 1`, count: 2, lastAt: '2026-05-04T00:00:00.000Z' }]);
});

test('erasure removes everything, says what, and the same ids are somebody new afterwards', async () => {
  const externalId = newId();
  const anonymousId = newId();
  const { id } = await create({ externalId, anonymousId, email: `${externalId}@x.example`, attributes: { born: '1990-01-01' }, tags: ['a', 'b'] });
  await send([{ type: 'track', userId: externalId, event: `gone ${externalId}` }, { type: 'identify', userId: externalId, traits: { email: 'bad\n@x' } }]);
  const erased = await app.api('DELETE', `/v1/people/external:${externalId}`);
  expect(erased.body).toEqual({ id, erasedAt: clock.now().toISOString(), removed: { events: 1, attributeHistory: 4, identities: 2, tags: 2, lists: 0, rejectedEvents: 1 } });
  for (const table of ['event', 'attribute_history', 'person_identity', 'person_tag', 'person_date', 'identity_conflict']) {
    expect([table, await rows(app.db, `select 1 from ${table} as t where t.person_id = $1`, [id])]).toEqual([table, []]);
  }
  expect(await row(app.db, 'select e.identity_hashes from erased_person as e where e.person_id = $1', [id])).toEqual({ identity_hashes: expect.arrayContaining([identityHash('user_id', externalId), identityHash('anonymous_id', anonymousId)]) });
  expect((await app.api('GET', `/v1/people/${id}`)).body.code).toBe('person.erased');
  expect((await app.api('DELETE', `/v1/people/${id}`)).status).toBe(404);
  expect(await row(app.db, `select a.actor from audit_entry as a where a.action = 'person.erase' and a.subject = $1`, [`person:${id}`])).not.toBeNull();
  const names = (await app.api('GET', '/v1/events/names')).body.items as { name: string }[];
  expect(names.filter(({ name }) => name.includes(externalId))).toEqual([]);
  await send([{ type: 'identify', userId: externalId, anonymousId, traits: { plan: 'new' } }]);
  const again = (await app.api('GET', `/v1/people/external:${externalId}`)).body;
  expect(again.id).not.toBe(id);
  expect([again.attributes, again.tags]).toEqual([{ plan: 'new' }, []]);
});

test('refused events are listed for the developer, and forgotten after a week', async () => {
  await send([{ type: 'track', userId: 'undefined', event: 'x', messageId: 'bad-1' }]);
  const { items } = (await app.api('GET', '/v1/events/rejected?limit=1')).body;
  expect(items).toEqual([{ id: expect.any(String), at: clock.now().toISOString(), messageId: 'bad-1', code: 'invalid_user_id', message: expect.stringContaining('userId'), payload: { type: 'track', userId: 'undefined', event: 'x', messageId: 'bad-1' } }]);
  clock.advance(8 * 24 * 3_600_000);
  await app.runner.runUntilIdle();
  expect((await app.api('GET', '/v1/events/rejected')).body.items).toEqual([]);
  expect((await app.api('GET', '/v1/events/names')).body.items.length).toBeGreaterThan(0);
});

test('a write key may send and never read', async () => {
  const answer = await fetch(`${app.url}/v1/people`, { headers: { authorization: `Bearer ${app.writeKey}` } });
  expect(answer.status).toBe(403);
});

test.each(['inbox', 'consent', 'campaigns', 'events'])('every module takes the same handles: /v1/people/external:…/%s', async (what) => {
  await app.api('POST', '/v1/people', { externalId: `handle-${what}`, attributes: {} });
  expect(await app.api('GET', `/v1/people/external:handle-${what}/${what}`)).toMatchObject({ status: 200, body: { items: [] } });
  expect(await app.api('GET', `/v1/people/external:nobody/${what}`)).toMatchObject({ status: 404, body: { code: 'person.not-found' } });
  expect(await app.api('GET', `/v1/people/nonsense/${what}`)).toMatchObject({ status: 400, body: { code: 'person.bad-handle' } });
});

describe('the stream of events as they come in', () => {
  const live = async (query = '') => (await app.api('GET', `/v1/events/live${query}`)).body;
  const since = (at: string) => `since=${encodeURIComponent(at)}`;

  test('stored and refused ones, who did it, and by which library; what came before is not told again', async () => {
    await create({ externalId: 'live-mina', attributes: { name: '김미나' } });
    clock.advance(120_000);
    const begun = (await live()).at;
    clock.advance(1_000);
    await send([{ type: 'track', userId: 'live-mina', event: 'Live Bought', properties: { amount: 3 }, context: { library: { name: 'danbi-test' } } }, { type: 'track', userId: 'undefined', event: 'Live Wrong', messageId: newId() }]);
    clock.advance(1_000);
    const { items, came, sampled, at } = await live(`?${since(begun)}`);
    const [bought, wrong] = ['Live Bought', 'Live Wrong'].map((name) => items.find((one: { name: string }) => one.name === name));
    expect(bought).toMatchObject({ outcome: 'accepted', type: 'track', person: '김미나', personId: expect.any(String), properties: { amount: 3 }, source: 'danbi-test', code: null, at: expect.any(String), occurredAt: expect.any(String) });
    expect(wrong).toMatchObject({ outcome: 'refused', type: 'track', person: 'undefined', personId: null, code: 'invalid_user_id', message: expect.stringContaining('userId') });
    expect([came, sampled]).toEqual([items.length, false]);
    // Seen ten seconds long, because an event is seen when its transaction ends.
    clock.advance(9_000);
    expect((await live(`?${since(at)}`)).items).toHaveLength(items.length);
    clock.advance(11_000);
    expect((await live(`?${since(clock.now().toISOString())}`)).items).toEqual([]);
  });

  test('one name, one person; a person has no refused ones', async () => {
    const at = clock.now().toISOString();
    await send([{ type: 'track', userId: 'live-mina', event: 'Live A' }, { type: 'track', userId: 'live-ben', event: 'Live A' }, { type: 'track', userId: 'live-ben', event: 'Live B' }, { type: 'track', userId: 'undefined', event: 'Live A', messageId: newId() }]);
    const shown = async (query: string) => (await live(`?${since(at)}&${query}`)).items.map((one: { name: string; outcome: string; person: string }) => `${one.name} ${one.outcome} ${one.person}`).toSorted();
    expect(await shown('name=Live%20A')).toEqual(['Live A accepted live-ben', 'Live A accepted 김미나', 'Live A refused undefined']);
    expect(await shown('person=external:live-ben&name=Live%20A')).toEqual(['Live A accepted live-ben']);
    expect(await app.api('GET', '/v1/events/live?person=external:nobody-live')).toMatchObject({ status: 404 });
  });

  test('of more than a hundred the newest are listed, and it says how many came; long properties are left out', async () => {
    clock.advance(60_000);
    const at = clock.now().toISOString();
    clock.advance(15_000);
    await send(Array.from({ length: 150 }, (_, index) => ({ type: 'track', userId: 'live-ben', event: 'Live Flood', properties: index >= 50 ? { text: 'x'.repeat(3_000) } : {} })));
    const { items, came, sampled } = await live(`?${since(at)}`);
    expect([items.length, came, sampled]).toEqual([100, 150, true]);
    expect(items.some(({ properties }: { properties: object | null }) => properties === null)).toBe(true);
    expect((await app.api('GET', `/v1/events/live?since=yesterday`)).status).toBe(400);
    // Who comes back after an hour gets a minute of it, not an hour.
    clock.advance(3_600_000);
    expect((await live(`?${since(at)}`)).came).toBe(0);
    expect((await live()).came).toBeGreaterThanOrEqual(150);
  });
});

describe('people are found by a part of their name', () => {
  const ids = new Map<string, string>();
  const found = async (q: string, more = '') => (await app.api('GET', `/v1/people?limit=200&q=${encodeURIComponent(q)}${more}`)).body.items.map((one: { externalId: string }) => one.externalId).toSorted();
  beforeAll(async () => {
    const people = { mina: { name: 'Mina Żółw' }, seo: { name: '뷁서연' }, decomposed: { name: '쫢우'.normalize('NFD') }, both: { firstName: 'Grzegorz', lastName: 'Brz' }, odd: { name: { first: 'Qqx' } }, percent: { name: '50%_off' } };
    for (const [key, attributes] of Object.entries(people)) ids.set(key, (await create({ externalId: `named-${key}`, email: `${key}@named.example`, attributes })).id);
    // So many newer ones that a search meets these only by the index.
    await rows(app.db, `insert into person (id, external_id, kind, attributes, first_seen_at, last_seen_at, created_at, updated_at)
      select gen_random_uuid(), 'crowd-' || i, 'user', jsonb_build_object('name', 'Crowd ' || i), $1::timestamptz, $1::timestamptz, $1::timestamptz, $1::timestamptz from generate_series(1, 2100) as i`, [new Date('2030-01-01')]);
  });

  test.each([
    ['two letters', 'żó', ['named-mina']], ['in capitals', 'ŻÓŁW', ['named-mina']], ['one syllable', '뷁', ['named-seo']], ['one letter that nobody has in the crowd', 'z', ['named-both']], ['two syllables', '서연', ['named-seo']], ['a part over a space', 'a żó', ['named-mina']],
    ['Hangul in its parts, kept composed', '쫢우'.normalize('NFD'), ['named-decomposed']], ['Hangul composed, written in its parts', '쫢우', ['named-decomposed']], ['first and last name', 'orz brz', ['named-both']],
    ['marks of a pattern as themselves', '%_o', ['named-percent']], ['the start of an address', 'PERCENT@na', ['named-percent']], ['the start of an id', 'named-per', ['named-percent']], ['a part of an address that is no start', 'percent@named.exampl3', []], ['a name that is no text', 'qqx', []],
  ])('%s', async (_name, q, expected) => { expect(await found(q)).toEqual(expected); });

  test('with another filter, and page by page among many', async () => {
    expect(await found('żółw', `&email=${encodeURIComponent('mina@named.example')}`)).toEqual(['named-mina']);
    expect(await found('żółw', '&email=seo@named.example')).toEqual([]);
    const met = new Set<string>();
    for (let after: string | null = ''; after !== null;) {
      const { body }: { body: { items: { externalId: string }[]; next: string | null } } = await app.api('GET', `/v1/people?limit=150&q=crowd%2020${after === '' ? '' : `&after=${after}`}`);
      for (const { externalId } of body.items) met.add(externalId);
      after = body.next;
    }
    // 20, 200 to 209 and 2000 to 2099
    expect(met.size).toBe(111);
  });

  test('a changed name is found by its new letters only; a removed or erased one by none', async () => {
    await app.api('PATCH', `/v1/people/${ids.get('seo')!}`, { attributes: { name: '쀍서연' } });
    expect([await found('뷁'), await found('쀍서')]).toEqual([[], ['named-seo']]);
    await app.api('PATCH', `/v1/people/${ids.get('seo')!}`, { attributes: { name: null } });
    expect(await found('쀍서')).toEqual([]);
    await app.api('DELETE', `/v1/people/${ids.get('both')!}`);
    expect(await found('orz brz')).toEqual([]);
    expect(await rows(app.db, 'select n.person_id from person_name as n where n.person_id = any($1::uuid[])', [[ids.get('both'), ids.get('seo')]])).toEqual([]);
  });
});
