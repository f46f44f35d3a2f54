import type { DataSource } from 'typeorm';
import { inTransaction } from '../../platform/database/db.js';
import type { Moment } from '../engine/conditions.js';
import { enterPeople, type Candidate } from '../engine/enter.js';
import { lockEntry } from '../engine/locks.js';
import { findCampaign } from '../store/campaigns.store.js';
import { lockCampaign } from '../store/enrollments.store.js';
import { loadVersion } from '../store/versions.store.js';
import { tellingOf } from './domain/telling.js';
import { markRefused, markTold, takeUntold } from './store/askers.store.js';
import { findFeature } from './store/features.store.js';

const PAGE = 1_000;

/**
 * Takes some of those who asked for a shipped feature into its campaign, through the gates of entry like everybody else. Run and
 * "told" are one transaction, so a kill anywhere repeats the page and tells nobody twice.
 *
 * @returns how many were looked at
 */
export function tellSome(db: DataSource, key: string, moment: Moment): Promise<number> {
  return inTransaction(db, async (tx) => {
    await lockEntry(tx);
    const feature = await findFeature(tx, key);
    const campaignId = feature?.state === 'shipped' ? feature.message?.campaignId : undefined;
    // As it is now and stays until commit: a paused campaign keeps its people for later.
    if (!feature || campaignId === undefined || (await lockCampaign(tx, campaignId)) !== 'active') return 0;
    const version = await loadVersion(tx, (await findCampaign(tx, campaignId))!.currentVersion!.id);
    const untold = await takeUntold(tx, feature.id, PAGE);
    const candidates = untold.map((one): Candidate => ({ personId: one.personId, entry: { kind: 'api', at: moment.now.toISOString(), properties: tellingOf(feature, one) } }));
    const outcomes = await enterPeople(tx, { version, state: 'active' }, candidates, moment);
    const refused = candidates.flatMap((candidate) => {
      const code = outcomes.has(candidate) ? outcomes.get(candidate)! : 'PERSON_DELETED';
      return code === null ? [] : [{ personId: candidate.personId, code }];
    });
    await markTold(tx, feature.id, campaignId, candidates.filter((candidate) => outcomes.get(candidate) === null).map(({ personId }) => personId), moment.now);
    await markRefused(tx, feature.id, campaignId, refused);
    return untold.length;
  });
}
