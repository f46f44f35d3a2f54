import type { SqlValues } from '../../../segments/domain/sql-values.js';

/** Whom an experiment counts. */
export interface Cohort {
  experimentId: string;
  campaignId: string;
  /** At a message only who has a delivery (or would have had one, as a control) is eligible; elsewhere everybody assigned. */
  gated: boolean;
}

/**
 * The people of an experiment by chance, one row each: who was given an arm because it was chosen is in no comparison. The first
 * entry counts, because there is one assignment of a person.
 */
export function cohortSql({ experimentId, campaignId, gated }: Cohort, values: SqlValues): string {
  const id = values.bind(experimentId, 'uuid');
  const eligible = gated ? `exists (select from delivery as d where d.campaign_id = ${values.bind(campaignId, 'uuid')} and d.experiment_id = ${id} and d.person_id = a.person_id)` : 'true';
  return `select a.person_id, a.variant, a.is_control, a.assigned_at, ${eligible} as eligible from assignment as a where a.experiment_id = ${id} and a.source in ('hash', 'external')`;
}
