import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { encodeCursor } from '../../src/platform/http/paging.js';
import { broadcast } from '../support/campaign-definitions.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp(); });
afterAll(() => app.close());

const ID = '01a20184-4a91-71c4-8b6a-202099211eca';

test.each([
  ['/v1/people'], ['/v1/campaigns'], ['/v1/segments'], ['/v1/deliveries'], ['/v1/imports'], ['/v1/events/rejected'], ['/v1/audit'], ['/v1/users'],
  ['/v1/api-keys'], ['/v1/suppressions'], ['/v1/sandbox/mails'], ['/v1/people/external:here/events'], ['/v1/people/external:here/inbox'],
  ['/v1/people/external:here/campaigns'], ['/v1/people/external:here/attributes/plan/history'], [`/v1/campaigns/${ID}/assignments`],
])('%s refuses every cursor it did not give out', async (path) => {
  await app.api('POST', '/v1/people', { externalId: 'here', attributes: { plan: 'x' } });
  const cursors = [[], ['x'], [null], ['x', 'y'], [1, 2], ['2026-01-01', ID], ['2026-01-01T00:00:00.000Z', 'x'], ['99999999-01-01', ID], ['0000-01-01T00:00:00Z', ID], ['infinity', ID], [{}, []], ['a\0', 'b\0'], [1, 2, 3]].map(encodeCursor);
  for (const after of [...cursors, '', '!!', 'eA']) {
    const { status, body } = await app.api('GET', `${path}?after=${encodeURIComponent(after)}`);
    expect([path, after, status, body.code]).toEqual([path, after, 400, 'request.bad-cursor']);
  }
});

test.each([
  ['GET', '/v1/people?q=a%00b', undefined, 'q'],
  ['GET', '/v1/people/external:%00', undefined, 'id'],
  ['GET', '/v1/people/email:a%00@b.kr/inbox', undefined, 'id'],
  ['GET', `/v1/campaigns/${ID}/explain?personId=external:%00`, undefined, 'personId'],
  ['GET', '/v1/exports/people.csv?tag=%00', undefined, 'tag'],
  ['GET', '/v1/exports/events.ndjson?name=%00', undefined, 'name'],
  ['GET', '/v1/sandbox/mails?to=%00', undefined, 'to'],
  ['PUT', '/v1/people/external:%00/tags/x', undefined, 'id'],
  ['POST', '/v1/people', { externalId: '\ud800' }, 'externalId'],
  ['POST', '/v1/people', { externalId: 'k', attributes: { 'k\0': 1 } }, 'attributes'],
  ['POST', '/v1/topics', { key: 'k', name: 'k', nameKo: 'a\0' }, 'nameKo'],
  ['POST', '/v1/session', { email: '\0', password: 'x' }, 'email'],
  ['PATCH', '/v1/workspace', { settings: { senderContact: '\udfff' } }, 'settings.senderContact'],
  ['POST', '/v1/segments', { name: 'n', description: 'a\0', definition: { type: 'tag', op: 'has', tag: 'x' } }, 'description'],
])('%s %s with a text no column can hold is refused at its place (%#)', async (method, path, body, place) => {
  const answer = await app.api(method, path, body);
  expect([answer.status, answer.body.code]).toEqual([400, 'request.unstorable-text']);
  expect(answer.body.message).toContain(place);
});

test('text beyond the first plane is a text like any other', async () => {
  expect((await app.api('POST', '/v1/people', { externalId: '단비😀', attributes: { 이름: '𠮷野' } })).status).toBe(201);
  expect((await app.api('GET', '/v1/people?q=%F0%A0%AE%B7')).status).toBe(200);
});

test('a message id with a NUL, taken or refused, leaves its neighbours alone', async () => {
  const track = (userId: string, more: object) => ({ type: 'track', userId, event: 'Opened', ...more });
  const batch = [track('nul-1', { messageId: 'a\0b' }), track('nul-2', { messageId: 'c\0', event: '' }), track('nul-3', { messageId: '\ud800' }), track('nul-4', { messageId: 'fine' })];
  const answer = await app.api('POST', '/v1/batch', { batch, writeKey: app.writeKey });
  expect([answer.status, answer.body]).toEqual([200, { success: true, accepted: 3, rejected: [expect.objectContaining({ index: 1, code: 'missing_event' })] }]);
  expect((await app.api('POST', '/v1/batch', { batch, writeKey: app.writeKey })).status).toBe(200);
  expect((await app.api('GET', '/v1/people/external:nul-1/events')).body.items).toHaveLength(1);
});

test('a row of an assignment file with a NUL is one refused row', async () => {
  const definition = broadcast({ external: true, message: undefined, arms: [{ key: 'A' }, { key: 'none', control: true }] });
  const { body: campaign } = await app.api('POST', '/v1/campaigns', { name: 'x', definition });
  expect((await app.api('POST', `/v1/campaigns/${campaign.id}/publish`)).status).toBe(200);
  await app.api('POST', '/v1/people', { externalId: 'nul-neighbour' });
  const rows = [{ externalId: 'a\0', variant: 'A' }, { externalId: '\ud800', variant: 'A' }, { externalId: 'nul-neighbour', variant: 'A' }];
  const answer = await fetch(`${app.url}/v1/campaigns/${campaign.id}/assignments`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/x-ndjson' }, body: rows.map((row) => JSON.stringify(row)).join('\n') });
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ received: 3, assigned: 1, rejectedTotal: 2 })]);
});

test('a moment before the year 1 is refused', async () => {
  const answer = await app.api('GET', '/v1/exports/events.ndjson?from=0000-01-01T00:00:00Z');
  expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
});
