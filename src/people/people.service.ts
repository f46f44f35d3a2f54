import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PersonInput, PersonPatch } from '../contract/people.js';
import { Clock } from '../kernel/clock.js';
import { AppError, conflict, notFound, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { AuditLog } from '../platform/audit.js';
import type { Actor } from '../platform/http/access.js';
import { decodeCursor, INSTANT_AND_ID_KEY, pageOf, type Page, type PageQuery } from '../platform/http/paging.js';
import { WorkerRunner } from '../platform/jobs/runner.js';
import type { PersonRef } from './domain/identity-plan.js';
import { personWriteProblems, tagProblem } from './domain/person-write.js';
import { ErasedIds } from './erased-ids.js';
import { isReservedKey } from './domain/reserved-keys.js';
import type { PeopleBatchItem } from './people-batch.js';
import { inPeopleTransaction, writeBatch, writePeople } from './people-writer.js';
import { personIdOf } from './person-handle.js';
import { erasePerson, wasErased, type Removed } from './store/erase.store.js';
import { listEvents, listHistory, listPeople, readPerson, type EventRecord, type HistoryRecord, type PeopleFilter, type PersonRecord } from './store/people-read.store.js';

const SOURCE = 'api';

/** People as colleagues and the customer's own systems see and change them. */
@Injectable()
export class People {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly audit: AuditLog, private readonly erased: ErasedIds) {}

  async list(filter: PeopleFilter, { limit, after }: PageQuery): Promise<Page<PersonRecord>> {
    const found = await listPeople(this.db, filter, { limit, after: decodeCursor(after, INSTANT_AND_ID_KEY) });
    return pageOf(found, limit, (last) => [last.createdAt, last.id]);
  }

  async read(handle: string): Promise<PersonRecord> {
    return this.readId(await this.idOf(handle));
  }

  /** @throws AppError `person.exists` when one of the ids belongs to somebody already */
  async create(input: PersonInput): Promise<PersonRecord> {
    const now = this.clock.now();
    const write: PeopleBatchItem = { ref: refOf(input), create: true, at: now, kind: input.kind ?? (input.email !== undefined ? 'lead' : undefined), addTags: input.tags, attributes: { ...input.attributes, ...(input.email !== undefined ? { email: input.email } : {}) } };
    refuseFaults(write);
    const id = await inPeopleTransaction(this.db, async (tx) => {
      const [result] = await writeBatch(tx, [write], { now, source: SOURCE });
      if (result!.outcome !== 'created') throw conflict('person.exists', `These ids already belong to person ${result!.personId}.`);
      return result!.personId;
    });
    this.wake();
    return this.readId(id);
  }

  async update(handle: string, patch: PersonPatch): Promise<PersonRecord> {
    return this.write(handle, { attributes: patch.attributes, kind: patch.kind });
  }

  async tag(handle: string, tag: string): Promise<PersonRecord> {
    return this.write(handle, { addTags: [checkedTag(tag)] });
  }

  async untag(handle: string, tag: string): Promise<PersonRecord> {
    return this.write(handle, { removeTags: [checkedTag(tag)] });
  }

  /** Erases a person: everything goes in one transaction, hashes of the ids stay as the proof. */
  async erase(handle: string, actor: Actor | null): Promise<{ id: string; erasedAt: Date; removed: Removed }> {
    const id = await this.idOf(handle);
    const now = this.clock.now();
    const removed = await inPeopleTransaction(this.db, async (tx) => {
      const counts = await erasePerson(tx, id, now);
      if (counts) await this.audit.record(tx, { actor: actor ?? 'system', action: 'person.erase', subject: `person:${id}`, detail: { ...counts } }, now);
      return counts;
    });
    if (!removed) throw await this.missing(id);
    this.erased.note();
    this.wake();
    return { id, erasedAt: now, removed };
  }

  async events(handle: string, { limit, after, name }: PageQuery & { name?: string }): Promise<Page<EventRecord>> {
    const id = await this.idOf(handle);
    return pageOf(await listEvents(this.db, id, { name, limit, after: decodeCursor(after, INSTANT_AND_ID_KEY) }), limit, (last) => [last.occurredAt, last.id]);
  }

  async history(handle: string, key: string, { limit, after }: PageQuery): Promise<Page<HistoryRecord>> {
    const id = await this.idOf(handle);
    return pageOf(await listHistory(this.db, id, key, { limit, after: decodeCursor(after, INSTANT_AND_ID_KEY) }), limit, (last) => [last.at, last.id]);
  }

  private async write(handle: string, change: Omit<PeopleBatchItem, 'ref' | 'at'>): Promise<PersonRecord> {
    const now = this.clock.now();
    const write = { ...change, ref: { personId: await this.idOf(handle) }, at: now };
    refuseFaults(write);
    const [result] = await inPeopleTransaction(this.db, (tx) => writePeople(tx, [write], { now, source: SOURCE }));
    this.wake();
    return this.readId(result!.personId);
  }

  /** The id a path means: `external:`, `anonymous:` and `email:` look people up, merged ids lead to the survivor. */
  private async idOf(handle: string): Promise<string> {
    const id = await personIdOf(this.db, handle);
    if (!(await readPerson(this.db, id))) throw await this.missing(id);
    return id;
  }

  private async readId(id: string): Promise<PersonRecord> {
    const person = await readPerson(this.db, id);
    if (!person) throw await this.missing(id);
    return person;
  }

  private async missing(id: string): Promise<AppError> {
    return (await wasErased(this.db, id)) ? new AppError('person.erased', `The person ${id} was erased.`, 'not_found') : notFound('person', id);
  }

  private wake(): void {
    this.runner.wake('segments.membership');
  }
}

const refOf = ({ externalId, anonymousId }: PersonInput): PersonRef =>
  externalId !== undefined ? { userId: externalId, anonymousId } : anonymousId !== undefined ? { anonymousId } : { personId: newId() };

function refuseFaults(write: PeopleBatchItem): void {
  const problems = [...personWriteProblems(write), ...reservedProblems(write.attributes)];
  if (problems.length > 0) throw new AppError('person.invalid', `${problems[0]!.path}: ${problems[0]!.message}.`, 'invalid', problems);
}

/** Clients of other makers may send such names and have them passed over; whoever speaks to this API is told. */
const reservedProblems = (attributes: object = {}): Problem[] =>
  Object.keys(attributes).filter(isReservedKey).map((key) => ({ path: `attributes.${key}`, code: 'reserved_attribute', message: `"${key}" is kept by Danbi itself; tags, lists, consents, kind and ids have their own requests` }));

function checkedTag(tag: string): string {
  const problem = tagProblem(tag);
  if (problem) throw new AppError('person.invalid', `tag: ${problem}.`);
  return tag.trim();
}
