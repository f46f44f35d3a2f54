import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet';
import type { Cell, Column, ColumnType, Row } from '../report.js';

/** Rows held until they are written as one group: what bounds the memory of an export of any length. */
const GROUP = 5_000;

/**
 * How each type lies in the file. Instants are UTC timestamps in milliseconds; decimals are exact texts, since a file fixes digits before
 * the first row is read; JSON is text marked as JSON.
 */
const ELEMENTS: Record<ColumnType, Omit<SchemaElement, 'name'>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  decimal: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON' },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  instant: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } },
};

function parquetCell(value: Cell, type: ColumnType): unknown {
  if (value === null) return null;
  if (type === 'integer') return BigInt(value as number);
  if (type === 'text' || type === 'decimal') return String(value);
  return value;
}

/** Rows as a Parquet file (Snappy), every column nullable, written group by group: what is done is handed on at once. */
export async function* parquetOf(columns: readonly Column[], pages: AsyncIterable<Row[]>): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const root: SchemaElement = { name: 'root', num_children: columns.length };
  const file = new ParquetWriter({ writer, schema: [root, ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...ELEMENTS[type] }))], createdBy: 'danbi' });
  const write = async (group: Row[]) => {
    await file.write({ rowGroupSize: group.length, columnData: columns.map(({ name, type }) => ({ name, data: group.map((row) => parquetCell(row[name] ?? null, type)), offsetIndex: false })) });
    return taken(writer);
  };
  let held: Row[] = [];
  for await (const page of pages) {
    held.push(...page);
    while (held.length >= GROUP) {
      yield await write(held.slice(0, GROUP));
      held = held.slice(GROUP);
    }
  }
  if (held.length > 0) yield await write(held);
  await file.finish();
  yield taken(writer);
}

/** What has been written since the last time. The writer goes on counting where it is in the file; only its buffer begins anew. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}
