/** An arm that somebody gave a person by hand, with how long it held. Times in milliseconds. */
export interface GivenByHandThen {
  variant: string;
  /** What the person had until then; null: nothing yet. */
  before: string | null;
  since: number;
  /** Null: it still holds. */
  endedAt: number | null;
}

/** What is recorded of a person's arm in an experiment. */
export interface ArmHistory {
  /** The row of now, and when there first was one; null: there is none. */
  assigned: { variant: string; at: number } | null;
  /** The earliest first; one ends no later than the next begins. */
  byHand: readonly GivenByHandThen[];
}

/**
 * The arm on record at a moment, null when none was yet and one is to be drawn. A version by hand holds whatever was drawn, but only from its moment on: the row
 * of the assignment says what was given last, not what the person had before.
 */
export function armThen({ assigned, byHand }: ArmHistory, at: number): { variant: string; isByHand: boolean } | null {
  const open = byHand.find(({ since, endedAt }) => since <= at && (endedAt === null || endedAt > at));
  if (open) return { variant: open.variant, isByHand: true };
  const later = byHand.find(({ since }) => since > at);
  const variant = later ? later.before : assigned?.variant ?? null;
  return variant === null || assigned === null || assigned.at > at ? null : { variant, isByHand: false };
}
