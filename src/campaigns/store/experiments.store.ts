import { rows, type Db } from '../../platform/database/db.js';
import type { PublishedExperiment } from '../domain/published.js';

export interface NewExperiments {
  campaignId: string;
  versionId: string;
  /** `external`: people are assigned elsewhere. */
  origin: 'danbi' | 'external';
  experiments: { stepId: string; experiment: PublishedExperiment }[];
  now: Date;
}

/** Stores the experiments that begin with a version. */
export async function insertExperiments(tx: Db, { campaignId, versionId, origin, experiments, now }: NewExperiments): Promise<void> {
  if (experiments.length === 0) return;
  await rows(tx, `
    insert into experiment (id, campaign_id, step_id, version_id, salt, arms, origin, created_at)
    select e.id, $1, e.step_id, $2, e.salt, e.arms, $3, $4::timestamptz
      from unnest($5::uuid[], $6::text[], $7::text[], $8::jsonb[]) as e (id, step_id, salt, arms)`,
  [campaignId, versionId, origin, now, experiments.map((e) => e.experiment.experimentId), experiments.map((e) => e.stepId), experiments.map((e) => e.experiment.salt), experiments.map((e) => JSON.stringify(e.experiment.arms))]);
}
