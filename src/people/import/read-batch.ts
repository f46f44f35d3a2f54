import { open } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { RecordFramer, type Fault, type Unclosed } from './domain/record-framer.js';

/** A place in a UTF-8 file between two records: bytes before it and lines before it. */
export interface Place { bytes: number; lines: number }

export interface CsvRecord {
  line: number;
  endLine: number;
  text: string;
  /** The cells, or null when the record is faulty. */
  cells: string[] | null;
  fault: Fault | null;
}

export interface Batch {
  records: CsvRecord[];
  /** Where the next batch begins. */
  next: Place;
  ended: boolean;
  /** The file ends inside a quoted cell: nothing from there on can be read. */
  unclosed: Unclosed | null;
}

const CHUNK = 256 * 1024;
/** Text of one batch, in bytes, above which no further record is added. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Reads up to `limit` records from a place in a file. Memory is bounded by the batch, not by the file. */
export async function readBatch(path: string, from: Place, delimiter: string, limit: number): Promise<Batch> {
  const framer = new RecordFramer(delimiter.charCodeAt(0), from.bytes, from.lines + 1);
  const records: CsvRecord[] = [];
  let next = from;
  let size = 0;
  const file = await open(path, 'r');
  try {
    for (let at = from.bytes; ; ) {
      const buffer = Buffer.allocUnsafe(CHUNK);
      const { bytesRead } = await file.read(buffer, 0, CHUNK, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      for (const { line, endLine, end, text, fault } of framer.push(buffer.subarray(0, bytesRead))) {
        records.push({ line, endLine, text, cells: null, fault });
        next = { bytes: end, lines: endLine };
        size += text.length;
        if (records.length >= limit || size >= BATCH_BYTES) return { records: withCells(records, delimiter), next, ended: false, unclosed: null };
      }
    }
  } finally {
    await file.close();
  }
  const last = framer.finish();
  if (last && 'text' in last) {
    records.push({ line: last.line, endLine: last.endLine, text: last.text, cells: null, fault: last.fault });
    next = { bytes: last.end, lines: last.endLine };
  }
  return { records: withCells(records, delimiter), next, ended: true, unclosed: last && !('text' in last) ? last : null };
}

/** Cuts the cells of all sound records in one call of csv-parse. */
function withCells(records: CsvRecord[], delimiter: string): CsvRecord[] {
  const sound = records.filter((record) => record.fault === null);
  const cells = parse(sound.map((record) => record.text).join('\n'), { delimiter, record_delimiter: '\n', relax_column_count: true }) as string[][];
  if (cells.length !== sound.length) throw new Error(`csv-parse found ${cells.length} records where ${sound.length} were framed`);
  sound.forEach((record, index) => { record.cells = cells[index]!; });
  return records;
}

const DELIMITERS = [',', ';', '\t', '|'];

/** The delimiter that cuts the header into the most cells; a comma when none does. */
export function detectDelimiter(header: string): string {
  const counts = DELIMITERS.map((delimiter) => header.replaceAll(/"(?:[^"]|"")*"/g, '').split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}
