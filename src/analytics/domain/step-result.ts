import type { CampaignResults, StepResult, VariantResult } from '../../contract/results.js';
import { accountOf, isSent, reconcile } from './reconcile.js';

interface At { versionId: string; stepId: string }
interface DeliveryCount extends At { channel: string; variant: string; state: string; reason: string | null; count: number }
interface EngagementCount extends At { variant: string; kind: string; verdict: 'human' | 'machine' | 'unknown'; count: number }

/** All counts of a campaign, each by version and step. */
export interface StepLedger {
  deliveries: DeliveryCount[];
  reached: (At & { variant: string; reached: number })[];
  visits: (At & { count: number; waiting: number })[];
  refusals: (At & { code: string; count: number })[];
  engagement: EngagementCount[];
  /** Of bounced deliveries: whether it was for good. */
  bounces: (At & { variant: string; kind: 'hard' | 'soft'; count: number })[];
}

export interface StepPlace extends At { version: number; channel: string | null; external: boolean; experimentId: string }

const total = (cells: readonly { count: number }[]): number => cells.reduce((sum, cell) => sum + cell.count, 0);

/** Sums counts that share a code, largest first, equal ones by name. */
function byCode(cells: readonly { code: string; count: number }[]): { code: string; count: number }[] {
  const sums = new Map<string, number>();
  for (const { code, count } of cells) sums.set(code, (sums.get(code) ?? 0) + count);
  return [...sums].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}

/** Everything known of one message step, and whether it adds up. */
export function stepResult(place: StepPlace, arms: Pick<VariantResult, 'key' | 'isControl' | 'assigned' | 'chosen' | 'goals'>[], ledger: StepLedger): StepResult {
  const here = <T extends At>(cells: T[]) => cells.filter((cell) => cell.versionId === place.versionId && cell.stepId === place.stepId);
  const deliveries = here(ledger.deliveries);
  const atStep = here(ledger.refusals);
  const visits = here(ledger.visits)[0] ?? { count: 0, waiting: 0 };
  const stopped = deliveries.filter((cell) => accountOf(cell) === 'refused').map((cell) => ({ code: cell.reason ?? cell.state.toUpperCase(), count: cell.count }));
  const reconciliation = reconcile(visits, deliveries, total(atStep));
  return {
    version: place.version,
    stepId: place.stepId,
    channel: place.channel,
    external: place.external,
    experimentId: place.experimentId,
    eligible: reconciliation.eligible,
    inProgress: reconciliation.inProgress,
    refusals: byCode([...atStep, ...stopped]),
    reconciliation,
    variants: arms.map((arm) => variantResult(arm, deliveries.filter(({ variant }) => variant === arm.key), here(ledger.engagement).filter(({ variant }) => variant === arm.key), { reached: here(ledger.reached).find(({ variant }) => variant === arm.key)?.reached ?? 0, hard: total(here(ledger.bounces).filter(({ variant, kind }) => variant === arm.key && kind === 'hard')) })),
  };
}

function variantResult(arm: Pick<VariantResult, 'key' | 'isControl' | 'assigned' | 'chosen' | 'goals'>, deliveries: DeliveryCount[], engagement: EngagementCount[], { reached, hard }: { reached: number; hard: number }): VariantResult {
  const verdicts = (kind: string) => {
    const of = (verdict: string) => total(engagement.filter((cell) => cell.kind === kind && cell.verdict === verdict));
    return { human: of('human'), machine: of('machine'), unknown: of('unknown') };
  };
  const reactions = (kind: string) => total(engagement.filter((cell) => cell.kind === kind));
  const accounted = (account: string) => total(deliveries.filter((cell) => accountOf(cell) === account));
  const opened = verdicts('open');
  const bounced = accounted('bounced');
  return {
    ...arm,
    reached,
    sent: total(deliveries.filter(({ state }) => isSent(state))),
    delivered: accounted('delivered'),
    opened,
    openedRange: { from: opened.human, to: opened.human + opened.unknown + opened.machine },
    clicked: verdicts('click'),
    unsubscribed: reactions('unsubscribe'),
    complained: reactions('complaint'),
    bounced,
    bouncedHard: hard,
    bouncedSoft: bounced - hard,
    dismissed: reactions('dismiss'),
    replied: reactions('reply'),
    deliveries: deliveries.map(({ state, reason, count }) => ({ state, reason, count })).sort((a, b) => b.count - a.count || a.state.localeCompare(b.state) || (a.reason ?? '').localeCompare(b.reason ?? '')),
  };
}

/** How people came in: entered plus every refusal is everybody considered. */
export function entryResult(runs: { state: 'active' | 'completed' | 'exited' | 'cancelled'; count: number }[], refusals: { code: string; count: number }[]): CampaignResults['entry'] {
  const inState = (state: string) => total(runs.filter((cell) => cell.state === state));
  const entered = total(runs);
  return { considered: entered + total(refusals), entered, refusals: byCode(refusals), runs: { active: inState('active'), completed: inState('completed'), exited: inState('exited'), cancelled: inState('cancelled') } };
}
