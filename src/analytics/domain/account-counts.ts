import type { AccountSums, Outcome } from './statistics/outcome.js';
import type { VerdictPlan } from './verdict-plan.js';

/** The sums over the accounts of one arm, of all weeks of entry (`week` null) or of the people of one: an account can have people in several. */
export interface AccountCell {
  variant: string;
  week: string | null;
  /** Accounts with people assigned, eligible, matured. */
  assigned: number;
  eligible: number;
  matured: number;
  /** With n matured people, y of them with the outcome and v of amounts: Σn², accounts with y > 0, Σny, Σy², accounts with an amount, Σnv, Σv². */
  peopleSq: number;
  met: number;
  cross: number;
  outcomeSq: number;
  metAmount: number;
  crossAmount: number;
  amountSq: number;
}

/** Sums over accounts of one unwanted or wanted reaction. */
export interface AccountReactions { variant: string; of: Record<string, AccountSums> }

export const NO_ACCOUNTS: AccountSums = { count: 0, met: 0, peopleSq: 0, cross: 0, outcomeSq: 0 };

const cellAt = (cells: readonly AccountCell[], variant: string, week: string | null): AccountCell | undefined => cells.find((cell) => cell.variant === variant && cell.week === week);

/** Accounts assigned and eligible of an arm, for the check of the split. */
export function accountsOf(cells: readonly AccountCell[], variant: string): { assigned: number; eligible: number } {
  const { assigned, eligible } = cellAt(cells, variant, null) ?? { assigned: 0, eligible: 0 };
  return { assigned, eligible };
}

/** An outcome with the accounts it came from. @param cells null: people were drawn alone */
export function withAccounts(outcome: Outcome, cells: readonly AccountCell[] | null, { measure }: Pick<VerdictPlan, 'measure'>, variant: string, week: string | null): Outcome {
  if (cells === null) return outcome;
  const cell = cellAt(cells, variant, week);
  if (!cell) return { ...outcome, accounts: NO_ACCOUNTS };
  const { matured: count, peopleSq } = cell;
  return { ...outcome, accounts: measure === 'rate' ? { count, peopleSq, met: cell.met, cross: cell.cross, outcomeSq: cell.outcomeSq } : { count, peopleSq, met: cell.metAmount, cross: cell.crossAmount, outcomeSq: cell.amountSq } };
}

/** Adds up the accounts of arms that share none. */
export const addedAccounts = (a: AccountSums, b: AccountSums): AccountSums =>
  ({ count: a.count + b.count, met: a.met + b.met, peopleSq: a.peopleSq + b.peopleSq, cross: a.cross + b.cross, outcomeSq: a.outcomeSq + b.outcomeSq });
