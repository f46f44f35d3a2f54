import { expect, test } from '@jest/globals';
import { actionSentence, causedSentence, harmSentence, maturingSentence, promise } from '../../src/analytics/domain/sentences/around.js';
import { type Spoken, verdictSentence } from '../../src/analytics/domain/sentences/verdict.js';
import { incrementalConversions } from '../../src/analytics/domain/statistics/caused.js';
import { type ArmInput, type DecisionPlan, noMemory } from '../../src/analytics/domain/statistics/decision.js';
import { evaluate, extend } from '../../src/analytics/domain/statistics/evaluate.js';
import { particle } from '../../src/kernel/korean.js';

const PLAN: DecisionPlan = { direction: 'higher', alphaEarly: 0.01, alphaFinal: 0.04, plannedPeople: 28_000, readoutAt: '2026-05-11T15:00:00.000Z', minEffect: 0.05, minDays: 7 };
const BEFORE = { now: '2026-05-02T00:00:00.000Z', entryDays: 9, settled: true };
const AT = { ...BEFORE, now: '2026-05-12T00:00:00.000Z' };
const PLACE = { zone: 'Asia/Seoul', now: BEFORE.now };
const arm = (key: string, n: number, x: number, more: Partial<ArmInput> = {}): ArmInput => ({ key, weight: 1, assigned: n, outcome: { n, x }, ...more });
const CLEAR = [arm('A', 5_000, 150), arm('B', 5_000, 245)];
const EVEN = [arm('A', 5_000, 150), arm('B', 5_000, 190)];

interface Case { name: string; arms: ArmInput[]; at?: typeof BEFORE; plan?: Partial<DecisionPlan>; more?: Partial<Spoken>; extended?: ArmInput[]; en: string; ko: string }
const cases: Case[] = [
  { name: 'winner', arms: CLEAR, en: 'B wins. It converts 12% to 137% better than A. You could look at any time and this would still hold.', ko: 'B가 이겼어요. 전환율이 A보다 12%에서 137% 더 높아요. 언제 확인해도 이 결론은 그대로예요.' },
  { name: 'winner at the read-out', arms: [arm('A', 14_000, 420), arm('B', 13_990, 492)], at: AT, more: { names: { A: '초록', B: '버튼 1' } }, en: '버튼 1 wins. It converts 2.5% to 34% better than 초록. This is the read-out that was fixed at launch, so looking before did not change it.', ko: '버튼 1이 이겼어요. 전환율이 초록보다 2.5%에서 34% 더 높아요. 시작할 때 정한 날에 확정한 결과라서, 중간에 확인했어도 달라지지 않아요.' },
  { name: 'winner of three', arms: [arm('A', 9_000, 250), arm('B', 9_000, 450), arm('C', 9_000, 300)], at: AT, more: { names: { A: '가', B: '초록', C: 'C' } }, en: '초록 wins. It converts 49% to 118% better than 가 and 25% to 80% better than C. This is the read-out that was fixed at launch, so looking before did not change it.', ko: '초록이 이겼어요. 전환율이 가보다 49%에서 118% 더 높고, C보다 25%에서 80% 더 높아요. 시작할 때 정한 날에 확정한 결과라서, 중간에 확인했어도 달라지지 않아요.' },
  { name: 'winner where less is better', arms: CLEAR, plan: { direction: 'lower' }, more: { metric: { measure: 'rate', direction: 'lower' } }, en: 'A wins. It converts 11% to 58% less than B. You could look at any time and this would still hold.', ko: 'A가 이겼어요. 전환율이 B보다 11%에서 58% 더 낮아요. 언제 확인해도 이 결론은 그대로예요.' },
  { name: 'winner by money', arms: ['A', 'B'].map((key, i) => ({ ...arm(key, 1, 0), outcome: { n: 5_000, nonZero: 150 + 110 * i, sum: (150 + 110 * i) * 40, sumSq: (150 + 110 * i) * 2_400 } })), more: { metric: { measure: 'amount', direction: 'higher' } }, en: 'B wins. It brings in 10% to 173% more per person than A. You could look at any time and this would still hold.', ko: 'B가 이겼어요. 1인당 금액이 A보다 10%에서 173% 더 높아요. 언제 확인해도 이 결론은 그대로예요.' },
  { name: 'collecting', arms: EVEN, en: "Still collecting. B is between 15% worse and 88% better than A so far. Read-out on 12 May; with today's volume you can then tell apart differences of about 20%.", ko: '아직 모으는 중이에요. 지금까지 B의 전환율은 A보다 15% 낮을 수도, 88% 높을 수도 있어요. 결과는 5월 12일에 확정하고, 지금 속도라면 그때 약 20%의 차이를 구별할 수 있어요.' },
  { name: 'collecting against a control arm, without a read-out', arms: [...EVEN, arm('없음', 5_000, 140)], plan: { alphaEarly: 0.05, alphaFinal: 0, readoutAt: null }, more: { base: '없음', metric: { measure: 'rate', direction: 'lower' } }, en: 'Still collecting. A is between 28% lower and 60% higher than 없음 so far (lower is better). B is between 7% lower and 98% higher than 없음 so far (lower is better).', ko: '아직 모으는 중이에요. 지금까지 A의 전환율은 없음보다 28% 낮을 수도, 60% 높을 수도 있어요 (낮을수록 좋아요). 지금까지 B의 전환율은 없음보다 7% 낮을 수도, 98% 높을 수도 있어요 (낮을수록 좋아요).' },
  { name: 'too few days', arms: CLEAR, at: { ...BEFORE, entryDays: 3 }, more: { detectable: null }, en: 'Still collecting. B is 12% to 137% better than A so far. A winner is named after 7 full days of entries. Read-out on 12 May.', ko: '아직 모으는 중이에요. 지금까지 B의 전환율은 A보다 12%에서 137% 높아요. 승자는 7일 동안 들어온 고객을 모두 확인한 뒤에 정해요. 결과는 5월 12일에 확정해요.' },
  { name: 'a range without practical end', arms: [arm('A', 100, 10), arm('B', 100, 12)], plan: { plannedPeople: 1e6 }, en: "Still collecting. B is between over 99% worse and over 1,000% better than A so far. Read-out on 12 May; with today's volume you can then tell apart differences of about 20%.", ko: '아직 모으는 중이에요. 지금까지 B의 전환율은 A보다 99% 넘게 낮을 수도, 1,000% 넘게 높을 수도 있어요. 결과는 5월 12일에 확정하고, 지금 속도라면 그때 약 20%의 차이를 구별할 수 있어요.' },
  { name: 'too little to compare', arms: [arm('A', 2_900, 4), arm('B', 2_950, 19)], plan: { readoutAt: '2027-01-01T00:00:00.000Z' }, more: { names: { A: '가' } }, en: 'Still collecting. Too early to compare: 가 has 4 people who converted, and every version needs 10. Read-out on 1 January 2027.', ko: '아직 모으는 중이에요. 비교하려면 버전마다 전환한 고객이 10명 필요한데, 가는 4명이에요. 결과는 2027년 1월 1일에 확정해요.' },
  { name: 'past its date, with something not counted yet', arms: [arm('A', 2_900, 4), arm('B', 2_950, 19)], at: { ...BEFORE, settled: false }, plan: { readoutAt: '2020-01-01T00:00:00.000Z' }, en: 'Still collecting. Too early to compare: A has 4 people who converted, and every version needs 10. The read-out follows as soon as everything from before it has been counted.', ko: '아직 모으는 중이에요. 비교하려면 버전마다 전환한 고객이 10명 필요한데, A는 4명이에요. 판정일까지의 내용을 모두 집계하는 대로 결과를 확정해요.' },
  { name: 'nobody yet', arms: [arm('초록', 1, 1), arm('B', 0, 0)], plan: { readoutAt: null }, en: 'Still collecting. Too early to compare: 초록 has 1 person whose time to convert has passed, and every version needs 100.', ko: '아직 모으는 중이에요. 비교하려면 버전마다 전환 기간이 끝난 고객이 100명 필요한데, 초록은 1명이에요.' },
  { name: 'not enough data', arms: [arm('A', 2_900, 4), arm('B', 2_950, 19)], at: AT, en: 'Not enough data. A has 4 people who converted, and every version needs 10.', ko: '데이터가 부족해요. 비교하려면 버전마다 전환한 고객이 10명 필요한데, A는 4명이에요.' },
  { name: 'same', arms: [arm('A', 250_000, 62_500), arm('B', 250_200, 62_700)], at: AT, en: 'No difference that matters (within ±5%). B is between 0.76% worse and 1.3% better than A.', ko: '의미 있는 차이가 없어요(±5% 이내). B의 전환율은 A보다 0.76% 낮을 수도, 1.3% 높을 수도 있어요.' },
  { name: 'no clear winner', arms: [arm('A', 5_000, 150), arm('B', 5_000, 160)], at: AT, en: 'No clear winner. B is between 15% worse and 34% better than A. Any of them may be used.', ko: '뚜렷한 승자가 없어요. B의 전환율은 A보다 15% 낮을 수도, 34% 높을 수도 있어요. 어느 버전을 써도 괜찮아요.' },
  { name: 'no clear winner though one is beaten', arms: [arm('없음', 9_000, 250), arm('B', 9_000, 450), arm('C', 9_000, 440)], at: AT, en: 'No clear winner. B is 49% to 118% better than 없음. C is 45% to 113% better than 없음. Not beaten by any other: B and C.', ko: '뚜렷한 승자가 없어요. B의 전환율은 없음보다 49%에서 118% 높아요. C의 전환율은 없음보다 45%에서 113% 높아요. 다른 버전에 지지 않은 버전: B, C.' },
  { name: 'traffic problem', arms: [arm('A', 5_000, 150, { assigned: 5_300 }), arm('B', 4_500, 245, { assigned: 4_700 })], en: 'Do not use these results. The split is off: 5,300/4,700 instead of 50/50.', ko: '이 결과는 사용하지 마세요. 배정 비율이 어긋났어요. 계획은 50/50인데 실제는 5,300/4,700명이에요.' },
  { name: 'lopsided gates', arms: [arm('A', 5_000, 150, { weight: 2, assigned: 10_000, eligible: 10_000 }), arm('B', 4_000, 245, { assigned: 5_000, eligible: 4_200 })], en: 'Do not use these results. One version was refused more often than another: 10,000/4,200 people could get it instead of 66.7/33.3.', ko: '이 결과는 사용하지 마세요. 한 버전만 더 자주 보류됐어요. 계획은 66.7/33.3인데 실제로 받을 수 있었던 고객은 10,000/4,200명이에요.' },
  { name: 'extended', arms: [arm('A', 5_000, 150), arm('B', 5_000, 160)], at: AT, extended: EVEN, en: 'At the read-out there was no clear winner; extended on 13 May, still collecting. B is between 15% worse and 88% better than A so far.', ko: '결과를 확정할 때 뚜렷한 승자가 없었어요. 5월 13일에 연장해서 아직 모으는 중이에요. 지금까지 B의 전환율은 A보다 15% 낮을 수도, 88% 높을 수도 있어요.' },
];

const METRIC = { measure: 'rate', direction: 'higher' } as const;
test.each(cases)('$name', ({ arms, at = BEFORE, plan, more, extended, en, ko }) => {
  const input = { plan: { ...PLAN, ...plan }, arms, look: at, earlier: noMemory() };
  const first = evaluate(input);
  const found = extended ? evaluate({ ...input, arms: extended, earlier: extend(first.memory, '2026-05-12T15:00:00.000Z') }) : first;
  expect(verdictSentence(found, { ...PLACE, plan: input.plan, metric: METRIC, arms: extended ?? arms, names: {}, detectable: 0.2, ...more })).toEqual({ en, ko });
});

test('a verdict that stands is said with its own numbers, not with those of today', () => {
  const input = { plan: PLAN, arms: CLEAR, look: BEFORE, earlier: noMemory() };
  const later = evaluate({ ...input, arms: [arm('A', 9_000, 300), arm('B', 9_000, 300)], earlier: evaluate(input).memory });
  expect(verdictSentence(later, { ...PLACE, plan: PLAN, metric: METRIC, arms: CLEAR, names: {}, detectable: null }).en).toContain('12% to 137% better');
});

test.each([
  [{ alphaEarly: 0.01, alphaFinal: 0.04 }, 'rate' as const, 'If the versions were really the same, this page would name a winner in fewer than 1 in 20 tests, however often you look.', '버전 사이에 실제로 차이가 없다면, 아무리 자주 확인해도 이 페이지가 승자를 정하는 경우는 테스트 20개 중 1개보다 적어요.'],
  [{ alphaEarly: 0, alphaFinal: 0.05 }, 'amount' as const, 'If the versions were really the same, this page would name a winner in about 1 in 20 tests, however often you look.', '버전 사이에 실제로 차이가 없다면, 아무리 자주 확인해도 이 페이지가 승자를 정하는 경우는 테스트 20개 중 1개 정도예요.'],
])('the promise of %j', (plan, measure, en, ko) => {
  expect(promise(plan, measure)).toEqual({ en, ko });
});

test.each([
  [{ n: 8_000, x: 640 }, { n: 32_000, x: 3_072 }, 'Of 3,072 conversions among people you messaged, 294 to 713 would not have happened without the message.', '메시지를 받은 고객의 전환 3,072건 중 294~713건은 메시지가 없었다면 일어나지 않았을 거예요.'],
  [{ n: 8_000, x: 700 }, { n: 32_000, x: 2_810 }, 'Of 2,810 conversions among people you messaged, up to 223 would not have happened without the message, but it may also have prevented up to 220: no effect is proven.', '메시지를 받은 고객의 전환 2,810건 중 메시지 덕분인 것은 최대 223건이지만, 메시지 때문에 최대 220건만큼 줄었을 수도 있어서 효과가 있다고 말할 수 없어요.'],
  [{ n: 8_000, x: 900 }, { n: 32_000, x: 2_810 }, 'Beside 2,810 conversions among people you messaged, 543 to 1,055 more would have happened without the message.', '메시지를 받은 고객의 전환 2,810건 외에, 메시지가 없었다면 543~1,055건만큼 더 있었을 거예요.'],
  [{ n: 8_000, x: 0 }, { n: 32_000, x: 3 }, 'Not enough conversions yet to say what the messages caused.', '메시지의 효과를 말하기에는 아직 전환이 부족해요.'],
])('what messages caused: %j and %j', (holdout, messaged, en, ko) => {
  expect(causedSentence(incrementalConversions(holdout, messaged))).toEqual({ en, ko });
});

test('what messages caused in money', () => {
  expect(causedSentence({ of: 53_349.8, point: 25_000, lo: 12_000.4, hi: 33_000.2 }, 'USD')).toEqual({ en: 'Of USD 53,350 from people you messaged, 12,000 to 33,000 would not have come in without the message.', ko: '메시지를 받은 고객의 금액 53,350 USD 중 12,000~33,000 USD는 메시지가 없었다면 생기지 않았을 거예요.' });
});

test('harm with an interval and with few cases', () => {
  const counts = { arm: 90, against: 30 };
  expect(harmSentence({ measure: 'unsubscribed', arm: '버튼 1', against: 'A', lift: { lo: 0.12, hi: 0.8 }, counts })).toEqual({ en: '버튼 1 does harm: 12% to 80% more unsubscribes than A. While this stands, it is not chosen automatically.', ko: '버튼 1은 해로워요. A보다 수신 거부가 12%에서 80% 더 많아요. 이 상태에서는 자동으로 선택되지 않아요.' });
  expect(harmSentence({ measure: 'complained', arm: 'B', against: '초록', lift: null, counts: { arm: 20, against: 0 } })).toEqual({ en: 'B does harm: 20 spam complaints against 0 with 초록. While this stands, it is not chosen automatically.', ko: 'B는 해로워요. 스팸 신고가 20건이고 초록은 0건이에요. 이 상태에서는 자동으로 선택되지 않아요.' });
});

test('an action is no claim', () => {
  const at = '2026-05-11T15:00:00.000Z';
  expect(actionSentence({ type: 'send_leader', arm: 'B', at, proven: false }, PLACE)).toEqual({ en: 'B was leading; not proven. Everybody else got it on 12 May.', ko: 'B가 앞서 있었지만 증명되지는 않았어요. 5월 12일에 나머지 고객에게 보냈어요.' });
  expect(actionSentence({ type: 'send_leader', arm: '초록', at, proven: true }, PLACE)).toEqual({ en: '초록 won, and everybody else got it on 12 May.', ko: '초록이 이겨서 5월 12일에 나머지 고객에게 보냈어요.' });
  expect(actionSentence({ type: 'auto_winner', arm: '가', at, proven: true, keep: 0.1 }, PLACE)).toEqual({ en: '가 won; since 12 May new people get it, except 10% who go on being split.', ko: '가가 이겨서 5월 12일부터 새로 들어오는 고객은 이 버전을 받아요. 10%는 계속 나누어 배정해요.' });
  expect(actionSentence({ type: 'auto_winner', arm: '가', at, proven: true }, PLACE).en).toBe('가 won; since 12 May new people get it.');
});

test('people who do not count yet', () => {
  expect(maturingSentence(812, '2026-05-08T15:00:00.000Z', PLACE)).toEqual({ en: 'still maturing: 812 people, counted from 9 May', ko: '아직 기간이 끝나지 않음: 812명, 5월 9일부터 집계해요' });
  expect(maturingSentence(1, null, PLACE)!.en).toBe('still maturing: 1 person');
  expect(maturingSentence(0, null, PLACE)).toBeNull();
});

test.each([
  ['A', '가', '는', '로'], ['가', '가', '는', '로'], ['초록', '이', '은', '으로'], ['버튼 1', '이', '은', '로'], ['버튼 2', '가', '는', '로'], ['버튼 3', '이', '은', '으로'], ['서울', '이', '은', '로'],
  ['Blue', '가', '는', '로'], ['Green', '이', '은', '으로'], ['Mail', '이', '은', '로'], ['초록(new)!', '가', '는', '로'], ['초록'.normalize('NFD'), '이', '은', '으로'], ['🙂', '이', '은', '으로'],
  ['CTR', '이', '은', '로'], ['VIP', '가', '는', '로'], ['Plan M', '이', '은', '으로'], ['KRW', '가', '는', '로'], ['할인 10%', '가', '는', '로'],
])('particles after %s', (word, subject, topic, by) => {
  expect([particle(word, '이/가'), particle(word, '은/는'), particle(word, '으로/로')]).toEqual([subject, topic, by]);
});
