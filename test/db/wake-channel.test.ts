import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLog } from '../../src/platform/logging.js';
import { WakeChannel } from '../../src/platform/jobs/wake-channel.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
const heard: Record<'one' | 'other', string[]> = { one: [], other: [] };
let one: WakeChannel;
let other: WakeChannel;

beforeAll(async () => {
  database = await createTestDatabase();
  [one, other] = (['one', 'other'] as const).map((name) => new WakeChannel(database.url, createLog('silent'), (woken) => heard[name].push(woken))) as [WakeChannel, WakeChannel];
  await one.start();
  await other.start();
});
afterAll(async () => {
  await one.stop();
  await other.stop();
  await database.drop();
});

async function until(fits: () => boolean): Promise<void> {
  for (let waited = 0; !fits(); waited += 5) {
    if (waited > 10_000) throw new Error(`waited in vain: ${JSON.stringify(heard)}`);
    await new Promise((done) => { setTimeout(done, 5); });
  }
}

test('wakes every other process once for what was said at once, and not the one that said it', async () => {
  for (const name of ['a', 'b', 'a']) one.notify(name);
  await until(() => heard.other.length === 2);
  other.notify('c');
  // What `one` said itself would have come before this.
  await until(() => heard.one.length > 0);
  expect(heard).toEqual({ one: ['c'], other: ['a', 'b'] });
});
