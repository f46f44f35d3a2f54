export type PersonKind = 'visitor' | 'lead' | 'user';
export type IdentityKind = 'user_id' | 'anonymous_id';
export interface IdentityKey { kind: IdentityKind; value: string }
export type PersonRef = { personId: string } | { userId: string; anonymousId?: string } | { anonymousId: string };

/** What one write says about who somebody is. `previousId` is Segment's alias: an older id of the same user. */
export interface IdentityStep {
  ref: PersonRef;
  previousId?: string;
  /** With a `personId` ref: make that person when there is none. */
  create?: boolean;
}
export interface KnownIdentity extends IdentityKey { personId: string }
export interface KnownPerson { id: string; externalId: string | null; kind: PersonKind }
/** What the database says now, all of it locked. `externalId` is null for people we do not know yet. */
export interface KnownPeople { identities: KnownIdentity[]; people: KnownPerson[] }

export interface IdentityPlan {
  /** The person of each step, after all merges; null when a `personId` names nobody. */
  persons: (string | null)[];
  created: { id: string; externalId: string | null; step: number }[];
  /** People who were anonymous and become this user. */
  promoted: { id: string; externalId: string }[];
  /** Identity rows to add. */
  links: KnownIdentity[];
  /** People of the database that end in another one; chains are already flattened. */
  merges: { from: string; into: string }[];
  /** Links refused because the id already belongs to another user. */
  conflicts: { personId: string; kind: IdentityKind | 'alias'; value: string; ownerId: string }[];
}

export const keyText = ({ kind, value }: IdentityKey): string => `${kind}\n${value}`;

/** Every identity a list of steps mentions, each once. */
export function keysOf(steps: readonly IdentityStep[]): IdentityKey[] {
  const keys = new Map<string, IdentityKey>();
  const add = (kind: IdentityKind, value: string | undefined) => value !== undefined && keys.set(keyText({ kind, value }), { kind, value });
  for (const { ref, previousId } of steps) {
    if ('userId' in ref) add('user_id', ref.userId);
    if ('anonymousId' in ref) add('anonymous_id', ref.anonymousId);
    add('user_id', previousId);
    add('anonymous_id', previousId);
  }
  return [...keys.values()];
}

/**
 * Decides who is who, in the order of the steps. An anonymous id belongs to at most one user; the first user takes it, a
 * second one is a conflict and nothing is joined. Two identified people are never joined here.
 */
export function planIdentities(steps: readonly IdentityStep[], known: KnownPeople, newId: () => string): IdentityPlan {
  const planner = new Planner(known, newId);
  const persons = steps.map((step, index) => planner.take(step, index));
  return planner.finish(persons);
}

class Planner {
  private readonly owners = new Map<string, string>();
  private readonly external = new Map<string, string | null>();
  private readonly into = new Map<string, string>();
  private readonly created = new Map<string, number>();
  private readonly promoted = new Set<string>();
  private readonly links = new Map<string, IdentityKey>();
  private readonly conflicts = new Map<string, IdentityPlan['conflicts'][number]>();

  constructor(known: KnownPeople, private readonly newId: () => string) {
    for (const identity of known.identities) this.owners.set(keyText(identity), identity.personId);
    for (const person of known.people) this.external.set(person.id, person.externalId);
  }

  take({ ref, previousId, create }: IdentityStep, step: number): string | null {
    if ('personId' in ref) {
      const found = this.find(ref.personId);
      if (!this.external.has(found) && create) this.create(step, null, found);
      return this.external.has(found) ? found : null;
    }
    if (!('userId' in ref)) return this.owner('anonymous_id', ref.anonymousId) ?? this.link('anonymous_id', ref.anonymousId, this.create(step, null));
    if (previousId === undefined || previousId === ref.userId) return this.user(step, ref.userId, ref.anonymousId);
    return this.alias(step, ref, previousId);
  }

  private alias(step: number, ref: { userId: string; anonymousId?: string }, previousId: string): string {
    const previousUser = this.owner('user_id', previousId);
    if (previousUser === null) {
      this.user(step, ref.userId, previousId);
      return this.user(step, ref.userId, ref.anonymousId);
    }
    const user = this.user(step, ref.userId, ref.anonymousId);
    if (previousUser !== user) this.conflict(user, 'alias', previousId, previousUser);
    return user;
  }

  private user(step: number, userId: string, anonymousId: string | undefined): string {
    const user = this.owner('user_id', userId);
    const anonymous = anonymousId === undefined ? null : this.owner('anonymous_id', anonymousId);
    const taken = anonymous !== null && anonymous !== user && this.external.get(anonymous) !== null;
    if (user === null && anonymous !== null && !taken) return this.promote(anonymous, userId);
    const person = user ?? this.link('user_id', userId, this.create(step, userId));
    if (taken) this.conflict(person, 'anonymous_id', anonymousId!, anonymous);
    else if (anonymous !== null) this.merge(anonymous, person);
    else if (anonymousId !== undefined) this.link('anonymous_id', anonymousId, person);
    return person;
  }

  private promote(person: string, userId: string): string {
    this.external.set(person, userId);
    this.promoted.add(person);
    return this.link('user_id', userId, person);
  }

  private merge(from: string, into: string): void {
    if (from !== into) this.into.set(from, into);
  }

  private create(step: number, externalId: string | null, id = this.newId()): string {
    this.created.set(id, step);
    this.external.set(id, externalId);
    return id;
  }

  private link(kind: IdentityKind, value: string, personId: string): string {
    const key = { kind, value };
    this.links.set(keyText(key), key);
    this.owners.set(keyText(key), personId);
    return personId;
  }

  private conflict(personId: string, kind: IdentityKind | 'alias', value: string, ownerId: string): void {
    this.conflicts.set(`${personId}\n${kind}\n${value}`, { personId, kind, value, ownerId });
  }

  private owner(kind: IdentityKind, value: string): string | null {
    const found = this.owners.get(keyText({ kind, value }));
    return found === undefined ? null : this.find(found);
  }

  private find(id: string): string {
    let at = id;
    for (let next = this.into.get(at); next !== undefined; next = this.into.get(at)) at = next;
    return at;
  }

  finish(persons: (string | null)[]): IdentityPlan {
    return {
      persons: persons.map((id) => (id === null ? null : this.find(id))),
      created: [...this.created].filter(([id]) => !this.into.has(id)).map(([id, step]) => ({ id, step, externalId: this.external.get(id) ?? null })),
      promoted: [...this.promoted].filter((id) => !this.created.has(id)).map((id) => ({ id, externalId: this.external.get(id)! })),
      links: [...this.links.values()].map((key) => ({ ...key, personId: this.find(this.owners.get(keyText(key))!) })),
      merges: [...this.into.keys()].filter((id) => !this.created.has(id)).map((id) => ({ from: id, into: this.find(id) })),
      conflicts: [...this.conflicts.values()].map((one) => ({ ...one, personId: this.find(one.personId), ownerId: this.find(one.ownerId) })),
    };
  }
}
