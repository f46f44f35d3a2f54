import type { DataSource } from 'typeorm';
import { inTransaction, row, rows, type Db } from '../database/db.js';
import { keyFileOf, makeKeyFile, type KeySource } from './key-ring.js';
import { keysInUse, sealAll } from './seal-all.js';
import { sealWith, type SecretKey } from './sealing.js';
import { attachVault, missingKey, SEALING_LOCK, Vault } from './vault.js';

/** What a start found and did. */
export interface SecretsStart {
  /** The file that was made for the first key, of which the operator has to hear. */
  madeFile: string | null;
  /** Values of an earlier release that are sealed now. */
  sealed: number;
}

export const keySourceOf = ({ dataDir, DANBI_SECRET_KEY }: { dataDir: string; DANBI_SECRET_KEY?: string }): KeySource => ({ environment: DANBI_SECRET_KEY, file: keyFileOf(dataDir) });

/**
 * Gives the pool its keys: makes the first one where there is none anywhere, proves that they are the right ones before anything is
 * written, and seals what earlier releases left readable.
 *
 * @throws secrets.missing-key, secrets.bad-key, secrets.unreadable-file
 */
export async function startSecrets(db: DataSource, source: KeySource, now: Date): Promise<SecretsStart> {
  const vault = new Vault(source);
  const madeFile = await inTransaction(db, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [SEALING_LOCK]);
    const active = await activeKey(tx);
    if (active) return null;
    const made = vault.reread().length === 0;
    if (made) {
      await assertNoneInUse(tx, source);
      await makeKeyFile(source.file);
    }
    await registerKey(tx, vault.reread()[0]!, now);
    return made ? source.file : null;
  });
  const active = (await activeKey(db))!;
  attachVault(db, vault);
  vault.key(active.id);
  vault.open('secret_key.proof', active.id, active.proof);
  for (const id of (await keysInUse(db)).keys()) if (id !== null) vault.key(id);
  return { madeFile, sealed: await sealAll(db) };
}

/** A database that lost its list of keys but not its values must not get a second first key. */
async function assertNoneInUse(tx: Db, source: KeySource): Promise<void> {
  const [id] = [...(await keysInUse(tx)).keys()].filter((each) => each !== null);
  if (id) throw missingKey(id, [], source);
}

const activeKey = (db: Db) => row<{ id: string; proof: string }>(db, `select k.id, k.proof from secret_key as k where k.state = 'active'`);

/** Makes a key the one that seals from now on. The caller holds {@link SEALING_LOCK}. */
export async function registerKey(tx: Db, key: SecretKey, now: Date): Promise<void> {
  await rows(tx, `update secret_key as k set state = 'old' where k.state = 'active'`);
  await rows(tx, `
    insert into secret_key as k (id, proof, state, made_at) values ($1, $2, 'active', $3::timestamptz)
    on conflict (id) do update set state = 'active'`, [key.id, sealWith(key, 'secret_key.proof', key.id, 'danbi'), now]);
}
