import type { StepResult } from '../../contract/results.js';

type Reconciliation = StepResult['reconciliation'];

/** What became of one delivery, in the words of the accounting equation. */
export type Account = 'delivered' | 'inProgress' | 'control' | 'refused' | 'bounced' | 'uncertain';

/**
 * Where a delivery stands in `eligible = delivered + in progress + control + refused + bounced + uncertain`. An e-mail is
 * delivered when the relay accepted it and no bounce came, a webhook or chat notice when its endpoint answered 2xx; an in-app
 * message when it was rendered in a visible tab, and until then it waits in the inbox, in progress.
 */
export function accountOf(cell: { state: string; channel: string }): Account {
  switch (cell.state) {
    case 'delivered': return 'delivered';
    case 'sent': return cell.channel === 'in_app' ? 'inProgress' : 'delivered';
    case 'queued': case 'sending': return 'inProgress';
    case 'ghost': return 'control';
    case 'bounced': return 'bounced';
    case 'uncertain': return 'uncertain';
    case 'failed': case 'cancelled': case 'recalled': return 'refused';
    default: throw new RangeError(`a delivery in the unknown state ${cell.state}`);
  }
}

/** Left this system and was answered for: accepted or bounced. Uncertain ones are listed by themselves. */
export const isSent = (state: string): boolean => state === 'sent' || state === 'delivered' || state === 'bounced';

/**
 * Sums the equation for one message step.
 *
 * @param visits        runs that arrived, and how many still stand there undecided
 * @param refusedAtStep runs that left without a delivery row, each with a decision
 */
export function reconcile(visits: { count: number; waiting: number }, cells: readonly { state: string; channel: string; count: number }[], refusedAtStep: number): Reconciliation {
  const sums: Record<Account, number> = { delivered: 0, inProgress: visits.waiting, control: 0, refused: refusedAtStep, bounced: 0, uncertain: 0 };
  for (const cell of cells) sums[accountOf(cell)] += cell.count;
  const accounted = Object.values(sums).reduce((total, part) => total + part, 0);
  return { eligible: visits.count, ...sums, difference: visits.count - accounted };
}
