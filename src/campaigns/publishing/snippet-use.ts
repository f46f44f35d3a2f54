import { Injectable } from '@nestjs/common';
import type { SnippetUse } from '../../delivery/content/snippet-use.js';
import type { Db } from '../../platform/database/db.js';
import { draftsNaming } from '../store/references.store.js';

/** Tells delivery which drafts name a snippet. */
@Injectable()
export class CampaignSnippetUse implements SnippetUse {
  draftsUsing(db: Db, key: string): Promise<{ id: string; name: string; state: string }[]> {
    return draftsNaming(db, `{{> *${key} *}}`);
  }
}
