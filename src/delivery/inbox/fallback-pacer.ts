import { Injectable } from '@nestjs/common';
import type { Db } from '../../platform/database/db.js';
import type { Paced, PacedDelivery, Pacer } from '../sending/pacing.js';
import { judgeFallback } from './domain/fallback.js';
import { fallbackFacts } from './store/fallback.store.js';

/** Asks of messages that stand in for others whether they are needed: in the transaction of the claim, so a kill changes nothing. */
@Injectable()
export class FallbackPacer implements Pacer {
  async pace(tx: Db, claimed: readonly PacedDelivery[], { now }: { now: Date }): Promise<Paced[]> {
    const asked = claimed.filter(({ fallbackOf }) => fallbackOf !== null);
    if (asked.length === 0) return [];
    const facts = new Map((await fallbackFacts(tx, asked)).map((each) => [each.id, each]));
    return asked.flatMap(({ id, personId }): Paced[] => {
      const about = facts.get(id);
      const verdict = about ? judgeFallback(about, now) : 'never';
      if (verdict === 'go') return [];
      const named = { deliveryId: id, personId };
      if (verdict === 'never') return [{ ...named, code: 'NO_LONGER_ELIGIBLE', detail: about?.hours === null ? 'The rung before it had success, or was taken back.' : 'The in-app message was seen, taken back or never displayed.' }];
      return [{ ...named, code: about?.reason === 'QUIET_HOURS_DEFERRED' ? 'QUIET_HOURS_DEFERRED' : 'CAP_DEFERRED', until: verdict.until, detail: 'Waits for what becomes of the message it stands in for.' }];
    });
  }
}
