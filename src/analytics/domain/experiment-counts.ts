import { accountsOf, withAccounts, type AccountCell } from './account-counts.js';
import type { ArmCounts } from '../../contract/experiment.js';
import type { ArmInput } from './statistics/decision.js';
import { evenAccounts } from './statistics/accounts.js';
import type { Outcome } from './statistics/outcome.js';
import type { VerdictPlan } from './verdict-plan.js';

const DAY_MS = 86_400_000;

/** What is counted of the people of one arm who were assigned in one week. Sums are those of matured people. */
export interface EntryCell {
  variant: string;
  /** Monday, in the zone of the workspace. */
  week: string;
  assigned: number;
  eligible: number;
  matured: number;
  converted: number;
  nonZero: number;
  sum: number;
  sumSquares: number;
  maturesFrom: Date | null;
  maturesUntil: Date | null;
  firstAssigned: Date | null;
  lastAssigned: Date | null;
  firstMatured: Date | null;
  lastMatured: Date | null;
}

const NOTHING = { assigned: 0, eligible: 0, matured: 0, converted: 0, nonZero: 0, sum: 0, sumSquares: 0 };
export type ArmTotals = Omit<EntryCell, 'variant' | 'week'>;

const earliest = (a: Date | null, b: Date | null): Date | null => (a && b ? (a < b ? a : b) : (a ?? b));
const latest = (a: Date | null, b: Date | null): Date | null => (a && b ? (a > b ? a : b) : (a ?? b));

/** Adds cells up; of none, zeros. */
export function totalOf(cells: readonly EntryCell[]): ArmTotals {
  const none: ArmTotals = { ...NOTHING, maturesFrom: null, maturesUntil: null, firstAssigned: null, lastAssigned: null, firstMatured: null, lastMatured: null };
  return cells.reduce<ArmTotals>((sum, cell) => ({
    assigned: sum.assigned + cell.assigned, eligible: sum.eligible + cell.eligible, matured: sum.matured + cell.matured, converted: sum.converted + cell.converted,
    nonZero: sum.nonZero + cell.nonZero, sum: sum.sum + cell.sum, sumSquares: sum.sumSquares + cell.sumSquares,
    maturesFrom: earliest(sum.maturesFrom, cell.maturesFrom), maturesUntil: latest(sum.maturesUntil, cell.maturesUntil),
    firstAssigned: earliest(sum.firstAssigned, cell.firstAssigned), lastAssigned: latest(sum.lastAssigned, cell.lastAssigned),
    firstMatured: earliest(sum.firstMatured, cell.firstMatured), lastMatured: latest(sum.lastMatured, cell.lastMatured),
  }), none);
}

type Measured = Pick<VerdictPlan, 'measure'>;

/** What matured people did, as the statistics take it. */
export const outcomeOf = ({ measure }: Measured, { matured, converted, nonZero, sum, sumSquares }: Pick<ArmTotals, 'matured' | 'converted' | 'nonZero' | 'sum' | 'sumSquares'>): Outcome =>
  measure === 'rate' ? { n: matured, x: converted } : { n: matured, sum, sumSq: sumSquares, nonZero };

/** The arms of a plan in their order with what was counted of each; eligible people are given where gates refused somebody. @param accounts null: people were drawn alone */
export function armInputs(plan: Pick<VerdictPlan, 'measure' | 'weights'>, cells: readonly EntryCell[], accounts: readonly AccountCell[] | null = null): ArmInput[] {
  const refused = cells.some(({ assigned, eligible }) => eligible < assigned);
  return Object.entries(plan.weights).map(([key, weight]) => {
    const total = totalOf(cells.filter(({ variant }) => variant === key));
    return {
      key, weight, assigned: total.assigned, ...(refused ? { eligible: total.eligible } : {}), ...(accounts ? { accounts: accountsOf(accounts, key) } : {}),
      outcome: withAccounts(outcomeOf(plan, total), accounts, plan, key, null),
    };
  });
}

/** An arm as the rule got it, for people to read. */
export function armCounts({ key, assigned, eligible, accounts, outcome }: ArmInput): ArmCounts {
  const isRate = 'x' in outcome;
  return {
    key, assigned, eligible: eligible ?? assigned, matured: outcome.n, converted: isRate ? outcome.x : (outcome.nonZero ?? 0),
    sum: isRate ? null : outcome.sum, sumSquares: isRate ? null : outcome.sumSq,
    accounts: accounts && outcome.accounts ? { assigned: accounts.assigned, matured: outcome.accounts.count, even: Math.floor(evenAccounts(outcome)!) } : null,
  };
}

/** Full days between the first and the latest entry among matured people. */
export function entryDays(cells: readonly EntryCell[]): number {
  const { firstMatured, lastMatured } = totalOf(cells);
  return firstMatured && lastMatured ? Math.floor((lastMatured.getTime() - firstMatured.getTime()) / DAY_MS) : 0;
}
