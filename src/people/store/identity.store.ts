import { AppError } from '../../kernel/errors.js';
import { rows, type Db } from '../../platform/database/db.js';
import { keysOf, keyText, planIdentities, type IdentityKey, type IdentityPlan, type IdentityStep, type KnownIdentity, type KnownPeople, type KnownPerson } from '../domain/identity-plan.js';
import type { Seen } from '../domain/seen.js';
import { uuids } from './arrays.js';

const ROUNDS = 5;

export interface SettledIdentities {
  plan: IdentityPlan;
  /** The people who were there before, as they were when locked. */
  people: LockedPerson[];
}

/** `outgrown`: an event of the batch may lie outside the time in which the person was seen so far. */
export interface LockedPerson extends KnownPerson { outgrown: boolean }

/**
 * Finds or makes the person of every step and leaves all of them locked until the transaction ends. Other transactions that
 * name the same ids wait here: new identity rows are claimed in key order with `on conflict do nothing`, people are locked
 * in id order, and when somebody else was first the decision is made again with what they wrote. `batch.seen` is when its events
 * happened, null when it has none.
 */
export async function settleIdentities(tx: Db, steps: readonly IdentityStep[], batch: { now: Date; seen: Seen | null }, newId: () => string): Promise<SettledIdentities> {
  const keys = keysOf(steps);
  const ids = [...new Set(steps.flatMap(({ ref }) => ('personId' in ref ? [ref.personId] : [])))];
  const creating = new Set(steps.flatMap(({ ref, create }) => ('personId' in ref && create ? [ref.personId] : [])));
  const mine = new Map<string, KnownIdentity>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const known = await lockKnown(tx, keys.filter((key) => !mine.has(keyText(key))), ids.filter((id) => !creating.has(id)), batch.seen);
    const plan = planIdentities(withResolvedIds(steps, known.survivors), known, newId);
    const missing = plan.links.filter((link) => !mine.has(keyText(link)));
    const claimed = await claimIdentities(tx, missing, batch.now);
    for (const link of claimed) mine.set(keyText(link), link);
    if (claimed.length < missing.length) continue;
    await repoint(tx, plan.links.filter((link) => mine.get(keyText(link))!.personId !== link.personId));
    return { plan, people: known.people };
  }
  throw new AppError('people.busy', 'These people are being changed by others at this moment. Send it again.', 'unavailable');
}

const withResolvedIds = (steps: readonly IdentityStep[], survivors: Map<string, string>): IdentityStep[] =>
  steps.map((step) => ('personId' in step.ref && survivors.has(step.ref.personId) ? { ...step, ref: { personId: survivors.get(step.ref.personId)! } } : step));

/** Lateral, so that every key is looked up in the index: a plan that reads the whole table looks cheaper until it is large. */
const NAMED = `
    select wanted.n, i.person_id
      from unnest($1::text[], $2::text[]) with ordinality as wanted (kind, value, n)
     cross join lateral (select i.person_id from person_identity as i where i.kind = wanted.kind and i.value = wanted.value limit 1) as i`;
/** False for people whose time seen no event of the batch can move: nearly everybody who was there a minute ago. */
const OUTGROWN = `coalesce(p.first_seen_at > $3::timestamptz or p.last_seen_at < date_trunc('minute', $4::timestamptz), false)`;

interface Located { key: number | null; personId: string; externalId: string | null; kind: KnownPerson['kind']; outgrown: boolean }
interface Known extends KnownPeople { people: LockedPerson[]; survivors: Map<string, string> }

/**
 * Looks up and locks in one statement, people in id order. Somebody who was merged or erased between the look and the lock
 * has no row here; claiming their ids then finds them taken, and the decision is made again.
 */
async function lockKnown(tx: Db, keys: IdentityKey[], ids: string[], seen: Seen | null): Promise<Known> {
  const merged = ids.length === 0 ? [] : await rows<{ from: string; into: string }>(tx, `select m.from_id as "from", m.into_id as "into" from person_merge as m where m.from_id = any($1::uuid[])`, [ids]);
  const survivors = new Map(merged.map(({ from, into }) => [from, into]));
  const byId = [...new Set(ids.map((id) => survivors.get(id) ?? id))];
  if (keys.length + byId.length === 0) return { identities: [], people: [], survivors };
  const located = await rows<Located>(tx, `
    select named.n::int as key, p.id as "personId", p.external_id as "externalId", p.kind, ${OUTGROWN} as outgrown
      from (${NAMED}${byId.length === 0 ? '' : ' union all select null, direct.id from unnest($5::uuid[]) as direct (id)'}) as named (n, person_id)
      join person as p on p.id = named.person_id
     order by p.id for no key update of p`, [keys.map((key) => key.kind), keys.map((key) => key.value), seen?.first ?? null, seen?.last ?? null, ...(byId.length === 0 ? [] : [uuids(byId)])]);
  const people = new Map<string, LockedPerson>();
  const identities: KnownIdentity[] = [];
  for (const { key, personId: id, externalId, kind, outgrown } of located) {
    if (key !== null) identities.push({ ...keys[key - 1]!, personId: id });
    if (!people.has(id)) people.set(id, { id, externalId, kind, outgrown });
  }
  return { identities, people: [...people.values()], survivors };
}

async function claimIdentities(tx: Db, links: KnownIdentity[], now: Date): Promise<KnownIdentity[]> {
  if (links.length === 0) return [];
  return rows<KnownIdentity>(tx, `
    insert into person_identity (kind, value, person_id, linked_at)
    select l.kind, l.value, l.person_id, $4::timestamptz
      from unnest($1::text[], $2::text[], $3::uuid[]) as l (kind, value, person_id)
     order by l.kind, l.value
    on conflict (kind, value) do nothing
    returning kind, value, person_id as "personId"`, [links.map((l) => l.kind), links.map((l) => l.value), links.map((l) => l.personId), now]);
}

/** A second decision may give an identity that we already claimed to another person. */
async function repoint(tx: Db, links: KnownIdentity[]): Promise<void> {
  if (links.length === 0) return;
  await rows(tx, `
    update person_identity as i set person_id = l.person_id
      from unnest($1::text[], $2::text[], $3::uuid[]) as l (kind, value, person_id)
     where i.kind = l.kind and i.value = l.value`, [links.map((l) => l.kind), links.map((l) => l.value), links.map((l) => l.personId)]);
}

/** Keeps one row per refused link, however often the client repeats it. */
export async function recordConflicts(tx: Db, conflicts: IdentityPlan['conflicts'], now: Date, newId: () => string): Promise<void> {
  if (conflicts.length === 0) return;
  await rows(tx, `
    insert into identity_conflict (id, person_id, kind, value, detail, at)
    select c.id, c.person_id, c.kind, c.value, jsonb_build_object('ownerId', c.owner_id), $6::timestamptz
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[]) as c (id, person_id, kind, value, owner_id)
     order by c.person_id, c.kind, c.value
    on conflict (person_id, kind, value) do nothing`,
    [conflicts.map(() => newId()), conflicts.map((c) => c.personId), conflicts.map((c) => c.kind), conflicts.map((c) => c.value), conflicts.map((c) => c.ownerId), now]);
}
