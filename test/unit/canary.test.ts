import { expect, test } from '@jest/globals';
import { noteFor, type CanaryAnswer, type CanaryNoteKind, type Expectation } from '../../src/campaigns/domain/canary.js';

const yes: CanaryAnswer = { verdict: 'yes', code: null };
const later: CanaryAnswer = { verdict: 'later', code: null };
const outside: CanaryAnswer = { verdict: 'no', code: 'NOT_IN_AUDIENCE' };
const refused: CanaryAnswer = { verdict: 'no', code: 'TOPIC_UNSUBSCRIBED' };

test.each<[string, Expectation, CanaryAnswer | null, CanaryAnswer, CanaryNoteKind | null]>([
  ['must get it and does', 'get', null, yes, null],
  ['must get it and will', 'get', null, later, null],
  ['must get it and does not', 'get', null, outside, 'unexpected'],
  ['must not get it and does not, whatever the reason was', 'not_get', outside, refused, null],
  ['must not get it and does', 'not_get', outside, yes, 'unexpected'],
  ['must not get it and will', 'not_get', null, later, 'unexpected'],
  ['the first answer is no news', 'observe', null, outside, null],
  ['what only waits is no news', 'observe', yes, later, null],
  ['gets it no longer', 'observe', later, outside, 'changed'],
  ['another reason', 'observe', outside, refused, 'changed'],
  ['the same reason', 'observe', outside, { ...outside }, null],
])('%s', (_name, expected, was, is, note) => {
  expect(noteFor(expected, was, is)).toBe(note);
});
