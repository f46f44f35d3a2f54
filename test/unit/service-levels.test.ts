import { expect, test } from '@jest/globals';
import { conditionsOf } from '../../src/operations/alarms/domain/condition.js';
import { measure, type Target } from '../../src/operations/levels/domain/level.js';

const target: Target = { share: 0.9, seconds: 60, hours: 24 };
const counts = (inTime: number, late: number) => [0, 0, 0, inTime, 0, late, 0, 0, 0, 0, 0];

test.each([
  ['nothing was sent', counts(0, 0), 0, { share: null, burned: null, level: 'ok' }],
  ['too little to say', counts(0, 49), 0, { share: 0, burned: null, level: 'ok' }],
  ['kept', counts(95, 5), 0, { share: 0.95, burned: 0.5, level: 'ok' }],
  ['three quarters of what may be late', counts(185, 15), 0, { share: 0.925, burned: 0.75, level: 'warn' }],
  ['burned', counts(80, 20), 0, { share: 0.8, burned: 2, level: 'bad' }],
  ['what waits too long counts as late', counts(50, 0), 50, { share: 0.5, burned: 5, level: 'bad' }],
])('%s', (_, given, waiting, expected) => {
  const { share, burned, level } = measure(target, given, waiting);
  expect({ share, level }).toEqual({ share: expected.share, level: expected.level });
  if (expected.burned === null) expect(burned).toBeNull();
  else expect(burned).toBeCloseTo(expected.burned, 9);
});

test('a target that is missed is a condition of its campaign', () => {
  const found = { campaignId: 'c', name: '환영', target, measured: measure(target, counts(80, 20), 0) };
  expect(conditionsOf([], [], [found, { ...found, campaignId: 'd', measured: measure(target, counts(95, 5), 0) }])).toEqual([{ key: 'level:c', kind: 'level', level: 'bad', facts: { campaignId: 'c', name: '환영', target, share: 0.8 } }]);
});
