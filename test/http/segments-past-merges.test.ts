import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { row } from '../../src/platform/database/db.js';
import { explainAsKnown } from '../../src/segments/segment-questions.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-10T09:00:00Z'));
const isPro: SegmentNode = { type: 'attribute', key: 'plan', op: 'is', value: 'pro' };
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

/** A minute later, somebody is identified; the moment of it. */
async function identify(message: { userId?: string; anonymousId?: string; traits?: object }): Promise<Date> {
  clock.advance(60_000);
  const now = clock.now();
  const sent = { type: 'identify', messageId: newId(), timestamp: now.toISOString(), context: { library: { name: 'analytics-node' } }, ...message };
  expect((await app.api('POST', '/v1/batch', { writeKey: app.key, batch: [sent] })).status).toBe(200);
  return now;
}

async function planThen(userId: string, at: Date): Promise<unknown> {
  const person = await row<{ id: string }>(app.db, 'select p.id from person as p where p.external_id = $1', [userId]);
  const { truth, compared } = await explainAsKnown(app.db, isPro, person!.id, at);
  expect(truth).toBe(compared === 'pro');
  return compared;
}

test('what was learned of a visitor counts from the merge on, and never beats what was known of the user', async () => {
  await identify({ userId: 'has-a-plan', traits: { plan: 'free' } });
  await identify({ userId: 'has-none', traits: { x: 1 } });
  await identify({ anonymousId: 'visitor-1', traits: { plan: 'pro' } });
  const before = await identify({ anonymousId: 'visitor-2', traits: { plan: 'pro' } });
  const first = await identify({ userId: 'has-a-plan', anonymousId: 'visitor-1' });
  const second = await identify({ userId: 'has-none', anonymousId: 'visitor-2' });
  expect([await planThen('has-a-plan', before), await planThen('has-none', before)]).toEqual(['free', null]);
  expect([await planThen('has-a-plan', first), await planThen('has-none', first)]).toEqual(['free', null]);
  expect([await planThen('has-a-plan', second), await planThen('has-none', second)]).toEqual(['free', 'pro']);
});
