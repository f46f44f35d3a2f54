import { DataSource, type EntityManager } from 'typeorm';
import { AppError } from '../../kernel/errors.js';
import { row, type Db } from '../database/db.js';
import { readKeys, type KeySource } from './key-ring.js';
import type { SealedPlace } from './sealed-places.js';
import { keyIdOf, openWith, sealWith, type SecretKey } from './sealing.js';

/** Held shared by whoever seals, alone by whoever changes the key: what is sealed is sealed with the key of that moment. */
export const SEALING_LOCK = 7_305_013;

/** Seals what goes into a secret column and opens what comes out. One for each connection pool: see {@link vaultOf}. */
export class Vault {
  private keys: SecretKey[];

  constructor(private readonly source: KeySource) {
    this.keys = readKeys(source);
  }

  /** The keys of this process, read again: another process may have added one to the file. */
  reread(): readonly SecretKey[] {
    return (this.keys = readKeys(this.source));
  }

  /** @throws secrets.missing-key */
  key(id: string): SecretKey {
    const found = this.keys.find((key) => key.id === id) ?? this.reread().find((key) => key.id === id);
    if (!found) throw missingKey(id, this.keys, this.source);
    return found;
  }

  /**
   * Seals a value for one row of one column with the key that is active in the database, until whose commit it stays so.
   *
   * @param id the row's
   */
  async seal(tx: Db, place: SealedPlace, id: string, plain: string): Promise<string> {
    await tx.query('select pg_advisory_xact_lock_shared($1)', [SEALING_LOCK]);
    const active = await row<{ id: string }>(tx, `select k.id from secret_key as k where k.state = 'active'`);
    if (!active) throw new AppError('secrets.no-key', 'This database has no key for secrets yet. Start Danbi once: it makes one.', 'unavailable');
    return sealWith(this.key(active.id), place, id, plain);
  }

  /**
   * What was sealed; a value that an earlier release left readable is answered as it is.
   *
   * @throws secrets.missing-key, secrets.damaged
   */
  open(place: SealedPlace, id: string, stored: string): string {
    const keyId = keyIdOf(stored);
    if (keyId === null) return stored;
    const key = this.key(keyId);
    try {
      return openWith(key, place, id, stored);
    } catch (cause) {
      throw new AppError('secrets.damaged', `The secret in ${place} of ${id} does not open: it was changed, or moved here from another row. Restore that row from a backup, or delete it and set it up anew.`, 'unavailable', [], { cause });
    }
  }
}

/** Whether it says that a secret can not be opened. */
export const isLost = (error: unknown): boolean => error instanceof AppError && (error.code === 'secrets.missing-key' || error.code === 'secrets.damaged');

/** What `open` answers, or null for what can not be opened: lists of what secrets belong to show everything else. */
export function openOrNull<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (isLost(error)) return null;
    throw error;
  }
}

/** Says which key is asked for, which are here, and what to do. */
export function missingKey(id: string, keys: readonly SecretKey[], { file }: KeySource): AppError {
  const here = keys.length === 0 ? 'this process has none' : `this process has ${keys.map((key) => key.id).join(', ')}`;
  return new AppError('secrets.missing-key', `Secrets in this database are sealed with the key ${id}, and ${here}. Set DANBI_SECRET_KEY to that key, or put its file back at ${file}; every process over one database needs the same. Nothing was changed.`, 'unavailable');
}

const vaults = new WeakMap<DataSource, Vault>();

/** From now on secrets that are read and written over this pool are opened and sealed. */
export function attachVault(db: DataSource, vault: Vault): void {
  vaults.set(db, vault);
}

/** The vault of a connection or transaction: stores have no other way to reach the keys, and none to forget them. */
export function vaultOf(db: Db): Vault {
  const vault = vaults.get(db instanceof DataSource ? db : (db as EntityManager).connection);
  if (!vault) throw new AppError('secrets.no-vault', 'This connection was opened without the keys of secrets.', 'unavailable');
  return vault;
}
