import { Injectable } from '@nestjs/common';
import type { Db } from '../../platform/database/db.js';
import type { Paced, PacedDelivery, Pacer } from '../sending/pacing.js';
import { judgeFrequency } from './domain/frequency.js';
import { ruleOf } from './domain/rule-settings.js';
import { seldomReaders, slotsOf } from './store/frequency.store.js';

/** Keeps to how often a person wants marketing e-mail (rule `frequency_preference`); names the message that took the slot. */
@Injectable()
export class FrequencyPacer implements Pacer {
  async pace(tx: Db, claimed: readonly PacedDelivery[], { channel, now, workspace }: Parameters<Pacer['pace']>[2]): Promise<Paced[]> {
    const { on, parameters: { waitDays } } = ruleOf(workspace, 'frequency_preference');
    const marketing = claimed.filter(({ transactional }) => !transactional);
    if (!on || channel !== 'email' || marketing.length === 0) return [];
    const readers = await seldomReaders(tx, marketing.map(({ personId }) => personId), { lock: true });
    if (readers.size === 0) return [];
    // Asked after the lock, so that what another sender has just taken is seen.
    const slots = await slotsOf(tx, [...readers.keys()], claimed.map(({ id }) => id));
    return marketing.flatMap(({ id, personId, queuedAt }): Paced[] => {
      const frequency = readers.get(personId);
      if (!frequency) return [];
      const slot = slots.get(personId) ?? null;
      const verdict = judgeFrequency({ now, queuedAt, frequency, slot, waitDays });
      if (verdict.kind === 'go') {
        // The first of several claimed together takes the slot.
        slots.set(personId, { deliveryId: id, at: null });
        return [];
      }
      const detail = `${frequency}: delivery ${slot!.deliveryId} took the slot`;
      return [verdict.kind === 'wait' ? { deliveryId: id, personId, code: 'CAP_DEFERRED', until: verdict.until, detail } : { deliveryId: id, personId, code: 'CAP_DROPPED', detail }];
    });
  }
}
