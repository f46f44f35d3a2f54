import { row, rows, type Db } from '../../../platform/database/db.js';
import { vaultOf } from '../../../platform/secrets/vault.js';
import type { Mapping } from '../domain/mapping.js';
import type { Proof, RefusalReason, SourceKind } from '../domain/proof.js';

/** One secret of a source, sealed. Two are valid at once while one replaces the other. */
export interface SourceSecret { id: string; sealed: string; hint: string; addedAt: Date }
export type NewSourceSecret = Omit<SourceSecret, 'sealed'> & { value: string };

/** A system that sends us what happens there. */
export interface Source {
  id: string;
  kind: SourceKind;
  name: string;
  enabled: boolean;
  proof: Proof;
  mapping: Mapping;
  /** Counts changes of the mapping, so that two editors notice each other. */
  revision: number;
  createdAt: Date;
  /** When it was last believed, to the minute. */
  lastAt: Date | null;
  refusedCount: number;
  lastRefusedAt: Date | null;
  lastRefusedReason: RefusalReason | null;
  secrets: SourceSecret[];
  /** What it is asked for on a schedule. */
  asks: 'csv' | 'postgres' | null;
  /** How the last look went. */
  asked: 'ok' | 'unchanged' | 'failed' | null;
}

interface SourceRow extends Omit<Source, 'refusedCount' | 'secrets'> { refusedCount: string; secrets: (Omit<SourceSecret, 'addedAt'> & { addedAt: string })[] }

const SELECT = `
  select s.id, s.kind, s.name, s.enabled, s.proof, s.mapping, s.revision, s.created_at as "createdAt", s.last_at as "lastAt",
         s.refused_count as "refusedCount", s.last_refused_at as "lastRefusedAt", s.last_refused_reason as "lastRefusedReason",
         a.kind as asks, a.last_state as asked,
         coalesce((select jsonb_agg(jsonb_build_object('id', k.id, 'sealed', k.value, 'hint', k.hint, 'addedAt', k.added_at) order by k.added_at desc, k.id desc)
                     from source_secret as k where k.source_id = s.id), '[]') as secrets
    from source as s left join source_pull as a on a.source_id = s.id`;

const sourceOf = (found: SourceRow): Source => ({ ...found, refusedCount: Number(found.refusedCount), secrets: found.secrets.map((one) => ({ ...one, addedAt: new Date(one.addedAt) })) });

/** What bodies of a source are proven with. Only who checks a proof opens it: a source whose key is lost can be seen and removed. */
export const openSecrets = (db: Db, { secrets }: Source): string[] => secrets.map((secret) => openSecret(db, secret));
export const openSecret = (db: Db, { id, sealed }: SourceSecret): string => vaultOf(db).open('source_secret.value', id, sealed);

export async function loadSource(db: Db, id: string): Promise<Source | null> {
  const found = await row<SourceRow>(db, `${SELECT} where s.id = $1`, [id]);
  return found && sourceOf(found);
}

/** Newest first, after the cursor of a page before. */
export async function listSources(db: Db, { limit, after }: { limit: number; after: { at: string; id: string } | null }): Promise<Source[]> {
  const found = await rows<SourceRow>(db, `
    ${SELECT} where $2::timestamptz is null or (s.created_at, s.id) < ($2::timestamptz, $3::uuid)
     order by s.created_at desc, s.id desc limit $1`, [limit, after?.at ?? null, after?.id ?? null]);
  return found.map(sourceOf);
}

export async function insertSource(tx: Db, { id, kind, name, proof, mapping, createdAt }: Pick<Source, 'id' | 'kind' | 'name' | 'proof' | 'mapping' | 'createdAt'>): Promise<void> {
  await rows(tx, 'insert into source (id, kind, name, proof, mapping, created_at) values ($1, $2, $3, $4::jsonb, $5::jsonb, $6::timestamptz)', [id, kind, name, JSON.stringify(proof), JSON.stringify(mapping), createdAt]);
}

/** Locks a source until the end of the transaction, so that it is changed by one at a time. */
export async function lockSource(tx: Db, id: string): Promise<Source | null> {
  await rows(tx, 'select from source as s where s.id = $1 for update', [id]);
  return loadSource(tx, id);
}

export type SourceChange = Partial<Pick<Source, 'name' | 'enabled' | 'proof' | 'mapping'>>;

/** Writes what is named in the change. */
export async function updateSource(tx: Db, id: string, { name, enabled, proof, mapping }: SourceChange): Promise<void> {
  await rows(tx, `
    update source as s
       set name = coalesce($2, s.name), enabled = coalesce($3, s.enabled), proof = coalesce($4::jsonb, s.proof), mapping = coalesce($5::jsonb, s.mapping), revision = s.revision + 1
     where s.id = $1`, [id, name ?? null, enabled ?? null, proof ? JSON.stringify(proof) : null, mapping ? JSON.stringify(mapping) : null]);
}

export async function deleteSource(tx: Db, id: string): Promise<void> {
  await rows(tx, 'delete from source as s where s.id = $1', [id]);
}

export async function insertSourceSecret(tx: Db, sourceId: string, { id, value, hint, addedAt }: NewSourceSecret): Promise<void> {
  const sealed = await vaultOf(tx).seal(tx, 'source_secret.value', id, value);
  await rows(tx, 'insert into source_secret (id, source_id, value, hint, added_at) values ($1, $2, $3, $4, $5::timestamptz)', [id, sourceId, sealed, hint, addedAt]);
}

export async function deleteSourceSecret(tx: Db, sourceId: string, id: string): Promise<void> {
  await rows(tx, 'delete from source_secret as k where k.source_id = $1 and k.id = $2', [sourceId, id]);
}

/** Counts a request that was not believed, with its reason. */
export async function noteRefused(db: Db, id: string, reason: RefusalReason, now: Date): Promise<void> {
  await rows(db, 'update source as s set refused_count = s.refused_count + 1, last_refused_at = $3::timestamptz, last_refused_reason = $2 where s.id = $1', [id, reason, now]);
}
