import type { CampaignState } from '../../campaigns/domain/state.js';
import type { CampaignType } from '../../campaigns/domain/state.js';
import type { DraftDefinition } from '../../contract/campaign-draft.js';
import type { HoldoutGoal } from '../../contract/holdout.js';
import { rows, type Db } from '../../platform/database/db.js';

export interface KeptCampaign {
  id: string;
  name: string;
  type: CampaignType;
  state: CampaignState;
  /** The draft. */
  definition: DraftDefinition;
  revision: number;
  /** What runs now, as its author wrote it; null when nothing was ever published. */
  version: { number: number; definition: unknown } | null;
}

/** Every campaign with its draft and the version that runs. @param id only this one */
export function keptCampaigns(db: Db, id: string | null = null): Promise<KeptCampaign[]> {
  return rows<KeptCampaign>(db, `
    select c.id, c.name, c.type, c.state, c.draft as definition, c.draft_revision as revision,
           case when v.id is not null then jsonb_build_object('number', v.number, 'definition', v.definition -> 'definition') end as version
      from campaign as c left join campaign_version as v on v.id = c.current_version_id
     where $1::uuid is null or c.id = $1::uuid order by c.id`, [id]);
}

export interface KeptHoldout { id: string; name: string; percent: number; campaignIds: string[] | null; exceptCampaignIds: string[]; goal: HoldoutGoal; isOver: boolean }

/** Every holdout, those that ended too. */
export const keptHoldouts = (db: Db): Promise<KeptHoldout[]> => rows(db, `
  select h.id, h.name, h.basis_points / 100.0::float8 as percent, h.campaign_ids as "campaignIds", h.except_ids as "exceptCampaignIds", h.goal, h.ended_at is not null as "isOver" from holdout as h order by h.id`);

export interface KeptList { id: string; name: string; description: string; updatedAt: Date }

export const keptLists = (db: Db): Promise<KeptList[]> => rows(db, 'select l.id, l.name, l.description, l.updated_at as "updatedAt" from list as l where l.archived_at is null order by l.id');
