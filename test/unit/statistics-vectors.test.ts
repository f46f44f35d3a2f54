import { expect, test } from '@jest/globals';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { incrementalConversions } from '../../src/analytics/domain/statistics/caused.js';
import { liftOf } from '../../src/analytics/domain/statistics/compare.js';
import { noMemory } from '../../src/analytics/domain/statistics/decision.js';
import { evaluate } from '../../src/analytics/domain/statistics/evaluate.js';
import { liftInterval, logRatio, type LiftInterval } from '../../src/analytics/domain/statistics/log-ratio.js';
import { alwaysValidP, earlyMultiplier, finalMultiplier, mixtureK, normalQuantile, pairCount } from '../../src/analytics/domain/statistics/multipliers.js';
import { observedOpenLift } from '../../src/analytics/domain/statistics/open-dilution.js';
import type { Outcome } from '../../src/analytics/domain/statistics/outcome.js';
import { samplePerArm, samplePerArmAlwaysValid } from '../../src/analytics/domain/statistics/planning.js';
import { dirichletLogBF, sampleRatioP } from '../../src/analytics/domain/statistics/sample-ratio.js';
import { wilson } from '../../src/analytics/domain/statistics/wilson.js';
import { armOf, bucketOf } from '../../src/kernel/bucket.js';
import { evanMillerSampleSize, growthbookHash, holm, srmChiSquare } from '../support/statistics-references.js';

interface Vector { id: string; group: string; fn: string; input: never; expected: unknown; tol: { abs?: number; rel?: number; exact?: true } }
const vectors = JSON.parse(readFileSync(join(process.cwd(), '..', 'shared', 'vectors', 'statistics.json'), 'utf8')) as Vector[];

type Pair = { a: Outcome; b: Outcome };
const ends = (interval: LiftInterval | null): [number, number] => [interval!.lo, interval!.hi];

const FUNCTIONS: Record<string, (input: never) => unknown> = {
  normalQuantile: ({ p }: { p: number }) => normalQuantile(p, 0, 1),
  normalCdf: ({ x }: { x: number }) => normalCdf(x, 0, 1),
  wilson: ({ x, n, alpha }: { x: number; n: number; alpha: number }) => ends(wilson(x, n, alpha)),
  logRatio: ({ a, b }: Pair) => logRatio(a, b),
  fixedLiftInterval: ({ a, b, alpha }: Pair & { alpha: number }) => ends(liftInterval(logRatio(a, b)!, finalMultiplier(alpha, 1))),
  avK: ({ alpha }: { alpha: number }) => mixtureK(alpha),
  avMultiplier: ({ N, Nstar, alpha }: { N: number; Nstar: number; alpha: number }) => earlyMultiplier(N, Nstar, alpha),
  avPValue: ({ z, N, Nstar, alpha }: { z: number; N: number; Nstar: number; alpha: number }) => alwaysValidP(z, N, Nstar, alpha),
  avLiftInterval: ({ a, b, Nstar, alpha }: Pair & { Nstar: number; alpha: number }) => ends(liftInterval(logRatio(a, b)!, earlyMultiplier(a.n + b.n, Nstar, alpha))),
  srmChiSquare: ({ counts, weights }: { counts: number[]; weights: number[] }) => srmChiSquare(counts, weights),
  dirichletLogBF: ({ counts, weights, prior }: { counts: number[]; weights: number[]; prior: number[] }) => dirichletLogBF(counts, weights, prior),
  srmLogBF: ({ counts, weights, kappa }: { counts: number[]; weights: number[]; kappa: number }) => ({ logBF: dirichletLogBF(counts, weights, weights.map((weight) => weight * kappa)), p: sampleRatioP(counts, weights) }),
  samplePerArm: ({ m, ...input }: { baseline: number; lift: number; alphaFinal: number; m: number; power: number }) => samplePerArm({ ...input, pairs: m }),
  samplePerArmAlwaysValid,
  evanMillerSampleSize,
  bucketSha256: ({ salt, unit }: { salt: string; unit: string }) => bucketOf(salt, unit),
  growthbookHash: ({ seed, value, version }: { seed: string; value: string; version: 1 | 2 }) => growthbookHash(seed, value, version),
  armForBucket: ({ basisPoints, bucket }: { basisPoints: number[]; bucket: number }) => Number(armOf(basisPoints.map((points, index) => ({ key: String(index), basisPoints: points })), bucket)),
  incrementalConversions: ({ holdout, messaged, alpha }: { holdout: { n: number; x: number }; messaged: { n: number; x: number }; alpha: number }) => incrementalConversions(holdout, messaged, alpha),
  observedOpenLift,
  bonferroniPairs: ({ arms }: { arms: number }) => pairCount(arms),
  holm: ({ p }: { p: number[] }) => holm(p),
  verdict,
};

const NOW = '2026-05-12T00:00:00.000Z';
const LATER = '2026-06-01T00:00:00.000Z';
interface VerdictVector { arms: { id: string; weight: number; assigned: number; n: number; x: number }[]; plan: { readout: boolean; Nstar: number; alphaEarly: number; alphaFinal: number }; direction: 'higher'; minDaysMet: boolean; minEffect: number }

function verdict({ arms, plan, direction, minDaysMet, minEffect }: VerdictVector): object {
  const found = evaluate({
    plan: { direction, minEffect, minDays: 7, alphaEarly: plan.alphaEarly, alphaFinal: plan.alphaFinal, plannedPeople: plan.Nstar, readoutAt: plan.readout ? NOW : LATER },
    arms: arms.map(({ id, weight, assigned, n, x }) => ({ key: id, weight, assigned, outcome: { n, x } })),
    look: { now: NOW, entryDays: minDaysMet ? 7 : 0, settled: true },
    earlier: noMemory(),
  });
  const lift = liftOf(found.comparisons, 'A', 'B');
  return { srmP: found.srm.assigned, state: found.state, ...(found.winner === null ? {} : { winner: found.winner }), ...(lift === null ? {} : { intervals: { 'A->B': ends(lift) } }) };
}

/** Every number of `expected` is met within the tolerance; texts are equal. What `expected` does not name is not asked for. */
function expectClose(actual: unknown, expected: unknown, tol: Vector['tol'], path: string): void {
  if (typeof expected === 'number') {
    const allowed = tol.exact ? 0 : (tol.abs ?? tol.rel! * Math.abs(expected));
    expect({ path, actual, within: Math.abs((actual as number) - expected) <= allowed }).toMatchObject({ within: true });
    return;
  }
  if (typeof expected !== 'object') return expect({ path, value: actual }).toEqual({ path, value: expected });
  for (const [key, value] of Object.entries(expected as object)) expectClose((actual as Record<string, unknown>)[key], value, tol, `${path}.${key}`);
}

test('there are 58 vectors', () => {
  expect(vectors.length).toBe(58);
});

test.each(vectors.map((vector) => [`${vector.id} ${vector.fn}`, vector] as const))('%s', (_name, { id, fn, input, expected, tol }) => {
  expectClose(FUNCTIONS[fn]!(input), expected, tol, id);
});
