import { AppError } from '../../kernel/errors.js';
import { rows, type Db } from '../../platform/database/db.js';
import { keysOf, keyText, planIdentities, type IdentityKey, type IdentityPlan, type IdentityStep, type KnownIdentity, type KnownPeople, type KnownPerson } from '../domain/identity-plan.js';

const ROUNDS = 5;

export interface SettledIdentities {
  plan: IdentityPlan;
  /** The people who were there before, as they were when locked. */
  people: KnownPerson[];
}

/**
 * Finds or makes the person of every step and leaves all of them locked until the transaction ends. Other transactions that
 * name the same ids wait here: new identity rows are claimed in key order with `on conflict do nothing`, people are locked
 * in id order, and when somebody else was first the decision is made again with what they wrote.
 */
export async function settleIdentities(tx: Db, steps: readonly IdentityStep[], now: Date, newId: () => string): Promise<SettledIdentities> {
  const keys = keysOf(steps);
  const ids = [...new Set(steps.flatMap(({ ref }) => ('personId' in ref ? [ref.personId] : [])))];
  const creating = new Set(steps.flatMap(({ ref, create }) => ('personId' in ref && create ? [ref.personId] : [])));
  const mine = new Map<string, KnownIdentity>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const known = await lockKnown(tx, keys.filter((key) => !mine.has(keyText(key))), ids.filter((id) => !creating.has(id)));
    if (!known) continue;
    const plan = planIdentities(withResolvedIds(steps, known.survivors), known, newId);
    const missing = plan.links.filter((link) => !mine.has(keyText(link)));
    const claimed = await claimIdentities(tx, missing, now);
    for (const link of claimed) mine.set(keyText(link), link);
    if (claimed.length < missing.length) continue;
    await repoint(tx, plan.links.filter((link) => mine.get(keyText(link))!.personId !== link.personId));
    return { plan, people: known.people };
  }
  throw new AppError('people.busy', 'These people are being changed by others at this moment. Send it again.', 'unavailable');
}

const withResolvedIds = (steps: readonly IdentityStep[], survivors: Map<string, string>): IdentityStep[] =>
  steps.map((step) => ('personId' in step.ref && survivors.has(step.ref.personId) ? { ...step, ref: { personId: survivors.get(step.ref.personId)! } } : step));

/** Null when somebody was merged or erased between the look and the lock: look again. */
async function lockKnown(tx: Db, keys: IdentityKey[], ids: string[]): Promise<(KnownPeople & { survivors: Map<string, string> }) | null> {
  const identities = await rows<KnownIdentity>(tx, `
    select i.kind, i.value, i.person_id as "personId"
      from unnest($1::text[], $2::text[]) as wanted (kind, value)
      join person_identity as i on i.kind = wanted.kind and i.value = wanted.value`, [keys.map((key) => key.kind), keys.map((key) => key.value)]);
  const merged = ids.length === 0 ? [] : await rows<{ from: string; into: string }>(tx, `select m.from_id as "from", m.into_id as "into" from person_merge as m where m.from_id = any($1::uuid[])`, [ids]);
  const survivors = new Map(merged.map(({ from, into }) => [from, into]));
  const named = new Set(identities.map((identity) => identity.personId));
  const wanted = [...new Set([...named, ...ids.map((id) => survivors.get(id) ?? id)])];
  if (wanted.length === 0) return { identities, people: [], survivors };
  const people = await rows<KnownPerson>(tx, `
    select p.id, p.external_id as "externalId", p.kind from person as p where p.id = any($1::uuid[]) order by p.id for no key update`, [wanted]);
  const found = new Set(people.map((person) => person.id));
  return [...named].every((id) => found.has(id)) ? { identities, people, survivors } : null;
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
