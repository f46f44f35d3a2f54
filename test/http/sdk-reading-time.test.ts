import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PageCondition } from '../../src/contract/segment-conditions.js';
import { newId } from '../../src/kernel/ids.js';
import { row } from '../../src/platform/database/db.js';
import { membersAmong } from '../../src/segments/segment-questions.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';
import fc from '../support/fast-check.js';

const NOW = new Date('2026-06-10T03:00:00.000Z');
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock: new VirtualClock(NOW) }); });
afterAll(() => app.close());

/** As the SDK sends them: text without headers of its own, the key in the body. */
async function send(batch: readonly object[]): Promise<void> {
  const answer = await fetch(`${app.url}/v1/b`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ writeKey: app.writeKey, sentAt: NOW.toISOString(), batch }) });
  expect(await answer.json()).toEqual({ success: true });
}

/** Reports of a page visit: totals that only grow. */
const visit = fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 1, maxLength: 6 }).map((steps) => steps.toSorted((a, b) => a - b));
const delivery = fc.record({
  visits: fc.array(visit, { minLength: 1, maxLength: 4 }),
  /** Which reports are sent again: with their message id (a retry), or as a new event (a page that came back). */
  again: fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 8 }),
  order: fc.array(fc.nat(), { minLength: 32, maxLength: 32 }),
  size: fc.integer({ min: 1, max: 7 }),
});

test('reports that are retried, reordered and doubled say the same reading time', async () => {
  await fc.assert(fc.asyncProperty(delivery, async ({ visits, again, order, size }) => {
    const userId = newId();
    const events = visits.flatMap((totals) => {
      const pv = newId();
      return totals.map((dwell_ms, index) => ({ type: 'track', event: '$page_engaged', userId, messageId: newId(), timestamp: new Date(NOW.getTime() - 60_000 + index).toISOString(), properties: { pv, seq: index + 1, dwell_ms, visible_ms: dwell_ms + 5, max_scroll: 40, url: 'https://example.com/pricing' } }));
    });
    const doubled = again.map(([which, retried]) => ({ ...events[which % events.length]!, ...(retried ? {} : { messageId: newId() }) }));
    const sent = [...events, ...doubled].map((event, index) => ({ event, at: order[index % order.length]! })).toSorted((a, b) => a.at - b.at).map(({ event }) => event);
    for (let from = 0; from < sent.length; from += size) await send(sent.slice(from, from + size));
    const { id } = await row<{ id: string }>(app.db, 'select p.id from person as p where p.external_id = $1', [userId]) as { id: string };
    const seconds = visits.reduce((sum, totals) => sum + totals.at(-1)!, 0) / 1_000;
    const asked = (op: PageCondition['op'], path: string): PageCondition => ({ type: 'page', measure: 'dwell', op, value: seconds, url: [{ match: 'glob', pattern: path }] });
    expect([seconds, (await membersAmong(app.db, asked('exactly', 'example.com/pricing'), [id], NOW)).size]).toEqual([seconds, 1]);
    expect((await membersAmong(app.db, asked('more_than', '**'), [id], NOW)).size).toBe(0);
    if (seconds > 0) expect((await membersAmong(app.db, asked('exactly', '/other'), [id], NOW)).size).toBe(0);
  }), { numRuns: 40 });
}, 600_000);
