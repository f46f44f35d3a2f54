import type { CampaignDefinition } from '../../contract/campaign.js';
import type { TestMode, TestPlan } from '../../contract/experiment.js';
import { planTest, type PlannedTest } from '../../analytics/domain/statistics/test-plan.js';
import type { Baseline } from '../../analytics/domain/statistics/planning.js';
import type { Assumed, PlannedGoal, VerdictPlan } from '../../analytics/domain/verdict-plan.js';
import { warned, within, type Finding } from './finding.js';
import { askedOf, sharesOf, type PlacedTest } from './tests.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A message at a local time reaches the last zone this much after the first, a change of clocks included. */
const ALL_ZONES_MS = 25 * HOUR_MS;
/** A series that takes everybody at once is read out when its steps have had this long. */
const ONE_TIME_DAYS = 28;
/** Full days of entries an early winner of a triggered flow needs: each day of the week once. */
const FLOW_DAYS = 7;

/** What is known about what will come, before the test begins. */
export interface Known {
  baseline: Assumed['baseline'] & { spread: number | null };
  volume: Assumed['volume'];
  caps: Record<string, number>;
  /** Of arms drawn for accounts; null: not known, or drawn for people. */
  designEffect: number | null;
}

export interface TestToPlan {
  definition: CampaignDefinition;
  placed: PlacedTest;
  goal: PlannedGoal;
  known: Known;
  now: Date;
}

export type NewPlan = Omit<VerdictPlan, 'experimentId' | 'campaignId'>;

/** Fixes everything that carries the guarantee (statistics design, section 6), and says what may disappoint. */
export function makePlan({ definition, placed, goal, known, now }: TestToPlan): { plan: NewPlan; findings: Finding[] } {
  const test = askedOf(placed);
  const mode = modeOf(definition, test);
  const weights = sharesOf(placed.arms);
  const given = test.baseline !== undefined && known.baseline.from === 'unknown' ? { ...known.baseline, rate: test.baseline, from: 'author' as const } : known.baseline;
  const planned = planTest({
    mode, weights: Object.values(weights), baseline: baselineOf(test, given), lift: test.direction === 'lower' ? -test.lift : test.lift,
    arrivals: mode === 'single' ? { total: known.volume.atOnce } : { perDay: known.volume.perDay ?? 0, atOnce: known.volume.atOnce },
    start: startOf(definition, now), window: goal.windowMillis, readoutAt: readoutOf(definition, test, goal, now), designEffect: known.designEffect ?? undefined,
  });
  const plan: NewPlan = {
    goal, measure: test.measure, direction: test.direction, mode, alphaEarly: planned.alphaEarly, alphaFinal: planned.alphaFinal,
    plannedPeople: planned.plannedPeople, readoutAt: isExternal(definition) && test.readoutAt === undefined ? null : planned.readoutAt,
    minEffect: test.minEffect, minDays: isFlow(definition) ? FLOW_DAYS : 0, weights,
    caps: test.cap === undefined ? known.caps : { ...known.caps, [goal.key]: test.cap },
    assumed: {
      lift: test.lift, baseline: { rate: given.rate, mean: given.mean, from: given.from }, volume: known.volume,
      peoplePerArm: planned.perArm, detectable: planned.detectable === null ? null : Math.abs(planned.detectable),
      ...(known.designEffect === null ? {} : { designEffect: known.designEffect }),
    },
  };
  return { plan, findings: remarks(within(placed.path, 'test'), plan, planned, test) };
}

const isExternal = (definition: CampaignDefinition): boolean => definition.type === 'broadcast' && definition.external;
const isAtOnce = (definition: CampaignDefinition): boolean => definition.type === 'series' && definition.entry.type === 'segment' && definition.entry.take === 'current_only';
const isFlow = (definition: CampaignDefinition): boolean => definition.type !== 'broadcast' && !isAtOnce(definition);
const modeOf = (definition: CampaignDefinition, { mode }: TestPlan): TestMode => mode ?? (definition.type === 'broadcast' ? 'single' : 'planned');

function startOf(definition: CampaignDefinition, now: Date): Date {
  const launch = definition.type === 'broadcast' && definition.launchAt ? new Date(definition.launchAt) : now;
  return launch > now ? launch : now;
}

/** A date that does not follow from the volume: the author's, or when everybody who comes at one time has matured. */
function readoutOf(definition: CampaignDefinition, { readoutAt, mode }: TestPlan, { windowMillis }: PlannedGoal, now: Date): Date | undefined {
  if (readoutAt !== undefined) return new Date(readoutAt);
  const after = (wait: number) => new Date(startOf(definition, now).getTime() + wait + windowMillis);
  if (definition.type === 'broadcast' && definition.localTime) return after(ALL_ZONES_MS);
  return isAtOnce(definition) && mode !== 'open' ? after(ONE_TIME_DAYS * DAY_MS) : undefined;
}

/** A rate of 0 has no number of people that is enough: the answer for what is not known. */
function baselineOf({ measure }: TestPlan, { rate, spread }: { rate: number | null; spread: number | null }): Baseline {
  if (measure === 'amount') return spread === null ? { rate: 0 } : { spread };
  return { rate: rate ?? 0 };
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))}`;

function remarks(path: string, plan: NewPlan, { isEnough, detectable, needed }: PlannedTest, { lift }: TestPlan): Finding[] {
  const { baseline, volume } = plan.assumed;
  const isUnknown = needed === null || (volume.from === 'unknown' && plan.mode !== 'open');
  const uncapped = plan.measure === 'amount' && plan.caps[plan.goal.key] === undefined;
  const what = baseline.from === 'unknown'
    ? ['how often the goal is reached', '목표를 얼마나 달성하는지', 'Say which share you expect without any change, and it can be planned better.', '바꾸지 않았을 때 예상 비율을 입력하면 더 정확히 계획할 수 있어요.'] as const
    : ['how many people will come', '고객이 얼마나 들어올지', 'Choose the day of the read-out yourself if you know better.', '더 잘 알고 있다면 판정일을 직접 정하세요.'] as const;
  return [
    ...(isUnknown ? [warned(path, 'test-unplanned', `Nothing is known yet about ${what[0]}, so 5,000 people per pair of arms are assumed. ${what[2]}`, `${what[1]}에 대해 아직 알려진 것이 없어 변형 한 쌍에 5,000명으로 가정해요. ${what[3]}`)] : []),
    ...(!isUnknown && !isEnough ? [warned(path, 'test-underpowered',
      detectable === null ? `With the people who come today no difference can be told apart by the read-out; you asked for ${percent(lift)} %.` : `With the people who come today only differences of ${percent(Math.abs(detectable))} % or more can be told apart by the read-out; you asked for ${percent(lift)} %.`,
      detectable === null ? `지금 들어오는 고객 수로는 판정일까지 어떤 차이도 구별할 수 없어요(원하는 차이: ${percent(lift)}%).` : `지금 들어오는 고객 수로는 판정일까지 ${percent(Math.abs(detectable))}% 이상의 차이만 구별할 수 있어요(원하는 차이: ${percent(lift)}%).`)] : []),
    ...(uncapped ? [warned(path, 'test-uncapped', 'There are too few earlier amounts to tell what is unusually much, so a few very large ones can decide. Say the most that counts per person.', '이전 금액이 너무 적어 유난히 큰 금액을 가려낼 수 없으므로 몇 건의 큰 금액이 결과를 좌우할 수 있어요. 한 사람당 인정할 최대 금액을 정하세요.')] : []),
  ];
}
