import { describe, expect, test } from '@jest/globals';
import { firstRefusal, GATE_OF, GATES, ledgerVerdicts, walkGates, type GateFacts } from '../../src/kernel/gates.js';
import { displayFacts, mayDisplay } from '../../src/campaigns/domain/display-frequency.js';
import { scheduleAt } from '../../src/campaigns/domain/display-schedule.js';
import { outcomeOf } from '../../src/campaigns/domain/outcome.js';
import { dateEntryAt, dateWindow, minuteOf, waitEnds } from '../../src/campaigns/domain/next-due.js';
import { sentenceFor } from '../../src/campaigns/domain/sentences.js';
import { groupBySeparatePeople, type SettledChange } from '../../src/campaigns/domain/settled.js';
import type { PublishedDefinition } from '../../src/campaigns/domain/published.js';
import { REASON_CODES } from '../../src/kernel/reason-codes.js';

const now = new Date('2026-03-02T09:00:00Z');
const open: GateFacts = {
  now, campaign: { state: 'active', entering: true }, trigger: { met: true }, audience: { inside: true },
  reentry: { policy: 'never', runs: 0, active: false, lastEnteredAt: null, allowedFrom: null }, exit: { goals: [], rules: [] }, reach: { code: null },
};
const was = { runs: 1, active: false, lastEnteredAt: new Date('2026-03-01T00:00:00Z'), allowedFrom: null };
/** In the published order: each refuses although everything behind it refuses too. */
const closed: { gate: string; code: string; facts: Partial<GateFacts> }[] = [
  { gate: 'campaign', code: 'CAMPAIGN_INACTIVE', facts: { campaign: { state: 'paused', entering: true } } },
  { gate: 'trigger', code: 'TRIGGER_NOT_MET', facts: { trigger: { met: false } } },
  { gate: 'audience', code: 'NOT_IN_AUDIENCE', facts: { audience: { inside: false } } },
  { gate: 'reentry', code: 'REENTRY_BLOCKED', facts: { reentry: { policy: 'never', ...was } } },
  { gate: 'exit', code: 'GOAL_REACHED', facts: { exit: { goals: ['g'], rules: ['r'] } } },
  { gate: 'consent', code: 'TOPIC_UNSUBSCRIBED', facts: { reach: { code: 'TOPIC_UNSUBSCRIBED' } } },
  { gate: 'reachable', code: 'CHANNEL_UNREACHABLE', facts: { reach: { code: 'CHANNEL_UNREACHABLE' } } },
  { gate: 'suppression', code: 'SUPPRESSED_BOUNCE', facts: { reach: { code: 'SUPPRESSED_BOUNCE' } } },
  { gate: 'quiet_hours', code: 'QUIET_HOURS_DEFERRED', facts: { quiet: { until: now, facts: {} } } },
  { gate: 'frequency_cap', code: 'CAP_DEFERRED', facts: { frequency: { until: now, facts: {} } } },
  { gate: 'frequency_cap', code: 'CAP_DROPPED', facts: { cap: { until: null, facts: {} } } },
  { gate: 'arbitration', code: 'LEASE_DENIED', facts: { arbitration: { code: 'LEASE_DENIED', until: now, facts: {} } } },
  { gate: 'render', code: 'RENDER_MISSING_VAR', facts: { render: { code: 'RENDER_MISSING_VAR', facts: {} } } },
];

const NEW_YORK = 'America/New_York';
describe('how often an auto message is displayed', () => {
  const seen = (times: number, lastAt: string | null, more: object = {}) => ({ times, lastAt: lastAt ? new Date(lastAt) : null, inVisit: false, stoppedAt: null, ...more });
  test.each([
    { name: 'never seen', frequency: { times: 1, oncePerVisit: true }, displayed: seen(0, null), may: true, from: null },
    { name: 'seen as often as it may be', frequency: { times: 2, oncePerVisit: true }, displayed: seen(2, '2026-03-01T09:00:00Z'), may: false, from: null },
    { name: 'in this visit', frequency: { times: null, oncePerVisit: true }, displayed: seen(1, '2026-03-01T09:00:00Z', { inVisit: true }), may: false, from: null },
    { name: 'in this visit, which does not matter', frequency: { times: null, oncePerVisit: false }, displayed: seen(1, '2026-03-01T09:00:00Z', { inVisit: true }), may: true, from: null },
    { name: 'stopped', frequency: { times: null, oncePerVisit: false }, displayed: seen(1, '2026-03-01T09:00:00Z', { stoppedAt: now }), may: false, from: null },
    { name: 'one second before the interval ends', frequency: { times: null, every: { hours: 2 }, oncePerVisit: false }, displayed: seen(1, '2026-03-02T07:00:01Z'), may: false, from: '2026-03-02T09:00:01Z' },
    { name: 'when it ends', frequency: { times: null, every: { hours: 2 }, oncePerVisit: false }, displayed: seen(1, '2026-03-02T07:00:00Z'), may: true, from: null },
    // The clocks of New York go forward on 8 March 2026: the same time of the next day comes after 23 hours.
    { name: 'a day of the person over a change of clocks', frequency: { times: null, every: { days: 1 }, oncePerVisit: false }, displayed: seen(1, '2026-03-07T17:00:00Z'), at: '2026-03-08T15:59:59Z', may: false, from: '2026-03-08T16:00:00Z' },
  ])('$name', ({ frequency, displayed, may, from, ...given }) => {
    const at = 'at' in given ? new Date(given.at!) : now;
    expect(mayDisplay(displayFacts(frequency, displayed, NEW_YORK), at)).toEqual({ may, from: from ? new Date(from) : null });
  });

  const hours = { from: '09:00', to: '18:00' };
  test.each([
    { name: 'no schedule', schedule: undefined, at: now, open: true, next: null },
    { name: 'before it begins', schedule: { from: '2026-03-02T10:00:00Z', weekdays: [] }, at: now, open: false, next: '2026-03-02T10:00:00Z' },
    { name: 'when it ends', schedule: { until: '2026-03-02T09:00:00Z', weekdays: [] }, at: now, open: false, next: null },
    { name: 'inside its hours', schedule: { weekdays: [], hours }, at: new Date('2026-03-02T14:00:00Z'), open: true, next: null },
    { name: 'before its hours', schedule: { weekdays: [], hours }, at: new Date('2026-03-02T13:59:59Z'), open: false, next: '2026-03-02T14:00:00Z' },
    { name: 'after its hours on a Friday', schedule: { weekdays: ['mon' as const, 'fri' as const], hours }, at: new Date('2026-03-06T23:00:00Z'), open: false, next: '2026-03-09T13:00:00Z' },
    { name: 'over midnight', schedule: { weekdays: [], hours: { from: '22:00', to: '02:00' } }, at: new Date('2026-03-02T06:59:00Z'), open: true, next: null },
    { name: 'hours that a change of clocks leaves out', schedule: { weekdays: [], hours: { from: '02:15', to: '02:45' } }, at: new Date('2026-03-08T05:00:00Z'), open: false, next: '2026-03-09T06:15:00Z' },
    { name: 'a day that comes too late', schedule: { until: '2026-03-03T00:00:00Z', weekdays: ['sun' as const] }, at: now, open: false, next: null },
    { name: 'an unknown zone leaves hours to the browser', schedule: { weekdays: [], hours }, at: new Date('2026-03-02T04:00:00Z'), open: true, next: null, zone: null },
  ])('schedule: $name', ({ schedule, at, open: expected, next, ...given }) => {
    expect(scheduleAt(schedule, at, 'zone' in given ? given.zone! : NEW_YORK)).toEqual({ open: expected, nextAt: next ? new Date(next) : null });
  });
});

describe('gates', () => {
  test('are the published order', () => {
    expect(GATES).toEqual(['campaign', 'trigger', 'audience', 'reentry', 'holdout', 'assignment', 'exit', 'consent', 'reachable', 'suppression', 'quiet_hours', 'frequency_cap', 'arbitration', 'render', 'transport']);
  });

  test.each(closed.map((one, index) => ({ ...one, index })))('$gate refuses with $code before everything behind it', ({ gate, code, index }) => {
    const facts = Object.assign({}, open, ...closed.slice(index).toReversed().map((one) => one.facts)) as GateFacts;
    expect(firstRefusal(facts)).toMatchObject({ gate, code, passed: false });
    expect(walkGates(facts).findIndex((verdict) => verdict.passed === false)).toBe(GATES.indexOf(gate as never));
  });

  test('refuse nobody when all is well, and nothing that was not asked', () => {
    expect(firstRefusal(open)).toBeNull();
    expect(walkGates({ now }).every((verdict) => verdict.passed === null)).toBe(true);
  });

  test.each([
    ['active', true, null], ['draining', true, 'VERSION_DRAINING'], ['draining', false, null], ['paused', false, 'CAMPAIGN_INACTIVE'],
    ['stopped', false, 'CAMPAIGN_INACTIVE'], ['archived', true, 'CAMPAIGN_INACTIVE'], ['draft', true, 'CAMPAIGN_INACTIVE'],
  ] as const)('campaign %s, entering %s: %s', (state, entering, code) => {
    expect(firstRefusal({ now, campaign: { state, entering } })?.code ?? null).toBe(code);
  });

  test.each([
    { policy: 'never', active: false, allowedFrom: null, refused: true, next: null },
    { policy: 'after_exit', active: true, allowedFrom: null, refused: true, next: null },
    { policy: 'after_exit', active: false, allowedFrom: null, refused: false, next: null },
    { policy: 'after_interval', active: false, allowedFrom: '2026-03-02T09:00:01Z', refused: true, next: '2026-03-02T09:00:01Z' },
    { policy: 'after_interval', active: false, allowedFrom: '2026-03-02T09:00:00Z', refused: false, next: null },
    { policy: 'after_interval', active: true, allowedFrom: '2026-03-01T09:00:00Z', refused: true, next: null },
  ] as const)('re-entry $policy, active $active, from $allowedFrom: refused $refused', ({ policy, active, allowedFrom, refused, next }) => {
    const refusal = firstRefusal({ now, reentry: { ...was, policy, active, allowedFrom: allowedFrom ? new Date(allowedFrom) : null } });
    expect([refusal !== null, refusal?.nextCheckAt ?? null]).toEqual([refused, next ? new Date(next) : null]);
  });

  test('a decision of the past shows what passed before it and nothing behind it', () => {
    const verdicts = ledgerVerdicts({ code: 'TOPIC_UNSUBSCRIBED', facts: { topic: 'news' }, reached: null });
    expect(verdicts.filter((one) => one.passed).map((one) => one.gate)).toEqual(['campaign', 'trigger', 'audience', 'reentry', 'holdout', 'assignment', 'exit']);
    expect(verdicts.find((one) => one.passed === false)).toMatchObject({ gate: 'consent', facts: { topic: 'news' } });
    expect(verdicts.slice(GATES.indexOf('consent') + 1).every((one) => one.passed === null)).toBe(true);
  });
});

test('a sentence in both languages for every code of the vocabulary', () => {
  for (const code of REASON_CODES) {
    const { en, ko } = sentenceFor({ kind: 'refused', code, at: null, what: 'message' }, 'Asia/Seoul');
    expect(en).toMatch(/^The message did not go because .+\.$/);
    expect(ko).toMatch(/[가-힣].*\.$/);
    if (code in GATE_OF) expect(GATES).toContain(GATE_OF[code]);
  }
});

test('without a step the answer is about the last message the person came to', () => {
  const version = { steps: { a: { id: 'a', type: 'message' }, w: { id: 'w', type: 'wait' }, b: { id: 'b', type: 'message' } } } as unknown as PublishedDefinition;
  const run = { id: 'r', state: 'active', exitCode: null, stepId: 'w', dueAt: '2026-03-05T00:00:00.000Z', enteredAt: now.toISOString(), leftAt: null, steps: [{ stepId: 'a' }, { stepId: 'w' }], deliveries: [] };
  const refused = [{ enrollmentId: 'r', stepId: 'a', stage: 'step', at: now.toISOString(), code: 'NO_CONSENT' as const, facts: {} }];
  expect(outcomeOf(version, run, refused)).toMatchObject({ stepId: 'a', code: 'NO_CONSENT', told: { kind: 'refused' } });
  expect(outcomeOf(version, run, refused, 'b')).toMatchObject({ stepId: 'b', code: null, told: { kind: 'on_the_way', stepId: 'w' }, dueAt: '2026-03-05T00:00:00.000Z' });
  expect(outcomeOf(version, { ...run, state: 'exited', exitCode: 'GOAL_REACHED' }, [], 'b')).toMatchObject({ code: 'GOAL_REACHED', told: { kind: 'passed_by' } });
});

describe('times', () => {
  test.each([
    { rule: { for: { days: 1 } }, from: '2026-03-07T15:00:00Z', zone: 'America/New_York', ends: '2026-03-08T14:00:00Z' },
    { rule: { for: { hours: 24 } }, from: '2026-03-07T15:00:00Z', zone: 'America/New_York', ends: '2026-03-08T15:00:00Z' },
    { rule: { until: { time: '02:30', weekdays: [] } }, from: '2026-03-08T05:00:00Z', zone: 'America/New_York', ends: '2026-03-08T07:30:00Z' },
    { rule: { for: { days: 2 }, until: { time: '09:00', weekdays: ['mon' as const] } }, from: '2026-03-02T00:00:00Z', zone: 'Asia/Seoul', ends: '2026-03-09T00:00:00Z' },
  ])('a wait of $rule in $zone ends $ends', ({ rule, from, zone, ends }) => {
    expect(waitEnds(rule, new Date(from), zone)).toEqual(new Date(ends));
  });

  test('every date entry lies in the window that is searched for it, in every zone and on every day of a year', () => {
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/New_York', 'Europe/Berlin', 'Asia/Seoul', 'Asia/Kathmandu', 'Australia/Lord_Howe']) {
      for (let day = 0; day < 366; day += 1) {
        const at = new Date(Date.UTC(2026, 0, 1 + day, day % 24, day % 60));
        for (const text of [at.toISOString().slice(0, 10), null]) {
          const stored = text ? new Date(text) : at;
          for (const rule of [{ days: -30, time: '00:00' }, { days: 0, time: '23:59' }, { days: 365, time: '09:00' }]) {
            const due = dateEntryAt({ text, at: stored }, rule, zone);
            expect(minuteOf(due)).toEqual(due);
            const window = dateWindow(new Date(due.getTime() - 60_000), due, rule);
            expect(stored > window.from && stored <= window.to).toBe(true);
          }
        }
      }
    }
  });
});

test('news is grouped so that nobody is named twice in a group, in order, merges among themselves, erasures alone', () => {
  const change = (id: string, personIds: string[], kind: SettledChange['kind'] = 'changed'): SettledChange => ({ id, kind, personIds, eventNames: [], events: [], flips: [], mergedInto: null });
  const groups = groupBySeparatePeople([change('1', ['a']), change('2', ['b']), change('3', ['a', 'c']), change('4', ['d'], 'merged'), change('5', ['e']), change('6', ['f'], 'deleted'), change('7', ['g']),
    change('8', ['h', 'i'], 'merged'), change('9', ['j', 'k'], 'merged'), change('10', ['l', 'i'], 'merged'), change('11', ['m'], 'deleted'), change('12', ['n'], 'deleted'), change('13', ['o'], 'flips'), change('14', ['p'])], ({ personIds }) => personIds);
  expect(groups.map((group) => group.map(({ id }) => id))).toEqual([['1', '2'], ['3'], ['4'], ['5'], ['6'], ['7'], ['8', '9'], ['10'], ['11'], ['12'], ['13', '14']]);
});

test('instants are said in the zone asked for, in each language, and a missing value is named', () => {
  const told = { kind: 'delivery', state: 'failed', code: 'RENDER_MISSING_VAR', isControl: false, at: '2026-11-22T04:24:11.055Z', dueAt: '2026-11-22T04:24:11.055Z', detail: 'subject: person.firstName has no value' } as const;
  const { en, ko } = sentenceFor(told, 'Asia/Seoul');
  expect(en).toBe('The message was queued and then failed on 22 Nov 2026, 13:24:11 (Asia/Seoul) because a value the message needs is missing (subject: person.firstName has no value).');
  expect(ko).toBe('메시지가 대기 중이었으나 2026. 11. 22. 13:24:11(Asia/Seoul)에 발송되지 못했습니다(failed). 메시지에 필요한 값이 없기 때문입니다 (subject: person.firstName has no value).');
});
