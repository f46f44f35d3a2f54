import type { SegmentNode } from '../../contract/segment.js';
import { localDate } from '../../kernel/local-time.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { proposalsFor } from '../../segments/domain/flips/proposals.js';
import { blockedBy, type Blocked, type FlipChange } from '../domain/flip.js';
import { takesFuture } from '../domain/takes.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { explained, isIn } from './trigger.js';

/** What it takes to be considered at all. */
export interface MissingTrigger {
  /** Made last: the other gates are asked at that moment. */
  changes: FlipChange[];
  /** The segment that must be entered (or left): it is one question with the audience. */
  within: SegmentNode | null;
  /** Conditions whose names are said. */
  events: SegmentNode[];
  blocked: Blocked | null;
}

const NOTHING: MissingTrigger = { changes: [], within: null, events: [], blocked: null };
const DAY_MS = 86_400_000;

/** What is missing of the trigger of a version for somebody who was never a candidate. */
export async function missingTrigger(db: Db, { version, personId, at }: { version: CampaignVersion; personId: string; at: Date }): Promise<MissingTrigger> {
  const { entry, definition } = version.published;
  const blocked = { ...NOTHING, blocked: blockedBy('trigger', 'TRIGGER_NOT_MET', {}) };
  switch (entry.type) {
    case 'event': {
      if (!takesFuture(entry)) return blocked;
      const node: SegmentNode = { type: 'event', event: entry.event, where: entry.where, count: { op: 'at_least', value: 1 } };
      const [change] = proposalsFor(node, true, 0, { now: at, zone: (await loadWorkspace(db)).timeZone })[0] ?? [];
      if (change?.kind !== 'event') return blocked;
      const key = entry.key === undefined || entry.key in change.properties ? {} : { [entry.key]: 'new' };
      return { ...NOTHING, changes: [{ ...change, properties: { ...change.properties, ...key } }], events: [node] };
    }
    case 'api': return { ...NOTHING, changes: [{ kind: 'let_in' }] };
    case 'date': {
      if (!takesFuture(entry)) return blocked;
      const day = localDate(new Date(at.getTime() + 2 * DAY_MS), 'UTC');
      const shifted = new Date(Date.parse(`${day}T00:00:00Z`) - entry.days * DAY_MS).toISOString().slice(0, 10);
      return { ...NOTHING, changes: [{ kind: 'attribute', key: entry.attribute, value: entry.every ? `${Number(shifted.slice(0, 4)) - 1}${shifted.slice(4)}` : shifted }] };
    }
    case 'segment': {
      const inside = (await explained(db, isIn(entry.segmentId), personId, at))?.truth === true;
      const leaves = entry.on === 'left';
      // Whoever was inside already has nothing to come into; the way out and in again are two changes of their own.
      if (entry.take === 'current_only' || inside !== leaves) return inside === leaves ? blocked : { ...blocked, blocked: { ...blocked.blocked, sentence: again(leaves) } };
      return { ...NOTHING, within: { type: 'segment', op: leaves ? 'not_in' : 'in', segmentId: entry.segmentId } };
    }
    case 'launch': {
      const isToCome = definition.type === 'broadcast' && definition.launchAt !== undefined && new Date(definition.launchAt) > at;
      const inside = entry.segmentId === null || (await explained(db, isIn(entry.segmentId), personId, at))?.truth === true;
      return !isToCome ? blocked : { ...NOTHING, within: inside || entry.segmentId === null ? null : isIn(entry.segmentId) };
    }
    default: return NOTHING;
  }
}

const again = (leaves: boolean) => (leaves
  ? { en: 'only leaving the segment lets in, and the person is not in it. Coming into it and leaving it would.', ko: '세그먼트에서 나갈 때 진입하는 캠페인인데, 지금 속해 있지 않습니다. 들어왔다가 다시 나가야 합니다.' }
  : { en: 'only coming into the segment lets in, and the person was in it already. Leaving it and coming in again would.', ko: '세그먼트에 들어올 때 진입하는 캠페인인데, 이미 속해 있습니다. 나갔다가 다시 들어와야 합니다.' });
