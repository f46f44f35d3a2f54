import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FeatureRequestsService } from '../../src/campaigns/features/requests.service.js';
import { tellSome } from '../../src/campaigns/features/tell.js';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, inApp } from '../support/campaign-definitions.js';
import { Browser, publishAuto, type Granted } from '../support/displays.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const DAY = 86_400_000;
const clock = new VirtualClock(new Date('2026-03-02T03:00:00Z'));
const colleagues = { jimin: newId(), mina: newId() };
let sink: SmtpSink;
let app: TestApp;
let number = 0;
beforeAll(async () => {
  sink = await new SmtpSink().start();
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url } });
  for (const [name, id] of Object.entries(colleagues)) await rows(app.db, `insert into app_user (id, email, name, role, created_at) values ($1, $2, $3, 'marketer', now())`, [id, `${name}@danbi.example`, name]);
});
afterAll(async () => {
  await app.close();
  await sink.stop();
});

const api = async (method: string, path: string, body?: unknown) => {
  const answer = await app.api(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const refused = async (method: string, path: string, body?: unknown) => (await app.api(method, path, body)).body.code as string;
const run = () => app.runner.runUntilIdle();
const consent = (handle: string, state: string) => api('PUT', `/v1/people/${handle}/consent`, { consents: [{ channel: 'email', topic: 'product-updates', state }] });
async function person(name: string, more: object = {}): Promise<string> {
  const { id } = await api('POST', '/v1/people', { externalId: name, email: `${name}@example.com`, attributes: { name, language: 'en' }, ...more });
  await consent(id, 'subscribed');
  return id;
}
async function feature(more: object = {}): Promise<string> {
  const key = `feature-${(number += 1)}`;
  await api('POST', '/v1/features', { key, name: `Dark mode ${number}`, ownerId: colleagues.jimin, event: 'Theme changed', where: [{ property: 'theme', op: 'is', value: 'dark' }], topic: 'account', ...more });
  return key;
}
const ask = (key: string, name: string, more: object = {}) => api('POST', `/v1/features/${key}/requests`, { person: `external:${name}`, words: `${name} wants it`, ...more });
const ship = async (key: string) => {
  await api('POST', `/v1/features/${key}/message`, { language: 'en' });
  return api('POST', `/v1/features/${key}/ship`, {});
};
const mailsTo = (name: string) => sink.accepted.filter(({ to }) => to === `${name}@example.com`);
const unfolded = (raw: string) => raw.replaceAll('=\r\n', '').replaceAll(/\r\n[ \t]+/g, ' ');
const askers = async (key: string) => (await api('GET', `/v1/features/${key}/people?limit=200`)).items as { personId: string; externalId: string; state: string; reason: string | null; takenBy: { name: string } | null; quotes: { words: string | null; source: string }[]; openedAt: string | null; usedAt: string | null; toldAt: string | null }[];
const stateOf = async (key: string, name: string) => (await askers(key)).find(({ externalId }) => externalId === name)?.state;
const track = async (userId: string, event: string, properties: object) => {
  const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: [{ type: 'track', userId, event, properties, timestamp: clock.now().toISOString() }], sentAt: clock.now().toISOString() }) });
  expect(answer.status).toBe(200);
};

describe('a feature', () => {
  test('is made, changed, listed and archived; what is wrong is named', async () => {
    const key = await feature({ tag: 'wants-a' });
    expect(await refused('POST', '/v1/features', { key, name: 'Again' })).toBe('feature.key-taken');
    expect(await refused('POST', '/v1/features', { key: 'other', name: 'Other', tag: 'wants-a' })).toBe('feature.tag-taken');
    expect(await app.api('POST', '/v1/features', { key: 'bad', name: 'Bad', ownerId: newId(), topic: 'nowhere', where: [{ property: 'x', op: 'is', value: 1 }] }))
      .toMatchObject({ status: 400, body: { code: 'feature.invalid', problems: [{ path: 'ownerId' }, { path: 'topic' }, { path: 'where', messageKo: expect.any(String) }] } });
    expect(await api('PATCH', `/v1/features/${key}`, { name: '다크 모드', state: 'planned', goalDays: 14 })).toMatchObject({ name: '다크 모드', state: 'planned', goalDays: 14, owner: { name: 'jimin' }, counts: { asked: 0, told: 0, used: 0 } });
    expect((await api('GET', '/v1/features?q=다크')).items.map((one: { key: string }) => one.key)).toEqual([key]);
    const other = await feature();
    const first = await api('GET', '/v1/features?limit=1');
    expect([first.items[0].key, (await api('GET', `/v1/features?limit=1&after=${first.next}`)).items[0].key]).toEqual([other, key]);
    expect(await refused('POST', `/v1/features/${key}/ship`, {})).toBe('feature.no-message');
    expect(await api('DELETE', `/v1/features/${other}`)).toEqual({ key: other, state: 'archived' });
    expect(await refused('GET', `/v1/features/${other}`)).toBe('feature.not-found');
  });

  test('is asked for by API, by tag, by an answer of a survey and by hand; every quote stays, each person once', async () => {
    await api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: false } } });
    const key = await feature({ tag: 'wants-dark' });
    const ids = { api: await person('by-api'), tag: await person('by-tag'), hand: await person('by-hand') };
    const rowsGiven = [{ person: 'external:by-api', words: ' 밤에 눈이 아파요 ', requestId: 'r1', takenBy: 'MINA@danbi.example' }, { person: 'external:by-api', words: 'again', requestId: 'r2' }, { person: 'external:nobody' }, { person: ids.tag, takenBy: 'who@danbi.example' }, { words: 'x' }];
    expect(await api('POST', `/v1/features/${key}/requests`, { requests: rowsGiven })).toMatchObject({ received: 5, recorded: 2, repeated: 0, rejected: [{ index: 2, code: 'request.unknown-person' }, { index: 3, code: 'request.unknown-teammate' }, { index: 4, code: 'request.invalid' }] });
    const lines = await fetch(`${app.url}/v1/features/${key}/requests`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/x-ndjson' }, body: rowsGiven.slice(0, 2).map((one) => JSON.stringify(one)).join('\n') });
    expect(await lines.json()).toMatchObject({ received: 2, recorded: 0, repeated: 2 });
    expect(await refused('POST', `/v1/features/${key}/requests`, { person: 'external:nobody' })).toBe('person.not-found');
    await api('PUT', `/v1/people/${ids.tag}/tags/wants-dark`);
    await api('PUT', `/v1/people/${ids.tag}/tags/wants-dark`);
    await app.nest.get(FeatureRequestsService, { strict: false }).addOne(key, { person: ids.hand, words: 'On the phone' }, { kind: 'user', id: colleagues.mina, role: 'marketer', email: 'mina@danbi.example' });
    const survey = await publishAuto(app, autoMessage({ message: inApp('message', { variants: [{ key: 'A', content: { format: 'survey', survey: { kind: 'choice', question: '?', comment: 'Why', choices: [{ key: 'dark', label: 'Dark' }, { key: 'light', label: 'Light' }], requestFor: key, tags: [{ tag: 'wants-dark', choice: 'dark' }] } } }] }) }));
    const visitor = new Browser(app.url, app.writeKey, 'survey-guest');
    const claim = (await visitor.claim(survey)) as Granted & { key: string };
    expect(JSON.stringify(claim.m)).not.toContain(key);
    for (const _ of [1, 2]) await visitor.ack(claim.key, 'reply', { v: { choices: ['dark'], text: '별이 보이게 해 주세요' } });
    const found = await askers(key);
    // By tag and by answer at once it is one request.
    const told = found.map(({ quotes, takenBy, state }) => [quotes.map(({ words, source }) => `${source} ${words}`).toSorted().join(', '), takenBy?.name ?? null, state]);
    expect(told.toSorted()).toEqual([['api again, api 밤에 눈이 아파요', 'mina', 'asked'], ['hand On the phone', 'mina', 'asked'], ['survey 별이 보이게 해 주세요', null, 'asked'], ['tag null', null, 'asked']]);
    expect((await api('GET', `/v1/features/${key}/requests?words=true&limit=2`))).toMatchObject({ items: [{ words: expect.any(String) }, {}], next: expect.any(String) });
    expect((await api('GET', `/v1/features/${key}`)).counts).toMatchObject({ asked: 4, requests: 5, told: 0 });
    expect((await api('GET', `/v1/people/${ids.api}/feature-requests`)).items).toMatchObject([{ key, quotes: [{ words: 'again' }, { words: '밤에 눈이 아파요' }], takenBy: { name: 'mina' }, state: 'asked' }]);
    expect(await api('POST', `/v1/features/${key}/take`, { people: [ids.tag, 'external:nobody'], by: colleagues.jimin })).toEqual({ taken: 1, unknown: ['external:nobody'] });
    expect(await api('POST', `/v1/features/${key}/take`, { people: 'untaken', by: colleagues.mina })).toEqual({ taken: 1, unknown: [] });
    expect(await refused('POST', `/v1/features/${key}/take`, { people: 'untaken' })).toBe('feature.key-takes-nobody');
    const wrong = await api('POST', '/v1/campaigns', { name: 'wrong', definition: autoMessage({ message: inApp('message', { variants: [{ key: 'A', content: { format: 'survey', survey: { kind: 'text', question: '?', requestFor: 'no-such' } } }] }) }) });
    expect(await app.api('POST', `/v1/campaigns/${wrong.id}/publish`)).toMatchObject({ status: 400, body: { problems: [{ code: 'campaign.unknown-feature', path: 'message.variants.0.content.survey.requestFor' }] } });
  });
});

describe('shipping', () => {
  test('tells each who asked, once, from who took it and in their own words; the result is who uses it', async () => {
    const key = await feature({ goalDays: 2 });
    for (const name of ['ada', 'bob', 'cay']) await person(name);
    await ask(key, 'ada', { words: 'My eyes hurt at night', takenBy: colleagues.mina });
    await ask(key, 'ada', { words: 'Please, a dark <b>theme</b>', takenBy: colleagues.jimin });
    await ask(key, 'bob', { words: undefined });
    await api('POST', `/v1/features/${key}/message`, { language: 'en' });
    const view = await api('GET', `/v1/features/${key}/shipping?person=external:ada`);
    expect(view).toMatchObject({ people: 2, withWords: 1, by: [{ name: 'jimin', people: 1 }, { name: 'mina', people: 1 }], unspoken: 0, problems: [], approval: { needed: false }, shown: { from: 'mina', replyTo: 'mina@danbi.example', problems: [] } });
    expect(view.shown.text).toContain('Please, a dark <b>theme</b>');
    expect(sink.accepted).toEqual([]);
    expect(await api('POST', `/v1/features/${key}/ship`, {})).toMatchObject({ state: 'shipped', message: { state: 'active' } });
    expect(await refused('POST', `/v1/features/${key}/ship`, {})).toBe('feature.shipped');
    await run();
    const [ada] = mailsTo('ada').map(({ raw }) => unfolded(raw));
    expect(ada).toMatch(/From: "?mina"? </);
    expect(ada).toContain('Reply-To: mina@danbi.example');
    expect(ada).toContain('dark &lt;b&gt;theme&lt;/b&gt;');
    const [bob] = mailsTo('bob').map(({ raw }) => unfolded(raw));
    expect(bob).toContain('Reply-To: jimin@danbi.example');
    expect(bob).not.toContain('you wrote');
    // Whoever asks later is told as well; asking again tells nobody a second time.
    await ask(key, 'cay');
    await ask(key, 'ada', { words: 'Thanks!' });
    await run();
    expect(['ada', 'bob', 'cay'].map((name) => mailsTo(name).length)).toEqual([1, 1, 1]);
    const { message } = await api('GET', `/v1/features/${key}`);
    expect(await refused('POST', `/v1/campaigns/${message.campaignId}/enter`, { people: [{ externalId: 'ada' }] })).toBe('campaign.feature-entry');
    // Another theme is not it; nor is what comes after the days.
    clock.advance(DAY);
    await track('ada', 'Theme changed', { theme: 'dark' });
    await track('bob', 'Theme changed', { theme: 'light' });
    clock.advance(2 * DAY);
    await track('cay', 'Theme changed', { theme: 'dark' });
    await run();
    expect((await api('GET', `/v1/features/${key}`)).counts).toMatchObject({ asked: 3, told: 3, coming: 0, notSent: 0, opened: 0, used: 1 });
    expect((await askers(key)).map(({ externalId, usedAt, state }) => [externalId, usedAt !== null, state]).toSorted()).toEqual([['ada', true, 'told'], ['bob', false, 'told'], ['cay', false, 'told']]);
    const results = await api('GET', `/v1/campaigns/${message.campaignId}/results`);
    expect(results.steps[0]).toMatchObject({ eligible: 3, reconciliation: { difference: 0 } });
  });

  test('is taken back before the messages leave: those not reached are told by the next, once', async () => {
    const key = await feature();
    for (const name of ['dan', 'eve']) { await person(name); await ask(key, name); }
    await ship(key);
    // Taken in and not sent yet.
    expect(await tellSome(app.db, key, { now: clock.now(), zone: 'UTC' })).toBe(2);
    expect(await stateOf(key, 'dan')).toBe('coming');
    expect(await api('POST', `/v1/features/${key}/unship`)).toMatchObject({ state: 'planned', takenBack: 2, gone: 0, message: { state: 'stopped' } });
    await run();
    expect(mailsTo('dan')).toEqual([]);
    expect((await askers(key)).map(({ state, reason }) => [state, reason])).toEqual([['not_sent', 'CAMPAIGN_INACTIVE'], ['not_sent', 'CAMPAIGN_INACTIVE']]);
    expect(await refused('POST', `/v1/features/${key}/unship`)).toBe('feature.not-shipped');
    expect(await api('GET', `/v1/features/${key}/shipping`)).toMatchObject({ people: 2, message: null, problems: [{ code: 'feature.no-message' }] });
    await ship(key);
    await run();
    expect([mailsTo('dan').length, mailsTo('eve').length]).toEqual([1, 1]);
    // What left stays told.
    await api('POST', `/v1/features/${key}/unship`);
    await ship(key);
    await run();
    expect([mailsTo('dan').length, mailsTo('eve').length]).toEqual([1, 1]);
  });

  test('dies between run and "told", and tells everybody once all the same', async () => {
    const key = await feature();
    for (const name of ['fay', 'gus']) { await person(name); await ask(key, name); }
    await ship(key);
    await rows(app.db, `create function refuse_telling() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`);
    await rows(app.db, 'create trigger refuse_telling before update on feature_asker for each row execute function refuse_telling()');
    await expect(tellSome(app.db, key, { now: clock.now(), zone: 'UTC' })).rejects.toThrow('killed');
    const campaign = (await api('GET', `/v1/features/${key}`)).message.campaignId;
    const runs = () => rows(app.db, 'select 1 from enrollment as e where e.campaign_id = $1', [campaign]);
    expect(await runs()).toEqual([]);
    await rows(app.db, 'drop trigger refuse_telling on feature_asker');
    await Promise.all([1, 2, 3].map(() => tellSome(app.db, key, { now: clock.now(), zone: 'UTC' })));
    await run();
    expect([(await runs()).length, mailsTo('fay').length, mailsTo('gus').length]).toEqual([2, 1, 1]);
  });

  test('asks for a second person when so many would be told', async () => {
    const key = await feature();
    for (const name of ['hal', 'ida', 'jon']) { await person(name); await ask(key, name); }
    const settings = await api('GET', '/v1/safety-settings');
    const above = (people: number | null) => api('PUT', '/v1/safety-settings', { ...settings, approval: { above: people } });
    await above(2);
    await api('POST', `/v1/features/${key}/message`, { language: 'ko' });
    expect((await api('GET', `/v1/features/${key}/shipping`)).approval).toEqual({ needed: true, above: 2, state: 'missing' });
    expect(await refused('POST', `/v1/features/${key}/ship`, {})).toBe('campaign.approval-missing');
    expect((await api('GET', `/v1/features/${key}`)).state).toBe('asked');
    await above(3);
    expect((await api('POST', `/v1/features/${key}/ship`, {})).state).toBe('shipped');
    await above(null);
  });

  test('tells nobody where that is wanted, and not who may not be written to', async () => {
    const quiet = await feature();
    await person('kim');
    await ask(quiet, 'kim');
    expect(await api('POST', `/v1/features/${quiet}/ship`, { tell: false })).toMatchObject({ state: 'shipped', message: null });
    await run();
    expect(mailsTo('kim')).toEqual([]);
    const key = await feature({ topic: 'product-updates' });
    await person('lee');
    await ask(key, 'lee');
    await ask(key, 'kim');
    await consent('external:kim', 'unsubscribed');
    await ship(key);
    await run();
    expect((await askers(key)).find(({ externalId }) => externalId === 'kim')).toMatchObject({ state: 'not_sent', reason: 'TOPIC_UNSUBSCRIBED' });
    expect([mailsTo('kim').length, mailsTo('lee').length]).toEqual([0, 1]);
  });
});

describe('people who asked', () => {
  const guest = async (name: string) => (await api('POST', '/v1/people', { anonymousId: `anon-${name}`, email: `${name}@example.com`, attributes: { name: `guest of ${name}`, language: 'en' } })).id as string;
  const join = async (name: string) => {
    const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: [{ type: 'identify', userId: name, anonymousId: `anon-${name}`, traits: {} }] }) });
    expect(answer.status).toBe(200);
    await run();
  };

  test('and become one are told once, also when both were taken in; every quote stays', async () => {
    const key = await feature();
    for (const name of ['mia', 'ned']) {
      await person(name);
      const anonymous = await guest(name);
      await ask(key, name, { requestId: 'same' });
      await api('POST', `/v1/features/${key}/requests`, { person: anonymous, words: 'as a guest', requestId: 'same' });
      await api('POST', `/v1/features/${key}/requests`, { person: anonymous, words: 'as a guest again', takenBy: colleagues.mina });
    }
    await join('mia');
    expect((await askers(key)).find(({ externalId }) => externalId === 'mia')).toMatchObject({ takenBy: { name: 'mina' }, quotes: [{ words: 'as a guest again' }, { words: 'mia wants it' }] });
    await ship(key);
    await tellSome(app.db, key, { now: clock.now(), zone: 'UTC' });
    await join('ned');
    await run();
    expect([mailsTo('mia').length, mailsTo('ned').length]).toEqual([1, 1]);
    expect((await api('GET', `/v1/features/${key}`)).counts).toMatchObject({ asked: 2, told: 2 });
  });

  test('and were told by an earlier shipping are not told by the next as somebody else', async () => {
    const key = await feature();
    await person('ola');
    await ask(key, 'ola');
    await ship(key);
    await run();
    await api('POST', `/v1/features/${key}/unship`);
    await api('POST', `/v1/features/${key}/requests`, { person: await guest('ola'), words: 'again' });
    await ship(key);
    await tellSome(app.db, key, { now: clock.now(), zone: 'UTC' });
    await join('ola');
    await run();
    expect(mailsTo('ola')).toHaveLength(1);
    expect(await stateOf(key, 'ola')).toBe('told');
  });

  test('and are erased leave no words behind', async () => {
    const key = await feature();
    const id = await person('pam');
    await ask(key, 'pam', { words: 'my secret wish' });
    await ship(key);
    await run();
    await api('DELETE', `/v1/people/${id}`);
    await run();
    for (const table of ['feature_request', 'feature_asker', 'enrollment', 'event', 'in_app_message', 'audit_entry']) {
      expect(await row(app.db, `select 1 from ${table} as t where t::text like '%secret wish%'`)).toBeNull();
    }
    expect(await rows(app.db, 'select 1 from feature_asker as a where a.person_id = $1', [id])).toEqual([]);
    expect(await askers(key)).toEqual([]);
  });
});
