import { Injectable } from '@nestjs/common';
import type { Db } from '../../platform/database/db.js';
import type { Paced, PacedDelivery, Pacer } from '../sending/pacing.js';
import { spread } from './domain/night.js';
import { ruleOf } from './domain/rule-settings.js';
import { heldByNight, nightDetail } from './night.js';

/** Lets advertising wait for the morning (rule `night_gate`). One write a delivery and night: it falls due again when it may go. */
@Injectable()
export class NightPacer implements Pacer {
  async pace(tx: Db, claimed: readonly PacedDelivery[], at: Parameters<Pacer['pace']>[2]): Promise<Paced[]> {
    const held = await heldByNight(tx, claimed.map(({ personId, transactional, person }) => ({ personId, transactional, timeZone: person.timeZone })), at);
    const { spreadMinutes } = ruleOf(at.workspace, 'night_gate').parameters;
    return claimed.flatMap(({ id, personId, transactional }): Paced[] => {
      const night = held.get(personId);
      if (!night || transactional) return [];
      return [{ deliveryId: id, personId, code: 'QUIET_HOURS_DEFERRED', until: new Date(night.until.getTime() + spread(id, spreadMinutes)), detail: nightDetail(night) }];
    });
  }
}
