import { refusals } from '../../delivery/preferences/store/reachability.store.js';
import { rows, type Db } from '../../platform/database/db.js';
import { concerns, sidesOf, type ActiveHoldout, type Sides } from '../domain/holdouts.js';
import { messagesOf } from '../domain/outcome.js';
import type { MessageStep } from '../domain/arms.js';
import { activeHoldouts, recordedSides, recordSides, type NewSide } from '../store/holdouts.store.js';
import type { CampaignVersion } from '../store/versions.store.js';

const NOBODY: Sides = { sides: [], heldBy: null };

/** On which sides of the holdouts of a campaign people are, or would be now; nothing is stored. Costs one look when there is no holdout. */
export async function holdoutSides(db: Db, version: CampaignVersion, personIds: readonly string[]): Promise<(personId: string) => Sides> {
  const holdouts = await holdoutsOf(db, version);
  if (holdouts.length === 0 || personIds.length === 0) return () => NOBODY;
  const recorded = await recordedSides(db, holdouts.map(({ id }) => id), personIds);
  const none = new Map<string, boolean>();
  return (personId) => sidesOf(holdouts, personId, recorded.get(personId) ?? none);
}

/** A campaign whose messages are all of transactional topics owes them to everybody. */
async function holdoutsOf(db: Db, version: CampaignVersion): Promise<ActiveHoldout[]> {
  const holdouts = (await activeHoldouts(db)).filter((holdout) => concerns(holdout, version.campaignId));
  if (holdouts.length === 0) return [];
  const topics = messageSteps(version).map(({ topic }) => topic);
  if (topics.length === 0) return [];
  const marketing = await rows(db, `select from unnest($1::text[]) as asked (key) left join topic as t on t.key = asked.key where t.kind is distinct from 'transactional' limit 1`, [topics]);
  return marketing.length === 0 ? [] : holdouts;
}

const messageSteps = ({ published }: CampaignVersion): MessageStep[] =>
  messagesOf(published).flatMap((id) => {
    const step = published.steps[id];
    return step?.type === 'message' ? [step] : [];
  });

/** Somebody who came as far as the gate of holdouts, whatever it said. */
export interface Considered extends Sides { personId: string; /** Nothing that ends a run at once holds. */ stays: boolean }

/**
 * Records both sides at the same gate, with whether the first message could have gone to them: so they are compared like with
 * like, although one side goes on and the other does not (docs/decisions/holdouts.md).
 */
export async function considerHoldouts(tx: Db, version: CampaignVersion, considered: readonly Considered[], now: Date): Promise<void> {
  const fresh = considered.filter(({ sides }) => sides.some(({ isNew }) => isNew));
  if (fresh.length === 0) return;
  const [first] = messageSteps(version);
  const unreachable = await refusals(tx, { personIds: fresh.map(({ personId }) => personId), channel: first!.channel, topic: first!.topic, now });
  const rowsOf = ({ personId, sides, stays }: Considered): NewSide[] =>
    sides.filter(({ isNew }) => isNew).map(({ holdout, held }) => ({ holdoutId: holdout.id, personId, held, open: stays && !unreachable.get(personId) }));
  await recordSides(tx, version.campaignId, fresh.flatMap(rowsOf), now);
}
