import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cutter } from '../model/cutter.js';
import { end, tell } from '../model/drive.js';
import { judge, summary } from '../model/judge.js';
import { anyWorld, HOUR, type World } from '../model/world.js';
import { startTestApp, type TestApp } from '../support/app.js';
import fc from '../support/fast-check.js';
import { VirtualClock } from '../support/virtual-clock.js';

const WORLDS = Number(process.env.DANBI_MODEL_WORLDS ?? 5);
const CUTS = process.env.DANBI_MODEL_CUTS ?? '4';
const clock = new VirtualClock(new Date('2026-03-25T00:00:00Z'));
/** Each world takes weeks of the clock. What is kept by months grows with them, and every look at it: after so many, one begins anew. */
const WORLDS_OF_A_DATABASE = 20;
let cutter: Cutter;
let app: TestApp;
let lived = 0;

async function begin(): Promise<void> {
  clock.set(new Date('2026-03-25T00:00:00Z'));
  app = await startTestApp({ clock });
  const made = await app.api('POST', '/v1/topics', { key: 'offers', name: 'Offers' });
  if (made.status >= 300) throw new Error(JSON.stringify(made.body));
}

/** To be called before a world; true when it will be the first of a database. */
async function renew(): Promise<boolean> {
  lived += 1;
  if (lived % WORLDS_OF_A_DATABASE !== 0) return lived === 1;
  await app.close();
  await begin();
  return true;
}

beforeAll(async () => {
  cutter = new Cutter();
  await begin();
});
afterAll(async () => {
  await app.close();
  cutter.restore();
});

describe('random campaigns, random people, connections lost at random statements', () => {
  test('every promise is kept', async () => {
    let runs = 0;
    await fc.assert(fc.asyncProperty(anyWorld, async (world) => {
      await renew();
      const told = await tell(app, clock, cutter, world);
      const broken = await judge(app.db, told);
      runs += told.acts.filter(({ what }) => what === 'go').length;
      await end(app, told);
      expect(broken).toEqual([]);
    }), { numRuns: WORLDS, endOnFailure: process.env.DANBI_MODEL_SHRINK === undefined });
    expect(runs).toBeGreaterThan(WORLDS);
  }, Math.max(120_000, WORLDS * 60_000));
});

/** Every kind of step and of end, no clocks that change and nothing that is drawn. */
const PLAIN: World = {
  series: [{
    byKey: true, reentry: 'concurrent_by_key', goalExits: true, exitBy: 'event', important: false,
    steps: [
      { kind: 'message', channel: 'in_app', topic: 'offers', arms: 1, control: false, next: 0 }, { kind: 'wait', hours: 5, at: '09:00', next: 0 }, { kind: 'wait_until', hours: 30, sameKey: true, next: 0, timeout: 1 },
      { kind: 'branch', next: 1, otherwise: 0 }, { kind: 'action', tag: true, next: 0 }, { kind: 'message', channel: 'in_app', topic: 'product-updates', arms: 1, control: false, next: 0 }, { kind: 'exit' },
    ],
  }],
  people: [{ zone: 'Asia/Seoul', plan: 'a', due: null }, { zone: 'UTC', plan: 'b', due: null }, { zone: 'Asia/Seoul', plan: 'a', due: null }],
  acts: [
    { quarter: 4, person: 0, what: 'go', key: 1 }, { quarter: 5, person: 0, what: 'go', key: 2 }, { quarter: 4, person: 1, what: 'go', key: 1 }, { quarter: 6, person: 2, what: 'go', key: 1 }, { quarter: 150, person: 0, what: 'ping', key: 1 },
    { quarter: 152, person: 1, what: 'buy', key: 1 }, { quarter: 20, person: 2, what: 'unsubscribe', key: 1 }, { quarter: 155, person: 0, what: 'leave', key: 2 },
  ],
  caps: [{ limit: 1, hours: 20, channel: 'in_app' }], quiet: true, cuts: [],
};
const WEEK = 7 * 24 * HOUR;

test('a connection lost at any statement of a batch leaves the ledger as it would have been', async () => {
  const live = async (cuts: World['cuts']) => {
    // What a database does only the first time would shift the statements that are counted.
    if (await renew()) await end(app, await tell(app, clock, cutter, { ...PLAIN, cuts: [] }));
    clock.set(new Date(Math.ceil(clock.now().getTime() / WEEK) * WEEK));
    const told = await tell(app, clock, cutter, { ...PLAIN, cuts });
    const [broken, lines] = [await judge(app.db, told), await summary(app.db, told)];
    await end(app, told);
    expect(broken).toEqual([]);
    return { told, lines };
  };
  const whole = await live([]);
  expect(whole.lines.filter((line) => line.startsWith('["delivery"')).length).toBeGreaterThan(4);
  const places = whole.told.statements.flatMap((count, round) => Array.from({ length: count }, (_, statement) => ({ round: round + 1, statement: statement + 1 }))).flatMap((place) => (['before', 'after'] as const).map((when) => ({ ...place, when })));
  const chosen = CUTS === 'all' ? places : fc.sample(fc.constantFrom(...places), Number(CUTS));
  for (const cut of chosen) {
    const made = cutter.made;
    const { lines } = await live([cut]);
    expect(cutter.made).toBe(made + 1);
    expect({ cut, lines }).toEqual({ cut, lines: whole.lines });
  }
}, CUTS === 'all' ? 4 * 3_600_000 : 240_000);
