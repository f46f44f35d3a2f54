import type { SegmentNode } from '../../contract/segment.js';
import type { Problem } from '../../kernel/errors.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import { campaignsWithGoals, withGoals, type VersionGoals } from '../domain/goals.js';
import { joinPath, placedConditions, type Resolved } from '../domain/resolved.js';

/** The tree with the goals that it asks for, of every published version of the campaigns it names. */
export async function completeGoals(db: Db, tree: Resolved): Promise<Resolved> {
  const campaigns = campaignsWithGoals(tree);
  if (campaigns.length === 0) return tree;
  const versions = await rows<VersionGoals>(db, `
    select v.id, v.campaign_id as "campaignId", v.definition -> 'goals' as goals, v.definition -> 'experiments' as experiments, v.definition -> 'conditions' as conditions,
           (select coalesce(jsonb_object_agg(s.key, s.value -> 'type'), '{}') from jsonb_each(v.definition -> 'steps') as s) as steps
      from campaign_version as v where v.campaign_id = any($1::uuid[]) order by v.campaign_id, v.number`, [campaigns]);
  return withGoals(tree, versions);
}

/** Moves on whenever one of these campaigns publishes: versions are never changed and never go. */
export async function countVersions(db: Db, campaignIds: readonly string[]): Promise<number> {
  if (campaignIds.length === 0) return 0;
  return (await row<{ count: number }>(db, 'select count(*)::int as count from campaign_version as v where v.campaign_id = any($1::uuid[])', [campaignIds]))!.count;
}

/** Conditions on goals that neither a version nor the draft of their campaign has, each with its place below `basePath`. */
export async function findUnknownGoals(db: Db, definition: SegmentNode, basePath: string): Promise<Problem[]> {
  const asked = placedConditions(definition, basePath).flatMap(({ leaf, path }) => (leaf.type === 'engagement' && leaf.kind === 'converted' && leaf.campaignId ? [{ campaignId: leaf.campaignId, goal: leaf.goal, path }] : []));
  if (asked.length === 0) return [];
  const found = await rows<{ campaignId: string; key: string }>(db, `
    select c.id as "campaignId", g.goal ->> 'key' as key from campaign as c cross join lateral jsonb_array_elements(c.draft -> 'goals') as g (goal) where c.id = any($1::uuid[])
    union
    select v.campaign_id, g.goal ->> 'key' from campaign_version as v cross join lateral jsonb_array_elements(v.definition -> 'goals') as g (goal) where v.campaign_id = any($1::uuid[])
    order by 1, 2`, [asked.map(({ campaignId }) => campaignId)]);
  return asked.flatMap(({ campaignId, goal, path }) => {
    const keys = found.filter((one) => one.campaignId === campaignId).map(({ key }) => key);
    if (keys.length === 0) return [{ path: joinPath(path, 'campaignId'), code: 'segment.unknown-goal', message: 'The campaign has no goal; nobody can have met it. Give it one, or name another campaign.' }];
    return goal === undefined || keys.includes(goal) ? [] : [{ path: joinPath(path, 'goal'), code: 'segment.unknown-goal', message: `The campaign has no goal "${goal}". Known: ${keys.join(', ')}.` }];
  });
}
