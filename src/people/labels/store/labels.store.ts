import type { LABEL_KINDS, LabelInput } from '../../../contract/labels.js';
import { row, rows, type Db } from '../../../platform/database/db.js';

export type LabelKind = (typeof LABEL_KINDS)[number];
export interface LabelRow { kind: LabelKind; key: string; en: string; ko: string; description: string; updatedBy: string; updatedAt: Date }

const COLUMNS = `l.kind, l.key, l.name_en as en, l.name_ko as ko, l.description, l.updated_by as "updatedBy", l.updated_at as "updatedAt"`;

export const listLabels = (db: Db): Promise<LabelRow[]> => rows<LabelRow>(db, `select ${COLUMNS} from data_label as l order by l.kind, l.key`);

export const findLabel = (db: Db, kind: LabelKind, key: string): Promise<LabelRow | null> => row<LabelRow>(db, `select ${COLUMNS} from data_label as l where l.kind = $1 and l.key = $2`, [kind, key]);

/** The labels of these; a key that has none is left out. */
export function labelsOf(db: Db, events: readonly string[], attributes: readonly string[]): Promise<LabelRow[]> {
  if (events.length + attributes.length === 0) return Promise.resolve([]);
  return rows<LabelRow>(db, `select ${COLUMNS} from data_label as l where (l.kind = 'event' and l.key = any($1::text[])) or (l.kind = 'attribute' and l.key = any($2::text[]))`, [events, attributes]);
}

export const countLabels = async (db: Db): Promise<number> => (await row<{ n: number }>(db, 'select count(*)::int as n from data_label'))!.n;

export async function putLabel(tx: Db, kind: LabelKind, key: string, { en, ko, description }: LabelInput, by: string, now: Date): Promise<void> {
  await rows(tx, `
    insert into data_label (kind, key, name_en, name_ko, description, updated_by, updated_at) values ($1, $2, $3, $4, $5, $6, $7::timestamptz)
    on conflict (kind, key) do update set name_en = excluded.name_en, name_ko = excluded.name_ko, description = excluded.description, updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
    [kind, key, en, ko, description, by, now]);
}

export const dropLabel = async (tx: Db, kind: LabelKind, key: string): Promise<boolean> => (await row(tx, 'delete from data_label as l where l.kind = $1 and l.key = $2 returning l.key', [kind, key])) !== null;
