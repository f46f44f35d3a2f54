import type { Channel, MessageContent } from '../../../contract/message.js';
import { newId } from '../../../kernel/ids.js';
import { rows, type Db } from '../../../platform/database/db.js';
import type { CompiledMessage } from '../compiled.js';

export interface NewContent {
  campaignId: string;
  versionId: string;
  stepId: string;
  variant: string;
  channel: Channel;
  /** BCP 47; empty for the default language. */
  language?: string;
  source: MessageContent;
  compiled: CompiledMessage;
  now: Date;
}

export interface StoredContent {
  id: string;
  channel: Channel;
  compiled: CompiledMessage;
}

/** Stores what one variant of a published step says; answers its id. Immutable afterwards. */
export async function publishContent(tx: Db, content: NewContent): Promise<string> {
  const id = newId();
  await rows(tx, `
    insert into message_content (id, campaign_id, version_id, step_id, variant, channel, language, source, compiled, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10::timestamptz)`, [
    id, content.campaignId, content.versionId, content.stepId, content.variant, content.channel, content.language ?? '',
    JSON.stringify(content.source), JSON.stringify(content.compiled), content.now,
  ]);
  return id;
}

/** The contents with these ids; unknown ids are absent. */
export async function loadContents(db: Db, ids: readonly string[]): Promise<Map<string, StoredContent>> {
  const found = await rows<StoredContent>(db, `
    select c.id, c.channel, c.compiled from message_content as c where c.id = any($1::uuid[])`, [ids]);
  return new Map(found.map((content) => [content.id, content]));
}
