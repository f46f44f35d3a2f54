import { describe, expect, test } from '@jest/globals';
import { SeriesDefinition } from '../../src/contract/campaign.js';
import { landingOf, nextStops, nextSurviving, stepsBehind, wayChange, type Steps } from '../../src/campaigns/domain/landing.js';
import { drainSentence, keepSentence, migrateSentence, restartSentence, type Flight } from '../../src/campaigns/domain/flight-sentences.js';
import { longestBehind } from '../../src/campaigns/domain/longest.js';
import { moveAt, movesSomebody } from '../../src/campaigns/domain/migration-plan.js';
import { normalise } from '../../src/campaigns/domain/normalise.js';
import { endOf, lastThrough } from '../../src/campaigns/domain/recount.js';
import { stepLabels } from '../../src/campaigns/domain/step-labels.js';
import { wayAfter } from '../../src/campaigns/publishing/flight-preview.js';
import { EVERYBODY, inApp } from '../support/campaign-definitions.js';

const series = (steps: object[]) => SeriesDefinition.parse({ type: 'series', entry: { type: 'event', event: 'X' }, start: (steps[0] as { id: string }).id, steps });
const of = (...steps: object[]): Steps => normalise(series(steps)).steps;
const message = (id: string, next: string | null, more: object = {}) => inApp(id, { next, ...more });
const wait = (id: string, next: string | null, days = 1) => ({ id, type: 'wait', for: { days }, next });
const until = (id: string, next: string | null, onTimeout: string | null, more: object = {}) => ({ id, type: 'wait_until', condition: EVERYBODY, timeout: { days: 2 }, next, onTimeout, ...more });

const OLD = of(message('a', 'w1'), wait('w1', 'b'), message('b', 'w2'), until('w2', 'c', 'd'), message('c', 'w3'), wait('w3', 'e'), message('d', 'e'), message('e', null));

describe('where people go on', () => {
  test.each([
    ['a step that is there keeps them', OLD, 'w1', { kind: 'here', wait: 'same' }],
    ['another length counts again', of(message('a', 'w1'), wait('w1', 'b', 5), message('b', null)), 'w1', { kind: 'here', wait: 'recount' }],
    ['a wait that leads elsewhere is the same wait', of(message('a', 'w1'), wait('w1', 'e'), message('e', null)), 'w1', { kind: 'here', wait: 'same' }],
    ['a wait for a date is read again', of({ id: 'w1', type: 'wait', date: { attribute: 'ends' }, next: null }), 'w1', { kind: 'here', wait: 'look' }],
    ['another condition is asked', of(until('w2', 'c', 'd', { condition: { type: 'tag', op: 'has', tag: 'x' } }), message('c', null), message('d', null)), 'w2', { kind: 'here', wait: 'ask' }],
    ['a step that is gone: the next of the old way that is left', of(message('a', 'b'), message('b', 'e'), message('e', null)), 'w1', { kind: 'before', stepId: 'b' }],
    ['several are gone', of(message('a', 'e'), message('e', null)), 'w1', { kind: 'before', stepId: 'e' }],
    ['a wait for a condition that is gone ends by its time, so its way goes on', of(message('c', 'd'), message('d', null)), 'w2', { kind: 'before', stepId: 'd' }],
    ['the other way when nothing of that one is left', of(message('a', 'c'), message('c', null)), 'w2', { kind: 'before', stepId: 'c' }],
    ['nothing is left', of(message('z', null)), 'w1', { kind: 'end' }],
    ['the same id, another kind of step', of(message('w1', 'b'), message('b', null)), 'w1', { kind: 'before', stepId: 'b' }],
  ])('%s', (_name, after, at, landing) => {
    expect(landingOf(OLD, after, at)).toEqual(landing);
  });

  test('the publisher names the step instead', () => {
    expect(landingOf(OLD, OLD, 'w1', 'e')).toEqual({ kind: 'before', stepId: 'e' });
    expect(nextSurviving(OLD, of(message('z', null)), 'a')).toBeNull();
  });

  test('the choice of a place wins over the one for everybody', () => {
    const plan = { move: 'keep' as const, steps: [{ versionId: 'v1', stepId: 'w1', move: 'migrate' as const, to: 'e' }] };
    expect(moveAt(plan, { versionId: 'v1', stepId: 'w1' })).toEqual({ move: 'migrate', to: 'e' });
    expect(moveAt(plan, { versionId: 'v2', stepId: 'w1' })).toEqual({ move: 'keep' });
    expect([movesSomebody(plan), movesSomebody({ move: 'keep', steps: [] }), movesSomebody({ move: 'drain', steps: [] })]).toEqual([true, false, true]);
  });
});

describe('what is on their way', () => {
  test('the next message or wait, through branches; never one they passed', () => {
    const branching = of(wait('w', 'br'), { id: 'br', type: 'branch', branches: [{ condition: EVERYBODY, next: 'a' }, { condition: EVERYBODY, next: 'sp' }], otherwise: null }, { id: 'sp', type: 'split', arms: [{ key: 'A', weight: 1, next: 'b' }, { key: 'B', weight: 1, next: 'a' }] }, message('a', null), message('b', null));
    expect(nextStops(branching, 'w', 'after')).toEqual(['a', 'b', null]);
    expect([...stepsBehind(OLD, 'w2')].toSorted()).toEqual(['a', 'b', 'w1']);
    // What came before the wait comes behind it now: who has had it goes on to what follows.
    expect(wayAfter(OLD, of(wait('w1', 'a'), message('a', 'z'), message('z', null)), 'w1')).toEqual({ landing: { kind: 'here', wait: 'same' }, next: ['z'] });
  });

  test('what is added, gone and changed', () => {
    const after = of(message('a', 'w1'), wait('w1', 'n'), message('n', 'b'), message('b', 'e', { topic: 'account' }), message('e', null));
    expect(wayChange(OLD, after, 'w1', landingOf(OLD, after, 'w1'), ['a', 'w1', 'n', 'b', 'w2', 'c', 'w3', 'd', 'e'])).toEqual({ added: ['n'], removed: ['w2', 'c', 'w3', 'd'], changed: ['b'] });
  });

  test('how long the rest takes at the most', () => {
    const behind = longestBehind(OLD);
    // Two days for the condition, and one more on the longer way; a day has 25 hours at most.
    expect([behind.get('b'), behind.get('w3'), behind.get('e')]).toEqual([75 * 3_600_000, 0, 0]);
    expect(longestBehind(of(message('a', 'd'), { id: 'd', type: 'wait', date: { attribute: 'ends' }, next: null })).get('a')).toBe(Infinity);
  });
});

describe('a wait that is counted again', () => {
  const [first, last] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-05T00:00:00Z')];
  test.each([['2026-02-28T00:00:00Z', null], ['2026-03-02T23:59:59Z', null], ['2026-03-03T00:00:00Z', '2026-03-01T00:00:00.000Z'], ['2026-03-04T12:34:56Z', '2026-03-02T12:34:56.000Z'], ['2026-03-09T00:00:00Z', '2026-03-05T00:00:00.000Z']])('at %s who came by %s is through', (now, until_) => {
    const step = of(wait('w', null, 2)).w!;
    const found = lastThrough((arrived) => endOf(step, arrived, 'UTC')!, { first, last }, new Date(now));
    expect(found?.toISOString() ?? null).toBe(until_);
  });
});

describe('words', () => {
  const now = new Date('2026-03-02T04:00:00Z');
  const label = { en: 'Wait 2', ko: '대기 2' };
  const mail = { kind: 'message' as const, label: { en: 'E-mail 3', ko: '이메일 3' } };
  const flight: Flight = { people: 312, label, number: 1, times: { atOnce: 0, first: new Date('2026-03-02T05:05:00Z'), last: new Date('2026-03-02T05:05:30Z') }, stops: [mail], hoping: false };
  const nameOf = (id: string) => ({ en: id, ko: id });

  test('steps are called by their names, or by their kind and place', () => {
    const plan = normalise(series([message('m1', 'w', { name: 'Welcome' }), wait('w', 'm2'), message('m2', 'w2'), wait('w2', null)]));
    expect([...stepLabels(plan)]).toEqual([['m1', { en: 'Welcome', ko: 'Welcome' }], ['w', { en: 'Wait 1', ko: '대기 1' }], ['m2', { en: 'In-app message 2', ko: '인앱 메시지 2' }], ['w2', { en: 'Wait 2', ko: '대기 2' }]]);
  });

  test('who is where gets what, when, under each choice', () => {
    expect(keepSentence(flight, now, 'Asia/Seoul')).toEqual({
      en: '312 people at “Wait 2” stay on version 1 and will get “E-mail 3” at 14:05 (Asia/Seoul).', ko: '“대기 2” 단계의 312명: 버전 1에 남아 14:05(Asia/Seoul)에 “이메일 3” 메시지를 받습니다.',
    });
    const later = { ...flight, times: { atOnce: 12, first: new Date('2026-03-02T05:05:00Z'), last: new Date('2026-03-03T05:05:00Z') }, stops: [mail, { kind: 'wait' as const, label }, null] };
    const none = { added: [], removed: [], changed: [] };
    expect(migrateSentence(later, { to: 2, landing: { kind: 'here', wait: 'recount' }, change: { added: ['x'], removed: ['y', 'z'], changed: [] }, labels: nameOf }, now, 'Asia/Seoul')).toEqual({
      en: '312 people at “Wait 2” will get “E-mail 3”, or come to “Wait 2”, or come to the end between 14:05 and 3 Mar 2026, 14:05 (Asia/Seoul) (12 of them at once), in version 2. New on their way: “x”. Gone: “y”, “z”.',
      ko: '“대기 2” 단계의 312명: 버전 2에서 14:05부터 2026. 3. 3. 14:05(Asia/Seoul) 사이에(그중 12명은 바로) “이메일 3” 메시지를 받거나 “대기 2” 단계로 가거나 여정을 마칩니다. 추가되는 단계: “x”. 빠지는 단계: “y”, “z”.',
    });
    expect(migrateSentence({ ...flight, people: 1, hoping: true }, { to: 2, landing: { kind: 'before', stepId: 'e' }, change: none, labels: nameOf }, now, 'Asia/Seoul').en).toBe('1 person at “Wait 2” will get “E-mail 3” when it comes true, or at 14:05 (Asia/Seoul) at the latest, in version 2: the step itself is gone, what they wait for ends when it would have.');
    expect(migrateSentence(flight, { to: 2, landing: { kind: 'end' }, change: none, labels: nameOf }, now, 'Asia/Seoul').en).toBe('312 people at “Wait 2” are through at once: nothing of their way is left in version 2.');
    expect(restartSentence(flight, 2).en).toBe('312 people at “Wait 2” leave version 1 without anything more of it and start version 2 from its beginning now; messages they had can come again.');
    expect(drainSentence(flight).en).toBe('312 people at “Wait 2” end here; what is queued already still goes. “E-mail 3” does not come any more.');
  });
});
