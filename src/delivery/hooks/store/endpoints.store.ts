import { row, rows, type Db } from '../../../platform/database/db.js';
import { openOrNull, vaultOf } from '../../../platform/secrets/vault.js';
import type { EndpointKind } from '../domain/attempt.js';
import { circuitState, type CircuitFacts } from '../domain/circuit.js';

export interface Endpoint extends CircuitFacts {
  id: string;
  kind: EndpointKind;
  name: string;
  description: string;
  url: string;
  headers: Record<string, string>;
  enabled: boolean;
  disabledBecause: 'operator' | 'gone' | 'failing' | null;
  /** Its address or headers can not be opened and have to be entered again; nothing is sent there meanwhile. */
  secretLost?: boolean;
  nextAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `e.id, e.kind, e.name, e.description, e.url, e.headers, e.enabled, e.disabled_because as "disabledBecause", e.failures, e.trips, e.open_until as "openUntil",
  e.next_at as "nextAt", e.created_at as "createdAt", e.updated_at as "updatedAt"`;

/** As it is stored: address and headers are sealed, or readable when an earlier release wrote them. */
type Stored = Omit<Endpoint, 'headers'> & { headers: string | Record<string, string> };

function opened(db: Db, { url, headers, ...stored }: Stored): Endpoint {
  const vault = vaultOf(db);
  const parts = openOrNull(() => ({ url: vault.open('webhook_endpoint.url', stored.id, url), headers: typeof headers === 'string' ? JSON.parse(vault.open('webhook_endpoint.headers', stored.id, headers)) as Record<string, string> : headers }));
  return parts === null ? { ...stored, url: '', headers: {}, enabled: false, disabledBecause: 'operator', secretLost: true } : { ...stored, ...parts };
}

/** Addresses often carry a key, those of chats always do. */
async function sealedParts(tx: Db, { id, url, headers }: Pick<Endpoint, 'id' | 'url' | 'headers'>): Promise<{ url: string; headers: string }> {
  const vault = vaultOf(tx);
  return { url: await vault.seal(tx, 'webhook_endpoint.url', id, url), headers: JSON.stringify(await vault.seal(tx, 'webhook_endpoint.headers', id, JSON.stringify(headers))) };
}

async function one(db: Db, rest: string, id: string): Promise<Endpoint | null> {
  const stored = await row<Stored>(db, `select ${COLUMNS} from webhook_endpoint as e where e.id = $1 ${rest}`, [id]);
  return stored && opened(db, stored);
}

export interface NewEndpoint { id: string; kind: EndpointKind; name: string; description: string; url: string; headers: Record<string, string>; createdBy: string }

export async function insertEndpoint(tx: Db, endpoint: NewEndpoint, now: Date): Promise<Endpoint> {
  const { url, headers } = await sealedParts(tx, endpoint);
  return opened(tx, (await row<Stored>(tx, `
    insert into webhook_endpoint as e (id, kind, name, description, url, headers, created_by, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8::timestamptz, $8::timestamptz) returning ${COLUMNS}`, [
    endpoint.id, endpoint.kind, endpoint.name, endpoint.description, url, headers, endpoint.createdBy, now]))!);
}

/** The endpoint, locked until the transaction ends. */
export const lockEndpoint = (tx: Db, id: string): Promise<Endpoint | null> => one(tx, 'for update', id);

/** The same, or null when somebody else holds it right now. */
export const lockEndpointIfFree = (tx: Db, id: string): Promise<Endpoint | null> => one(tx, 'for update skip locked', id);

export const findEndpoint = (db: Db, id: string): Promise<Endpoint | null> => one(db, '', id);

export type EndpointState = Pick<Endpoint, 'id' | 'kind' | 'name' | 'enabled'>;

/** Those with these ids; unknown ones are absent. */
export async function endpointStates(db: Db, ids: readonly string[]): Promise<Map<string, EndpointState>> {
  const found = await rows<EndpointState>(db, 'select e.id, e.kind, e.name, e.enabled from webhook_endpoint as e where e.id = any($1::uuid[])', [ids]);
  return new Map(found.map((endpoint) => [endpoint.id, endpoint]));
}

/** Why nothing is sent to an endpoint now: it is switched off, or rests until then after troubles or by its own wish. Null when it takes messages or is gone. */
export async function endpointRests(db: Db, id: string, now: Date): Promise<{ id: string; name: string; because: 'operator' | 'gone' | 'failing' | 'circuit' | 'asked'; until: Date | null } | null> {
  const found = await findEndpoint(db, id);
  if (!found) return null;
  const { name, enabled, disabledBecause, openUntil, nextAt } = found;
  if (!enabled) return { id, name, because: disabledBecause ?? 'operator', until: null };
  const isOpen = circuitState(found, now) === 'open';
  const asks = nextAt !== null && nextAt > now;
  if (!isOpen && !asks) return null;
  return { id, name, because: isOpen ? 'circuit' : 'asked', until: asks && (!isOpen || nextAt > openUntil!) ? nextAt : openUntil };
}

/** Newest first. */
export async function listEndpoints(db: Db, page: { limit: number; before: string | null }): Promise<Endpoint[]> {
  const stored = await rows<Stored>(db, `select ${COLUMNS} from webhook_endpoint as e where ($2::uuid is null or e.id < $2::uuid) order by e.id desc limit $1`, [page.limit, page.before]);
  return stored.map((each) => opened(db, each));
}

/** Writes what may be changed of an endpoint. */
export async function saveEndpoint(tx: Db, endpoint: Endpoint, now: Date): Promise<void> {
  const { url, headers } = await sealedParts(tx, endpoint);
  await rows(tx, `
    update webhook_endpoint as e
       set name = $2, description = $3, url = $4, headers = $5::jsonb, enabled = $6, disabled_because = $7, failures = $8, trips = $9, open_until = $10::timestamptz, next_at = $11::timestamptz, updated_at = $12::timestamptz
     where e.id = $1`, [
    endpoint.id, endpoint.name, endpoint.description, url, headers, endpoint.enabled, endpoint.disabledBecause,
    endpoint.failures, endpoint.trips, endpoint.openUntil, endpoint.nextAt, now]);
}

/** What attempts taught us of an endpoint that is locked. */
export async function saveHealth(tx: Db, endpoint: Pick<Endpoint, 'id' | 'failures' | 'trips' | 'openUntil' | 'nextAt' | 'enabled' | 'disabledBecause'>): Promise<void> {
  await rows(tx, `
    update webhook_endpoint as e set failures = $2, trips = $3, open_until = $4::timestamptz, next_at = $5::timestamptz, enabled = $6, disabled_because = $7
     where e.id = $1`, [endpoint.id, endpoint.failures, endpoint.trips, endpoint.openUntil, endpoint.nextAt, endpoint.enabled, endpoint.disabledBecause]);
}

export interface Secret { secret: string; createdAt: Date; expiresAt: Date | null }

/** The secrets that sign now, the newest first. */
export async function liveSecrets(db: Db, endpointId: string, now: Date): Promise<Secret[]> {
  const stored = await rows<Secret & { id: string }>(db, `
    select s.id, s.secret, s.created_at as "createdAt", s.expires_at as "expiresAt" from webhook_secret as s
     where s.endpoint_id = $1 and (s.expires_at is null or s.expires_at > $2::timestamptz) order by s.id desc`, [endpointId, now]);
  return stored.map(({ id, secret, ...when }) => ({ secret: vaultOf(db).open('webhook_secret.secret', id, secret), ...when }));
}

/** A new secret; those before it sign until `until`, or until their own earlier end, and are then forgotten. */
export async function addSecret(tx: Db, secret: { id: string; endpointId: string; secret: string }, until: Date, now: Date): Promise<void> {
  await rows(tx, 'delete from webhook_secret as s where s.endpoint_id = $1 and s.expires_at <= $2::timestamptz', [secret.endpointId, now]);
  await rows(tx, 'update webhook_secret as s set expires_at = least(coalesce(s.expires_at, $2::timestamptz), $2::timestamptz) where s.endpoint_id = $1', [secret.endpointId, until]);
  const sealed = await vaultOf(tx).seal(tx, 'webhook_secret.secret', secret.id, secret.secret);
  await rows(tx, 'insert into webhook_secret (id, endpoint_id, secret, created_at) values ($1, $2, $3, $4::timestamptz)', [secret.id, secret.endpointId, sealed, now]);
}
