import { row, rows, type Db } from '../../../platform/database/db.js';
import type { IdentityMode } from '../../../kernel/identity.js';
import type { SiteSettingsRecord } from '../domain/site-settings.js';

/** What the workspace has decided about browsers. `site` names only what differs from the defaults. */
export interface VisitorSettingsRow { mode: IdentityMode; protectedTraits: string[]; site: Partial<SiteSettingsRecord> }

const COLUMNS = 's.identity_mode as mode, s.protected_traits as "protectedTraits", s.site';
const UNSET: VisitorSettingsRow = { mode: 'off', protectedTraits: [], site: {} };

export async function loadVisitorSettings(db: Db): Promise<VisitorSettingsRow> {
  return (await row<VisitorSettingsRow>(db, `select ${COLUMNS} from visitor_settings as s where s.id = 1`)) ?? UNSET;
}

/** The settings, held until commit; those who change them come one after the other. */
export async function lockVisitorSettings(tx: Db, now: Date): Promise<VisitorSettingsRow> {
  await rows(tx, 'insert into visitor_settings (id, updated_at) values (1, $1::timestamptz) on conflict do nothing', [now]);
  return (await row<VisitorSettingsRow>(tx, `select ${COLUMNS} from visitor_settings as s where s.id = 1 for update`))!;
}

export async function saveVisitorSettings(tx: Db, settings: VisitorSettingsRow, now: Date): Promise<void> {
  await rows(tx, 'update visitor_settings as s set identity_mode = $1, protected_traits = $2::text[], site = $3::jsonb, updated_at = $4::timestamptz where s.id = 1',
    [settings.mode, settings.protectedTraits, JSON.stringify(settings.site), now]);
}
