import type { EngagementCondition, PropertyFilter } from '../../../contract/segment-conditions.js';
import { readsZone } from '../operators.js';
import { inTime, offsetsOf } from './engagement-rows.js';
import { propertySql } from './event-rows.js';
import type { Edge, Query } from './leaf.js';

/** Whose outcomes count: people with an arm of this test who, unless it is external, came to this step of this version. */
export interface Cohort { experimentId: string; versionId: string | null; stepId: string }

/** One way a goal was defined, and the cohorts of the versions that define it so. */
export interface Conversion {
  cohorts: Cohort[];
  windowSeconds: number;
  by: { event: string; where: PropertyFilter[] } | { segmentId: string };
}

/** A condition on a goal with what the versions of its campaign say about it. */
export type ResolvedEngagement = EngagementCondition & { conversions?: Conversion[] };

const conversionsOf = (leaf: EngagementCondition): Conversion[] => (leaf as ResolvedEngagement).conversions ?? [];
const filtersOf = ({ by }: Conversion): PropertyFilter[] => ('event' in by ? by.where : []);

/**
 * One row, `person_id`, for each outcome that counts: in [assigned, assigned + window) of an arm, as results count it
 * (analytics/reads/goals.read.ts). What has counted counts for good; the end of the window takes nothing back.
 *
 * @param person SQL of the one person meant; null for everybody
 */
export function conversionRows(leaf: EngagementCondition, person: string | null, query: Query): string {
  const parts = conversionsOf(leaf).map((conversion) => partSql(leaf, conversion, person, query));
  return parts.length === 0 ? 'select null::uuid as person_id where false' : parts.join('\n union all ');
}

function partSql(leaf: EngagementCondition, conversion: Conversion, person: string | null, query: Query): string {
  const { bind } = query;
  const { cohorts, by } = conversion;
  const column = (key: keyof Cohort, type: string) => bind(cohorts.map((cohort) => cohort[key]), type);
  const at = 'event' in by ? 'e.occurred_at' : 'm.at';
  const outcome = 'event' in by
    ? ['event as e', `e.person_id = a.person_id and e.name = ${bind(by.event, 'text')}`]
    : ['membership_change as m', `m.person_id = a.person_id and m.segment_id = ${bind(by.segmentId, 'uuid')} and m.entered`];
  const asksZone = person === null && filtersOf(conversion).some(readsZone);
  return `select a.person_id from assignment as a
    join unnest(${column('experimentId', 'uuid[]')}, ${column('versionId', 'uuid[]')}, ${column('stepId', 'text[]')}) as w (experiment_id, version_id, step_id) on w.experiment_id = a.experiment_id
    join ${outcome.join(' on ')}${asksZone ? '\n    join person as p on p.id = a.person_id' : ''}
   where ${[
     ...(person === null ? [] : [`a.person_id = ${person}`]),
     ...(leaf.variant === undefined ? [] : [`a.variant = ${bind(leaf.variant, 'text')}`]),
     `${at} >= a.assigned_at and ${at} < a.assigned_at + ${bind(conversion.windowSeconds, 'int')} * interval '1 second'`,
     inTime(at, leaf, query),
     ...filtersOf(conversion).map((filter) => propertySql(filter, query)),
     `(w.version_id is null or exists (select 1 from enrollment as n join step_visit as s on s.enrollment_id = n.id and s.person_id = n.person_id
        where n.person_id = a.person_id and n.campaign_id = a.campaign_id and s.version_id = w.version_id and s.step_id = w.step_id))`,
   ].join('\n     and ')}`;
}

export const conversionEdges = (leaf: EngagementCondition): Edge[] =>
  conversionsOf(leaf).flatMap(({ by }) => offsetsOf(leaf).map((offset): Edge => ('event' in by ? { source: 'event', key: by.event, offset } : { source: 'entered', key: by.segmentId, offset })));

export const conversionReads = (leaf: EngagementCondition): string[] => conversionsOf(leaf).flatMap((conversion) => [
  'event' in conversion.by ? `event:${conversion.by.event}` : `membership:${conversion.by.segmentId}`,
  ...(filtersOf(conversion).some(readsZone) ? ['attribute:$time_zone'] : []),
]);
