import type { FeaturePatch } from '../../../contract/features.js';
import type { PropertyFilter } from '../../../contract/segment-conditions.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import type { CampaignState } from '../../domain/state.js';
import type { Speaker } from '../domain/telling.js';

export type FeatureState = 'asked' | 'planned' | 'shipped';
export interface Feature {
  id: string; key: string; name: string; description: string; state: FeatureState; owner: Speaker | null;
  event: string | null; where: PropertyFilter[]; goalDays: number; topic: string; tag: string | null;
  message: { campaignId: string; name: string; state: CampaignState; unfinished: boolean } | null;
  createdAt: Date; updatedAt: Date; shippedAt: Date | null; shippedBy: string | null;
}

/** A colleague who may still sign in, as what speaks to people: the row of `app_user as u`. */
export const SPEAKER = `case when u.id is not null and u.disabled_at is null then jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email) end`;

const SELECT = `
  select f.id, f.key, f.name, f.description, f.state, ${SPEAKER} as owner, f.event, f.event_where as "where", f.goal_days as "goalDays", f.topic, f.tag,
         case when c.id is not null then jsonb_build_object('campaignId', c.id, 'name', c.name, 'state', c.state, 'unfinished', c.draft_unfinished) end as message,
         f.created_at as "createdAt", f.updated_at as "updatedAt", f.shipped_at as "shippedAt",
         (select s.name from app_user as s where 'user:' || s.id::text = f.shipped_by) as "shippedBy"
    from feature as f left join app_user as u on u.id = f.owner_id left join campaign as c on c.id = f.campaign_id
   where f.archived_at is null`;

export const findFeature = (db: Db, key: string): Promise<Feature | null> => row<Feature>(db, `${SELECT} and f.key = $1`, [key]);

/** Locks the feature until the transaction ends; null when there is none. */
export async function lockFeature(tx: Db, key: string): Promise<Feature | null> {
  await rows(tx, 'select 1 from feature as f where f.key = $1 and f.archived_at is null for no key update', [key]);
  return findFeature(tx, key);
}

/** Newest first; ids are in order of time. */
export const listFeatures = (db: Db, { q, state, after, limit }: { q?: string; state?: FeatureState; after: string | null; limit: number }): Promise<Feature[]> =>
  rows<Feature>(db, `
    ${SELECT} and ($1::text is null or position(lower($1) in lower(f.name)) > 0 or position(lower($1) in lower(f.key)) > 0) and ($2::text is null or f.state = $2)
       and ($3::uuid is null or f.id < $3::uuid) order by f.id desc limit $4`, [q ?? null, state ?? null, after, limit]);

export interface NewFeature { id: string; key: string; name: string; description: string; state: FeatureState; ownerId: string | null; event: string | null; where: PropertyFilter[]; goalDays: number; topic: string; tag: string | null; by: string }
export async function insertFeature(tx: Db, one: NewFeature, now: Date): Promise<void> {
  await rows(tx, `
    insert into feature (id, key, name, description, state, owner_id, event, event_where, goal_days, topic, tag, created_by, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13::timestamptz, $13::timestamptz)`,
  [one.id, one.key, one.name, one.description, one.state, one.ownerId, one.event, JSON.stringify(one.where), one.goalDays, one.topic, one.tag, one.by, now]);
}

const COLUMNS = { name: 'name', description: 'description', state: 'state', ownerId: 'owner_id', event: 'event', where: 'event_where', goalDays: 'goal_days', topic: 'topic', tag: 'tag' } as const;
export async function changeFeature(tx: Db, id: string, patch: FeaturePatch, now: Date): Promise<void> {
  const given = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).filter((field) => patch[field] !== undefined);
  const sets = given.map((field, index) => `${COLUMNS[field]} = $${index + 3}${field === 'where' ? '::jsonb' : ''}`);
  await rows(tx, `update feature as f set updated_at = $2::timestamptz${sets.map((set) => `, ${set}`).join('')} where f.id = $1`, [id, now, ...given.map((field) => (field === 'where' ? JSON.stringify(patch.where) : patch[field]))]);
}

export async function archiveFeature(tx: Db, id: string, now: Date): Promise<void> {
  await rows(tx, 'update feature as f set archived_at = $2::timestamptz, updated_at = $2::timestamptz where f.id = $1', [id, now]);
}

/** The campaign that is to tell; every one a feature ever had stays known as its own. */
export async function setCampaign(tx: Db, id: string, campaignId: string, now: Date): Promise<void> {
  await rows(tx, 'insert into feature_campaign (campaign_id, feature_id) values ($2, $1)', [id, campaignId]);
  await rows(tx, 'update feature as f set campaign_id = $2, updated_at = $3::timestamptz where f.id = $1', [id, campaignId, now]);
}

/** @returns whether it was not shipped before */
export async function markShipped(tx: Db, id: string, by: string, now: Date): Promise<boolean> {
  return (await rows(tx, `update feature as f set state = 'shipped', shipped_at = $3::timestamptz, shipped_by = $2, updated_at = $3::timestamptz where f.id = $1 and f.state <> 'shipped' returning f.id`, [id, by, now])).length > 0;
}

/** @returns whether it was shipped */
export async function markUnshipped(tx: Db, id: string, now: Date): Promise<boolean> {
  return (await rows(tx, `update feature as f set state = 'planned', shipped_at = null, shipped_by = null, updated_at = $2::timestamptz where f.id = $1 and f.state = 'shipped' returning f.id`, [id, now])).length > 0;
}

/** Whether a stopped campaign of the feature still has messages to cancel. */
export const stillClosing = async (db: Db, id: string): Promise<boolean> =>
  (await row(db, 'select 1 from feature_campaign as f join campaign as c on c.id = f.campaign_id and c.closing where f.feature_id = $1 limit 1', [id])) !== null;

/** Colleagues who may sign in, by name. */
export const teammates = (db: Db): Promise<Speaker[]> => rows<Speaker>(db, 'select u.id, u.name, u.email from app_user as u where u.disabled_at is null order by u.name, u.id limit 200');

/** Colleagues by id or address, letter case aside; who is gone is absent. */
export async function teammatesNamed(db: Db, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const found = await rows<{ name: string; id: string }>(db, 'select n.name, u.id from unnest($1::text[]) as n (name) join app_user as u on u.disabled_at is null and (u.id::text = lower(n.name) or lower(u.email) = lower(n.name))', [names]);
  return new Map(found.map(({ name, id }) => [name, id]));
}
