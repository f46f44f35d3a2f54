/** An audience may be so much larger than the one that was approved; above that it needs another approval. */
export const MAY_GROW = 0.25;

/** Whether a launch to so many people needs a second person. Nobody can say how many: it does. */
export const needsApproval = (above: number | null, people: number | null): boolean => above !== null && (people === null || people > above);

/** Whether an approval for `approved` people (null: it was not known) still covers so many. */
export const covers = (approved: number | null, people: number | null): boolean => approved === null || people === null || people <= approved * (1 + MAY_GROW);

export type ApprovalState = 'not_needed' | 'missing' | 'requested' | 'approved' | 'rejected' | 'void' | 'grown';

/** Where a draft stands. `void`: it was changed since it was asked for or approved. */
export function approvalState(asked: { state: 'requested' | 'approved' | 'rejected'; revision: number; people: number | null } | null, { revision, needed, people }: { revision: number; needed: boolean; people: number | null }): ApprovalState {
  if (!needed) return 'not_needed';
  if (!asked) return 'missing';
  if (asked.revision !== revision) return 'void';
  return asked.state === 'approved' && !covers(asked.people, people) ? 'grown' : asked.state;
}
