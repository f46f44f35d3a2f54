import { row, rows, type Db } from '../../platform/database/db.js';

/** Most people found by names, addresses and ids; when one of them finds more, whoever asks looks through people in their order, where so many are met soon. */
const MOST = 20_000;

const escaped = (text: string) => text.replace(/[\\%_]/g, (mark) => `\\${mark}`);

/** What somebody typed, as names are kept: composed Hangul, small letters of the database's own making. */
export async function searchText(db: Db, typed: string): Promise<string> {
  return (await row<{ text: string }>(db, 'select lower(normalize($1::text, NFC)) as text', [typed]))!.text;
}

/** Whether the person `p` has an address or an id that begins so, or a name with it inside. */
export function matchesText(bind: (value: unknown) => string, text: string): string {
  const start = bind(`${escaped(text)}%`);
  return `(lower(p.email) like ${start} or lower(p.external_id) like ${start} or exists (select 1 from person_name as n where n.person_id = p.id and n.name like ${bind(`%${escaped(text)}%`)}))`;
}

/**
 * Everybody that `text` matches, by indexes: names by their pairs of characters, addresses and ids by their beginning. One ASCII letter is in no
 * index: names are read through for it. Null: there are too many to gather.
 */
export async function peopleByText(db: Db, text: string): Promise<{ ids: string[] } | null> {
  const start = `${escaped(text)}%`;
  const ids = new Set<string>();
  const grams = text.length === 1 && text.codePointAt(0)! < 128 ? '$1::text is not null' : 'name_grams(n.name, 1) @> name_grams($1, least(2, length($1)))';
  for (const [sql, values] of [
    [`select n.person_id as id from person_name as n where ${grams} and n.name like $2 limit $3`, [text, `%${start}`, MOST + 1]],
    ['select p.id from person as p where p.email is not null and lower(p.email) like $1 limit $2', [start, MOST + 1]],
    [`select i.person_id as id from person_identity as i where i.kind = 'user_id' and lower(i.value) like $1 limit $2`, [start, MOST + 1]],
  ] as const) {
    const found = await rows<{ id: string }>(db, sql, [...values]);
    if (found.length > MOST) return null;
    for (const { id } of found) ids.add(id);
  }
  return { ids: [...ids] };
}
