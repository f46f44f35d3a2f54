import { isDeepStrictEqual } from 'node:util';
import { deriveColumns } from '../../src/people/domain/derived.js';
import type { JsonObject, JsonValue } from '../../src/people/domain/json.js';
import { newPerson, type WorldPerson } from './segment-world.js';

/** Somebody as a sender names them. */
export interface Ref { userId?: string; anonymousId?: string }
/** One thing learned about a person; `own` is false for what was learned of an anonymous person before a merge. */
interface Learned { key: string; value: JsonValue | null; lastAt: Date; order: number; own: boolean }
export interface NaivePerson extends WorldPerson { learned: Learned[]; seen: Date[]; into?: NaivePerson }

/** One write as the people module takes it: a message with its event, or an edit by a colleague without one. */
export interface NaiveWrite {
  ref: Ref;
  previousId?: string;
  messageId?: string;
  at: Date;
  attributes?: JsonObject;
  addTags?: string[];
  removeTags?: string[];
  kind?: WorldPerson['kind'];
  event?: { type: string; name: string; properties: Record<string, unknown>; context: Record<string, unknown>; receivedAt: Date };
}

const MINUTE = 60_000;
const KINDS = ['visitor', 'lead', 'user'];

/** Who people are and what is known of them, in plain memory and one obvious step at a time. */
export class NaivePeople {
  readonly people = new Set<NaivePerson>();
  private readonly owners = new Map<string, NaivePerson>();
  private readonly messages = new Set<string>();
  private order = 0;

  constructor(private readonly join: (into: WorldPerson, from: WorldPerson) => void = () => {}) {}

  /** The person of an identity ("user_id ada"), if somebody has it. */
  ownerOf(kind: 'user_id' | 'anonymous_id', value: string): NaivePerson | undefined {
    let found = this.owners.get(`${kind} ${value}`);
    while (found?.into) found = found.into;
    return found;
  }

  get identities(): string[] {
    return [...this.owners.keys()];
  }

  personOf = (ref: Ref): NaivePerson | undefined => (ref.userId === undefined ? this.ownerOf('anonymous_id', ref.anonymousId!) : this.ownerOf('user_id', ref.userId));

  /** One transaction: first everybody is found, made and joined, then the facts are written, in order. */
  write(writes: readonly NaiveWrite[]): void {
    const fresh = writes.filter(({ messageId }) => messageId === undefined || (!this.messages.has(messageId) && this.messages.add(messageId)));
    const before = new Set(this.people);
    const found = fresh.map((write) => this.find(write)).map((person) => { let at = person; while (at.into) at = at.into; return at; });
    for (const person of before) if (person.into) this.merge(person);
    for (const person of [...this.people]) if (person.into) this.people.delete(person);
    fresh.forEach((write, index) => { if (write.event) found[index]!.seen.push(write.at); });
    fresh.forEach((write, index) => { if (found[index]!.seen.length === 0) found[index]!.seen.push(write.at); });
    fresh.forEach((write, index) => this.learn(found[index]!, write));
    for (const person of this.people) settle(person);
  }

  erase(person: NaivePerson): void {
    for (const key of this.owners.keys()) if (this.ownerOf(...(key.split(' ') as ['user_id', string])) === person) this.owners.delete(key);
    this.people.delete(person);
  }

  private find({ ref, previousId }: NaiveWrite): NaivePerson {
    if (ref.userId === undefined) return this.ownerOf('anonymous_id', ref.anonymousId!) ?? this.make({ anonymousId: ref.anonymousId });
    if (previousId !== undefined && previousId !== ref.userId && !this.ownerOf('user_id', previousId)) this.user(ref.userId, previousId);
    return this.user(ref.userId, ref.anonymousId);
  }

  /** An anonymous id goes to the first user who names it; whoever was anonymous then is that user. */
  private user(userId: string, anonymousId: string | undefined): NaivePerson {
    const user = this.ownerOf('user_id', userId);
    const anonymous = anonymousId === undefined ? undefined : this.ownerOf('anonymous_id', anonymousId);
    if (anonymous && anonymous.externalId === null) {
      if (user) return Object.assign(anonymous, { into: user }).into;
      this.owners.set(`user_id ${userId}`, anonymous);
      return Object.assign(anonymous, { externalId: userId, kind: 'user' as const });
    }
    const person = user ?? this.make({ userId });
    if (!anonymous && anonymousId !== undefined) this.owners.set(`anonymous_id ${anonymousId}`, person);
    return person;
  }

  private make({ userId, anonymousId }: Ref): NaivePerson {
    const person: NaivePerson = { ...newPerson({ lastSeenAt: new Date(0), kind: userId === undefined ? 'visitor' : 'user', externalId: userId ?? null }), learned: [], seen: [] };
    this.owners.set(userId === undefined ? `anonymous_id ${anonymousId}` : `user_id ${userId}`, person);
    this.people.add(person);
    return person;
  }

  private merge(from: NaivePerson): void {
    let into = from;
    while (into.into) into = into.into;
    into.learned.push(...from.learned.map((one) => ({ ...one, own: false })));
    into.seen.push(...from.seen);
    into.events.push(...from.events);
    for (const tag of from.tags) into.tags.add(tag);
    this.join(into, from);
  }

  private learn(person: NaivePerson, write: NaiveWrite): void {
    for (const [key, value] of Object.entries(write.attributes ?? {})) {
      const head = current(person, key);
      if (head?.own && write.at >= head.lastAt && isDeepStrictEqual(head.value, value)) head.lastAt = write.at;
      else person.learned.push({ key, value, lastAt: write.at, order: (this.order += 1), own: true });
    }
    for (const tag of write.addTags ?? []) person.tags.add(tag);
    for (const tag of write.removeTags ?? []) person.tags.delete(tag);
    if (write.kind && KINDS.indexOf(write.kind) > KINDS.indexOf(person.kind)) person.kind = write.kind;
    if (write.event) person.events.push({ ...write.event, id: String((this.order += 1)).padStart(6, '0'), at: write.at });
  }
}

const current = (person: NaivePerson, key: string): Learned | undefined =>
  person.learned.filter((one) => one.key === key).toSorted((a, b) => Number(b.own) - Number(a.own) || b.lastAt.getTime() - a.lastAt.getTime() || b.order - a.order)[0];

/** What follows from what was learned and seen. */
function settle(person: NaivePerson): void {
  const keys = [...new Set(person.learned.map(({ key }) => key))];
  person.attributes = Object.fromEntries(keys.map((key) => [key, current(person, key)!.value]).filter(([, value]) => value !== null));
  Object.assign(person, deriveColumns(person.attributes as JsonObject));
  const seen = person.seen.map((at) => at.getTime());
  person.firstSeenAt = new Date(Math.min(...seen));
  person.lastSeenAt = new Date(Math.max(Math.floor(Math.max(...seen) / MINUTE) * MINUTE, Math.min(...seen)));
}
