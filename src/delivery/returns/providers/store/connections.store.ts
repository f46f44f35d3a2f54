import { row, rows, type Db } from '../../../../platform/database/db.js';
import { openOrNull, vaultOf } from '../../../../platform/secrets/vault.js';
import type { Provider, RefusalReason } from '../domain/provider.js';

/** One secret of a connection. Two are valid at once while one replaces the other. */
export interface ConnectionSecret {
  id: string;
  /** What proofs are checked with; never answered to anybody. */
  value: string;
  /** Enough to tell one secret from another. */
  hint: string;
  addedAt: Date;
}

/** A provider that may report to us at an address of its own. */
export interface Connection {
  id: string;
  provider: Provider;
  name: string;
  enabled: boolean;
  topicArns: string[];
  networks: string[];
  createdAt: Date;
  lastEventAt: Date | null;
  refusedCount: number;
  lastRefusedAt: Date | null;
  lastRefusedReason: RefusalReason | null;
  secrets: ConnectionSecret[];
  /** A secret of it can not be opened any more; what it proves is refused until it is entered again. */
  secretLost?: boolean;
}

interface ConnectionRow extends Omit<Connection, 'refusedCount' | 'secrets'> { refusedCount: string; secrets: (Omit<ConnectionSecret, 'addedAt'> & { addedAt: string })[] }

const SELECT = `
  select c.id, c.provider, c.name, c.enabled, c.topic_arns as "topicArns", c.networks, c.created_at as "createdAt", c.last_event_at as "lastEventAt",
         c.refused_count as "refusedCount", c.last_refused_at as "lastRefusedAt", c.last_refused_reason as "lastRefusedReason",
         coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'value', s.value, 'hint', s.hint, 'addedAt', s.added_at) order by s.added_at desc, s.id desc)
                     from provider_secret as s where s.connection_id = c.id), '[]') as secrets
    from provider_connection as c`;

function connectionOf(db: Db, found: ConnectionRow): Connection {
  const secrets = found.secrets.flatMap((secret) => {
    // One that can not be opened proves nothing, and is entered again.
    const value = openOrNull(() => vaultOf(db).open('provider_secret.value', secret.id, secret.value));
    return value === null ? [] : [{ ...secret, value, addedAt: new Date(secret.addedAt) }];
  });
  return { ...found, refusedCount: Number(found.refusedCount), secrets, ...(secrets.length < found.secrets.length ? { secretLost: true } : {}) };
}

export async function loadConnection(db: Db, id: string): Promise<Connection | null> {
  const found = await row<ConnectionRow>(db, `${SELECT} where c.id = $1`, [id]);
  return found && connectionOf(db, found);
}

/** Newest first, after the cursor of a page before. */
export async function listConnections(db: Db, { limit, after }: { limit: number; after: { at: string; id: string } | null }): Promise<Connection[]> {
  const found = await rows<ConnectionRow>(db, `
    ${SELECT} where $2::timestamptz is null or (c.created_at, c.id) < ($2::timestamptz, $3::uuid)
     order by c.created_at desc, c.id desc limit $1`, [limit, after?.at ?? null, after?.id ?? null]);
  return found.map((each) => connectionOf(db, each));
}

export type NewConnection = Pick<Connection, 'id' | 'provider' | 'name' | 'topicArns' | 'networks' | 'createdAt'>;

export async function insertConnection(tx: Db, { id, provider, name, topicArns, networks, createdAt }: NewConnection): Promise<void> {
  await rows(tx, `
    insert into provider_connection (id, provider, name, topic_arns, networks, created_at) values ($1, $2, $3, $4::text[], $5::text[], $6::timestamptz)`,
  [id, provider, name, topicArns, networks, createdAt]);
}

/** Locks a connection until the end of the transaction, so that its secrets are changed by one at a time. */
export async function lockConnection(tx: Db, id: string): Promise<Connection | null> {
  await rows(tx, 'select from provider_connection as c where c.id = $1 for update', [id]);
  return loadConnection(tx, id);
}

export type ConnectionChange = Partial<Pick<Connection, 'name' | 'enabled' | 'topicArns' | 'networks'>>;

/** Writes what is named in the change. */
export async function updateConnection(tx: Db, id: string, change: ConnectionChange): Promise<void> {
  await rows(tx, `
    update provider_connection as c
       set name = coalesce($2, c.name), enabled = coalesce($3, c.enabled), topic_arns = coalesce($4::text[], c.topic_arns), networks = coalesce($5::text[], c.networks)
     where c.id = $1`, [id, change.name ?? null, change.enabled ?? null, change.topicArns ?? null, change.networks ?? null]);
}

export async function deleteConnection(tx: Db, id: string): Promise<void> {
  await rows(tx, 'delete from provider_connection as c where c.id = $1', [id]);
}

export async function insertSecret(tx: Db, connectionId: string, secret: ConnectionSecret): Promise<void> {
  const value = await vaultOf(tx).seal(tx, 'provider_secret.value', secret.id, secret.value);
  await rows(tx, `insert into provider_secret (id, connection_id, value, hint, added_at) values ($1, $2, $3, $4, $5::timestamptz)`,
    [secret.id, connectionId, value, secret.hint, secret.addedAt]);
}

export async function deleteSecret(tx: Db, connectionId: string, id: string): Promise<void> {
  await rows(tx, 'delete from provider_secret as s where s.connection_id = $1 and s.id = $2', [connectionId, id]);
}

/** Remembers that the provider was heard, at most once a minute: a row that every report writes would make reports wait. */
export async function noteHeard(db: Db, { id, lastEventAt }: Pick<Connection, 'id' | 'lastEventAt'>, now: Date): Promise<void> {
  if (lastEventAt && now.getTime() - lastEventAt.getTime() < 60_000) return;
  await rows(db, `
    update provider_connection as c set last_event_at = $2::timestamptz
     where c.id = $1 and (c.last_event_at is null or c.last_event_at < $2::timestamptz)`, [id, now]);
}

/** Counts a request that was not believed, with its reason. */
export async function noteRefused(db: Db, id: string, reason: RefusalReason, now: Date): Promise<void> {
  await rows(db, `
    update provider_connection as c set refused_count = c.refused_count + 1, last_refused_at = $3::timestamptz, last_refused_reason = $2 where c.id = $1`, [id, reason, now]);
}
