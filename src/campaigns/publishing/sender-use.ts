import { Injectable } from '@nestjs/common';
import type { SenderUse } from '../../delivery/identity/sender-use.js';
import { senderDomain } from '../../delivery/sending/wire-address.js';
import type { Db } from '../../platform/database/db.js';
import { liveSenders } from '../store/references.store.js';

/** Tells delivery which campaigns in progress send from an address of a domain. */
@Injectable()
export class CampaignSenderUse implements SenderUse {
  async campaignsFrom(tx: Db, domain: string): Promise<string[]> {
    const named = (await liveSenders(tx)).filter(({ address }) => senderDomain(address) === domain);
    return [...new Set(named.map(({ name }) => name))];
  }
}
