import { expect } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { row, rows } from '../../src/platform/database/db.js';
import type { TestApp } from './app.js';

interface Column { table: string; name: string; type: string }

/** Every place of the database whose text, JSON or bytes hold the mark, as `table.column`; partitions under their own names. */
export async function placesInTables({ db }: TestApp, mark: string): Promise<string[]> {
  const columns = await rows<Column>(db, `
    select c.table_name as "table", c.column_name as name, c.data_type as type
      from information_schema.columns as c join information_schema.tables as t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
     where c.table_schema not in ('pg_catalog', 'information_schema') and c.data_type in ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY', 'inet', 'cidr') order by 1, 2`);
  expect(columns.length).toBeGreaterThan(300);
  const found: string[] = [];
  for (const { table, name, type } of columns) {
    const text = type === 'bytea' ? `encode(x."${name}", 'escape')` : `x."${name}"::text`;
    const { n } = (await row<{ n: number }>(db, `select count(*)::int as n from "${table}" as x where strpos(lower(${text}), $1) > 0`, [mark]))!;
    if (n > 0) found.push(`${table}.${name}`);
  }
  return found;
}

/** Every file below the data folder that holds the mark, in its name or in its bytes. */
export async function placesInFiles({ dataDir }: TestApp, mark: string): Promise<string[]> {
  const files = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  return paths.filter((path, index) => path.includes(mark) || contents[index]!.includes(mark));
}
