import type { Query } from './leaf.js';

/**
 * What the history says of a reserved key (`$list:ID` …) by the moment asked about. Merges write what came over as rows of
 * the survivor, so rows learned of somebody else say nothing about this person.
 */
export function recordedValue(key: string, { frame, bind }: Query): string {
  return `(select h.value from attribute_history as h where h.person_id = p.id and h.key = ${bind(key, 'text')} and h.from_id is null and h.at <= ${frame.now} and h.recorded_at <= ${frame.now} order by h.at desc, h.id desc limit 1)`;
}
