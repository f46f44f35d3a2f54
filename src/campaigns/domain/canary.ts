/** What the team expects of a canary person in one campaign; `observe`: nothing, but a change is told. */
export const EXPECTATIONS = ['get', 'not_get', 'observe'] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

/** What explain said: the verdict and, of a no, the code of the gate that refuses. */
export interface CanaryAnswer { verdict: 'yes' | 'later' | 'no'; code: string | null }

/** `unexpected`: otherwise than the team expects. `changed`: nothing was expected, but it is otherwise than before. */
export type CanaryNoteKind = 'unexpected' | 'changed';

/** Whoever gets it later, by the clock alone, gets it: quiet hours and waits are no news. */
export const gets = ({ verdict }: Pick<CanaryAnswer, 'verdict'>): boolean => verdict !== 'no';

/** Whether two answers say the same: both get it, or both do not for the same reason. */
export const isSame = (one: CanaryAnswer, other: CanaryAnswer): boolean => gets(one) === gets(other) && (gets(one) || one.code === other.code);

/**
 * What is to be told of an answer, or null.
 *
 * @param was the answer that an observed person is compared with; null: this is the first
 */
export function noteFor(expected: Expectation, was: CanaryAnswer | null, is: CanaryAnswer): CanaryNoteKind | null {
  if (expected !== 'observe') return gets(is) === (expected === 'get') ? null : 'unexpected';
  return was && !isSame(was, is) ? 'changed' : null;
}
