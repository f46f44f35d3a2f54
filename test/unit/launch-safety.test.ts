import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RampLimits, type SendRate } from '../../src/contract/safety.js';
import { SeriesDefinition, BroadcastDefinition } from '../../src/contract/campaign.js';
import { approvalState, covers, needsApproval } from '../../src/campaigns/domain/approval.js';
import { bucketsOf, haltOf, isLastStage, measuresOf, plannedRamp, rampFaults, stageOf, volumeHalt, type RampCounts } from '../../src/campaigns/domain/ramp.js';
import { breakerReason, closesAt, timesInARow } from '../../src/delivery/sending/domain/breaker.js';
import { burstOf, nextAt, refilled, room, type RateBucket } from '../../src/delivery/sending/domain/send-rate.js';
import { BreakerLimits } from '../../src/contract/safety.js';
import { firstRefusal, walkGates } from '../../src/kernel/gates.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);
const RUNS = { seed: 8, numRuns: 300 };

describe('a send rate', () => {
  const rates = fc.record({ messages: fc.integer({ min: 1, max: 20_000 }), per: fc.constantFrom('minute' as const, 'hour' as const) });
  const LENGTH = { minute: 60_000, hour: 3_600_000 };
  /** When messages go that several senders want to send whenever they look, each taking what there is. */
  const send = (rate: SendRate, looks: readonly { after: number; wants: number }[]) => {
    let bucket: RateBucket = { ...rate, tokens: burstOf(rate), at: NOW };
    let at = 0;
    return looks.map(({ after, wants }) => {
      at += after;
      bucket = refilled(bucket, later(at));
      const count = Math.min(wants, room(bucket));
      bucket = { ...bucket, tokens: bucket.tokens - count };
      return { at, count };
    });
  };

  test('is kept in every window of its length, wherever it begins', () => {
    fc.assert(fc.property(rates, fc.array(fc.record({ after: fc.integer({ min: 0, max: 90_000 }), wants: fc.integer({ min: 0, max: 40_000 }) }), { minLength: 2, maxLength: 60 }), (rate, looks) => {
      const sent = send(rate, looks);
      for (const { at: from } of sent) {
        const inside = sent.filter(({ at }) => at >= from && at < from + LENGTH[rate.per]).reduce((sum, { count }) => sum + count, 0);
        expect(inside).toBeLessThanOrEqual(rate.messages);
      }
    }), RUNS);
  });

  test.each([[{ messages: 1, per: 'minute' }, 60], [{ messages: 10, per: 'minute' }, 600], [{ messages: 600, per: 'minute' }, 34_800], [{ messages: 1, per: 'hour' }, 1], [{ messages: 36_000, per: 'hour' }, 35_950]] as const)('%j is used: in an hour at least %i go', (rate, least) => {
    const sent = send(rate, Array.from({ length: 3_600 }, () => ({ after: 1_000, wants: 100_000 })));
    expect(sent.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(least);
  });

  test('says when the next one may go, and then it may', () => {
    fc.assert(fc.property(rates, fc.double({ min: -3, max: 0.999, noNaN: true }), (rate, tokens) => {
      const bucket = { ...rate, tokens, at: NOW };
      const next = nextAt(bucket);
      expect(room(refilled(bucket, next))).toBeGreaterThanOrEqual(1);
      if (next > NOW) expect(room(refilled(bucket, new Date(next.getTime() - 2)))).toBe(0);
    }), RUNS);
  });

  test('a clock that is put back gives nothing twice', () => {
    const bucket = { messages: 60, per: 'minute' as const, tokens: 0, at: NOW };
    expect(refilled(bucket, later(-60_000))).toEqual(bucket);
  });
});

describe('a ramp', () => {
  const message = { id: 'message', type: 'message', channel: 'in_app', topic: 'news', variants: [{ key: 'a', content: { body: 'Hi' } }], next: null };
  const broadcast = (change: object) => BroadcastDefinition.parse({ type: 'broadcast', segmentId: '0198c0de-0000-7000-8000-000000000001', message, ...change });

  test('goes to 1 %, 10 % and everybody unless said otherwise; everybody belongs to exactly one stage', () => {
    const stages = plannedRamp(broadcast({ ramp: {} }))!;
    expect(stages).toEqual([{ basisPoints: 100, wait: { hours: 1 } }, { basisPoints: 1_000, wait: { hours: 4 } }]);
    expect([1, 2, 3].map((stage) => bucketsOf(stages, stage))).toEqual([{ from: 0, to: 100 }, { from: 100, to: 1_000 }, { from: 1_000, to: 10_000 }]);
    expect([1, 2, 3].map((stage) => isLastStage(stages, stage))).toEqual([false, false, true]);
    const counts = [0, 0, 0];
    for (let index = 0; index < 5_000; index += 1) counts[stageOf(stages, 'launch', `person-${index}`) - 1]! += 1;
    expect(counts.reduce((sum, count) => sum + count)).toBe(5_000);
    expect(counts[0]).toBeGreaterThan(20);
    expect(counts[1]).toBeGreaterThan(350);
    expect(plannedRamp(broadcast({}))).toBeNull();
  });

  const series = (entry: object) => SeriesDefinition.parse({ type: 'series', entry, ramp: {}, start: 'message', steps: [message] });
  test.each([
    ['rising', broadcast({ ramp: { stages: [{ percent: 10, wait: { hours: 1 } }, { percent: 5, wait: { hours: 1 } }] } }), ['ramp.stages.1.percent campaign.ramp-not-rising']],
    ['twice the same', broadcast({ ramp: { stages: [{ percent: 10, wait: { hours: 1 } }, { percent: 10, wait: { hours: 1 } }] } }), ['ramp.stages.1.percent campaign.ramp-not-rising']],
    ['people by events', series({ type: 'event', event: 'Signed Up' }), ['ramp campaign.ramp-nobody']],
    ['people to come', series({ type: 'segment', segmentId: '0198c0de-0000-7000-8000-000000000001', take: 'future_only' }), ['ramp campaign.ramp-nobody']],
    ['people there', series({ type: 'segment', segmentId: '0198c0de-0000-7000-8000-000000000001', take: 'current_and_future' }), []],
    ['test-then-send', broadcast({ ramp: {}, message: { ...message, test: { send: { share: 0.2, wait: { hours: 1 } } } } }), ['ramp campaign.ramp-and-test']],
  ])('is checked: %s', (_, definition, expected) => {
    expect(rampFaults(definition).map(({ path, code }) => `${path} ${code}`)).toEqual(expected);
  });

  const limits = RampLimits.parse({});
  const counts = (change: Partial<RampCounts>): RampCounts => ({ messages: 500, hard: 0, complaints: 0, blocked: 0, unsubscribed: 0, unrendered: 0, ...change });
  test.each([
    ['nothing', {}, null],
    ['one bounce of three', { messages: 3, hard: 1 }, null],
    ['most bounce, but few were sent', { messages: 99, hard: 99 }, null],
    ['two complaints of a hundred may be chance', { messages: 100, complaints: 2 }, null],
    ['three complaints', { complaints: 3 }, 'complaint'],
    ['as many bounces as allowed', { hard: 25 }, null],
    ['one bounce more', { hard: 26 }, 'hard'],
    ['blocked', { blocked: 101 }, 'block'],
    ['unsubscribed', { unsubscribed: 11 }, 'unsubscribe'],
    ['not rendered', { unrendered: 26 }, 'render'],
    ['several: the worst is told', { complaints: 9, hard: 200 }, 'complaint'],
  ])('halts: %s', (_, change, measure) => {
    const halt = haltOf(counts(change), limits, NOW);
    expect(halt?.measure ?? null).toBe(measure);
    if (halt) expect([halt.code, halt.text.en.includes(`of ${halt.of} messages (${halt.percent} %`), halt.text.ko.includes(`${halt.percent}%`)]).toEqual(['RAMP_HALTED', true, true]);
  });

  test('tells every measure beside its limit', () => {
    expect(measuresOf(counts({ hard: 5 }), limits).map(({ measure, count, percent, limit }) => [measure, count, percent, limit])).toEqual([['complaint', 0, 0, 0.3], ['hard', 5, 1, 5], ['block', 0, 0, 20], ['unsubscribe', 0, 0, 2], ['render', 0, 0, 5]]);
    expect(measuresOf(counts({ messages: 0 }), limits).every(({ percent, isOver }) => percent === 0 && !isOver)).toBe(true);
  });

  test.each([[1_000, 1_000, false], [1_500, 1_000, false], [1_501, 1_000, true], [99, 0, false], [100, 0, true], [120, 50, false], [5_000, null, false]])('of %i people where %s were expected: halted %s', (people, forecast, halted) => {
    expect(volumeHalt({ people, forecast }, limits, NOW) !== null).toBe(halted);
  });
});

describe('an approval', () => {
  test.each([[null, 1_000_000, false], [1_000, 1_000, false], [1_000, 1_001, true], [1_000, null, true]])('above %s, with %s people: needed %s', (above, people, needed) => {
    expect(needsApproval(above, people)).toBe(needed);
  });
  test.each([[1_000, 1_250, true], [1_000, 1_251, false], [1_000, 10, true], [null, 9_999, true], [1_000, null, true]])('for %s people covers %s: %s', (approved, people, covered) => {
    expect(covers(approved, people)).toBe(covered);
  });
  const at = { revision: 3, needed: true, people: 2_000 };
  test.each([
    [null, at, 'missing'], [{ state: 'requested', revision: 3, people: 2_000 }, at, 'requested'], [{ state: 'approved', revision: 3, people: 2_000 }, at, 'approved'],
    [{ state: 'approved', revision: 2, people: 2_000 }, at, 'void'], [{ state: 'approved', revision: 3, people: 1_000 }, at, 'grown'], [{ state: 'rejected', revision: 3, people: 1_000 }, at, 'rejected'],
    [{ state: 'rejected', revision: 3, people: 1_000 }, { ...at, needed: false }, 'not_needed'],
  ] as const)('%j of %j is %s', (asked, draft, state) => {
    expect(approvalState(asked, draft)).toBe(state);
  });
});

describe('the breaker of the workspace', () => {
  const limits = BreakerLimits.parse({ window: 100 });
  const judged = { total: 100, delivered: 89, hard: 11, complaints: 0, blocked: 0 };
  test('opens with the numbers, not when it is off, and not before its window is full', () => {
    expect(breakerReason(judged, limits, NOW)).toMatchObject({ code: 'ERROR_BUDGET', measure: 'hard', percent: 11, limit: 10, of: 100, text: { en: expect.stringContaining('of the last 100 e-mails'), ko: expect.stringContaining('최근 이메일 100건') } });
    expect(breakerReason(judged, { ...limits, on: false }, NOW)).toBeNull();
    expect(breakerReason({ ...judged, total: 99 }, limits, NOW)).toBeNull();
  });
  test('stays open twice as long each time in a row, a day at most, and a quiet day ends the row', () => {
    expect([1, 2, 3, 30].map((times) => (closesAt(NOW, limits, times).getTime() - NOW.getTime()) / 60_000)).toEqual([30, 60, 120, 1_440]);
    expect([timesInARow({ openedTimes: 2, at: later(-3_600_000) }, NOW), timesInARow({ openedTimes: 2, at: later(-25 * 3_600_000) }, NOW)]).toEqual([3, 1]);
  });
});

describe('the gates', () => {
  const breaker = { scope: 'workspace' as const, until: later(60_000), facts: { measure: 'hard' } };
  test('a breaker is told before the pause it made, an approval before everything about the person, a rate last', () => {
    expect(firstRefusal({ now: NOW, campaign: { state: 'paused', entering: true, breaker: { ...breaker, scope: 'campaign', until: null } } })).toMatchObject({ gate: 'campaign', code: 'BREAKER_OPEN', facts: { scope: 'campaign', state: 'paused' } });
    expect(firstRefusal({ now: NOW, campaign: { state: 'active', entering: true, breaker } })).toMatchObject({ code: 'BREAKER_OPEN', nextCheckAt: breaker.until });
    expect(firstRefusal({ now: NOW, campaign: { state: 'active', entering: true, unapproved: { people: 9 } }, trigger: { met: false } })).toMatchObject({ gate: 'campaign', code: 'APPROVAL_MISSING', facts: { people: 9 } });
    const facts = { now: NOW, campaign: { state: 'active', entering: true }, rate: { until: later(1_000), facts: { scope: 'campaign' } } };
    expect(firstRefusal(facts)).toMatchObject({ gate: 'transport', code: 'RATE_DEFERRED', nextCheckAt: later(1_000) });
    expect(walkGates({ ...facts, rate: null }).at(-1)).toMatchObject({ gate: 'transport', passed: true });
  });
});
