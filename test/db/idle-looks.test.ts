import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Type } from '@nestjs/common';
import pg from 'pg';
import { WORKERS } from '../../src/app.module.js';
import type { Worker } from '../../src/platform/jobs/worker.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock, alarms: true }); });
afterAll(() => app.close());

/** Statements of this process while `work` runs, transactions included. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const { query } = pg.Client.prototype;
  let count = 0;
  const counted = function (this: pg.Client, ...given: Parameters<typeof query>) {
    count += 1;
    return query.apply(this, given);
  };
  pg.Client.prototype.query = counted as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return count;
}

/** Workers that ask more than one question each second of an idle installation, and how many. */
const MORE: Record<string, number> = {
  // Is anything due in a campaign that is not held; the e-mail worker also looks for claims of workers that vanished.
  'delivery.email': 3, 'delivery.in_app': 2, 'delivery.hooks': 2,
  // A changed rule, and what is new since.
  'delivery.confirmation': 3,
  // Builds, and a workspace that moved to another zone; changes, definitions and the zone.
  'segments.build': 3, 'segments.membership': 4,
};

test('a look at an idle installation asks next to nothing', async () => {
  await app.runner.runUntilIdle();
  clock.advance(1_000);
  const asked: Record<string, number> = {};
  for (const type of WORKERS) {
    const worker = app.nest.get<Worker>(type as Type<Worker>, { strict: false });
    asked[worker.name] = await statementsOf(() => worker.runOnce());
  }
  const tooMany = Object.entries(asked).filter(([name, count]) => count > (MORE[name] ?? 1));
  expect(tooMany).toEqual([]);
  expect(asked['delivery.email']).toBeGreaterThan(0);
});
