import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { FeatureRequestRow, MOST_REQUESTS, type FeatureRequestsTaken, type FeatureTake } from '../../contract/features.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound } from '../../kernel/errors.js';
import { recordRequests } from '../../people/features/store/record-requests.js';
import { inPeopleTransaction } from '../../people/people-writer.js';
import { personIdOf, personIdsOf } from '../../people/person-handle.js';
import { lockPeople } from '../../people/store/person.store.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import type { Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { missing } from './features.service.js';
import { takeAskers } from './store/askers.store.js';
import { findFeature, teammatesNamed, type Feature } from './store/features.store.js';
import { featuresAskedBy, listOutcomes, listRequests, outcomeOf, type Outcome, type RequestLine } from './store/outcomes.store.js';

type Rejection = FeatureRequestsTaken['rejected'][number];
type Row = FeatureRequestRow & { index: number };

/** Who asks for a feature, in their words; who took them; what became of it. */
@Injectable()
export class FeatureRequestsService {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  requests(feature: Feature, query: { words?: boolean; after: { at: string; id: string } | null; limit: number }): Promise<RequestLine[]> {
    return listRequests(this.db, feature.id, query);
  }

  async people(feature: Feature, query: { told?: boolean; after: { at: string; personId: string } | null; limit: number }): Promise<Outcome[]> {
    return listOutcomes(this.db, feature, query, (await loadWorkspace(this.db)).timeZone);
  }

  /** What one person asked for, feature by feature. */
  async ofPerson(handle: string): Promise<{ feature: Feature; outcome: Outcome }[]> {
    const personId = await personIdOf(this.db, handle);
    const { timeZone } = await loadWorkspace(this.db);
    const asked: { feature: Feature; outcome: Outcome }[] = [];
    for (const key of await featuresAskedBy(this.db, personId)) {
      const feature = await findFeature(this.db, key);
      const outcome = feature && (await outcomeOf(this.db, feature, personId, timeZone));
      if (feature && outcome) asked.push({ feature, outcome });
    }
    return asked;
  }

  /** One request. @throws what is wrong with it */
  async addOne(key: string, row: FeatureRequestRow, actor: Actor): Promise<FeatureRequestsTaken> {
    const answer = await this.add(key, [row], actor);
    const [rejected] = answer.rejected;
    if (rejected) throw rejected.code === 'request.unknown-person' ? notFound('person', row.person) : new AppError(rejected.code, rejected.message);
    return answer;
  }

  /** All rows in one transaction; a row that can not be kept leaves the others alone. A colleague who records by hand takes the request. */
  async add(key: string, given: readonly unknown[], actor: Actor): Promise<FeatureRequestsTaken> {
    if (given.length > MOST_REQUESTS) throw new AppError('feature.too-many-requests', `One body may carry ${MOST_REQUESTS} requests; send the rest in another.`, 'too_large');
    const { readable, rejected } = readRows(given);
    const now = this.clock.now();
    const answer = await inPeopleTransaction(this.db, async (tx) => {
      const feature = (await findFeature(tx, key)) ?? missing(key);
      const counted = await this.record(tx, feature, readable, { now, actor });
      const summary = { received: given.length, recorded: counted.recorded, repeated: counted.repeated, rejected: [...rejected, ...counted.rejected].toSorted((a, b) => a.index - b.index) };
      await this.audit.record(tx, { actor, action: 'feature.record', subject: `feature:${feature.id}`, detail: { received: summary.received, recorded: summary.recorded, repeated: summary.repeated, rejected: summary.rejected.length } }, now);
      return summary;
    });
    // Whoever asks for what is shipped is told like the others.
    this.runner.wake('campaigns.features');
    return answer;
  }

  /** Gives people to a colleague: to whoever asks unless another is named; null: to nobody any more. */
  async take(key: string, { people, by }: FeatureTake, actor: Actor): Promise<{ taken: number; unknown: string[] }> {
    const now = this.clock.now();
    return inPeopleTransaction(this.db, async (tx) => {
      const feature = (await findFeature(tx, key)) ?? missing(key);
      const who = by === undefined ? (actor.kind === 'user' ? actor.id : null) : by;
      if (by === undefined && who === null) throw new AppError('feature.key-takes-nobody', 'A key is no colleague: say in "by" who takes them.');
      if (who !== null && !(await teammatesNamed(tx, [who])).has(who)) throw new AppError('feature.unknown-teammate', 'No colleague who may sign in has this id.');
      const found = people === 'untaken' ? null : (await personIdsOf(tx, people)).found;
      const taken = await takeAskers(tx, feature.id, { people: found ? [...new Set(found.values())] : 'untaken', by: who }, now);
      await this.audit.record(tx, { actor, action: 'feature.take', subject: `feature:${feature.id}`, detail: { people: taken.length, by: who } }, now);
      const there = new Set(taken);
      return { taken: taken.length, unknown: people === 'untaken' ? [] : [...new Set(people)].filter((handle) => !there.has(found!.get(handle) ?? '')) };
    });
  }

  private async record(tx: Db, feature: Feature, given: readonly Row[], { now, actor }: { now: Date; actor: Actor }): Promise<{ recorded: number; repeated: number; rejected: Rejection[] }> {
    const { found, ambiguous } = await personIdsOf(tx, given.map(({ person }) => person));
    const there = new Set(await lockPeople(tx, [...new Set(found.values())]));
    const teammates = await teammatesNamed(tx, [...new Set(given.flatMap(({ takenBy }) => takenBy ?? []))]);
    const rejected: Rejection[] = [];
    const kept = given.flatMap(({ index, person, words, askedAt, takenBy, requestId }) => {
      const personId = found.get(person);
      const why = refusal({ person, takenBy }, { isAmbiguous: ambiguous.has(person), isThere: personId !== undefined && there.has(personId), isTeammate: takenBy === undefined || teammates.has(takenBy) });
      if (why) {
        rejected.push({ index, ...why });
        return [];
      }
      const byHand = actor.kind === 'user';
      const at = askedAt === undefined ? now : new Date(askedAt);
      return [{
        featureId: feature.id, personId: personId!, askedAt: at > now ? now : at, source: byHand ? 'hand' as const : 'api' as const, words: words ?? null, ref: requestId ?? null,
        takenBy: takenBy === undefined ? (byHand ? actor.id : null) : teammates.get(takenBy)!,
      }];
    });
    const fresh = await recordRequests(tx, kept, { now, by: actorName(actor) });
    return { recorded: fresh.size, repeated: kept.length - fresh.size, rejected };
  }
}

function refusal({ person, takenBy }: Pick<Row, 'person' | 'takenBy'>, { isAmbiguous, isThere, isTeammate }: { isAmbiguous: boolean; isThere: boolean; isTeammate: boolean }): Omit<Rejection, 'index'> | null {
  if (isAmbiguous) return { code: 'request.ambiguous-person', message: `Several people have the address of ${person}. Name the one by id.` };
  if (!isThere) return { code: 'request.unknown-person', message: 'There is no such person.' };
  return isTeammate ? null : { code: 'request.unknown-teammate', message: `No colleague who may sign in is "${takenBy!}".` };
}

function readRows(given: readonly unknown[]): { readable: Row[]; rejected: Rejection[] } {
  const readable: Row[] = [];
  const rejected: Rejection[] = [];
  for (const [index, value] of given.entries()) {
    const read = FeatureRequestRow.safeParse(value);
    if (read.success) readable.push({ ...read.data, index });
    else {
      const { path, message } = read.error.issues[0]!;
      rejected.push({ index, code: 'request.invalid', message: path.length > 0 ? `${path.join('.')}: ${message}` : message });
    }
  }
  return { readable, rejected };
}
