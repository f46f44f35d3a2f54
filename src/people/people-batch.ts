import { newId } from '../kernel/ids.js';
import type { Db } from '../platform/database/db.js';
import { foldAttributes, type AttributeFold, type AttributeWrite } from './domain/attribute-fold.js';
import { changedKeys } from './domain/changed-keys.js';
import { deriveColumns, personDates } from './domain/derived.js';
import { keyText, type PersonKind } from './domain/identity-plan.js';
import type { JsonObject, JsonValue } from './domain/json.js';
import { storedAttributes, type PersonWrite, type PersonWriteResult, type WriteContext } from './domain/person-write.js';
import { tagKey } from './domain/reserved-keys.js';
import { featuresByTag, recordRequests, type NewRequest } from './features/store/record-requests.js';
import { keptSpan, spanOf, type Seen } from './domain/seen.js';
import { appendHistory, attributesFromHistory, confirmHistory, loadHeads } from './store/attribute.store.js';
import { insertEventsAndNews, type EventRow } from './store/event.store.js';
import { recordConflicts, type LockedPerson, type SettledIdentities } from './store/identity.store.js';
import { factRows, recordRaises, type Fact } from './store/facts.store.js';
import { mergePeople } from './store/merge.store.js';
import { addTags, insertPeople, loadAttributes, removeTags, replaceDates, touchPeople, updateAttributes, upsertDates, type PersonRow, type Touched } from './store/person.store.js';

/** A write that may also carry an event, an alias, or ask for a new person with a given id. */
export interface PeopleBatchItem extends PersonWrite {
  previousId?: string;
  create?: boolean;
  event?: Omit<EventRow, 'personId'>;
  /** What they said when they got their tags: their words where a tag asks for a feature. */
  said?: { words: string | null; ref: string };
}

const KINDS: PersonKind[] = ['visitor', 'lead', 'user'];
const higher = (a: PersonKind, b: PersonKind): PersonKind => (KINDS.indexOf(a) >= KINDS.indexOf(b) ? a : b);

/** Writes one batch whose people are settled and locked. Every step is a set statement; their number does not depend on the batch. */
export class BatchWrite {
  private readonly persons: string[];
  private readonly known: Map<string, LockedPerson>;
  /** People made by this batch and not yet in the table. */
  private readonly pending = new Set<string>();
  private readonly created: Map<string, { externalId: string | null; step: number }>;
  private readonly externalIds: Map<string, string | null>;
  private readonly spans: Map<string, Seen>;
  private readonly kinds = new Map<string, PersonKind>();
  private readonly raised = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly touchedTags = new Set<string>();
  private readonly attributes = new Map<string, JsonObject>();
  private fold!: AttributeFold;

  constructor(private readonly tx: Db, private readonly items: PeopleBatchItem[], private readonly settled: SettledIdentities, private readonly context: WriteContext) {
    this.persons = settled.plan.persons as string[];
    this.known = new Map(settled.people.map((person) => [person.id, person]));
    this.created = new Map(settled.plan.created.map((one) => [one.id, one]));
    for (const id of this.created.keys()) this.pending.add(id);
    this.externalIds = new Map([...settled.people, ...settled.plan.created, ...settled.plan.promoted].map((one) => [one.id, one.externalId]));
    this.spans = this.seen();
  }

  async run(): Promise<PersonWriteResult[]> {
    this.decideKinds();
    await this.merge();
    const facts = await this.storeTags();
    await this.foldHistory(facts);
    await this.storePeople();
    await recordConflicts(this.tx, this.settled.plan.conflicts, this.context.now, newId);
    await this.storeEvents();
    return this.results();
  }

  private decideKinds(): void {
    const users = new Set([...this.settled.plan.promoted.map((one) => one.id), ...this.settled.plan.created.filter((one) => one.externalId !== null).map((one) => one.id)]);
    this.items.forEach((item, index) => {
      const id = this.persons[index]!;
      const before = this.kinds.get(id) ?? this.known.get(id)?.kind ?? 'visitor';
      this.kinds.set(id, higher(before, users.has(id) ? 'user' : (item.kind ?? 'visitor')));
    });
    for (const [id, kind] of this.kinds) if (this.known.has(id) && (users.has(id) || kind !== this.known.get(id)!.kind)) this.raised.add(id);
  }

  private async merge(): Promise<void> {
    const { merges } = this.settled.plan;
    if (merges.length === 0) return;
    const winners = new Set(merges.map((merge) => merge.into));
    const fresh = [...winners].filter((id) => this.pending.has(id));
    await insertPeople(this.tx, fresh.map((id) => this.newRow(id, {})), this.context.now);
    await mergePeople(this.tx, merges, this.context);
    const joined = await attributesFromHistory(this.tx, [...winners]);
    for (const id of winners) this.attributes.set(id, joined.get(id) ?? {});
    for (const id of winners) this.changed.add(id);
    for (const id of fresh) this.pending.delete(id);
  }

  /** @param facts what else became true, kept in the same statement */
  private async foldHistory(facts: readonly Fact[]): Promise<void> {
    const writes: AttributeWrite[] = [];
    this.items.forEach((item, write) => {
      for (const [key, value] of storedAttributes(item.attributes)) writes.push({ personId: this.persons[write]!, key, value, at: item.at, id: newId(), write });
    });
    const pairs = new Map<string, AttributeWrite>();
    for (const write of writes) if (!this.pending.has(write.personId)) pairs.set(`${write.personId}\n${write.key}`, write);
    const heads = await loadHeads(this.tx, [...pairs.values()].map((pair) => pair.personId), [...pairs.values()].map((pair) => pair.key));
    this.fold = foldAttributes(heads, writes);
    await confirmHistory(this.tx, this.fold.confirmed);
    await appendHistory(this.tx, [...this.fold.inserted, ...factRows(facts, this.context.now)], this.context);
    const toLoad = [...this.fold.current.keys()].filter((id) => !this.pending.has(id) && !this.attributes.has(id));
    for (const [id, attributes] of await loadAttributes(this.tx, toLoad)) this.attributes.set(id, attributes);
    for (const [id, changes] of this.fold.current) this.attributes.set(id, applied(this.attributes.get(id) ?? {}, changes));
  }

  private async storePeople(): Promise<void> {
    const made = [...this.pending.keys()].map((id) => this.newRow(id, this.attributes.get(id) ?? {}));
    await insertPeople(this.tx, made, this.context.now);
    const rewritten = [...this.attributes].filter(([id]) => !this.pending.has(id)).map(([id, attributes]) => ({ id, attributes, ...deriveColumns(attributes) }));
    await updateAttributes(this.tx, rewritten, this.context.now);
    const touched = this.touched();
    await recordRaises(this.tx, touched.filter(({ raised }) => raised), this.context);
    await touchPeople(this.tx, touched, this.context.now);
    const datesOf = (id: string, attributes: JsonObject, signedUpAt: Date | null) => [...personDates(attributes, signedUpAt)].map(([key, at]) => ({ personId: id, key, at }));
    await replaceDates(this.tx, rewritten.map((one) => one.id), rewritten.flatMap((one) => datesOf(one.id, one.attributes, one.signedUpAt)));
    await upsertDates(this.tx, made.flatMap((one) => datesOf(one.id, one.attributes, one.signedUpAt)));
  }

  /** Those who were there before, and whose kind or time seen may move. */
  private touched(): Touched[] {
    const winners = new Set(this.settled.plan.merges.map((merge) => merge.into));
    return [...this.kinds].flatMap(([id, kind]) => {
      if (this.pending.has(id)) return [];
      const raised = this.raised.has(id);
      const span = this.spans.get(id);
      const moves = span !== undefined && (winners.has(id) || (this.known.get(id)?.outgrown ?? true));
      return raised || moves ? [{ id, kind, raised, externalId: this.externalIds.get(id) ?? null, first: span?.first ?? null, last: span?.last ?? null }] : [];
    });
  }

  private newRow(id: string, attributes: JsonObject): PersonRow {
    const created = this.created.get(id)!;
    const span = this.spans.get(id);
    const at = this.items[created.step]!.at;
    const { first, last } = keptSpan(span ?? { first: at, last: at });
    return { id, externalId: created.externalId, kind: this.kinds.get(id)!, attributes, ...deriveColumns(attributes), firstSeenAt: first, lastSeenAt: last };
  }

  /** Only events show that somebody was there; an import or an edit by a colleague does not. */
  private seen(): Map<string, Seen> {
    const moments = new Map<string, Date[]>();
    this.items.forEach(({ event }, index) => {
      if (!event) return;
      const id = this.persons[index]!;
      const ofPerson = moments.get(id);
      if (ofPerson) ofPerson.push(event.occurredAt);
      else moments.set(id, [event.occurredAt]);
    });
    return new Map([...moments].map(([id, ofPerson]) => [id, spanOf(ofPerson)!]));
  }

  /** Answers what changed, for the history. */
  private async storeTags(): Promise<Fact[]> {
    const last = new Map<string, { personId: string; tag: string; at: Date; add: boolean }>();
    this.items.forEach((item, index) => {
      const personId = this.persons[index]!;
      for (const tag of item.addTags ?? []) last.set(`${personId}\n${tag}`, { personId, tag, at: item.at, add: true });
      for (const tag of item.removeTags ?? []) last.set(`${personId}\n${tag}`, { personId, tag, at: item.at, add: false });
    });
    const wanted = [...last.values()];
    const added = await addTags(this.tx, wanted.filter((one) => one.add));
    const removed = await removeTags(this.tx, wanted.filter((one) => !one.add));
    for (const { personId, tag } of [...added, ...removed]) this.touchedTags.add(`${personId}\n${tag}`);
    await this.recordAsked(new Set(added.map(({ personId, tag }) => `${personId}\n${tag}`)));
    return [...added.map(({ personId, tag }) => ({ personId, key: tagKey(tag), value: true })), ...removed.map(({ personId, tag }) => ({ personId, key: tagKey(tag), value: null }))];
  }

  /** Who is given the tag of a feature asks for it: when the tag is new to them, or whenever they say something with it. */
  private async recordAsked(added: Set<string>): Promise<void> {
    const features = await featuresByTag(this.tx, [...new Set(this.items.flatMap((item) => item.addTags ?? []))]);
    if (features.size === 0) return;
    const requests = this.items.flatMap(({ addTags: tags = [], said, at }, index) => tags.flatMap((tag): NewRequest[] => {
      const personId = this.persons[index]!;
      const featureId = features.get(tag);
      if (featureId === undefined || (!added.delete(`${personId}\n${tag}`) && !said)) return [];
      return [{ featureId, personId, askedAt: at, source: said ? 'survey' : 'tag', words: said?.words ?? null, ref: said?.ref ?? null, takenBy: null }];
    }));
    await recordRequests(this.tx, requests, { now: this.context.now, by: this.context.source });
  }

  private async storeEvents(): Promise<void> {
    for (const { id } of this.settled.plan.created) this.changed.add(id);
    for (const id of [...this.raised, ...this.fold.current.keys()]) this.changed.add(id);
    for (const touched of this.touchedTags) this.changed.add(touched.slice(0, touched.indexOf('\n')));
    const events: EventRow[] = [];
    this.items.forEach(({ event }, index) => { if (event) events.push({ ...event, personId: this.persons[index]! }); });
    const attributeKeys = changedKeys([...this.fold.current.values()].flatMap((changes) => [...changes.keys()]), { created: this.settled.plan.created.length > 0, raised: this.raised.size > 0, seen: events.length > 0 });
    const tags = [...new Set([...this.touchedTags].map((touched) => touched.slice(touched.indexOf('\n') + 1)))];
    await insertEventsAndNews(this.tx, events, { at: this.context.now, personIds: [...this.changed], attributeKeys, tags });
  }

  private results(): PersonWriteResult[] {
    const { plan } = this.settled;
    const makers = new Set(plan.created.map((one) => one.step));
    const links = new Set(plan.links.map((link) => keyText(link)));
    const linked = ({ ref }: PeopleBatchItem) => 'anonymousId' in ref && ref.anonymousId !== undefined && links.has(keyText({ kind: 'anonymous_id', value: ref.anonymousId }));
    const winners = new Set(plan.merges.map((merge) => merge.into));
    return this.items.map((item, write) => {
      const personId = this.persons[write]!;
      const tagged = [...(item.addTags ?? []), ...(item.removeTags ?? [])].some((tag) => this.touchedTags.has(`${personId}\n${tag}`));
      const updated = tagged || this.fold.effective.has(write) || this.raised.has(personId) || winners.has(personId) || item.event !== undefined || linked(item);
      return { personId, outcome: makers.has(write) ? 'created' : updated ? 'updated' : 'unchanged' };
    });
  }
}

function applied(attributes: JsonObject, changes: Map<string, JsonValue | null>): JsonObject {
  const result = { ...attributes };
  for (const [key, value] of changes) {
    if (value === null) delete result[key];
    else result[key] = value;
  }
  return result;
}
