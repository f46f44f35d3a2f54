import { row, rows, type Db } from '../../../platform/database/db.js';
import { openOrNull, vaultOf } from '../../../platform/secrets/vault.js';
import type { Relay } from '../relay-settings.js';

export interface StoredRelay extends Relay { createdAt: Date; updatedAt: Date; /** The password can not be opened and has to be entered again; nothing is sent by this relay meanwhile. */ secretLost?: boolean }

const COLUMNS = `r.id, r.name, r.host, r.port, r.security, r.verify_certificate as "verifyCertificate", r.username, r.password, r.provider, r.configuration_set as "configurationSet", r.broadcast_stream as "broadcastStream", r.transactional_stream as "transactionalStream", r.connections, r.weight, r.priority,
  r.send_rate as "sendRate", r.domain_rates as "domainRates", r.enabled, r.created_at as "createdAt", r.updated_at as "updatedAt"`;

function opened(db: Db, stored: StoredRelay): StoredRelay {
  const { password } = stored;
  if (password === null) return stored;
  const plain = openOrNull(() => vaultOf(db).open('relay.password', stored.id, password));
  return plain === null ? { ...stored, username: null, password: null, enabled: false, secretLost: true } : { ...stored, password: plain };
}

/** All relays in the order in which they are tried. There are few: an installation has a handful at most. */
export async function listRelays(db: Db): Promise<StoredRelay[]> {
  return (await rows<StoredRelay>(db, `select ${COLUMNS} from relay as r order by r.priority, r.name`)).map((stored) => opened(db, stored));
}

export async function findRelay(db: Db, id: string): Promise<StoredRelay | null> {
  const stored = await row<StoredRelay>(db, `select ${COLUMNS} from relay as r where r.id = $1`, [id]);
  return stored && opened(db, stored);
}

/** Adds a relay or replaces everything of it but its id. Null when another one has the name. */
export async function putRelay(tx: Db, relay: Relay, now: Date): Promise<StoredRelay | null> {
  const taken = await row(tx, 'select 1 from relay as r where r.name = $1 and r.id <> $2', [relay.name, relay.id]);
  if (taken) return null;
  const password = relay.password === null ? null : await vaultOf(tx).seal(tx, 'relay.password', relay.id, relay.password);
  const stored = await row<StoredRelay>(
    tx,
    `insert into relay as r (id, name, host, port, security, verify_certificate, username, password, provider, connections, weight, priority, send_rate, domain_rates, enabled, configuration_set, broadcast_stream, transactional_stream, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $17, $18, $19, $16, $16)
     on conflict (id) do update
        set name = excluded.name, host = excluded.host, port = excluded.port, security = excluded.security, verify_certificate = excluded.verify_certificate, username = excluded.username,
            password = excluded.password, provider = excluded.provider, connections = excluded.connections, weight = excluded.weight, priority = excluded.priority,
            send_rate = excluded.send_rate, domain_rates = excluded.domain_rates, enabled = excluded.enabled,
            configuration_set = excluded.configuration_set, broadcast_stream = excluded.broadcast_stream, transactional_stream = excluded.transactional_stream, updated_at = excluded.updated_at
     returning ${COLUMNS}`,
    [relay.id, relay.name, relay.host, relay.port, relay.security, relay.verifyCertificate, relay.username, password, relay.provider, relay.connections, relay.weight, relay.priority,
      relay.sendRate, JSON.stringify(relay.domainRates), relay.enabled, now, relay.configurationSet, relay.broadcastStream, relay.transactionalStream],
  );
  return stored && opened(tx, stored);
}

/** Removes a relay and everything remembered about it; deliveries keep its id. */
export async function deleteRelay(tx: Db, id: string): Promise<boolean> {
  const gone = await rows(tx, 'delete from relay as r where r.id = $1 returning r.id', [id]);
  for (const table of ['relay_health', 'relay_rate']) await rows(tx, `delete from ${table} as x where x.relay_id = $1`, [id]);
  for (const table of ['warm_up', 'warm_up_use']) await rows(tx, `delete from ${table} as x where x.scope = 'relay' and x.key = $1`, [id]);
  return gone.length > 0;
}
