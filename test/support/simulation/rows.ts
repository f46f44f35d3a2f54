import { type Harm, watchGuardrail } from '../../../src/analytics/domain/statistics/guardrail.js';
import { logRatio, side } from '../../../src/analytics/domain/statistics/log-ratio.js';
import { ordinaryP } from '../../../src/analytics/domain/statistics/multipliers.js';
import { samplePerArm, samplePerArmAlwaysValid } from '../../../src/analytics/domain/statistics/planning.js';
import { watchAccounts, type AccountWorld } from './accounts.js';
import { delayed, spending } from './outcomes.js';
import type { Random } from './random.js';
import { firstWinner, planFor, watch, Watched, type World } from './run.js';

/** One line of the table of section 10: what is simulated, how often, what is counted of a run, and what must come out. */
export interface Row {
  check: string;
  setting: string;
  runs: number;
  metrics: { name: string; pass: readonly [number, number] }[];
  /** One run; a number for each metric, whose mean over all runs is compared. */
  once(random: Random): number[];
}

const DAYS = 28;
const even = (rate: number, perArm: number): World => ({ rates: [rate, rate], shares: [0.5, 0.5], perLook: 2 * perArm });
const NULLS: { name: string; world: World }[] = [
  { name: '3 %, 500 an arm a day', world: even(0.03, 500) },
  { name: '2 %, 100 an arm a day', world: even(0.02, 100) },
  { name: '0.5 %, 200 an arm a day', world: even(0.005, 200) },
  { name: '25 %, 200 an arm a day', world: even(0.25, 200) },
  { name: '2 %, 90/10, 1,000 a day', world: { rates: [0.02, 0.02], shares: [0.9, 0.1], perLook: 1_000 } },
];
const FALSE_WINNERS = 'false winners';
const won = (look: number, by = Infinity): number => Number(look > 0 && look <= by);

const planned = NULLS.map(({ name, world }): Row => ({
  check: 'A/A planned', setting: `${name}, ${DAYS} days`, runs: 10_000, metrics: [{ name: FALSE_WINNERS, pass: [0.028, 0.05] }],
  once: (random) => [won(firstWinner(random, world, planFor('planned', DAYS * world.perLook, DAYS * 24), DAYS).look)],
}));

const open = NULLS.map(({ name, world }): Row => ({
  check: 'A/A open-ended', setting: `${name}, 90 days`, runs: 10_000, metrics: [{ name: `${FALSE_WINNERS} in 28 days`, pass: [0, 0.02] }, { name: `${FALSE_WINNERS} in 90 days`, pass: [0, 0.02] }],
  once(random) {
    const { look } = firstWinner(random, world, planFor('open', DAYS * world.perLook, 0), 90);
    return [won(look, DAYS), won(look)];
  },
}));

const hourlyWorld: World = { ...even(0.03, 21), hours: 1 };
const hourly = (['planned', 'open'] as const).map((mode): Row => ({
  check: `A/A hourly, ${mode === 'open' ? 'open-ended' : mode}`, setting: '3 %, 21 an arm an hour, 672 looks', runs: 2_000, metrics: [{ name: FALSE_WINNERS, pass: [0, mode === 'open' ? 0.025 : 0.055] }],
  once: (random) => [won(firstWinner(random, hourlyWorld, planFor(mode, 672 * 42, 672), 672).look)],
}));

const several = [3, 4].map((arms): Row => {
  const world: World = { rates: new Array<number>(arms).fill(0.03), shares: new Array<number>(arms).fill(1 / arms), perLook: 500 * arms };
  return {
    check: `A/A, ${arms} arms, planned`, setting: `3 %, 500 an arm a day, ${DAYS} days`, runs: 5_000, metrics: [{ name: 'any pair called', pass: [0, 0.045] }],
    once(random) {
      const watched = new Watched(planFor('planned', DAYS * world.perLook, DAYS * 24));
      let called = false;
      watch(random, world, DAYS, (_look, hours, list) => (called = watched.look(hours, list).comparisons.some(({ lift }) => lift !== null && side(lift) !== 0)));
      return [Number(called)];
    },
  };
});

const coverage = [0, 0.1, 0.5, 1].map((lift): Row => {
  const world: World = { ...even(0.03, 500), rates: [0.03, 0.03 * (1 + lift)] };
  // No winner may stand before the read-out, so that every look of either kind gives an interval.
  const plan = planFor('planned', DAYS * world.perLook, DAYS * 24, { minDays: 999 });
  return {
    check: 'coverage', setting: `3 %, 500 an arm a day, true lift ${lift * 100} %, ${2 * DAYS} days with read-out at ${DAYS}`, runs: 10_000, metrics: [{ name: 'truth missed at any look', pass: [0, 0.05] }],
    once(random) {
      const watched = new Watched(plan);
      let missed = false;
      watch(random, world, 2 * DAYS, (_look, hours, arms) => (missed = watched.look(hours, arms).comparisons.some((pair) => pair.lift !== null && (pair.lift.lo > lift || pair.lift.hi < lift))));
      return [Number(missed)];
    },
  };
});

const power = [{ baseline: 0.03, lift: 0.2 }, { baseline: 0.25, lift: 0.1 }].flatMap(({ baseline, lift }) =>
  (['planned', 'open'] as const).map((mode): Row => {
    const perArm = mode === 'planned' ? samplePerArm({ baseline, lift, alphaFinal: 0.04 })! : samplePerArmAlwaysValid({ baseline, lift, alpha: 0.05 })!;
    const world: World = { ...even(baseline, Math.ceil(perArm / DAYS)), rates: [baseline, baseline * (1 + lift)] };
    return {
      check: `power, ${mode === 'open' ? 'open-ended' : mode}`, setting: `${baseline * 100} %, lift ${lift * 100} %, ${Math.ceil(perArm).toLocaleString('en')} an arm in ${DAYS} days`, runs: 5_000,
      metrics: [{ name: 'the better arm wins', pass: mode === 'planned' ? [0.78, 0.83] : [0.82, 0.88] }, { name: 'the worse arm wins', pass: [0, 0.001] }],
      once(random) {
        const { winner } = firstWinner(random, world, planFor(mode, DAYS * world.perLook, DAYS * 24), DAYS);
        return [Number(winner === 'B'), Number(winner === 'A')];
      },
    };
  }));

const early: Row = {
  check: 'early stop', setting: `3 %, lift 41.7 % (twice the planned), 500 an arm a day, ${DAYS} days`, runs: 2_000, metrics: [{ name: 'mean day of the verdict', pass: [11, 14.5] }, { name: 'the better arm wins', pass: [0.99, 1] }],
  once(random) {
    const world: World = { ...even(0.03, 500), rates: [0.03, 0.03 * 1.417] };
    const { look, winner } = firstWinner(random, world, planFor('planned', DAYS * world.perLook, DAYS * 24), DAYS);
    return [look || DAYS, Number(winner === 'B')];
  },
};

const delays: Row[] = [
  { check: 'faster, not better', setting: '3 % in 7 days, mean delay 3 days against 0.5, 500 an arm a day, matured people', runs: 2_000, metrics: [{ name: FALSE_WINNERS, pass: [0, 0.05] }], once: (random) => [Number(delayed(random, { matured: true }))] },
  { check: 'contrast: faster, in flight', setting: 'the same, everybody counted at once, open-ended from the first day', runs: 2_000, metrics: [{ name: FALSE_WINNERS, pass: [0.17, 0.27] }], once: (random) => [Number(delayed(random, { matured: false }))] },
];

const split = [0.5, 0.52].map((share): Row => ({
  check: share === 0.5 ? 'split as planned' : 'split 52:48 instead of 50:50', setting: `1,000 a day, ${DAYS} days`, runs: 5_000, metrics: [{ name: 'alarms', pass: share === 0.5 ? [0, 0.01] : [0.99, 1] }],
  once(random) {
    const watched = new Watched(planFor('planned', DAYS * 1_000, DAYS * 24));
    let alarm = false;
    watch(random, { rates: [0.03, 0.03], shares: [share, 1 - share], perLook: 1_000 }, DAYS, (_look, hours, arms) => (alarm = watched.look(hours, arms.map((arm) => ({ ...arm, weight: 0.5 }))).state === 'traffic_problem'));
    return [Number(alarm)];
  },
}));

const revenue = [{ sigma: 1, isCapped: false }, { sigma: 1.5, isCapped: true }].map(({ sigma, isCapped }): Row => ({
  check: 'revenue A/A', setting: `3 % buy, lognormal sigma ${sigma}${isCapped ? ', capped at the 99th percentile of buyers' : ''}, 500 an arm a day, ${DAYS} days`, runs: 4_000, metrics: [{ name: FALSE_WINNERS, pass: [0, 0.06] }],
  once: (random) => [Number(spending(random, sigma, isCapped))],
}));

const naive: Row = {
  check: 'contrast: p < .05 read daily', setting: `3 %, 500 an arm a day, ${DAYS} days`, runs: 5_000, metrics: [{ name: FALSE_WINNERS, pass: [0.25, 0.3] }],
  once(random) {
    let called = false;
    watch(random, even(0.03, 500), DAYS, (_look, _hours, [a, b]) => {
      const ratio = logRatio(a!.outcome, b!.outcome);
      return (called = ratio !== null && ordinaryP(ratio.psi / ratio.se) < 0.05);
    });
    return [Number(called)];
  },
};

const guardrail = [{ rates: [0.001, 0.001], pass: [0, 0.05] as const }, { rates: [0.001, 0.004], pass: [0.95, 1] as const }].map(({ rates, pass }): Row => ({
  check: rates[0] === rates[1] ? 'guardrail, no harm' : 'guardrail, B does harm', setting: `complaints of ${rates.map((rate) => `${rate * 100} %`).join(' and ')}, 500 an arm a day, ${DAYS} days`, runs: 2_000, metrics: [{ name: 'harm found', pass }],
  once(random) {
    let harm: Harm[] = [];
    watch(random, { rates, shares: [0.5, 0.5], perLook: 1_000 }, DAYS, (_look, _hours, arms) => (harm = watchGuardrail({ arms, plannedPeople: DAYS * 1_000, now: '2026-01-05T00:00:00.000Z', earlier: harm })).length > 0);
    return [Number(harm.some(({ arm }) => arm === 'B' || rates[0] === rates[1]))];
  },
}));

const ACCOUNTS: { name: string; world: AccountWorld; readAlone: readonly [number, number] }[] = [
  { name: '300 accounts of one size, 20 %, 100 people a day', world: { accounts: 300, rate: 0.2, alike: 1, sizes: 0, perDay: 100 }, readAlone: [0.17, 0.24] },
  { name: '300 accounts of sizes of sigma 1, 20 %, 100 people a day', world: { accounts: 300, rate: 0.2, alike: 1, sizes: 1, perDay: 100 }, readAlone: [0.22, 0.3] },
  { name: '100 accounts of one size, 20 %, 100 people a day', world: { accounts: 100, rate: 0.2, alike: 1, sizes: 0, perDay: 100 }, readAlone: [0.25, 0.33] },
];
const ANYBODY = new Set(['A', 'B']);
const byAccount = ACCOUNTS.flatMap(({ name, world, readAlone }): Row[] => [
  ...(['planned', 'open'] as const).map((mode): Row => ({
    check: `A/A by account, ${mode === 'open' ? 'open-ended' : mode}`, setting: `${name}, ${mode === 'open' ? 90 : DAYS} days`, runs: 5_000, metrics: [{ name: FALSE_WINNERS, pass: [0, mode === 'open' ? 0.02 : 0.05] }],
    once: (random) => [Number(ANYBODY.has(watchAccounts(random, world, { mode, days: mode === 'open' ? 90 : DAYS, byAccount: true })))],
  })),
  {
    check: 'contrast: accounts read as people', setting: `${name}, ${DAYS} days`, runs: 5_000, metrics: [{ name: FALSE_WINNERS, pass: readAlone }],
    once: (random) => [Number(ANYBODY.has(watchAccounts(random, world, { mode: 'planned', days: DAYS, byAccount: false })))],
  },
]);
const byAccountPower: Row = {
  check: 'power by account, planned', setting: '2,000 accounts of sizes of sigma 0.5, 20 %, lift 30 %, 300 people a day', runs: 1_000, metrics: [{ name: 'the better arm wins', pass: [0.9, 1] }, { name: 'the worse arm wins', pass: [0, 0.001] }],
  once(random) {
    const said = watchAccounts(random, { accounts: 2_000, rate: 0.2, alike: 0.7, sizes: 0.5, perDay: 300, lift: 0.3 }, { mode: 'planned', days: DAYS, byAccount: true });
    return [Number(said === 'B'), Number(said === 'A')];
  },
};

export const ROWS: Row[] = [...planned, ...open, ...hourly, ...several, ...coverage, ...power, early, ...delays, ...split, ...revenue, naive, ...guardrail, ...byAccount, byAccountPower];
