import { row, rows, type Db } from '../../../platform/database/db.js';
import { DEFAULT_SETTINGS, type SendingSettings } from '../domain/sending-settings.js';

export async function loadSendingSettings(db: Db): Promise<SendingSettings> {
  const found = await row<{ settings: Partial<SendingSettings> }>(db, 'select s.settings from sending_settings as s where s.id = 1');
  return { ...DEFAULT_SETTINGS, ...found?.settings };
}

export async function saveSendingSettings(tx: Db, settings: SendingSettings): Promise<void> {
  await rows(tx, 'insert into sending_settings (id, settings) values (1, $1::jsonb) on conflict (id) do update set settings = excluded.settings', [JSON.stringify(settings)]);
}

/** Those of the topics that are transactional. */
export async function transactionalAmong(db: Db, topics: readonly string[]): Promise<Set<string>> {
  const found = await rows<{ key: string }>(db, `select t.key from topic as t where t.key = any($1::text[]) and t.kind = 'transactional'`, [topics]);
  return new Set(found.map(({ key }) => key));
}
