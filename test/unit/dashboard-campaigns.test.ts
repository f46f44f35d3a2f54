import { describe, expect, test } from '@jest/globals';
import { TestPlan } from '../../src/contract/experiment.js';
import { jandiPayload, slackPayload, type RenderedChat } from '../../src/delivery/hooks/domain/chat.js';
import { decidingGoal as onServer } from '../../src/campaigns/domain/tests.js';
import { changeGoal, decidingGoal, newGoal } from '../../web/src/features/campaigns/goals/goal-edits.js';
import type { Goal, TestPlan as Draft } from '../../web/src/features/campaigns/series/model.js';
import { hasRare, percentOf, planWith, RARE, shareOf, withFittingTest } from '../../web/src/features/campaigns/test-plan/plan-edits.js';
import { openingOf } from '../../web/src/features/campaigns/words/opening.js';
import { chatGaps, withParts } from '../../web/src/features/messages/hooks/content.js';
import { noticeOf } from '../../web/src/features/messages/hooks/notice.js';
import { piecesOf, saidTemplate } from '../../web/src/lib/templates.js';
import { instantAt, wallAt } from '../../web/src/lib/zones.js';

const goal = (key: string, more: Partial<Goal> = {}): Goal => ({ key, name: key, event: { name: key }, ...more });
const GOALS = [goal('visit'), goal('paid', { primary: true, value: { property: 'amount', currency: 'KRW' } })];

describe('the plan of a test as it is edited', () => {
  const cases: { name: string; plan: Draft; change: Partial<Record<keyof TestPlan, unknown>>; expected: Draft | null }[] = [
    { name: 'a part is put', plan: {}, change: { lift: 0.1 }, expected: { lift: 0.1 } },
    { name: 'the last part taken out leaves no plan', plan: { lift: 0.1 }, change: { lift: undefined }, expected: null },
    { name: 'an open test has no day of the read-out', plan: { readoutAt: '2099-01-01T00:00:00Z', lift: 0.3 }, change: { mode: 'open' }, expected: { mode: 'open', lift: 0.3 } },
    { name: 'a limit of amounts goes with the amounts', plan: { measure: 'amount', cap: 100 }, change: { measure: undefined }, expected: null },
    { name: 'a goal without amounts compares people', plan: { measure: 'amount', cap: 100 }, change: { goal: 'visit' }, expected: { goal: 'visit' } },
    { name: 'a goal with amounts goes on comparing them', plan: { measure: 'amount', cap: 100, goal: 'paid' }, change: { goal: undefined }, expected: { measure: 'amount', cap: 100 } },
  ];
  test.each(cases)('$name', ({ plan, change, expected }) => {
    const next = planWith(plan, change, GOALS);
    expect(next).toEqual(expected);
    expect(TestPlan.safeParse(next ?? {}).success).toBe(true);
  });

  test('every field of the contract has its place in the editor', () => {
    const shown = ['goal', 'measure', 'readoutAt', 'lift', 'unit', 'account', 'autoWinner', 'send', ...RARE];
    expect(shown.toSorted()).toEqual(Object.keys(TestPlan.shape).toSorted());
    expect(RARE.map((key) => hasRare({ [key]: 1 }))).toEqual(RARE.map(() => true));
    expect(hasRare({ goal: 'paid', lift: 0.1 })).toBe(false);
  });

  test('a test of one arm is none, and one version can not lead', () => {
    const message = (variants: number, more: object) => ({ variants: Array.from({ length: variants }, (_, key) => ({ key })), ...more });
    expect(withFittingTest(message(1, { test: { lift: 0.1 } }))).not.toHaveProperty('test');
    expect(withFittingTest(message(1, { test: { lift: 0.1, send: { share: 0.2, wait: { hours: 1 } } }, control: { weight: 1 } }))).toMatchObject({ test: { lift: 0.1 } });
    expect(withFittingTest(message(2, { test: { send: {} } }))).toMatchObject({ test: { send: {} } });
  });

  test('shares are typed in percent and come back as they were', () => {
    for (const share of [0.001, 0.05, 0.2, 0.333, 0.999, 10]) expect(shareOf(percentOf(share), 0.1, 1_000)).toBe(share);
    expect([shareOf('', 0, 1), shareOf(60, 0, 50), shareOf(-1, 0, 50)]).toEqual([undefined, undefined, undefined]);
  });
});

describe('goals as they are edited', () => {
  test('the first decides, keys are given once, and only one decides', () => {
    const one = newGoal([]);
    const two = newGoal([one]);
    expect([one.primary, two.primary, one.key === two.key]).toEqual([true, false, false]);
    expect(changeGoal([one, two], 1, { ...two, primary: true }).map(({ primary }) => primary)).toEqual([false, true]);
    expect(newGoal([goal('goal-2')]).key).toBe('goal-1');
  });

  test.each([undefined, 'visit', 'gone'])('the goal that decides (%s) is the server’s', (key) => {
    for (const goals of [GOALS, GOALS.slice(0, 1), []]) expect(decidingGoal(goals, key)?.key).toBe(onServer(goals as never, TestPlan.parse(key ? { goal: key } : {}))?.key);
  });
});

describe('templates as people read them', () => {
  test.each([
    ['안녕하세요 {{person.name}} 님', [{ text: '안녕하세요 ' }, { field: 'person.name', fallback: null }, { text: ' 님' }]],
    ['{{default person.first_name "고객"}}', [{ field: 'person.first_name', fallback: '고객' }]],
    ['{{#if person.plan}}Your {{person.plan}}{{else}}No plan{{/if}}', [{ text: 'Your ' }, { field: 'person.plan', fallback: null }, { text: 'No plan' }]],
    ['{{date person.trial_ends "long"}} {{! not said }}', [{ field: 'person.trial_ends', fallback: null }, { text: ' ' }]],
    ['open {{ person', [{ text: 'open {{ person' }]],
  ])('%s', (template, pieces) => {
    expect(piecesOf(template)).toEqual(pieces);
    expect(saidTemplate(template)).not.toContain('}}');
  });

  test('what a message begins with is never cut inside a field', () => {
    const subject = `${'가'.repeat(50)}{{default person.first_name "고객"}} 님 안녕하세요`;
    expect(openingOf({ subject })).toBe(`${'가'.repeat(50)}{{default person.first_name "고객"}}…`);
    expect(openingOf({ subject: ' ', body: '<p>Hello <b>you</b></p>' })).toBe('Hello you');
    expect(openingOf({ endpointId: '', event: 'trial.ending' })).toBe('trial.ending');
    expect(openingOf(null)).toBe('');
  });
});

describe('a notice to the team’s chat', () => {
  const chat: RenderedChat = { title: '체험 <종료>', text: 'Mina & co', color: '#FAC11B', details: [{ title: '요금제', description: 'pro', imageUrl: 'https://example.com/a.png' }], links: [{ label: '고객 보기', url: 'https://example.com/people/1' }] };
  const words = (payload: object) => noticeOf(payload).lines.flatMap((line) => (line.kind === 'image' ? [line.url] : line.parts.map((part) => ('text' in part ? part.text.trim() : `${part.label} → ${part.url}`)))).filter(Boolean);

  test('is read from what JANDI and Slack would get', () => {
    expect(noticeOf(slackPayload(chat)).color).toBe('#FAC11B');
    expect(words(slackPayload(chat))).toEqual(['체험 <종료>', 'Mina & co', '요금제\npro', 'https://example.com/a.png', '고객 보기 → https://example.com/people/1']);
    expect(words(jandiPayload(chat))).toEqual(['체험 <종료>\nMina & co', '고객 보기 → https://example.com/people/1', '요금제\npro', 'https://example.com/a.png']);
    expect(noticeOf(jandiPayload({ ...chat, memberEmail: 'mina@example.com' })).member).toBe('mina@example.com');
  });

  test('says what is open, and forgets what is emptied', () => {
    expect(chatGaps({ text: ' ', details: [{ title: '' }], links: [{ label: 'x', url: '' }], color: '#12' })).toEqual(['text', 'details.0.title', 'links.0.url', 'color']);
    expect(chatGaps({ text: 'Hello' })).toEqual([]);
    expect(withParts({ text: 'a', color: '#FFFFFF' }, { color: undefined })).toEqual({ text: 'a' });
  });
});

test.each(['Asia/Seoul', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])('a time chosen by the clocks of %s comes back, unless they skip it', (zone) => {
  for (let at = Date.UTC(2026, 0, 1, 0, 30); at < Date.UTC(2027, 0, 1); at += 3_600_000 * 5) {
    const wall = wallAt(new Date(at).toISOString(), zone);
    expect(wallAt(instantAt(wall, zone), zone)).toBe(wall);
  }
});
