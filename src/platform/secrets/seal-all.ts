import type { DataSource } from 'typeorm';
import { inTransaction, row, rows, type Db } from '../database/db.js';
import { SEALED_PLACES, type SealedPlace } from './sealed-places.js';
import { keyIdOf } from './sealing.js';
import { vaultOf } from './vault.js';

const parted = (place: SealedPlace) => place.split('.') as [table: string, column: string];
/** The proofs of keys are sealed each with its own. */
const PLACES = (Object.keys(SEALED_PLACES) as SealedPlace[]).filter((place) => place !== 'secret_key.proof');

/** The stored value as text: sealed, or as an earlier release left it. Bytes that are not sealed are told in base64url. */
function readExpression(place: SealedPlace): string {
  const [, column] = parted(place);
  switch (SEALED_PLACES[place]) {
    case 'text': return `x.${column}`;
    case 'jsonb': return `case when jsonb_typeof(x.${column}) = 'string' then x.${column} #>> '{}' else x.${column}::text end`;
    case 'bytea': return `case when substring(x.${column} from 1 for 5) = 'dnb1.'::bytea then convert_from(x.${column}, 'UTF8') else translate(rtrim(encode(x.${column}, 'base64'), '='), E'+/\\n', '-_') end`;
  }
}

const WRITE = { text: '$2', jsonb: 'to_jsonb($2::text)', bytea: `convert_to($2, 'UTF8')` } as const;

/** Every stored secret but the proofs of keys, as it is stored. */
export async function storedSecrets(db: Db): Promise<{ place: SealedPlace; id: string; value: string }[]> {
  const all: { place: SealedPlace; id: string; value: string }[] = [];
  for (const place of PLACES) {
    const [table, column] = parted(place);
    all.push(...(await rows<{ id: string; value: string }>(db, `select x.id::text as id, ${readExpression(place)} as value from ${table} as x where x.${column} is not null order by x.id`)).map((one) => ({ place, ...one })));
  }
  return all;
}

/** Which keys the stored values need, and how many values each; null counts those that are still readable. */
export async function keysInUse(db: Db): Promise<Map<string | null, number>> {
  const counts = new Map<string | null, number>();
  for (const { value } of await storedSecrets(db)) counts.set(keyIdOf(value), (counts.get(keyIdOf(value)) ?? 0) + 1);
  return counts;
}

/**
 * Seals with the active key whatever is not: values of earlier releases and of keys that were replaced. Each row is a transaction of
 * its own that takes only what is still there as it was read, so it may be killed at any point, run twice, and run beside the service.
 *
 * @returns how many values were sealed
 */
export async function sealAll(db: DataSource): Promise<number> {
  let sealed = 0;
  for (const place of PLACES) {
    const [table, column] = parted(place);
    const active = await row<{ id: string }>(db, `select k.id from secret_key as k where k.state = 'active'`);
    const found = await rows<{ id: string; value: string }>(db, `select x.id::text as id, ${readExpression(place)} as value from ${table} as x where x.${column} is not null order by x.id`);
    for (const { id, value } of found.filter((each) => keyIdOf(each.value) !== active?.id)) if (await sealOne(db, place, id, value)) sealed += 1;
  }
  return sealed;
}

function sealOne(db: DataSource, place: SealedPlace, id: string, before: string): Promise<boolean> {
  const [table, column] = parted(place);
  return inTransaction(db, async (tx) => {
    const vault = vaultOf(tx);
    const value = await vault.seal(tx, place, id, vault.open(place, id, before));
    return (await row(tx, `update ${table} as x set ${column} = ${WRITE[SEALED_PLACES[place]]} where x.id::text = $1 and ${readExpression(place)} = $3 returning x.id`, [id, value, before])) !== null;
  });
}
