import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FeatureInput, FeaturePatch } from '../../contract/features.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, type Problem } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { validateDefinition } from '../../segments/segment-questions.js';
import { knownTopics } from '../store/references.store.js';
import { archiveFeature, changeFeature, findFeature, insertFeature, listFeatures, lockFeature, teammatesNamed, type Feature, type FeatureState } from './store/features.store.js';
import { countOutcomes, type FeatureCounts } from './store/outcomes.store.js';

export type CountedFeature = Feature & { counts: FeatureCounts };

/** Features people ask for. What becomes of them: shipping.service; who asks: requests.service. */
@Injectable()
export class Features {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  async list(query: { q?: string; state?: FeatureState; after: string | null; limit: number }): Promise<(CountedFeature)[]> {
    const counted: CountedFeature[] = [];
    for (const feature of await listFeatures(this.db, query)) counted.push(await this.counted(feature));
    return counted;
  }

  /** Throws `feature.not-found`. */
  async find(key: string, db: Db = this.db): Promise<Feature> {
    return (await findFeature(db, key)) ?? missing(key);
  }

  async read(key: string): Promise<CountedFeature> {
    return this.counted(await this.find(key));
  }

  async create(input: FeatureInput, actor: Actor): Promise<CountedFeature> {
    const now = this.clock.now();
    await this.writing(async (tx) => {
      await this.refuseFaults(tx, input);
      const id = newId();
      await insertFeature(tx, { ...input, id, by: actorName(actor) }, now);
      await this.audit.record(tx, { actor, action: 'feature.create', subject: `feature:${id}`, detail: { key: input.key } }, now);
    });
    return this.read(input.key);
  }

  async change(key: string, patch: FeaturePatch, actor: Actor): Promise<CountedFeature> {
    const now = this.clock.now();
    await this.writing(async (tx) => {
      const feature = (await lockFeature(tx, key)) ?? missing(key);
      if (patch.state !== undefined && feature.state === 'shipped') throw conflict('feature.shipped', 'The feature is shipped. Take that back first; then it is planned.');
      await this.refuseFaults(tx, patch);
      await changeFeature(tx, feature.id, patch, now);
      await this.audit.record(tx, { actor, action: 'feature.change', subject: `feature:${feature.id}`, detail: { fields: Object.keys(patch) } }, now);
    });
    return this.read(key);
  }

  /** What was asked stays known; nobody asks for it any more. @throws feature.telling while its campaign runs */
  async archive(key: string, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const feature = (await lockFeature(tx, key)) ?? missing(key);
      if (feature.message && ['active', 'paused', 'draining'].includes(feature.message.state)) throw conflict('feature.telling', `The campaign “${feature.message.name}” still tells people of it. Stop it first.`);
      await archiveFeature(tx, feature.id, now);
      await this.audit.record(tx, { actor, action: 'feature.archive', subject: `feature:${feature.id}`, detail: { key } }, now);
    });
  }

  private async counted(feature: Feature): Promise<CountedFeature> {
    return { ...feature, counts: await countOutcomes(this.db, feature, (await loadWorkspace(this.db)).timeZone) };
  }

  private async refuseFaults(tx: Db, { ownerId, topic, event, where }: FeaturePatch): Promise<void> {
    const problems: Problem[] = [];
    if (ownerId != null && !(await teammatesNamed(tx, [ownerId])).has(ownerId)) problems.push({ path: 'ownerId', code: 'feature.unknown-teammate', message: 'no colleague who may sign in has this id' });
    if (topic !== undefined && !(await knownTopics(tx, [topic])).has(topic)) problems.push({ path: 'topic', code: 'feature.unknown-topic', message: `there is no topic "${topic}"` });
    if (where !== undefined && where.length > 0) {
      if (event === null) problems.push({ path: 'where', code: 'feature.no-event', message: 'asks for properties of an event; name the event too' });
      else problems.push(...(await validateDefinition(tx, { type: 'event', event: event ?? 'event', where, count: { op: 'at_least', value: 1 } }, '')));
    }
    if (problems.length > 0) throw new AppError('feature.invalid', `${problems[0]!.path}: ${problems[0]!.message}.`, 'invalid', problems);
  }

  private async writing(work: (tx: Db) => Promise<void>): Promise<void> {
    await inTransaction(this.db, work).catch((error: unknown) => {
      const { code, constraint } = error as { code?: string; constraint?: string };
      if (code === '23505' && constraint === 'feature_key') throw conflict('feature.key-taken', 'Another feature has this key. Choose a different one.');
      if (code === '23505' && constraint === 'feature_tag') throw conflict('feature.tag-taken', 'Another feature has this tag. Choose a different one.');
      throw error;
    });
  }
}

export function missing(key: string): never {
  throw new AppError('feature.not-found', `There is no feature with the key "${key}".`, 'not_found');
}
