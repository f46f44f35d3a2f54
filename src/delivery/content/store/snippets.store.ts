import { row, rows, type Db } from '../../../platform/database/db.js';
import { snippetsIn, type Snippet, type SnippetBook } from '../snippets.js';

export interface SnippetRow extends Snippet {
  name: string;
  revision: number;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `s.key, s.name, s.kind, s.language, s.content, s.translations, s.revision, s.created_by as "createdBy", s.created_at as "createdAt", s.updated_at as "updatedAt"`;

/** Snippets in order of key. */
export function listSnippets(db: Db, after: string | null, limit: number): Promise<SnippetRow[]> {
  return rows(db, `select ${COLUMNS} from snippet as s where $1::text is null or s.key > $1 order by s.key limit $2`, [after, limit]);
}

export function findSnippet(db: Db, key: string): Promise<SnippetRow | null> {
  return row(db, `select ${COLUMNS} from snippet as s where s.key = $1`, [key]);
}

/** Takes turns with every other change of snippets, so that two changes can not close a cycle together. */
export async function lockSnippets(tx: Db): Promise<void> {
  await rows(tx, 'select pg_advisory_xact_lock(7305011)');
}

/** False when the key is taken. */
export async function insertSnippet(tx: Db, { key, name, kind, language, content, translations }: Snippet & { name: string }, by: string, now: Date): Promise<boolean> {
  const made = await rows(tx, `
    insert into snippet (key, name, kind, language, content, translations, created_by, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8::timestamptz, $8::timestamptz) on conflict (key) do nothing returning key`, [key, name, kind, language, content, JSON.stringify(translations), by, now]);
  return made.length > 0;
}

/** False when the snippet is gone or not at this revision any more. */
export async function changeSnippet(tx: Db, { key, name, kind, language, content, translations }: Snippet & { name: string }, revision: number, now: Date): Promise<boolean> {
  const changed = await rows(tx, `
    update snippet as s set name = $2, kind = $3, language = $4, content = $5, translations = $6::jsonb, revision = s.revision + 1, updated_at = $8::timestamptz
     where s.key = $1 and s.revision = $7 returning s.key`, [key, name, kind, language, content, JSON.stringify(translations), revision, now]);
  return changed.length > 0;
}

export async function deleteSnippet(tx: Db, key: string): Promise<boolean> {
  return (await rows(tx, 'delete from snippet as s where s.key = $1 returning s.key', [key])).length > 0;
}

/** Keys of the snippets that contain this one. */
export async function snippetsUsing(db: Db, key: string): Promise<string[]> {
  const found = await rows<Snippet>(db, `
    select s.key, s.kind, s.language, s.content, s.translations from snippet as s
     where position($1 in s.content) > 0 or position($1 in s.translations::text) > 0 order by s.key`, [key]);
  return found.filter(({ content, translations }) => [content, ...Object.values(translations)].some((text) => snippetsIn(text).includes(key))).map((one) => one.key);
}

/** Snippets contain one another no deeper; an inlining that does is refused. */
const ROUNDS = 6;

/** The snippets named in these texts, and those named in them; keys that do not exist are absent. */
export async function loadBook(db: Db, texts: readonly string[]): Promise<SnippetBook> {
  const book = new Map<string, Snippet>();
  let wanted = texts.flatMap(snippetsIn);
  for (let round = 0; round < ROUNDS && wanted.length > 0; round += 1) {
    const found = await rows<Snippet>(db, 'select s.key, s.kind, s.language, s.content, s.translations from snippet as s where s.key = any($1::text[])', [[...new Set(wanted)]]);
    for (const snippet of found) book.set(snippet.key, snippet);
    wanted = found.flatMap(({ content, translations }) => [content, ...Object.values(translations)].flatMap(snippetsIn)).filter((key) => !book.has(key));
  }
  return book;
}

/** The snippets that a message needs to be compiled. */
export const loadBookFor = (db: Db, content: object): Promise<SnippetBook> => loadBook(db, textsOf(content));

/** Every text inside a message, wherever it stands. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
