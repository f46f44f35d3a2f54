import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { AppError } from '../../kernel/errors.js';
import { inTransaction, rows, type Db } from '../database/db.js';
import { readKeys, type KeySource } from './key-ring.js';
import { storedSecrets } from './seal-all.js';
import type { SealedPlace } from './sealed-places.js';
import { keyIdOf, openWith } from './sealing.js';
import { SEALING_LOCK } from './vault.js';

/** A secret that no key of this process opens. */
export interface LostSecret { place: SealedPlace; id: string; because: 'no-key' | 'damaged' }

type Forget = (tx: Db, ids: string[], now: Date) => Promise<unknown>;
const gone = (table: string): Forget => (tx, ids) => rows(tx, `delete from ${table} as x where x.id::text = any($1)`, [ids]);
/** Nothing is sent there until somebody has entered what is missing. */
const off = `enabled = false, disabled_because = coalesce(e.disabled_because, 'operator')`;

/** What becomes of what a lost secret belonged to: it stays, switched off where it would go wrong, until the secret is entered or made again. */
const FORGET: Record<SealedPlace, Forget> = {
  'relay.password': (tx, ids, now) => rows(tx, 'update relay as r set username = null, password = null, enabled = false, updated_at = $2::timestamptz where r.id::text = any($1)', [ids, now]),
  'dkim_key.private_key': gone('dkim_key'),
  'webhook_endpoint.url': (tx, ids) => rows(tx, `update webhook_endpoint as e set url = 'https://lost.invalid/', ${off} where e.id::text = any($1)`, [ids]),
  'webhook_endpoint.headers': (tx, ids) => rows(tx, `update webhook_endpoint as e set headers = '{}', ${off} where e.id::text = any($1)`, [ids]),
  'webhook_secret.secret': async (tx, ids) => {
    await rows(tx, `update webhook_endpoint as e set ${off} where e.id in (select s.endpoint_id from webhook_secret as s where s.id::text = any($1))`, [ids]);
    // A new one that is shown when it is changed: an endpoint is never without.
    for (const id of ids) await rows(tx, 'update webhook_secret as s set secret = $2 where s.id::text = $1', [id, `whsec_${randomBytes(24).toString('base64')}`]);
  },
  'provider_secret.value': gone('provider_secret'),
  'identity_secret.value': (tx, ids, now) => rows(tx, 'update identity_secret as s set value = null, revoked_at = $2::timestamptz where s.id::text = any($1)', [ids, now]),
  'source_secret.value': gone('source_secret'),
  'source_pull.address': gone('source_pull'),
  'signing_key.secret': gone('signing_key'),
  'second_factor.secret': gone('second_factor'),
  'secret_key.proof': gone('secret_key'),
};

/** Every stored secret that can not be opened with the keys of `source`, and the key that seals when it is not among them. Keys of before may be gone. */
export async function findLost(db: Db, source: KeySource): Promise<LostSecret[]> {
  const keys = new Map(readKeys(source).map((key) => [key.id, key]));
  const proofs = await rows<{ id: string; value: string }>(db, `select k.id, k.proof as value from secret_key as k where k.state = 'active'`);
  return [...(await storedSecrets(db)), ...proofs.map((proof) => ({ place: 'secret_key.proof' as const, ...proof }))].flatMap(({ place, id, value }): LostSecret[] => {
    const keyId = keyIdOf(value);
    if (keyId === null) return [];
    const key = keys.get(keyId);
    if (!key) return [{ place, id, because: 'no-key' }];
    try {
      openWith(key, place, id, value);
      return [];
    } catch {
      return [{ place, id, because: 'damaged' }];
    }
  });
}

/**
 * Removes secrets that can not be opened, so that they can be entered again; everything else stays. One transaction.
 *
 * @param agreed how many there are, as whoever asks for it has seen
 * @throws secrets.other-number when it is another number
 */
export async function forgetLost(db: DataSource, source: KeySource, agreed: number, now: Date): Promise<LostSecret[]> {
  return inTransaction(db, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [SEALING_LOCK]);
    const lost = await findLost(tx, source);
    if (lost.length !== agreed) throw new AppError('secrets.other-number', `${lost.length} secrets can not be opened, not ${agreed}. Nothing was changed.`, 'conflict');
    for (const place of Object.keys(FORGET) as SealedPlace[]) {
      const ids = lost.filter((one) => one.place === place).map(({ id }) => id);
      if (ids.length > 0) await FORGET[place](tx, ids, now);
    }
    await rows(tx, `insert into audit_entry (at, actor, action, subject, detail) select $1::timestamptz, 'system', 'secrets.forget', 'workspace', $2::jsonb`, [now, JSON.stringify({ count: lost.length, places: [...new Set(lost.map(({ place }) => place))] })]);
    return lost;
  });
}
