import { Injectable } from '@nestjs/common';
import type { Db } from '../../platform/database/db.js';
import type { SegmentUse } from '../../segments/segment-use.js';
import { liveNamersOf } from '../store/references.store.js';

/** Tells segments which campaigns in progress name one, or a list. */
@Injectable()
export class CampaignSegmentUse implements SegmentUse {
  async usersOf(tx: Db, id: string): Promise<string[]> {
    return (await liveNamersOf(tx, id)).map(({ name }) => name);
  }

  campaignsOf(db: Db, id: string): Promise<{ id: string; name: string }[]> {
    return liveNamersOf(db, id);
  }
}
