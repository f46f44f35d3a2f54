import { recordNews } from '../../people/store/news.store.js';
import type { CampaignDefinition } from '../../contract/campaign.js';
import type { DraftDefinition } from '../../contract/campaign-draft.js';
import type { PauseReason } from '../../delivery/sending/domain/error-budget.js';
import { newId } from '../../kernel/ids.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import type { CampaignState, CampaignType } from '../domain/state.js';

/** A campaign with its draft: what an editor works on. */
export interface Campaign {
  id: string;
  type: CampaignType;
  name: string;
  state: CampaignState;
  /** The draft; {@link readDraft} says what of it is not written yet. */
  definition: DraftDefinition;
  /** Whether it has gaps. */
  unfinished: boolean;
  /** Counts every change of the draft; an editor names the one it saw. */
  revision: number;
  currentVersion: { id: string; number: number; publishedAt: Date } | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  /** Since when it is in its state. */
  stateAt: Date;
  /** Why Danbi paused it by itself; null when it did not. */
  pauseReason: PauseReason | null;
}

export type CampaignSummary = Omit<Campaign, 'definition'>;

const SUMMARY = `
  c.id, c.type, c.name, c.state, c.draft_revision as revision, c.draft_unfinished as unfinished, c.created_by as "createdBy", c.created_at as "createdAt",
  c.updated_at as "updatedAt", c.state_at as "stateAt", c.pause_reason as "pauseReason",
  case when v.id is not null then jsonb_build_object('id', v.id, 'number', v.number, 'publishedAt', v.published_at) end as "currentVersion"`;
const FROM = 'campaign as c left join campaign_version as v on v.id = c.current_version_id';

type WithJsonVersion<T> = Omit<T, 'currentVersion'> & { currentVersion: { id: string; number: number; publishedAt: string } | null };

/** JSON carries the moment of publishing as text. */
const revive = <T extends { currentVersion: { id: string; number: number; publishedAt: string } | null }>(found: T) => ({
  ...found, currentVersion: found.currentVersion && { ...found.currentVersion, publishedAt: new Date(found.currentVersion.publishedAt) },
});

export async function findCampaign(db: Db, id: string): Promise<Campaign | null> {
  const found = await row<WithJsonVersion<Campaign>>(db, `select ${SUMMARY}, c.draft as definition from ${FROM} where c.id = $1`, [id]);
  return found && revive(found);
}

/** Locks the campaign until the transaction ends, so that publishing and every change of state take turns. */
export async function lockCampaign(tx: Db, id: string): Promise<Campaign | null> {
  const locked = await row(tx, 'select c.id from campaign as c where c.id = $1 for no key update', [id]);
  return locked ? findCampaign(tx, id) : null;
}

export interface ListQuery {
  state?: CampaignState;
  type?: CampaignType;
  /** Part of a name, letter case aside. */
  q?: string;
  sort?: CampaignSort;
  limit: number;
  /** Where the page before ended: what it is ordered by, and the id. */
  after: { key: string; id: string } | null;
}

export type CampaignSort = 'created' | 'updated' | 'name';
/** What a list is ordered by, then by id. A name counts by its first 60 characters, so that a cursor stays short. */
const ORDER: Record<CampaignSort, { by: string; type: string; way: 'desc' | 'asc' }> = {
  created: { by: 'c.created_at', type: 'timestamptz', way: 'desc' },
  updated: { by: 'c.updated_at', type: 'timestamptz', way: 'desc' },
  name: { by: 'left(lower(c.name), 60)', type: 'text', way: 'asc' },
};

/** Newest first unless said otherwise; one row more than asked for when there are more. `cursorKey` keeps a time to the microsecond. */
export async function listCampaigns(db: Db, query: ListQuery): Promise<(CampaignSummary & { cursorKey: string })[]> {
  const { by, type, way } = ORDER[query.sort ?? 'created'];
  const found = await rows<WithJsonVersion<CampaignSummary> & { cursorKey: string }>(db, `
    select ${SUMMARY}, (${by})::text as "cursorKey"
      from ${FROM}
     where ($1::text is null or c.state = $1) and ($2::text is null or c.type = $2)
       and ($3::text is null or position(lower($3) in lower(c.name)) > 0)
       and ($4::${type} is null or (${by}, c.id) ${way === 'desc' ? '<' : '>'} ($4::${type}, $5::uuid))
     order by ${by} ${way}, c.id ${way} limit $6`,
  [query.state ?? null, query.type ?? null, query.q ?? null, query.after?.key ?? null, query.after?.id ?? null, query.limit + 1]);
  return found.map(revive);
}

export interface NewDraft {
  /** Given when something else already refers to it. */
  id?: string;
  name: string;
  definition: CampaignDefinition | DraftDefinition;
  /** Whether it has gaps. */
  unfinished?: boolean;
  by: string;
  now: Date;
}

/** @returns the id of the new draft */
export async function insertDraft(tx: Db, { id = newId(), name, definition, unfinished = false, by, now }: NewDraft): Promise<string> {
  await rows(tx, `
    insert into campaign (id, type, name, state, draft, draft_unfinished, created_by, created_at, updated_at, state_at)
    values ($1, $2, $3, 'draft', $4::jsonb, $5, $6, $7::timestamptz, $7::timestamptz, $7::timestamptz)`, [id, definition.type, name, JSON.stringify(definition), unfinished, by, now]);
  return id;
}

export interface DraftChange {
  id: string;
  /** The revision the editor saw. */
  revision: number;
  name: string;
  definition: DraftDefinition;
  unfinished: boolean;
  now: Date;
}

/** Replaces the draft if nobody else has since; a campaign that has ended keeps its last one. @returns whether it did */
export async function updateDraft(tx: Db, { id, revision, name, definition, unfinished, now }: DraftChange): Promise<boolean> {
  const changed = await rows(tx, `
    update campaign as c set name = $3, draft = $4::jsonb, draft_unfinished = $7, draft_revision = c.draft_revision + 1, updated_at = $5::timestamptz
     where c.id = $1 and c.draft_revision = $2 and c.type = $6 and c.state not in ('stopped', 'archived')
    returning c.id`, [id, revision, name, JSON.stringify(definition), now, definition.type, unfinished]);
  return changed.length === 1;
}

/** Removes a draft that was never published. @returns whether it did */
export async function deleteDraft(tx: Db, id: string): Promise<boolean> {
  const gone = await rows(tx, `delete from campaign as c where c.id = $1 and c.state = 'draft' returning c.id`, [id]);
  return gone.length === 1;
}

export interface StateChange {
  id: string;
  from: readonly CampaignState[];
  to: CampaignState;
  now: Date;
}

/** Moves the campaign on if it is where it is expected. @returns whether it did */
export async function changeState(tx: Db, { id, from, to, now }: StateChange): Promise<boolean> {
  const changed = await rows(tx, `
    update campaign as c set state = $3, state_at = $4::timestamptz, pause_reason = null, updated_at = $4::timestamptz
     where c.id = $1 and c.state = any($2::text[]) returning c.type`, [id, from, to, now]);
  // Open pages ask anew which auto messages there are.
  if (changed[0]?.type === 'auto_message') await recordNews(tx, [{ personId: null, kind: 'rules' }], now);
  return changed.length === 1;
}

/** Says why a campaign was paused by itself; the next change of its state forgets it. */
export async function setPauseReason(tx: Db, id: string, why: PauseReason): Promise<void> {
  await rows(tx, 'update campaign as c set pause_reason = $2::jsonb where c.id = $1', [id, JSON.stringify(why)]);
}

/** Why a paused campaign was paused by itself; null when a person did, or when it is not paused. */
export async function pauseReasonOf(db: Db, id: string): Promise<PauseReason | null> {
  return (await row<{ why: PauseReason | null }>(db, `select c.pause_reason as why from campaign as c where c.id = $1 and c.state = 'paused'`, [id]))?.why ?? null;
}
