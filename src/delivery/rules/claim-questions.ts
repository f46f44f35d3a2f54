import { Inject, Injectable, Optional } from '@nestjs/common';
import type { GateFacts, Wait } from '../../kernel/gates.js';
import type { Db } from '../../platform/database/db.js';
import type { ClaimMoment, ClaimQuestion, PacedDelivery } from '../sending/pacing.js';
import { frequencyOf } from './frequency.js';
import { KEPT_PLACES, NOTHING_KEPT, type KeptPlaces } from './kept-places.js';
import { quietOf } from './quiet.js';

/** Gate of quiet hours, of what a sender holds. */
@Injectable()
export class QuietQuestion implements ClaimQuestion {
  async ask(tx: Db, claimed: readonly PacedDelivery[], at: ClaimMoment): Promise<ReadonlyMap<string, Partial<GateFacts>>> {
    const asked = claimed.map((delivery) => ({ ...delivery, timeZone: delivery.person.timeZone, sendWindow: delivery.pacing.sendWindow }));
    return named('quiet', await quietOf(tx, asked, { ...at, spreads: true }));
  }
}

/** Gate of frequency, of what a sender holds: what passes takes its place until commit, and is on its way from then on. */
@Injectable()
export class FrequencyQuestion implements ClaimQuestion {
  private readonly kept: KeptPlaces;

  constructor(@Optional() @Inject(KEPT_PLACES) kept?: KeptPlaces) {
    this.kept = kept ?? NOTHING_KEPT;
  }

  async ask(tx: Db, claimed: readonly PacedDelivery[], at: ClaimMoment): Promise<ReadonlyMap<string, Partial<GateFacts>>> {
    const asked = claimed.map((delivery) => ({ ...delivery, timeZone: delivery.person.timeZone }));
    return named('frequency', await frequencyOf(tx, asked, { ...at, kept: this.kept, take: true }));
  }
}

const named = (fact: 'quiet' | 'frequency', waits: ReadonlyMap<string, Wait>): ReadonlyMap<string, Partial<GateFacts>> => new Map([...waits].map(([id, wait]) => [id, { [fact]: wait }]));
