import { Injectable } from '@nestjs/common';
import type { Db } from '../platform/database/db.js';
import type { SegmentUse } from '../segments/segment-use.js';
import { liveNamersOf } from './store/references.store.js';

/** Tells segments which campaigns in progress name one, or a list. */
@Injectable()
export class CampaignSegmentUse implements SegmentUse {
  usersOf(tx: Db, id: string): Promise<string[]> {
    return liveNamersOf(tx, id);
  }
}
