import { guardFormula } from '../../../kernel/formula-guard.js';
import { stringify } from 'csv-stringify/sync';
import type { Cell, Column, ColumnType, Row } from '../report.js';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface CsvStyle {
  /** A byte order mark first: spreadsheets then read Korean as UTF-8. */
  bom: boolean;
  /** Leaves cells as they are that a spreadsheet would run as formulas. */
  raw: boolean;
}

/** Rows as CSV by RFC 4180; the first line names the columns. Instants are ISO 8601 in UTC, decimals exact, nothing is an empty cell. */
export async function* csvOf(columns: readonly Column[], pages: AsyncIterable<Row[]>, { bom, raw }: CsvStyle): AsyncGenerator<string> {
  const guard = raw ? (cell: string) => cell : guardFormula;
  yield `${bom ? '\ufeff' : ''}${stringify([columns.map(({ name }) => guard(name))])}`;
  for await (const page of pages) if (page.length > 0) yield stringify(page.map((row) => columns.map(({ name, type }) => csvCell(row[name] ?? null, type, guard))));
}

/** Numbers need no guard: they begin with a minus at worst, which no spreadsheet runs when digits follow. */
function csvCell(value: Cell, type: ColumnType, guard: (cell: string) => string): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (type === 'json') return guard(JSON.stringify(value));
  return type === 'text' ? guard(String(value)) : String(value);
}

/** One JSON object a line. Decimals are texts: a number would lose digits in most readers. */
export async function* ndjsonOf(columns: readonly Column[], pages: AsyncIterable<Row[]>): AsyncGenerator<string> {
  for await (const page of pages) if (page.length > 0) yield page.map((row) => `${JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null])))}\n`).join('');
}
