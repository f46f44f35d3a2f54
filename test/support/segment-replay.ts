import type { DataSource } from 'typeorm';
import { rows } from '../../src/platform/database/db.js';
import { BASE } from './segment-arbitraries-values.js';
import { expectAgreement, expectBuilt, expectExactFlips, expectExplained, expectPeople, type Live } from './segment-compare.js';
import { LEAF_PROOFS } from './segment-leaves.js';
import { WorldRun } from './segment-run.js';
import type { World } from './segment-steps.js';

/** Empties every table that is empty after installation. */
export async function emptiedTables(db: DataSource): Promise<() => Promise<void>> {
  const tables = await rows<{ name: string }>(db, `select c.oid::regclass::text as name from pg_class as c where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations'`);
  const empty: string[] = [];
  for (const { name } of tables) if ((await rows(db, `select 1 from ${name} limit 1`)).length === 0) empty.push(name);
  const text = `begin; set local session_replication_role = replica; ${empty.map((name) => `delete from ${name};`).join(' ')} commit`;
  return async () => { await db.query(text); };
}

/** Tells a world step by step and compares everything at each of its moments. Returns how many (definition, moment) were compared. */
export async function replay(db: DataSource, given: World): Promise<number> {
  const world = shifted(given);
  await rows(db, `insert into workspace (id, name, time_zone, language, created_at) values (1, '단비', $1, 'ko', $2)`, [world.zone, world.origin]);
  for (const { prepare } of Object.values(LEAF_PROOFS)) await prepare?.(db, new Date(world.origin));
  const run = new WorldRun(db, world);
  let compared = 0;
  let live: Live[] = [];
  const compare = async (explained: number) => {
    await run.settle();
    live = await expectBuilt(run);
    await expectPeople(run);
    compared += await expectAgreement(run, live);
    const people = [...run.people.people];
    if (people.length > 0) await expectExplained(run, live, people[explained % people.length]!);
  };
  for (const [index, { actions, rounds, settle, halfSeconds }] of world.steps.entries()) {
    for (const action of actions) {
      await run.act(action);
      for (let round = 0; round < rounds; round += 1) await run.round();
    }
    if (settle || index === 0) await compare(index);
    if (index === 0) for (const [place, node] of world.definitions.entries()) await run.define(place, node);
    const span = { since: await lastFlip(db), from: run.moment, quiet: settle && index > 0 };
    // Flips between an edit and its build follow the definition before.
    const edited = index === 0 || (!settle && actions.some(({ do: what }) => what === 'define' || what === 'cancel' || what === 'archive'));
    run.move(halfSeconds);
    await compare(index + 1);
    if (!edited) await expectExactFlips(run, live, span);
  }
  return compared;
}

const lastFlip = async (db: DataSource) => (await rows<{ id: string }>(db, 'select coalesce(max(c.id), 0)::text as id from membership_change as c'))[0]!.id;

const DAY_MS = 86_400_000;
const dayNumber = (at: Date) => Math.floor(at.getTime() / DAY_MS);

/** The same world at its own origin: every instant and every calendar day in it moves along. */
export function shifted(world: World): World {
  const origin = new Date(world.origin);
  const millis = origin.getTime() - BASE.getTime();
  const days = dayNumber(origin) - dayNumber(BASE);
  const moved = JSON.stringify({ definitions: world.definitions, steps: world.steps })
    .replace(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g, (_, text: string) => JSON.stringify(new Date(Date.parse(text) + millis).toISOString()))
    .replace(/"(\d{4}-\d\d-\d\d)"/g, (_, text: string) => JSON.stringify(new Date(Date.parse(text) + days * DAY_MS).toISOString().slice(0, 10)));
  return { ...world, ...(JSON.parse(moved) as Pick<World, 'definitions' | 'steps'>) };
}
