import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
let trial: string;
beforeAll(async () => {
  app = await startTestApp();
  for (const [id, plan, tags] of [['a', 'trial', ['vip', '서울']], ['b', 'trial', ['vip']], ['c', 'pro', []], ['d', '  ', []]] as const) expect((await app.api('POST', '/v1/people', { externalId: id, attributes: { plan, seats: id === 'c' ? 3 : null, joined: '2026-01-02', address: { city: '서울' } }, tags })).status).toBe(201);
  trial = (await app.api('POST', '/v1/segments', { name: '체험', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } })).body.id;
  await app.runner.runUntilIdle();
});
afterAll(() => app.close());

test('the attributes there are, with who has them, what stands there most and the tags', async () => {
  const { body } = await app.api('GET', '/v1/segments/fields');
  expect(body.looked).toBe(4);
  expect(body.tags).toEqual(['vip', '서울']);
  const of = (key: string) => body.fields.find((field: { key: string }) => field.key === key);
  expect(of('plan')).toEqual({ key: 'plan', types: ['string'], having: 3, samples: ['trial', 'pro'] });
  expect(of('seats')).toEqual({ key: 'seats', types: ['number'], having: 1, samples: ['3'] });
  expect(of('joined').types).toEqual(['date']);
  expect(of('address')).toEqual({ key: 'address', types: ['object'], having: 4, samples: [] });
});

test('the properties of one event, and nothing of another', async () => {
  for (const [messageId, amount] of [['1', 10], ['2', 10], ['3', 25]] as const) await app.api('POST', '/v1/track', { userId: 'a', event: 'Paid', messageId, properties: { amount, currency: 'KRW' } });
  const { body } = await app.api('GET', '/v1/segments/fields?event=Paid');
  expect(body).toEqual({ looked: 3, tags: [], fields: [{ key: 'amount', types: ['number'], having: 3, samples: ['10', '25'] }, { key: 'currency', types: ['string'], having: 3, samples: ['KRW'] }] });
  expect((await app.api('GET', '/v1/segments/fields?event=Nothing')).body).toEqual({ looked: 0, fields: [], tags: [] });
  expect((await app.api('GET', '/v1/segments/fields?evnt=Paid')).status).toBe(400);
});

test('what names a segment: segments built from it and campaigns in progress', async () => {
  expect((await app.api('GET', `/v1/segments/${trial}/uses`)).body).toEqual({ items: [] });
  const inside = await app.api('POST', '/v1/segments', { name: 'Trial, not VIP', definition: { type: 'all', of: [{ type: 'segment', op: 'in', segmentId: trial }, { type: 'tag', op: 'has_not', tag: 'vip' }] } });
  const message = { type: 'message', channel: 'email', variants: [{ key: 'A', content: { subject: 'Hi', body: '<mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section>' } }] };
  const campaign = await app.api('POST', '/v1/campaigns', { name: 'Rescue', definition: { type: 'broadcast', segmentId: trial, message } });
  expect((await app.api('GET', `/v1/segments/${trial}/uses`)).body.items).toEqual([{ kind: 'segment', id: inside.body.id, name: 'Trial, not VIP' }]);
  await app.runner.runUntilIdle();
  expect((await app.api('POST', `/v1/campaigns/${campaign.body.id}/publish`)).status).toBe(200);
  expect((await app.api('GET', `/v1/segments/${trial}/uses`)).body.items).toEqual([{ kind: 'campaign', id: campaign.body.id, name: 'Rescue' }, { kind: 'segment', id: inside.body.id, name: 'Trial, not VIP' }]);
  expect((await app.api('GET', '/v1/segments/0198c0de-0000-7000-8000-000000000001/uses')).status).toBe(404);
});

test('an explanation says each condition in words, a nested segment by its name', async () => {
  const { id } = (await app.api('GET', '/v1/segments')).body.items.find(({ name }: { name: string }) => name === 'Trial, not VIP');
  const { root } = (await app.api('GET', `/v1/segments/${id}/explain?personId=external:a`)).body;
  expect(root.truth).toBe(false);
  expect(root.of.map(({ truth, sentence }: { truth: boolean; sentence: unknown }) => [truth, sentence])).toEqual([
    [true, { en: 'they are in the segment “체험”', ko: '‘체험’ 세그먼트에 속하는' }],
    [false, { en: 'the tag “vip” is not set', ko: '‘vip’ 태그가 없는' }],
  ]);
  expect(root.of[0].of[0].sentence.ko).toContain('trial');
});

test('who changed a segment last is told; until then, who made it', async () => {
  const before = (await app.api('GET', `/v1/segments/${trial}`)).body;
  expect(before.updatedBy).toBe(before.createdBy);
  await app.db.query(`update segment set created_by = 'user:somebody-else' where id = $1`, [trial]);
  const after = (await app.api('PATCH', `/v1/segments/${trial}`, { revision: before.revision, description: 'changed' })).body;
  expect([after.createdBy, after.updatedBy]).toEqual(['user:somebody-else', before.createdBy]);
});

test('a label is set, seen in sentences, audited, changed and taken away; its name in code stays', async () => {
  const url = `/v1/labels/event/${encodeURIComponent('Plan/Paid 100%')}`;
  expect(await app.api('PUT', url, { en: ' Paid ', ko: '결제', description: 'When money came' })).toMatchObject({ status: 200, body: { kind: 'event', key: 'Plan/Paid 100%', en: 'Paid', ko: '결제', description: 'When money came' } });
  await app.api('PUT', '/v1/labels/attribute/plan', { ko: '요금제'.normalize('NFD') });
  await app.api('PUT', '/v1/labels/attribute/plan', { ko: '요금제' });
  const definition = { type: 'all', of: [{ type: 'event', event: 'Plan/Paid 100%', count: { op: 'at_least', value: 1 } }, { type: 'attribute', key: 'plan', op: 'is', value: 'trial' }] };
  const previewed = await app.api('POST', '/v1/segments/preview', { definition });
  expect(previewed.body.sentence).toEqual({ en: 'People where “Paid” happened at least 1 time and “요금제” is “trial”.', ko: '‘결제’를 1번 이상 했고 ‘요금제’가 ‘trial’과 같은 고객' });
  const { id } = (await app.api('POST', '/v1/segments', { name: 'Labelled', definition })).body;
  await app.runner.runUntilIdle();
  expect((await app.api('GET', `/v1/segments/${id}`)).body.definition).toEqual(definition);
  expect((await app.api('GET', `/v1/segments/${id}/explain?personId=external:a`)).body.root.of[0].sentence.ko).toContain('‘결제’');
  expect((await app.api('GET', '/v1/labels')).body.items.map((one: { kind: string; key: string; en: string; ko: string }) => [one.kind, one.key, one.en, one.ko])).toEqual([['attribute', 'plan', '', '요금제'], ['event', 'Plan/Paid 100%', 'Paid', '결제']]);
  expect((await app.api('GET', '/v1/audit?subject=label:attribute:plan')).body.items).toHaveLength(1);
  expect((await app.api('DELETE', url)).status).toBe(204);
  expect(await app.api('DELETE', url)).toMatchObject({ status: 404, body: { code: 'label.not-found' } });
  expect((await app.api('GET', `/v1/segments/${id}`)).body.sentence.en).toContain('“Plan/Paid 100%”');
});

test.each([
  ['no name and no description', 'event/x', { en: ' ' }], ['an unknown kind', 'page/x', { en: 'X' }], ['a name of ours', 'attribute/$email', { en: 'X' }], ['two lines', 'event/x', { en: 'a\nb' }], ['a long name', 'event/x', { en: 'x'.repeat(101) }], ['another field', 'event/x', { name: 'X' }],
])('a label with %s is refused with its place', async (_what, path, body) => {
  const answer = await app.api('PUT', `/v1/labels/${path}`, body);
  expect(answer.status).toBe(400);
});
