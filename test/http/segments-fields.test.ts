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
