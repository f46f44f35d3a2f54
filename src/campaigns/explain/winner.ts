import type { Winner } from '../../delivery/rules/domain/caps.js';
import type { Verdict } from '../../kernel/gates.js';
import type { Db } from '../../platform/database/db.js';
import { winnerSentence, type Sentence } from '../domain/sentences.js';
import { findCampaign } from '../store/campaigns.store.js';

/**
 * The message that took the place of the one asked about; null when the refusing gate names none, or its campaign is gone.
 *
 * @param zone IANA zone in which instants are said
 */
export async function winnerOf(db: Db, refusing: Verdict | undefined, zone: string): Promise<Sentence | null> {
  const winner = refusing?.facts.winner as Winner | undefined;
  const campaign = winner ? await findCampaign(db, winner.campaignId) : null;
  return winner && campaign ? winnerSentence({ ...winner, name: campaign.name }, zone) : null;
}
