import { Injectable } from '@nestjs/common';
import type { Db } from '../../platform/database/db.js';
import type { ClaimMoment, Paced, PacedDelivery, Pacer } from '../sending/pacing.js';

/** Ends what its campaign said may not go any more: dropped by the cap that it waited for last, else expired. */
@Injectable()
export class ExpiryPacer implements Pacer {
  async pace(_tx: Db, claimed: readonly PacedDelivery[], { now }: ClaimMoment): Promise<Paced[]> {
    return claimed.flatMap(({ id, personId, expiresAt, reason }): Paced[] =>
      (expiresAt && expiresAt <= now ? [{ deliveryId: id, personId, code: reason === 'CAP_DEFERRED' ? 'CAP_DROPPED' : 'EXPIRED', detail: `It could go until ${expiresAt.toISOString()}.` }] : []));
  }
}
