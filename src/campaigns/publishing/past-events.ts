import type { SegmentNode } from '../../contract/segment.js';
import type { Db } from '../../platform/database/db.js';
import { eventDays } from '../../platform/retention.js';
import { lookBack } from '../../segments/domain/look-back.js';
import { warned, type Finding } from '../domain/finding.js';
import type { References } from '../domain/references.js';
import { segmentDefinitions } from '../store/references.store.js';

/** Conditions of a campaign, and segments it names, that ask for events which are kept no longer. */
export async function findPastEvents(db: Db, { segments, conditions }: References, now: Date): Promise<Finding[]> {
  const days = await eventDays(db);
  if (days === null) return [];
  const isShort = (definition: SegmentNode) => lookBack(definition, now) > days * 86_400_000;
  const known = await segmentDefinitions(db, segments.map(({ segmentId }) => segmentId));
  return [
    ...conditions.filter(({ condition }) => isShort(condition)).map(({ path }) => warned(path, 'looks-past-retention',
      `This condition looks further back than events are kept (${days} days): it is answered by those that are left.`, `이 조건은 이벤트 보관 기간(${days}일)보다 먼 과거까지 봐요. 남아 있는 이벤트로만 판단해요.`)),
    ...segments.flatMap(({ path, segmentId }) => {
      const segment = known.get(segmentId);
      return !segment || !isShort(segment.definition) ? [] : [warned(path, 'looks-past-retention',
        `The segment "${segment.name}" looks further back than events are kept (${days} days): it is answered by those that are left.`, `세그먼트 "${segment.name}"은(는) 이벤트 보관 기간(${days}일)보다 먼 과거까지 봐요. 남아 있는 이벤트로만 판단해요.`)];
    }),
  ];
}
