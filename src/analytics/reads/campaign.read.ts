import type { CampaignDefinition } from '../../contract/campaign.js';
import type { Goal } from '../../contract/campaign-goals.js';
import type { Step } from '../../contract/campaign-steps.js';
import type { PlannedTest } from '../domain/count-plan.js';
import { exists, row, rows, type Db } from '../../platform/database/db.js';

/** What the results need of one published version: its goals, its messages and which test each message is part of. */
export interface VersionFacts {
  id: string;
  number: number;
  definition: {
    /** As authored: its steps keep their order, which an object does not. */
    definition: CampaignDefinition;
    goals: Goal[];
    steps: Record<string, Step>;
    experiments: Record<string, { experimentId: string; arms: { key: string; isControl: boolean }[] }>;
    conditions: Record<string, string>;
  };
}

export interface CampaignFacts { id: string; name: string; type: string; state: string }

export function findCampaign(db: Db, id: string): Promise<CampaignFacts | null> {
  return row(db, `select c.id, c.name, c.type, c.state from campaign as c where c.id = $1`, [id]);
}

export function listVersions(db: Db, campaignId: string): Promise<VersionFacts[]> {
  return rows(db, `select v.id, v.number, v.definition from campaign_version as v where v.campaign_id = $1 order by v.number`, [campaignId]);
}

/** Versions by their ids; they never change. */
export async function loadVersions(db: Db, ids: readonly string[]): Promise<VersionFacts[]> {
  return ids.length === 0 ? [] : rows(db, `select v.id, v.number, v.definition from campaign_version as v where v.id = any($1::uuid[])`, [ids]);
}

/** Experiments of a campaign that have a plan. */
export function listPlanned(db: Db, campaignId: string): Promise<PlannedTest[]> {
  return rows(db, `
    select p.experiment_id as "experimentId", x.version_id as "versionId", coalesce(v.definition -> 'steps' -> x.step_id ->> 'type' = 'message', false) as gated, p.goal, p.caps
      from experiment_plan as p join experiment as x on x.id = p.experiment_id join campaign_version as v on v.id = x.version_id where p.campaign_id = $1::uuid`, [campaignId]);
}

export const segmentExists = (db: Db, id: string): Promise<boolean> => exists(db, 'select from segment as s where s.id = $1::uuid', [id]);
