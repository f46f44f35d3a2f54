import type { ExperimentResult } from '../../../contract/experiment.js';
import type { ExperimentsQuery, GoalsQuery } from '../../../contract/results-lists.js';
import { rows, type Db } from '../../../platform/database/db.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';

/** Campaigns that take people in or have people under way. */
const RUNNING = ['active', 'paused', 'draining'];

export interface Place { at: string; id: string }
export interface ListedTest {
  experimentId: string; campaignId: string; campaign: string; campaignState: string; type: string; stepId: string; origin: string;
  goal: { key: string; name: string }; measure: 'rate' | 'amount'; state: ExperimentResult['verdict']['state']; winner: string | null;
  sentence: { en: string; ko: string } | null; people: number | null; readoutAt: string | null; evaluatedAt: Date | null; choice: string | null; cursorAt: string;
}

/** Which campaigns a list of results is about. */
function whose({ of, q }: Pick<GoalsQuery, 'of' | 'q'>, values: SqlValues): string[] {
  const parts = of === 'all' ? [] : [`${of === 'running' ? '' : 'not '}c.state = any(${values.bind(RUNNING, 'text[]')})`];
  if (q !== undefined) parts.push(`position(lower(${values.bind(q, 'text')}) in lower(c.name)) > 0`);
  return parts;
}

/** Tests, newest first, with what the last look at each said; one row more than asked for when there are more. */
export function listTests(db: Db, query: ExperimentsQuery, after: Place | null): Promise<ListedTest[]> {
  const values = new SqlValues();
  const parts = whose(query, values);
  if (query.state !== undefined) parts.push(`e.state = ${values.bind(query.state, 'text')}`);
  if (after) parts.push(`(x.created_at, x.id) < (${values.bind(after.at, 'timestamptz')}, ${values.bind(after.id, 'uuid')})`);
  return rows(db, `
    select x.id as "experimentId", c.id as "campaignId", c.name as campaign, c.state as "campaignState", c.type, x.step_id as "stepId", x.origin, p.goal, p.measure, e.state, e.winner,
           e.view -> 'sentence' as sentence, (select sum((a.arm ->> 'assigned')::int)::int from jsonb_array_elements(e.view -> 'arms') as a (arm)) as people,
           coalesce(e.view -> 'plan' ->> 'readoutAt', to_char(p.readout_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as "readoutAt", e.evaluated_at as "evaluatedAt",
           (select h.variant from experiment_choice as h where h.experiment_id = x.id and h.ended_at is null) as choice, x.created_at::text as "cursorAt"
      from experiment_verdict as e join experiment_plan as p on p.experiment_id = e.experiment_id join experiment as x on x.id = e.experiment_id join campaign as c on c.id = x.campaign_id
     ${parts.length > 0 ? `where ${parts.join(' and ')}` : ''}
     order by x.created_at desc, x.id desc limit ${values.bind(query.limit + 1, 'int')}`, values.list);
}

export interface ListedCampaign { id: string; versionId: string; name: string; state: string; type: string; cursorAt: string }

/** Campaigns whose current version has a goal, newest first; one row more than asked for when there are more. */
export function listGoalCampaigns(db: Db, query: GoalsQuery, after: Place | null): Promise<ListedCampaign[]> {
  const values = new SqlValues();
  const parts = [...whose(query, values), `jsonb_array_length(v.definition -> 'goals') > 0`];
  if (after) parts.push(`(c.created_at, c.id) < (${values.bind(after.at, 'timestamptz')}, ${values.bind(after.id, 'uuid')})`);
  return rows(db, `
    select c.id, v.id as "versionId", c.name, c.state, c.type, c.created_at::text as "cursorAt"
      from campaign as c join campaign_version as v on v.id = c.current_version_id
     where ${parts.join(' and ')} order by c.created_at desc, c.id desc limit ${values.bind(query.limit + 1, 'int')}`, values.list);
}
