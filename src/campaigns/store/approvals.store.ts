import { newId } from '../../kernel/ids.js';
import { row, rows, type Db } from '../../platform/database/db.js';

/** What one person asked for and another one answered. */
export interface Approval {
  id: string;
  /** Of the draft it is for. */
  revision: number;
  state: 'requested' | 'approved' | 'rejected';
  /** Audience when it was asked for, then when it was decided; null: nobody could say. */
  people: number | null;
  /** Who wrote the draft, or asked. */
  authors: string[];
  requestedBy: string;
  requestedAt: Date;
  requestNote: string;
  decidedBy: string | null;
  decidedAt: Date | null;
  decisionNote: string | null;
  /** There was nobody else who may launch. */
  isAlone: boolean;
}

const APPROVAL = `a.id, a.revision, a.state, a.people, a.authors, a.requested_by as "requestedBy", a.requested_at as "requestedAt", a.request_note as "requestNote",
  a.decided_by as "decidedBy", a.decided_at as "decidedAt", a.decision_note as "decisionNote", a.is_alone as "isAlone"`;

/** Newest first. */
export const approvalsOf = (db: Db, campaignId: string, limit: number): Promise<Approval[]> =>
  rows(db, `select ${APPROVAL} from campaign_approval as a where a.campaign_id = $1 order by a.requested_at desc, a.id desc limit $2`, [campaignId, limit]);

/** The last word about one revision; null when nobody asked. */
export const approvalFor = (db: Db, campaignId: string, revision: number): Promise<Approval | null> =>
  row(db, `select ${APPROVAL} from campaign_approval as a where a.campaign_id = $1 and a.revision = $2 order by a.requested_at desc, a.id desc limit 1`, [campaignId, revision]);

export interface NewRequest { campaignId: string; revision: number; people: number | null; authors: readonly string[]; by: string; note: string; now: Date }

/** Asks; what was asked for before and not answered is asked no more. */
export async function insertRequest(tx: Db, { campaignId, revision, people, authors, by, note, now }: NewRequest): Promise<void> {
  await rows(tx, `delete from campaign_approval as a where a.campaign_id = $1 and a.state = 'requested'`, [campaignId]);
  await rows(tx, `
    insert into campaign_approval (id, campaign_id, revision, state, people, authors, requested_by, requested_at, request_note)
    values ($1, $2, $3, 'requested', $4, $5::text[], $6, $7::timestamptz, $8)`, [newId(), campaignId, revision, people, authors, by, now, note]);
}

export interface Decision { id: string; state: 'approved' | 'rejected'; people: number | null; by: string; note: string; isAlone: boolean; now: Date }

/** Answers a request. @returns whether it was still open */
export async function decideRequest(tx: Db, { id, state, people, by, note, isAlone, now }: Decision): Promise<boolean> {
  const decided = await rows(tx, `
    update campaign_approval as a set state = $2, people = $3, decided_by = $4, decided_at = $5::timestamptz, decision_note = $6, is_alone = $7
     where a.id = $1 and a.state = 'requested' returning a.id`, [id, state, people, by, now, note, isAlone]);
  return decided.length === 1;
}

/** Who wrote the draft since it was last published: the audit knows. The first author is one as long as nothing was published. */
export async function authorsOf(tx: Db, campaignId: string): Promise<string[]> {
  const found = await rows<{ actor: string }>(tx, `
    select distinct e.actor from audit_entry as e
     where e.subject = 'campaign:' || $1::text and e.action in ('campaign.create', 'campaign.edit')
       and e.id > coalesce((select max(p.id) from audit_entry as p where p.subject = 'campaign:' || $1::text and p.action = 'campaign.publish'), 0)
     order by 1`, [campaignId]);
  return found.map(({ actor }) => actor);
}

/** Colleagues who may launch and are none of these. */
export async function othersWhoMayLaunch(tx: Db, actors: readonly string[]): Promise<number> {
  return (await row<{ count: number }>(tx, `
    select count(*)::int as count from app_user as u where u.role in ('owner', 'marketer') and u.disabled_at is null and not ('user:' || u.id::text = any($1::text[]))`, [actors]))!.count;
}

/** Launches that are due and wait for a second person. */
export async function heldLaunch(db: Db, campaignId: string): Promise<{ revision: number; people: number | null; approved: number | null } | null> {
  return row(db, `
    select l.revision, (l.unapproved ->> 'people')::int as people, (l.unapproved ->> 'approved')::int as approved
      from launch as l where l.campaign_id = $1 and l.state = 'waiting' and l.unapproved is not null limit 1`, [campaignId]);
}

/** A launch is due and may not begin. */
export async function holdLaunch(tx: Db, launchId: string, why: { people: number | null; approved: number | null; above: number }): Promise<void> {
  await rows(tx, 'update launch as l set unapproved = $2::jsonb where l.id = $1', [launchId, JSON.stringify(why)]);
}

/** Launches that waited for a second person are asked anew: of one campaign, or of all. */
export async function releaseLaunches(tx: Db, campaignId: string | null): Promise<void> {
  await rows(tx, 'update launch as l set unapproved = null where l.unapproved is not null and ($1::uuid is null or l.campaign_id = $1)', [campaignId]);
}

/** Names of colleagues by actor, for people to read. */
export async function namesOfActors(db: Db, actors: readonly string[]): Promise<Map<string, string>> {
  const found = await rows<{ actor: string; name: string }>(db, `select 'user:' || u.id::text as actor, u.name from app_user as u where 'user:' || u.id::text = any($1::text[])`, [actors]);
  return new Map(found.map(({ actor, name }) => [actor, name]));
}
