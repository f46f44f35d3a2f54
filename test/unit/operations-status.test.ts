import { expect, test } from '@jest/globals';
import { CHECKS, judgeStatus, worst, type Facts } from '../../src/operations/domain/status.js';
import { sampleOf } from '../../src/operations/history/sample.js';
import { WORDS, worded } from '../../src/operations/domain/words.js';

const now = new Date('2026-11-23T09:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const well: Facts = {
  now, backlogs: [], day: { sent: 10_000, bounced: 20, complained: 1 }, resultsPending: 0, leasesOver: 0, connections: { used: 10, allowed: 100 },
  spans: { event_to_decision: { count: 100, p99: 0.4 }, decision_to_handover: { count: 100, p99: 1 } },
};
const levelOf = (facts: Partial<Facts>, check: string) => judgeStatus({ ...well, ...facts }).find((one) => one.check === check)!.level;

test('every check has its place and its words', () => {
  const findings = judgeStatus(well);
  expect(findings.map(({ check }) => check)).toEqual([...CHECKS]);
  expect(Object.keys(WORDS).sort()).toEqual([...CHECKS].sort());
  expect([worst(findings), findings.map(worded).every(({ whatToDo }) => whatToDo === null)]).toEqual(['ok', true]);
});

test.each([
  ['steps', 59, 'ok'], ['steps', 60, 'warn'], ['steps', 600, 'bad'], ['segments', 61, 'warn'], ['deliveries.email', 899, 'ok'], ['deliveries.email', 900, 'warn'], ['deliveries.webhook', 7_200, 'bad'],
])('%s due for %d s is %s', (queue, seconds, level) => {
  expect(levelOf({ backlogs: [{ queue, due: 1, oldestAt: ago(seconds) }] }, queue)).toBe(level);
});

test('shares say nothing of a few messages, and the bounds are those of the providers', () => {
  expect(levelOf({ day: { sent: 199, bounced: 199, complained: 199 } }, 'bounces')).toBe('ok');
  expect(levelOf({ day: { sent: 1_000, bounced: 20, complained: 0 } }, 'bounces')).toBe('warn');
  expect(levelOf({ day: { sent: 1_000, bounced: 50, complained: 0 } }, 'bounces')).toBe('bad');
  expect(levelOf({ day: { sent: 1_000, bounced: 0, complained: 1 } }, 'complaints')).toBe('warn');
  expect(levelOf({ day: { sent: 1_000, bounced: 0, complained: 3 } }, 'complaints')).toBe('bad');
});

test('one that is bad makes the whole bad, and says what to do in both languages', () => {
  const findings = judgeStatus({ ...well, leasesOver: 5, connections: { used: 96, allowed: 100 } });
  expect([worst(findings), findings.filter(({ level }) => level !== 'ok').map(({ check, level }) => [check, level])]).toEqual(['bad', [['leases', 'warn'], ['connections', 'bad']]]);
  expect(findings.map(worded).filter(({ level }) => level !== 'ok').every(({ whatToDo }) => whatToDo!.en !== '' && /[가-힣]/.test(whatToDo!.ko))).toBe(true);
});

test('what is kept for the drawings has a number or nothing: a share of a few messages is a gap, not a zero', () => {
  const none = { count: 0, p50: null, p95: null, p99: null };
  const sample = sampleOf({ findings: judgeStatus({ ...well, day: { sent: 10, bounced: 5, complained: 0 }, backlogs: [{ queue: 'steps', due: 3, oldestAt: ago(12.5) }] }), latencies: { event_to_decision: { count: 3, p50: 0.1234567, p95: 0.4, p99: 0.5 }, decision_to_handover: none, handover_to_delivered: none } });
  expect(sample).toMatchObject({ steps: 12.5, segments: 0, results: 0, 'eventToDecision.p50': 0.123457, 'eventToDecision.p99': 0.5 });
  expect(Object.keys(sample).filter((name) => name === 'bounces' || name === 'complaints' || name.startsWith('handoverToDelivered'))).toEqual([]);
});
