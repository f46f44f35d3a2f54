import { hash } from 'node:crypto';

export const BUCKETS = 10_000;
/** 2^32 mod 10,000: the remainder is taken of the halves, which a number holds exactly. */
const TWO_32 = 7_296;

/**
 * Stable bucket 0…9999 of a unit under a salt: first 8 bytes of SHA-256(utf8(salt + ":" + id)), big-endian, mod 10,000
 * (statistics design, section 7). Recomputable in any language.
 */
export function bucketOf(salt: string, id: string): number {
  const digest = hash('sha256', `${salt}:${id}`, 'hex');
  return ((Number.parseInt(digest.slice(0, 8), 16) % BUCKETS) * TWO_32 + Number.parseInt(digest.slice(8, 16), 16)) % BUCKETS;
}

/**
 * The same 8 bytes before the remainder is taken, as PostgreSQL keeps them (a signed bigint, as text): tells units under one salt apart
 * without saying what they are.
 */
export const drawOf = (salt: string, id: string): string => BigInt.asIntN(64, BigInt(`0x${hash('sha256', `${salt}:${id}`, 'hex').slice(0, 16)}`)).toString();

/** One arm and its share in basis points (1/100 of a percent); the shares of a test sum to 10,000. */
export interface Arm<K extends string = string> {
  key: K;
  basisPoints: number;
}

/** The arm owning a bucket: arms own consecutive ranges in the order given. */
export function armOf<K extends string>(arms: readonly Arm<K>[], bucket: number): K {
  let end = 0;
  for (const arm of arms) {
    end += arm.basisPoints;
    if (bucket < end) return arm.key;
  }
  throw new RangeError(`bucket ${bucket} lies outside the arms, whose shares sum to ${end} of ${BUCKETS}`);
}

/**
 * Whole basis points for positive weights by largest remainder, so that they sum to exactly 10,000 and the order of equal
 * remainders is the order given.
 */
export const basisPoints = (weights: readonly number[]): number[] => apportion(BUCKETS, weights);

/** A whole number given out by weights, by largest remainder: whole parts that sum to it exactly, equal remainders in the order given. */
export function apportion(whole: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0) || weights.some((weight) => !(weight >= 0) || !Number.isFinite(weight))) throw new RangeError('weights must be finite, not negative, and not all zero');
  const exact = weights.map((weight) => (weight / total) * whole);
  const parts = exact.map(Math.floor);
  const missing = whole - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = exact.map((value, index) => ({ index, rest: value - Math.floor(value) })).sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of byRemainder.slice(0, missing)) parts[index]! += 1;
  return parts;
}
