import { expect, test } from '@jest/globals';
import { armThen, type ArmHistory } from '../../src/campaigns/domain/arm-then.js';

const given = (variant: string, since: number, endedAt: number | null, before: string | null = null) => ({ variant, before, since, endedAt });
const B = { variant: 'B', isByHand: true };
const A = { variant: 'A', isByHand: false };

test.each<{ name: string; history: ArmHistory; expected: (ReturnType<typeof armThen>)[] }>([
  { name: 'nothing on record: it is to be drawn', history: { assigned: null, byHand: [] }, expected: [null, null, null, null] },
  { name: 'drawn at 1', history: { assigned: { variant: 'A', at: 1 }, byHand: [] }, expected: [null, A, A, A] },
  { name: 'given before anything was drawn', history: { assigned: { variant: 'B', at: 2 }, byHand: [given('B', 2, null)] }, expected: [null, null, B, B] },
  { name: 'drawn, then given: until then what was drawn', history: { assigned: { variant: 'B', at: 1 }, byHand: [given('B', 2, null, 'A')] }, expected: [null, A, B, B] },
  { name: 'given, then taken back', history: { assigned: { variant: 'A', at: 1 }, byHand: [given('B', 2, 3, 'A')] }, expected: [null, A, B, A] },
  { name: 'given and taken back by who never came', history: { assigned: null, byHand: [given('B', 1, 2)] }, expected: [null, B, null, null] },
  { name: 'given another one at 3', history: { assigned: { variant: 'C', at: 1 }, byHand: [given('B', 2, 3, 'A'), given('C', 3, null, 'A')] }, expected: [null, A, B, { variant: 'C', isByHand: true }] },
])('$name', ({ history, expected }) => {
  expect([0, 1, 2, 3].map((at) => armThen(history, at))).toEqual(expected);
});
