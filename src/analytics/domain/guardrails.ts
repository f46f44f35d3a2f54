import type { ContextMetric, Guardrail } from '../../contract/experiment.js';
import { NO_ACCOUNTS, type AccountReactions } from './account-counts.js';
import { harmSentence } from './sentences/around.js';
import type { ArmInput } from './statistics/decision.js';
import { watchGuardrail, type Harm } from './statistics/guardrail.js';
import { contextComparisons } from './experiment-view.js';
import type { VerdictPlan } from './verdict-plan.js';

/** People of one arm who got a message, and what they did to it. */
export interface ReactionCell { variant: string; people: number; unsubscribed: number; complained: number; bounced: number; opened: number; machine: number; clicked: number; /** Where arms were drawn for accounts. */ accounts?: AccountReactions['of'] }

export const UNWANTED = ['unsubscribed', 'complained', 'bounced'] as const;
/** Harm found so far, by measure. */
export type HarmFound = Partial<Record<(typeof UNWANTED)[number], Harm[]>>;

type Guarded = Pick<VerdictPlan, 'weights' | 'plannedPeople'>;

/** The arms that sent something: a control cannot be unsubscribed from. */
function guardArms({ weights }: Guarded, cells: readonly ReactionCell[], measure: 'unsubscribed' | 'complained' | 'bounced' | 'clicked' | 'opened', dropped: readonly string[] = []): ArmInput[] {
  return Object.entries(weights).flatMap(([key, weight]) => {
    const cell = cells.find(({ variant }) => variant === key);
    return cell ? [{ key, weight, assigned: cell.people, outcome: { n: cell.people, x: cell[measure], ...(cell.accounts ? { accounts: cell.accounts[measure] ?? NO_ACCOUNTS } : {}) }, ...(dropped.includes(key) ? { dropped: true } : {}) }] : [];
  });
}

/** What was found before and what this look finds; with fewer than two arms that send there is nothing to compare. */
export function watchAll(plan: Guarded, cells: readonly ReactionCell[], earlier: HarmFound, now: Date, dropped: readonly string[] = []): HarmFound {
  return Object.fromEntries(UNWANTED.flatMap((measure) => {
    const arms = guardArms(plan, cells, measure, dropped);
    const known = earlier[measure] ?? [];
    const harm = arms.length < 2 ? known : watchGuardrail({ arms, plannedPeople: plan.plannedPeople, now: now.toISOString(), earlier: known });
    return harm.length > 0 ? [[measure, harm]] : [];
  }));
}

/** The guardrails as they are shown. Nothing without messages. */
export function guardrailsView(plan: Guarded, cells: readonly ReactionCell[], harm: HarmFound, names: Readonly<Record<string, string>>): Guardrail[] {
  return UNWANTED.flatMap((measure): Guardrail[] => {
    const arms = guardArms(plan, cells, measure);
    if (arms.length === 0) return [];
    const found = harm[measure] ?? [];
    const affected = (key: string) => cells.find(({ variant }) => variant === key)?.[measure] ?? 0;
    const [first] = found;
    const named = (key: string) => names[key] ?? key;
    return [{
      measure,
      arms: arms.map(({ key, outcome }) => ({ key, people: outcome.n, affected: affected(key) })),
      comparisons: contextComparisons(arms, plan.plannedPeople),
      harm: found.map(({ arm, against, since }) => ({ arm, against, since })),
      sentence: first ? harmSentence({ measure, arm: named(first.arm), against: named(first.against), lift: first.lift, counts: { arm: affected(first.arm), against: affected(first.against) } }) : null,
    }];
  });
}

const LABELS = {
  opened: { en: 'Opened (includes machine opens: shown apart)', ko: '열람(기계 열람은 따로 표시)' },
  clicked: { en: 'Clicked', ko: '클릭' },
} as const;

/** Opens and clicks of people who got a message: for context, never deciding. */
export function engagementView(plan: Guarded, cells: readonly ReactionCell[]): ContextMetric[] {
  return (['opened', 'clicked'] as const).flatMap((measure): ContextMetric[] => {
    const arms = guardArms(plan, cells, measure);
    if (arms.length === 0) return [];
    const machine = (key: string) => (measure === 'opened' ? (cells.find(({ variant }) => variant === key)?.machine ?? 0) : null);
    const shown = arms.map(({ key, outcome }) => ({ key, people: outcome.n, count: 'x' in outcome ? outcome.x : 0, machine: machine(key), sum: null, mean: outcome.n === 0 || !('x' in outcome) ? null : outcome.x / outcome.n }));
    return [{ measure, label: LABELS[measure], arms: shown, comparisons: contextComparisons(arms, plan.plannedPeople) }];
  });
}
