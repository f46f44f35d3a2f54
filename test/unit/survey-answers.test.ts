import { expect, test } from '@jest/globals';
import type { SurveyAnswer } from '../../src/contract/visitor-wire.js';
import { answerProblem, answerTags, savedAnswer, type AskedSurvey } from '../../src/delivery/content/domain/survey.js';

const base = { many: false, tags: [], saveAs: 'answer' };
const NPS: AskedSurvey = { ...base, kind: 'nps', comment: 'Why?', tags: [{ tag: 'promoter', scores: { from: 9, to: 10 } }, { tag: 'detractor', scores: { from: 0, to: 6 } }, { tag: 'loud', scores: { from: 0, to: 10 } }] };
const CSAT: AskedSurvey = { ...base, kind: 'csat' };
const CHOICE: AskedSurvey = { ...base, kind: 'choice', choices: [{ key: 'a', label: 'A' }, { key: 'b', label: 'B' }], tags: [{ tag: 'wants-a', choice: 'a' }, { tag: 'wants-a', choice: 'b' }] };
const MANY: AskedSurvey = { ...CHOICE, many: true };
const TEXT: AskedSurvey = { ...base, kind: 'text' };

test.each<[string, AskedSurvey, SurveyAnswer, boolean, unknown, string[]]>([
  ['the lowest score', NPS, { score: 0 }, true, 0, ['detractor', 'loud']],
  ['the highest score with a comment', NPS, { score: 10, text: 'fast' }, true, 10, ['promoter', 'loud']],
  ['between the tags', NPS, { score: 7 }, true, 7, ['loud']],
  ['above the scale', NPS, { score: 11 }, false, 11, []],
  ['half a score', NPS, { score: 6.5 }, false, 6.5, ['loud']],
  ['no score', NPS, { text: 'fast' }, false, null, []],
  ['a choice for a score', NPS, { score: 5, choices: ['a'] }, false, 5, ['detractor', 'loud']],
  ['below the scale', CSAT, { score: 0 }, false, 0, []],
  ['a comment nobody asked for', CSAT, { score: 5, text: 'x' }, false, 5, []],
  ['one choice', CHOICE, { choices: ['b'] }, true, 'b', ['wants-a']],
  ['two where one is asked for', CHOICE, { choices: ['a', 'b'] }, false, 'a', ['wants-a']],
  ['two, and the tag once', MANY, { choices: ['a', 'b'] }, true, ['a', 'b'], ['wants-a']],
  ['one twice', MANY, { choices: ['a', 'a'] }, false, ['a', 'a'], ['wants-a']],
  ['none', MANY, { choices: [] }, false, [], []],
  ['what is no choice', CHOICE, { choices: ['__proto__'] }, false, '__proto__', []],
  ['words', TEXT, { text: '좋아요' }, true, '좋아요', []],
  ['nothing but space', TEXT, { text: ' \n' }, false, ' \n', []],
  ['words without end', TEXT, { text: 'x'.repeat(5_001) }, false, 'x'.repeat(5_001), []],
  ['a score for words', TEXT, { text: 'x', score: 1 }, false, 'x', []],
])('%s', (_, survey, answer, isAnswer, value, tags) => {
  expect([answerProblem(survey, answer) === null, savedAnswer(survey, answer)?.value ?? null, answerTags(survey, answer)]).toEqual([isAnswer, value, tags]);
  expect(savedAnswer({ ...survey, saveAs: undefined }, answer)).toBeNull();
});
