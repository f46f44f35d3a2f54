import { newId } from '../../kernel/ids.js';
import { row, rows, type Db } from '../../platform/database/db.js';

export interface EntryCounts { received: number; entered: number; repeated: number; refused: number; rejected: number }
export interface EntryFile extends EntryCounts { id: string; campaignId: string; request: string; name: string | null; createdBy: string; createdAt: Date; movedAt: Date; endedAt: Date | null }
/** A line of a file that let nobody in. */
export interface EntryFault { line: number; kind: 'refused' | 'rejected'; code: string; message: string | null }

const FILE = `f.id, f.campaign_id as "campaignId", f.request, f.name, f.created_by as "createdBy", f.created_at as "createdAt", f.received, f.entered, f.repeated, f.refused, f.rejected, f.moved_at as "movedAt", f.ended_at as "endedAt"`;

/** The file of this request; made when there is none. */
export async function openFile(db: Db, { campaignId, request, name, by }: { campaignId: string; request: string; name: string | null; by: string }, now: Date): Promise<EntryFile> {
  await rows(db, `
    insert into entry_file (id, campaign_id, request, name, created_by, created_at, moved_at) values ($1, $2, $3, $4, $5, $6::timestamptz, $6::timestamptz) on conflict (campaign_id, request) do nothing`, [newId(), campaignId, request, name, by, now]);
  return (await row<EntryFile>(db, `select ${FILE} from entry_file as f where f.campaign_id = $1 and f.request = $2`, [campaignId, request]))!;
}

/** How far a file has come and what its rows until there were, locked: one batch of it at a time. */
export const lockFile = (tx: Db, id: string): Promise<{ received: number; digest: string; faults: number }> => row<{ received: number; digest: string; faults: number }>(tx, 'select f.received, f.digest, f.refused + f.rejected as faults from entry_file as f where f.id = $1 for update', [id]) as Promise<{ received: number; digest: string; faults: number }>;

/** Counts a batch, in its transaction. */
export async function countBatch(tx: Db, id: string, { received, entered, repeated, refused, rejected }: EntryCounts, digest: string, now: Date): Promise<void> {
  await rows(tx, `
    update entry_file as f set received = f.received + $2, entered = f.entered + $3, repeated = f.repeated + $4, refused = f.refused + $5, rejected = f.rejected + $6, digest = $7, moved_at = $8::timestamptz where f.id = $1`,
  [id, received, entered, repeated, refused, rejected, digest, now]);
}

/** Keeps what was wrong with lines. */
export async function keepFaults(tx: Db, id: string, faults: readonly EntryFault[]): Promise<void> {
  if (faults.length === 0) return;
  await rows(tx, `
    insert into entry_file_row (file_id, line, kind, code, message) select $1, w.line, w.kind, w.code, w.message from unnest($2::int[], $3::text[], $4::text[], $5::text[]) as w (line, kind, code, message) on conflict do nothing`,
  [id, faults.map(({ line }) => line), faults.map(({ kind }) => kind), faults.map(({ code }) => code), faults.map(({ message }) => message)]);
}

/** @returns whether it had not ended before */
export const endFile = async (tx: Db, id: string, now: Date): Promise<boolean> => (await rows(tx, 'update entry_file as f set ended_at = $2::timestamptz where f.id = $1 and f.ended_at is null returning 1', [id, now])).length > 0;

export const findFile = (db: Db, id: string, campaignId: string): Promise<EntryFile | null> => row(db, `select ${FILE} from entry_file as f where f.id = $1 and f.campaign_id = $2`, [id, campaignId]);

/** Newest first. @param request only the one of this key */
export const listFiles = (db: Db, { campaignId, request, before, limit }: { campaignId: string; request: string | null; before: string | null; limit: number }): Promise<EntryFile[]> => rows(db, `
  select ${FILE} from entry_file as f where f.campaign_id = $1 and ($2::text is null or f.request = $2) and ($3::uuid is null or f.id < $3) order by f.id desc limit $4`, [campaignId, request, before, limit]);

/** By line. */
export const listFaults = (db: Db, { fileId, after, limit }: { fileId: string; after: number; limit: number }): Promise<EntryFault[]> => rows(db, `
  select r.line, r.kind, r.code, r.message from entry_file_row as r where r.file_id = $1 and r.line > $2 order by r.line limit $3`, [fileId, after, limit]);
