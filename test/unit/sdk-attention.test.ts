import { describe, expect, test } from '@jest/globals';
import { act, lasting, restart, settle, type Attention } from '../../sdk/src/visit/attention.js';
import { depthAt } from '../../sdk/src/visit/depth.js';
import { shareDwell } from '../../sdk/src/visit/shared-dwell.js';
import { campaignOf, visitAt, type SiteVisit } from '../../sdk/src/visit/visits.js';
import fc from '../support/fast-check.js';

const IDLE = 60_000;
const meter = (idle: number, focus = false) => ({ idle_: idle, focus_: focus, ms_: 0, new_: 0 });
const begun = (at = 0): Attention => {
  const state: Attention = { seen_: true, focus_: true, active_: 0, at_: 0, due_: Infinity, meters_: [meter(IDLE), meter(Infinity), meter(IDLE, true)] };
  restart(state, at, true);
  return state;
};
const counted = ({ meters_ }: Attention) => meters_.map(({ ms_ }) => ms_);

describe('attention', () => {
  test('ends a minute after the last activity, visibility goes on', () => {
    const state = begun(100);
    act(state, 30_100);
    settle(state, 200_100);
    expect(counted(state)).toEqual([90_000, 200_000, 90_000]);
    expect(state.meters_.map((one) => lasting(state, one))).toEqual([0, Infinity, 0]);
  });
  test('nothing counts while hidden, and coming back is activity', () => {
    const state = begun();
    act(state, 1_000, false);
    settle(state, 90_000);
    act(state, 100_000, true);
    settle(state, 102_500);
    expect(counted(state)).toEqual([3_500, 3_500, 3_500]);
  });
  test('without the focus only what needs it stops', () => {
    const state = begun();
    settle(state, 1_000);
    state.focus_ = false;
    settle(state, 5_000);
    expect(counted(state)).toEqual([5_000, 5_000, 1_000]);
  });
  test('a look more than two seconds late is sleep: credit ends where it was due', () => {
    const state = begun();
    state.due_ = 5_000;
    settle(state, 7_000);
    expect(counted(state)[0]).toBe(7_000);
    state.due_ = 12_000;
    act(state, 8 * 3_600_000);
    expect(counted(state)[0]).toBe(12_000);
    state.due_ = Infinity;
    settle(state, 8 * 3_600_000 + 500);
    expect(counted(state)[0]).toBe(12_500);
  });
  test('looking between changes nothing: the sum over any looks is that of the definition', () => {
    const step = fc.record({ after: fc.integer({ min: 0, max: 90_000 }), what: fc.constantFrom('look', 'act', 'hide', 'show', 'blur', 'focus') });
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (trace) => {
      const state = begun();
      let now = 0;
      let [seen, focus, active] = [true, true, 0];
      const expected = [0, 0, 0];
      for (const { after, what } of trace) {
        // The definition, ms by ms in closed form: visible, focus where it is asked for, not idle.
        const until = (idle: number) => Math.max(Math.min(now + after, active + idle) - now, 0);
        if (seen) expected.forEach((_, index) => { if (index < 2 || focus) expected[index]! += until(index === 1 ? Infinity : IDLE); });
        now += after;
        if (what === 'act' || what === 'show') active = now;
        if (what === 'hide') seen = false;
        if (what === 'show') seen = true;
        settle(state, now);
        if (what === 'act') act(state, now);
        if (what === 'hide' || what === 'show') act(state, now, what === 'show');
        if (what === 'hide') active = now;
        if (what === 'blur' || what === 'focus') state.focus_ = focus = what === 'focus';
      }
      expect(counted(state)).toEqual(expected);
    }));
  });
});

test('depth: the last pixel counts, and a page without a way is read', () => {
  expect([depthAt(0, 1_000), depthAt(500, 1_000), depthAt(999.4, 1_000), depthAt(0, 0), depthAt(0, -3), depthAt(-20, 1_000), depthAt(0, 0.5)]).toEqual([0, 50, 100, 100, 100, 0, 100]);
});

describe('visits', () => {
  const MINUTE = 60_000;
  let ids = 0;
  const id = () => `v${(ids += 1)}`;
  const next = (last: SiteVisit | undefined, minutes: number, campaign = '') => visitAt(last, minutes * MINUTE, campaign, id);
  test('end after 30 minutes without attention or with another campaign', () => {
    const first = next(undefined, 0);
    const later = next(first, 30);
    expect(later).toEqual({ ...first, a: 30 * MINUTE });
    expect(next(later, 61)).toMatchObject({ n: 2 });
    const campaign = next(later, 31, campaignOf('?utm_campaign=spring&x=1'));
    expect(campaign).toMatchObject({ n: 2, c: 'utm_campaign=spring' });
    expect(next(campaign, 32, campaignOf('?utm_campaign=spring')).i).toBe(campaign.i);
    expect(next(campaign, 32).i).toBe(campaign.i);
    expect(next(campaign, 32, campaignOf('?gclid=1'))).toMatchObject({ n: 3 });
  });
  test('nothing is noted within five seconds, and a clock set back ends nothing', () => {
    const first = visitAt(undefined, 100_000, '', id);
    expect(visitAt(first, 104_999, '', id)).toBe(first);
    expect(visitAt(first, 10_000, '', id)).toEqual({ ...first, a: 10_000 });
  });
  test.each([['?a=utm_campaign', ''], ['?utm_source=x', ''], ['?fbclid=1&b=2', 'fbclid=1'], ['?utm_campaign=%EB%B4%84', 'utm_campaign=%EB%B4%84']])('the campaign of %s', (search, expected) => expect(campaignOf(search)).toBe(expected));
});

test('attention that tabs share is counted by the tab with the latest activity, and by nobody twice', () => {
  let visit: SiteVisit = visitAt(undefined, 0, '', () => 'v1');
  const by = (tab: string) => (key?: string, ms?: number) => shareDwell(visit, tab, key, ms);
  const [one, two] = [by('one'), by('two')];
  expect(one('k', 5)).toBe(-Infinity);
  one();
  expect([one('k', 5), one('other', 1), two('k', 7)]).toEqual([5, 1, -Infinity]);
  two();
  // What another tab has noted of the visit stays, and ends with it.
  visit = visitAt(visit, 60_000, '', () => 'v1');
  expect([two('k', 7), one('k', 9)]).toEqual([12, -Infinity]);
  visit = visitAt(visit, 60_000 * 60, '', () => 'v2');
  two();
  expect(two('k', 1)).toBe(1);
});
