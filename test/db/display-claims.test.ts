import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DisplayAcks } from '../../src/campaigns/auto/acks.service.js';
import { DisplayClaims } from '../../src/campaigns/auto/claims.service.js';
import type { AppError } from '../../src/kernel/errors.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, inApp } from '../support/campaign-definitions.js';
import { publishAuto, reconciled } from '../support/displays.js';
import { VirtualClock } from '../support/virtual-clock.js';
import fc from '../support/fast-check.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
const PEOPLE = 4;
const LIMIT = 3;
let app: TestApp;
let claims: DisplayClaims;
let acks: DisplayAcks;
beforeAll(async () => {
  app = await startTestApp({ clock });
  claims = app.nest.get(DisplayClaims, { strict: false });
  acks = app.nest.get(DisplayAcks, { strict: false });
  await app.api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: true, parameters: { perDay: LIMIT } } } });
});
afterAll(() => app.close());

const message = { variants: [{ key: 'A', content: { body: 'a' } }, { key: 'B', content: { body: 'b' } }], control: { weight: 1 } };
const PLANS = [
  { cap: 2, frequency: { times: 1, oncePerVisit: false } },
  { cap: 5, frequency: { times: 2, oncePerVisit: false }, priority: 80 },
  { frequency: { times: null, every: { minutes: 1 }, oncePerVisit: false }, class: 'essential' },
];

interface Granted { person: string; key: string }

type Command =
  | { do: 'claim'; person: number; campaign: number; tabs: number }
  | { do: 'ack'; of: number; what: 'shown' | 'back' | 'dismiss'; times: number }
  | { do: 'wait'; ms: number } | { do: 'sweep' } | { do: 'pause' | 'resume'; campaign: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('claim' as const), person: fc.nat(PEOPLE - 1), campaign: fc.nat(PLANS.length - 1), tabs: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ack' as const), of: fc.nat(), what: fc.constantFrom('shown' as const, 'shown' as const, 'back' as const, 'dismiss' as const), times: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 15_000, 16_000, 61_000, 86_400_000) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'sweep' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const), campaign: fc.nat(PLANS.length - 1) }) },
);

/** What must hold whenever nothing is under way. */
async function holds(campaigns: readonly string[]): Promise<void> {
  const [broken] = await rows<{ over: number; twice: number; untrue: number; crowded: number; frequent: number }>(app.db, `
    with shown as (select d.campaign_id, d.person_id, d.is_control, d.settled_at from delivery as d where d.campaign_id = any($1::uuid[]) and d.state in ('delivered', 'ghost')),
    cap as (select * from unnest($1::uuid[], $2::int[], $3::int[]) as c (campaign_id, cap, times))
    select (select count(*)::int from cap as c where (select count(*) from shown as s where s.campaign_id = c.campaign_id and not s.is_control) > c.cap) as over,
           (select count(*)::int from (select 1 from shown as s join cap as c on c.campaign_id = s.campaign_id group by s.campaign_id, s.person_id, c.times having count(*) > c.times) as x) as frequent,
           (select count(*)::int from cap as c join display_tally as t on t.campaign_id = c.campaign_id
             where t.taken <> (select count(*) from shown as s where s.campaign_id = c.campaign_id and not s.is_control)
                            + (select count(*) from display_claim as k where k.campaign_id = c.campaign_id and k.state = 'open' and k.counted)) as untrue,
           (select count(*)::int from shown as s where (select count(*) from enrollment as e where e.person_id = s.person_id and e.entry ->> 'class' = 'standard'
              and e.entered_at > s.settled_at - interval '24 hours' and e.entered_at <= s.settled_at) > $4) as crowded,
           (select count(*)::int from (select 1 from display_claim as k where k.state = 'open' group by k.person_id, k.class having count(*) > 1) as x) as twice`,
  [campaigns, PLANS.map(({ cap }) => cap ?? null), PLANS.map(({ frequency }) => frequency.times), LIMIT]);
  expect(broken).toEqual({ over: 0, frequent: 0, untrue: 0, crowded: 0, twice: 0 });
  for (const id of campaigns) await reconciled(app, id);
}

/**
 * All at once, everybody claims the campaign with a cap, and the essential one, and then confirms what was granted. The essential one has nothing to
 * refuse; of the capped one somebody is refused only when all its slots are taken. So whatever comes next comes to a world of displays.
 */
async function begin(campaigns: readonly string[], people: readonly string[]): Promise<Granted[]> {
  const granted: Granted[] = [];
  await Promise.all(people.flatMap((person) => [campaigns[0]!, campaigns[2]!].map(async (campaignId) => {
    const ask = askOf(campaignId);
    const answer = await claims.claim(person, ask);
    if (answer.ok === 0) expect([campaignId, answer.why]).toEqual([campaigns[0], expect.stringMatching(/^CAP_(DEFERRED|DROPPED)$/)]); // deferred while a slot is only leased
    else granted.push({ person, key: ask.key });
  })));
  for (const { person, key } of granted) expect(await acks.ack(person, { key, doing: 'shown', button: null, answer: null })).toEqual({ ok: 1 });
  const counted = await rows<{ id: string; state: string; count: number }>(app.db, 'select d.campaign_id as id, d.state, count(*)::int as count from delivery as d where d.campaign_id = any($1::uuid[]) group by d.campaign_id, d.state', [campaigns]);
  const of = (index: number, ...states: string[]) => counted.filter(({ id, state }) => id === campaigns[index] && states.includes(state)).reduce((sum, { count }) => sum + count, 0);
  expect(of(2, 'delivered', 'ghost')).toBe(people.length);
  const refused = people.length - of(0, 'delivered', 'ghost');
  expect(of(0, 'delivered')).toBeLessThanOrEqual(PLANS[0]!.cap!);
  expect(refused === 0 || of(0, 'delivered') === PLANS[0]!.cap).toBe(true);
  expect(granted).toHaveLength(2 * people.length - refused);
  return granted;
}

const askOf = (campaignId: string) => ({ key: randomUUID(), visit: randomUUID(), url: 'https://x.example/', why: {}, trusted: true, languages: [], what: { campaignId } });

test('whatever comes in whatever order, no cap is exceeded and everything adds up', async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 15, maxLength: 40 }), async (commands) => {
    const campaigns: string[] = [];
    for (const display of PLANS) campaigns.push(await publishAuto(app, autoMessage({ display, message: inApp('message', message) })));
    const people = Array.from({ length: PEOPLE }, () => newId());
    await rows(app.db, `insert into person (id, kind, first_seen_at, last_seen_at, created_at, updated_at) select p.id, 'visitor', $2, $2, $2, $2 from unnest($1::uuid[]) as p (id)`, [people, clock.now()]);
    const granted = await begin(campaigns, people);
    for (const one of commands) {
      if (one.do === 'claim') {
        const asks = Array.from({ length: one.tabs }, () => askOf(campaigns[one.campaign]!));
        const answers = await Promise.all(asks.map((ask) => claims.claim(people[one.person]!, ask)));
        expect(answers.filter(({ ok }) => ok === 1).length).toBeLessThanOrEqual(1);
        answers.forEach((answer, index) => { if (answer.ok === 1) granted.push({ person: people[one.person]!, key: asks[index]!.key }); });
      } else if (one.do === 'ack') {
        const { person, key } = granted[one.of % granted.length]!;
        // A claim that ended a day ago is forgotten.
        const answers = await Promise.allSettled(Array.from({ length: one.times }, () => acks.ack(person, { key, doing: one.what, button: null, answer: null })));
        for (const answer of answers) if (answer.status === 'rejected' && (answer.reason as AppError).code !== 'claim.unknown') throw answer.reason;
      } else if (one.do === 'wait') clock.advance(one.ms);
      else if (one.do === 'sweep') await app.runner.runUntilIdle();
      else if (one.do === 'pause' || one.do === 'resume') await app.api('POST', `/v1/campaigns/${campaigns[one.campaign]!}/${one.do}`);
    }
    await holds(campaigns);
    for (const id of campaigns) await app.api('POST', `/v1/campaigns/${id}/stop`);
    await holds(campaigns);
  }), { numRuns: 6, endOnFailure: true, seed: Number(process.env.DANBI_DISPLAY_SEED ?? Date.now() % 1_000_000) });
}, 600_000);
