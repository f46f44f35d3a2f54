import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Coverage } from '../../src/campaigns/lifecycle/coverage.service.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
const COUNT = 1_203;
beforeAll(async () => {
  app = await startTestApp();
  // Every third has no name, every fifth a long one, every seventh speaks French, every hundredth a link that leads nowhere; the plan alternates.
  await rows(app.db, `
    insert into person (id, kind, external_id, email, language, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select gen_random_uuid(), 'user', 'u' || n, 'u' || n || '@example.com', case when n % 7 = 0 then 'fr' else 'ko-KR' end,
           jsonb_strip_nulls(jsonb_build_object('n', n, 'plan', case when n % 2 = 0 then 'pro' else 'free' end, 'name', case when n % 3 = 0 then null when n % 5 = 0 then repeat('가', 90) else '하늘' end, 'url', case when n % 100 = 0 then 'javascript:x' else 'https://x.example' end)),
           now(), now(), now(), now()
      from generate_series(1, $1::int) as n`, [COUNT]);
});
afterAll(() => app.close());

const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;
const message = { subject: '{{person.name}}', preheader: 'p', body: section('<a href="{{person.url}}">x</a>'), language: 'en', translations: { ko: { subject: '{{person.name}}님', preheader: 'p', body: section('<a href="{{person.url}}">x</a> {{event.plan}}') } } };
async function draft(more: object = {}, variants: object[] = [{ key: 'a', content: message }, { key: 'b', content: { ...message, onMissingLanguage: 'skip' } }]): Promise<string> {
  const { body, status } = await app.api('POST', '/v1/campaigns', { name: 'C', definition: { type: 'series', entry: { type: 'event', event: 'Signed up' }, start: 'm', steps: [{ type: 'message', id: 'm', channel: 'email', variants }], ...more } });
  expect([status, body.message]).toEqual([201, undefined]);
  return body.id as string;
}
const counted = (groups: { kind: string; variant: string; language: string; part: string; subject: string; people: number }[]) => groups.map(({ kind, variant, language, part, subject, people }) => `${variant} ${language} ${kind} ${part} ${subject}: ${people}`).toSorted();
/** How many of the numbers hold. */
const many = (holds: (n: number) => boolean) => Array.from({ length: COUNT }, (_, index) => index + 1).filter(holds).length;

test('counts every problem of everybody by message, variant and language, and names the people', async () => {
  const id = await draft();
  const started = await app.api('POST', `/v1/campaigns/${id}/coverage`, {});
  expect([started.status, started.body.state, started.body.total, started.body.scanned]).toEqual([201, 'running', COUNT, 0]);
  await app.runner.runUntilIdle();
  const { body } = await app.api('GET', `/v1/campaigns/${id}/coverage`);
  expect([body.state, body.scanned, body.people]).toEqual(['done', COUNT, COUNT]);
  const fr = (n: number) => n % 7 === 0;
  const ko = (n: number) => !fr(n);
  const nameless = (n: number) => n % 3 === 0;
  const long = (n: number) => !nameless(n) && n % 5 === 0;
  const broken = (n: number) => n % 100 === 0;
  // Nobody has signed up yet, so that nobody misses a property of that event.
  expect(counted(body.groups)).toEqual([
    `a en broken_link body link 1: ${many((n) => fr(n) && broken(n))}`, `a en long_subject subject more than 70 characters: ${many((n) => fr(n) && long(n) && !broken(n))}`,
    `a en missing_language language fr: ${many((n) => fr(n) && !nameless(n) && !broken(n))}`, `a en missing_value subject person.name: ${many((n) => fr(n) && nameless(n))}`,
    `a ko broken_link body link 1: ${many((n) => ko(n) && broken(n))}`, `a ko missing_value subject person.name: ${many((n) => ko(n) && nameless(n))}`,
    `b  missing_language language fr: ${many(fr)}`,
    `b ko broken_link body link 1: ${many((n) => ko(n) && broken(n))}`, `b ko missing_value subject person.name: ${many((n) => ko(n) && nameless(n))}`,
  ].toSorted());
  const group = body.groups.find(({ kind, variant, language }: { kind: string; variant: string; language: string }) => kind === 'broken_link' && variant === 'b' && language === 'ko');
  const first = (await app.api('GET', `/v1/campaigns/${id}/coverage/groups/${group.id}/people?limit=4`)).body;
  const second = (await app.api('GET', `/v1/campaigns/${id}/coverage/groups/${group.id}/people?limit=200&after=${first.next}`)).body;
  expect([...first.items, ...second.items].map(({ externalId }: { externalId: string }) => Number(externalId.slice(1))).toSorted((x, y) => x - y)).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1).filter((n) => ko(n) && broken(n)));
});

test('looks at the audience only, with the event that each of them had', async () => {
  const id = await draft({ audience: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } }, [{ key: 'a', content: { subject: '{{event.source}}', preheader: 'p', body: section('x') } }]);
  await rows(app.db, `
    insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id)
    select gen_random_uuid(), p.id, 'track', 'Signed up', case when p.attributes ->> 'n' = '2' then '{"source": "ad"}' else '{}' end::jsonb, now(), now(), 'm' || p.id from person as p where (p.attributes ->> 'n')::int between 1 and 10`);
  await app.api('POST', `/v1/campaigns/${id}/coverage`, {});
  await app.runner.runUntilIdle();
  const { body } = await app.api('GET', `/v1/campaigns/${id}/coverage`);
  expect([body.people, counted(body.groups)]).toEqual([many((n) => n % 2 === 0), ['a  missing_value subject event.source: 4']]);
});

test('a subject is as long as it is sent: the label of advertising counts, where the rules ask for it', async () => {
  await app.api('PATCH', '/v1/workspace', { name: '단비', timeZone: 'Asia/Seoul', language: 'ko', settings: { senderContact: '서울 중구 1, help@shop.example' } });
  // 66 characters, 71 with "(광고) " before them; those who wrote the label themselves have it once.
  const written = (label: string) => [{ key: 'a', content: { subject: `${label}${'가'.repeat(66)}`, preheader: 'p', body: section('x') } }];
  const longFor = async (topic: string, label = ''): Promise<string[]> => {
    const id = await draft({ start: 'm', steps: [{ type: 'message', id: 'm', channel: 'email', topic, variants: written(label) }] });
    expect((await app.api('POST', `/v1/campaigns/${id}/coverage`, {})).body).toMatchObject({ state: 'running' });
    await app.runner.runUntilIdle();
    return counted((await app.api('GET', `/v1/campaigns/${id}/coverage`)).body.groups);
  };
  await app.api('POST', '/v1/topics', { key: 'receipts', name: 'Receipts', kind: 'transactional', reason: 'contract' });
  const everybody = [`a  long_subject subject more than 70 characters: ${COUNT}`];
  expect(await longFor('product-updates')).toEqual(everybody);
  expect(await longFor('product-updates', '(광고)')).toEqual(everybody);
  expect(await longFor('receipts')).toEqual([]);
  await app.api('PATCH', '/v1/sending-rules', { rules: { ad_label: { on: false } } });
  expect(await longFor('product-updates')).toEqual([]);
});

test('a run that is broken off goes on where it was, a cancelled one keeps what it found, another begins anew', async () => {
  const id = await draft();
  await app.api('POST', `/v1/campaigns/${id}/coverage`, {});
  const coverage = app.nest.get(Coverage, { strict: false });
  expect(await coverage.advance()).toBe(1);
  const half = (await app.api('GET', `/v1/campaigns/${id}/coverage`)).body;
  expect([half.state, half.scanned]).toEqual(['running', 500]);
  // Another process has none of the plan in memory.
  Object.assign((coverage as unknown as { plan: object }).plan, { runId: '' });
  expect(await coverage.advance()).toBe(1);
  const cancelled = await app.api('DELETE', `/v1/campaigns/${id}/coverage`);
  expect([cancelled.status, cancelled.body.state, cancelled.body.scanned, cancelled.body.groups.length > 0]).toEqual([200, 'cancelled', 1_000, true]);
  expect([await coverage.advance(), (await app.api('DELETE', `/v1/campaigns/${id}/coverage`)).body.code]).toEqual([0, 'coverage.not-running']);
  expect((await app.api('POST', `/v1/campaigns/${id}/coverage`, { subjectLength: 200 })).body).toMatchObject({ state: 'running', scanned: 0, groups: [] });
  await app.runner.runUntilIdle();
  const whole = (await app.api('GET', `/v1/campaigns/${id}/coverage`)).body;
  expect([whole.state, whole.groups.some(({ kind }: { kind: string }) => kind === 'long_subject')]).toEqual(['done', false]);
});

test('of several that begin at once the last one stays', async () => {
  const id = await draft();
  const answers = await Promise.all(Array.from({ length: 6 }, () => app.api('POST', `/v1/campaigns/${id}/coverage`, {})));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 201));
  await app.runner.runUntilIdle();
  expect((await app.api('GET', `/v1/campaigns/${id}/coverage`)).body).toMatchObject({ state: 'done', scanned: COUNT });
});

test('a draft that can not be compiled, or was never looked at, is refused', async () => {
  const broken = await draft({}, [{ key: 'a', content: { ...message, subject: '{{name}}' } }]);
  const refused = await app.api('POST', `/v1/campaigns/${broken}/coverage`, {});
  expect([refused.status, refused.body.code, refused.body.problems[0].path]).toEqual([400, 'campaign.invalid', 'steps.0.variants.0.content.subject']);
  expect((await app.api('GET', `/v1/campaigns/${broken}/coverage`)).status).toBe(404);
  expect((await app.api('POST', `/v1/campaigns/${broken}/coverage`, { subjectLength: 5 })).status).toBe(400);
});
