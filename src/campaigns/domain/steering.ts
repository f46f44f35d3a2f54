import { apportion, armOf, bucketOf, BUCKETS } from '../../kernel/bucket.js';
import type { PublishedArm, PublishedExperiment } from './published.js';

/** What was decided about the people an experiment has not assigned yet. */
export interface Steering {
  /** The arm they get; `keep` basis points of them go on being split by the arms. */
  choice: { variant: string; keep: number } | null;
  /** Arms that get nobody any more, in the order they were dropped. */
  dropped: readonly string[];
}

export const UNSTEERED: Steering = { choice: null, dropped: [] };

/** The arm of one person. `choice`: given because it was chosen, so that the person is in no comparison. */
export interface GivenArm {
  variant: string;
  isControl: boolean;
  bucket: number;
  source: 'hash' | 'choice';
  /** The draw of the unit, where arms are drawn for accounts: people with the same one belong together. */
  unit?: string;
}

/** Of the people who are split although an arm was chosen. Its own salt: who is split does not depend on the arm they get. */
const keepSalt = ({ salt }: Pick<PublishedExperiment, 'salt'>): string => `${salt}:keep`;
const shareSalt = ({ salt }: Pick<PublishedExperiment, 'salt'>): string => `${salt}:share`;

/** Whether a person, or everybody of an account (domain/units.ts), belongs to the share of a test-then-send that gets the arms. @param share basis points */
export const isInShare = (experiment: Pick<PublishedExperiment, 'salt'>, share: number, unit: string): boolean => bucketOf(shareSalt(experiment), unit) < share;

/** The arm that each unit without a stored one gets now: a person, or an account (domain/units.ts). */
export function armsFor(experiment: PublishedExperiment, { choice, dropped }: Steering): (unit: string) => GivenArm {
  const control = new Map(experiment.arms.map((arm) => [arm.key, arm.isControl]));
  const owner = dropped.length === 0 ? (bucket: number) => armOf(experiment.arms, bucket) : ownersWithout(experiment.arms, dropped);
  const keeps = keepSalt(experiment);
  return (unit) => {
    const bucket = bucketOf(experiment.salt, unit);
    const isChosen = choice !== null && bucketOf(keeps, unit) >= choice.keep;
    const variant = isChosen ? choice.variant : owner(bucket);
    return { variant, isControl: control.get(variant)!, bucket, source: isChosen ? 'choice' : 'hash' };
  };
}

/** The arms that still get people. */
export const remainingArms = (arms: readonly PublishedArm[], dropped: readonly string[]): PublishedArm[] => arms.filter(({ key }) => !dropped.includes(key));

/** Buckets of each arm that is left, as people are split now. */
export function sharesNow(arms: readonly PublishedArm[], dropped: readonly string[]): Map<string, number> {
  const owner = ownersWithout(arms, dropped);
  const shares = new Map<string, number>();
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) shares.set(owner(bucket), (shares.get(owner(bucket)) ?? 0) + 1);
  return shares;
}

/**
 * Owners of the buckets after arms were dropped one by one: the buckets of each go to the arms left then, in proportion to their
 * shares and in order, so that nobody else moves and the ratio among the rest stays (statistics design, section 5).
 */
function ownersWithout(arms: readonly PublishedArm[], dropped: readonly string[]): (bucket: number) => string {
  const owners = Array.from({ length: BUCKETS }, (_, bucket) => armOf(arms, bucket));
  dropped.forEach((key, index) => {
    const rest = remainingArms(arms, dropped.slice(0, index + 1));
    const free = owners.flatMap((owner, bucket) => (owner === key ? [bucket] : []));
    const parts = apportion(free.length, rest.map(({ basisPoints }) => basisPoints));
    let next = 0;
    rest.forEach((arm, place) => {
      for (const end = next + parts[place]!; next < end; next += 1) owners[free[next]!] = arm.key;
    });
  });
  return (bucket) => owners[bucket]!;
}
