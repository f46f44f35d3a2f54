import { expect, test } from '@jest/globals';
import type { Attention } from '../../src/analytics/home/domain/attention.js';
import { ALARM_KINDS, conditionsOf, stepsOf, type Condition, type OpenAlarm } from '../../src/operations/alarms/domain/condition.js';
import { pathOf, sentenceOf, subjectOf } from '../../src/operations/alarms/domain/words.js';
import { messageOf } from '../../src/operations/alarms/alarm-message.js';

const now = new Date('2026-11-23T09:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const condition = (over: Partial<Condition> = {}): Condition => ({ key: 'relay:main', kind: 'relay', level: 'bad', facts: { name: 'main' }, ...over });
const alarm = (over: Partial<OpenAlarm> = {}): OpenAlarm => ({ id: '1', key: 'relay:main', level: 'bad', openedAt: ago(90), seenAt: ago(30), toldLevel: null, ...over });

test('what is wrong is what the checks and home say, but for what is no fault', () => {
  const attention: Attention[] = [{ kind: 'relay', name: 'main' }, { kind: 'zero', campaignId: 'c', name: '환영', count: 0, expected: 40 }, { kind: 'canary', campaignId: 'c', name: '환영', count: 2 }, { kind: 'approval', campaignId: 'c', name: '환영' }, { kind: 'readout_due', campaignId: 'c', name: '환영' }];
  const finding = { warn: 60, bad: 600, unit: 'seconds' as const };
  expect(conditionsOf([{ check: 'steps', level: 'bad', value: 700, ...finding }, { check: 'segments', level: 'ok', value: 0, ...finding }], attention).map(({ key, level }) => [key, level])).toEqual([['check:steps', 'bad'], ['relay:main', 'bad'], ['zero:c', 'bad'], ['canary:c', 'warn']]);
});

test.each([
  ['new: it is opened and nobody told yet', [], [condition()], { open: 1, tell: [], close: [] }],
  ['it has lasted less than a minute', [alarm({ openedAt: ago(59) })], [condition()], { open: 0, tell: [null], close: [] }],
  ['it has lasted a minute', [alarm({ openedAt: ago(60) })], [condition()], { open: 0, tell: ['opened'], close: [] }],
  ['it was told', [alarm({ toldLevel: 'bad' })], [condition()], { open: 0, tell: [null], close: [] }],
  ['it was told and is worse', [alarm({ toldLevel: 'warn' })], [condition()], { open: 0, tell: ['worse'], close: [] }],
  ['it was told and is better, not over', [alarm({ toldLevel: 'bad' })], [condition({ level: 'warn' })], { open: 0, tell: [null], close: [] }],
  ['over before anybody was told', [alarm()], [], { open: 0, tell: [], close: [false] }],
  ['gone for less than five minutes', [alarm({ toldLevel: 'bad', seenAt: ago(299) })], [], { open: 0, tell: [], close: [] }],
  ['over', [alarm({ toldLevel: 'bad', seenAt: ago(300) })], [], { open: 0, tell: [], close: [true] }],
] as const)('%s', (_, alarms, conditions, wanted) => {
  const { open, keep, close } = stepsOf(alarms, conditions, now);
  expect({ open: open.length, tell: keep.map(({ tell }) => tell), close: close.map(({ wasTold }) => wasTold) }).toEqual(wanted);
});

test('what comes and goes around its limit all day is told once, and once that it is over', () => {
  const told: string[] = [];
  let open: OpenAlarm[] = [];
  for (let look = 0; look <= 2 * 60 * 24; look += 1) {
    const at = new Date(now.getTime() + look * 30_000);
    // Wrong for two minutes of each five; quiet in the last ten minutes.
    const wrong = look % 10 < 4 && look < 2 * 60 * 24 - 20 ? [condition()] : [];
    const steps = stepsOf(open, wrong, at);
    told.push(...steps.keep.flatMap(({ tell }) => tell ?? []), ...steps.close.flatMap(({ wasTold }) => (wasTold ? ['closed'] : [])));
    open = [...open.filter(({ id }) => !steps.close.some((one) => one.id === id)).map((one) => (steps.keep.some(({ id }) => id === one.id) ? { ...one, seenAt: at, toldLevel: steps.keep[0]!.tell ? 'bad' as const : one.toldLevel } : one)), ...steps.open.map(() => alarm({ id: String(look), openedAt: at, seenAt: at }))];
  }
  expect(told).toEqual(['opened', 'closed']);
});

test('every kind has a sentence in both languages and a place to go on', () => {
  for (const kind of ALARM_KINDS) {
    const facts = { name: '환영', check: 'steps' as const, value: 700, unit: 'seconds' as const, count: 3, of: 40, expected: 40, text: { en: 'Because.', ko: '이유.' } };
    expect(sentenceOf(kind, facts, 'en')).toMatch(/[a-z].*\.$/s);
    expect(sentenceOf(kind, facts, 'ko')).toMatch(/[가-힣].*\.$/s);
    expect(pathOf(kind, facts)).toMatch(/^\//);
  }
  expect(sentenceOf('check', { check: 'steps', value: 700, unit: 'seconds' }, 'ko')).toContain('11.7분');
  expect(subjectOf('단비', [{ occasion: 'opened', level: 'bad' }, { occasion: 'closed', level: 'bad' }], 'ko')).toBe('[단비] 조치가 필요한 알람 1건');
});

test('names of people are text, whatever they look like', () => {
  const { mail } = messageOf({ language: 'en', stopKey: 'k', notices: [{ id: '1', alarmId: '2', kind: 'relay', level: 'bad', facts: { name: '<img src=x onerror=alert(1)>' }, openedAt: now, closedAt: null, occasion: 'opened' }] }, { workspace: '<b>', home: 'https://danbi.example', at: now });
  expect(mail.html).not.toMatch(/<img|<b>/);
  expect(mail.text).toContain('<img src=x');
});
