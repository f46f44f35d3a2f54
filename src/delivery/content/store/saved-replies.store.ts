import { row, rows, type Db } from '../../../platform/database/db.js';

export interface SavedReply { id: string; name: string; texts: Record<string, string>; revision: number; createdBy: string; createdAt: Date; updatedBy: string; updatedAt: Date }
export type SavedReplyInput = Pick<SavedReply, 'name' | 'texts'>;

const SELECT = `select r.id, r.name, r.texts, r.revision, r.created_by as "createdBy", r.created_at as "createdAt", r.updated_by as "updatedBy", r.updated_at as "updatedAt" from saved_reply as r`;

/** Newest first. @param q a part of the name or of any text, whatever its case */
export const listReplies = (db: Db, { q, before, limit }: { q: string | null; before: string | null; limit: number }): Promise<SavedReply[]> => rows(db, `
  ${SELECT} where ($1::text is null or position(lower($1) in lower(r.name)) > 0 or exists (select from jsonb_each_text(r.texts) as t where position(lower($1) in lower(t.value)) > 0))
     and ($2::uuid is null or r.id < $2) order by r.id desc limit $3`, [q, before, limit]);

export const findReply = (db: Db, id: string): Promise<SavedReply | null> => row(db, `${SELECT} where r.id = $1`, [id]);

/** False when there is one of this name. */
export async function insertReply(tx: Db, id: string, { name, texts }: SavedReplyInput, by: string, now: Date): Promise<boolean> {
  return (await rows(tx, `
    insert into saved_reply (id, name, texts, created_by, created_at, updated_by, updated_at) values ($1, $2, $3::jsonb, $4, $5::timestamptz, $4, $5::timestamptz) on conflict do nothing returning 1`, [id, name, JSON.stringify(texts), by, now])).length > 0;
}

/** Takes turns with whoever else changes it. */
export const lockReply = (tx: Db, id: string): Promise<SavedReply | null> => row(tx, `${SELECT} where r.id = $1 for update`, [id]);

export const nameTaken = async (tx: Db, name: string, but: string): Promise<boolean> => (await rows(tx, 'select 1 from saved_reply as r where lower(r.name) = lower($1) and r.id <> $2', [name, but])).length > 0;

export async function updateReply(tx: Db, id: string, { name, texts }: SavedReplyInput, by: string, now: Date): Promise<void> {
  await rows(tx, 'update saved_reply as r set name = $2, texts = $3::jsonb, revision = r.revision + 1, updated_by = $4, updated_at = $5::timestamptz where r.id = $1', [id, name, JSON.stringify(texts), by, now]);
}

export const deleteReply = async (tx: Db, id: string): Promise<boolean> => (await rows(tx, 'delete from saved_reply as r where r.id = $1 returning 1', [id])).length > 0;
/** Takes turns with every other change of names. */
export const lockReplies = async (tx: Db): Promise<void> => { await rows(tx, 'lock table saved_reply in share row exclusive mode'); };
