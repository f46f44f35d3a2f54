import type { DataSource } from 'typeorm';
import { AppError } from '../../kernel/errors.js';
import { inTransaction, row } from '../database/db.js';
import { addKeyToFile, readKeys, type KeySource } from './key-ring.js';
import { keysInUse, sealAll } from './seal-all.js';
import { registerKey } from './start-secrets.js';
import { SEALING_LOCK } from './vault.js';

/** What a change of the key did. */
export interface Rotation {
  /** The key that seals now. */
  to: string;
  /** Values sealed anew by this run. */
  sealed: number;
  /** Keys that no value needs any more; backups of before still do. */
  unused: string[];
}

/**
 * Seals every secret with a new key: the first of DANBI_SECRET_KEY, or one that is put in front of the file's. The service may run
 * meanwhile, in any number of processes, when each has both keys. A run that was killed is taken up by the next: it ends what was begun
 * before it begins anything.
 *
 * @throws secrets.nothing-to-rotate when DANBI_SECRET_KEY names no other key
 */
export async function rotateKeys(db: DataSource, source: KeySource, now: Date): Promise<Rotation> {
  const active = (await row<{ id: string }>(db, `select k.id from secret_key as k where k.state = 'active'`))!.id;
  const isUnfinished = [...(await keysInUse(db)).keys()].some((id) => id !== active);
  if (readKeys(source)[0]!.id === active && !isUnfinished) {
    if (source.environment) throw new AppError('secrets.nothing-to-rotate', `All secrets are sealed with the key ${active}, the first of DANBI_SECRET_KEY. To change it, give every process a new key in front and this one after a comma, start them, and run this again.`, 'conflict');
    await addKeyToFile(source.file);
  }
  const key = readKeys(source)[0]!;
  await inTransaction(db, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [SEALING_LOCK]);
    await registerKey(tx, key, now);
  });
  const sealed = await sealAll(db);
  const needed = await keysInUse(db);
  return { to: key.id, sealed, unused: readKeys(source).map(({ id }) => id).filter((id) => id !== key.id && !needed.has(id)) };
}
