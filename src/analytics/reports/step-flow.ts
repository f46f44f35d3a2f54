import { branchOutcome, type Step } from '../../contract/campaign-steps.js';
import { StepFlowQuery, type StepFlow } from '../../contract/reports/campaign.js';
import { wordsOf } from '../../kernel/reason-words.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { VersionFacts } from '../reads/campaign.read.js';
import { campaignReport, rateOf, type AskedCampaign } from './report.js';

/** Upper ends of the histogram of who waits until when, in hours from now; 0 is due already. */
const DUE_HOURS = [0, 1, 6, 24, 72, 168, 720];

interface VisitCounts { versionId: string; stepId: string; outcome: string | null; left: number; dropped: number }

/** Runs that left a step, by how; those that ended there counted apart. */
const outcomesOf = (db: Db, campaignId: string): Promise<VisitCounts[]> => rows(db, `
  select v.version_id as "versionId", v.step_id as "stepId", v.outcome,
         count(*) filter (where not x.dropped)::int as left, count(*) filter (where x.dropped)::int as dropped
    from step_visit as v
    join enrollment as e on e.id = v.enrollment_id and e.person_id = v.person_id
   cross join lateral (select e.state in ('exited', 'cancelled') and e.step_id = v.step_id and e.version_id = v.version_id and v.outcome is not distinct from e.exit_code and v.left_at = e.left_at as dropped) as x
   where v.campaign_id = $1 and v.left_at is not null
   group by v.version_id, v.step_id, v.outcome`, [campaignId]);

interface StepTimes { versionId: string; stepId: string; arrived: number; seconds: number | null }

const timesOf = (db: Db, campaignId: string): Promise<StepTimes[]> => rows(db, `
  select v.version_id as "versionId", v.step_id as "stepId", count(*)::int as arrived,
         percentile_cont(0.5) within group (order by extract(epoch from v.left_at - v.arrived_at)::float8) filter (where v.left_at is not null) as seconds
    from step_visit as v where v.campaign_id = $1 group by v.version_id, v.step_id`, [campaignId]);

interface Waiting { versionId: string; stepId: string; place: number; people: number; nextDueAt: Date | null }

/** Active runs by step and by how soon they are due; those not due at any time are the last place. */
const waitingAt = (db: Db, campaignId: string, now: Date): Promise<Waiting[]> => rows(db, `
  select e.version_id as "versionId", e.step_id as "stepId", coalesce(width_bucket(e.due_at - interval '1 microsecond', $2::timestamptz[]), $3) as place, count(*)::int as people, min(e.due_at) as "nextDueAt"
    from enrollment as e where e.campaign_id = $1 and e.state = 'active' and e.step_id is not null
   group by 1, 2, 3`, [campaignId, DUE_HOURS.map((hours) => new Date(now.getTime() + hours * 3_600_000)), DUE_HOURS.length]);

/** Where a run goes that left a step so. */
function nextOf(step: Step | undefined, outcome: string | null): string | null {
  switch (step?.type) {
    case 'message': case 'action': return step.next;
    case 'wait': return outcome === 'missed' ? step.onMissed ?? null : step.next;
    case 'wait_until': return outcome === 'timeout' ? step.onTimeout : step.next;
    case 'branch': return step.branches.find(({ name }, index) => branchOutcome(name, index) === outcome)?.next ?? step.otherwise;
    case 'split': return step.arms.find(({ key }) => key === outcome)?.next ?? null;
    default: return null;
  }
}

interface Ledger { outcomes: VisitCounts[]; times: StepTimes[]; waiting: Waiting[] }

function stepsOf(version: VersionFacts, ledger: Ledger): Pick<StepFlow, 'steps' | 'edges'> {
  const here = <T extends { versionId: string; stepId: string }>(cells: T[], stepId: string) => cells.filter((cell) => cell.versionId === version.id && cell.stepId === stepId);
  const { definition } = version.definition;
  const order = definition.type === 'series' ? definition.steps.map(({ id }) => id) : [];
  const ids = Object.keys(version.definition.steps).toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
  const flow: Pick<StepFlow, 'steps' | 'edges'> = { steps: [], edges: [] };
  for (const stepId of ids) {
    const step = version.definition.steps[stepId]!;
    const [outcomes, waiting] = [here(ledger.outcomes, stepId), here(ledger.waiting, stepId)];
    const { arrived = 0, seconds = null } = here(ledger.times, stepId)[0] ?? {};
    const left = outcomes.reduce((sum, cell) => sum + cell.left, 0);
    const dropped = outcomes.filter((cell) => cell.dropped > 0).map(({ outcome, dropped: count }) => ({ code: outcome ?? '', words: wordsOf(outcome ?? ''), count })).toSorted((a, b) => b.count - a.count || a.code.localeCompare(b.code));
    const due = waiting.map(({ place, people }) => ({ within: DUE_HOURS[place] ?? null, people })).toSorted((a, b) => (a.within ?? Infinity) - (b.within ?? Infinity));
    const next = waiting.flatMap(({ nextDueAt }) => (nextDueAt ? [nextDueAt.getTime()] : []));
    flow.steps.push({
      version: version.number, stepId, type: step.type, arrived, left, here: waiting.reduce((sum, { people }) => sum + people, 0),
      dropped, dropRate: rateOf(dropped.reduce((sum, { count }) => sum + count, 0), arrived), medianSeconds: seconds, due,
      nextDueAt: next.length > 0 ? new Date(Math.min(...next)).toISOString() : null,
    });
    flow.edges.push(...outcomes.filter((cell) => cell.left > 0).toSorted((a, b) => b.left - a.left || (a.outcome ?? '').localeCompare(b.outcome ?? ''))
      .map((cell) => ({ version: version.number, from: stepId, to: nextOf(step, cell.outcome), outcome: cell.outcome ?? '', count: cell.left, rate: rateOf(cell.left, left) })));
  }
  return flow;
}

async function readStepFlow({ tx, now, campaign, versions }: AskedCampaign, query: { version?: number }): Promise<StepFlow> {
  const ledger = { outcomes: await outcomesOf(tx, campaign.id), times: await timesOf(tx, campaign.id), waiting: await waitingAt(tx, campaign.id, now) };
  const flows = versions.filter(({ number }) => query.version === undefined || number === query.version).map((version) => stepsOf(version, ledger));
  return { campaignId: campaign.id, asOf: now.toISOString(), steps: flows.flatMap(({ steps }) => steps), edges: flows.flatMap(({ edges }) => edges) };
}

/** Who is where now, how many passed each way, where they dropped off, and how long they took. */
export const stepFlow = campaignReport({
  name: 'step-flow',
  query: StepFlowQuery,
  columns: [
    { name: 'version', type: 'integer' }, { name: 'step', type: 'text' }, { name: 'type', type: 'text' }, { name: 'arrived', type: 'integer' }, { name: 'here', type: 'integer' },
    { name: 'left', type: 'integer' }, { name: 'dropped', type: 'integer' }, { name: 'median_seconds', type: 'number' }, { name: 'next_due_at', type: 'instant' }, { name: 'edges', type: 'json' },
  ],
  read: readStepFlow,
  rows: ({ steps, edges }) => steps.map((step) => ({
    version: step.version, step: step.stepId, type: step.type, arrived: step.arrived, here: step.here, left: step.left, dropped: step.dropped.reduce((sum, { count }) => sum + count, 0),
    median_seconds: step.medianSeconds, next_due_at: step.nextDueAt && new Date(step.nextDueAt),
    edges: edges.filter((edge) => edge.version === step.version && edge.from === step.stepId).map(({ to, outcome, count }) => ({ to, outcome, count })),
  })),
});
