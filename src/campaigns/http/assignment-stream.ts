import { parse } from 'csv-parse';
import type { Readable } from 'node:stream';
import { AppError } from '../../kernel/errors.js';
import type { GivenRow } from '../assignments.service.js';

const LONGEST_LINE = 16_384;

/** The rows of an NDJSON stream. A line that is not JSON is one unreadable row; blank lines are none. */
export async function* ndjsonRows(stream: Readable): AsyncGenerator<GivenRow> {
  stream.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (line.trim() !== '') yield lineRow(line);
      if (rest.length > LONGEST_LINE) throw new AppError('assignment.line-too-long', `A line is longer than ${LONGEST_LINE} characters. What came before it is stored; send the corrected file again.`, 'too_large');
    }
    if (rest.trim() !== '') yield lineRow(rest);
  } finally {
    readOn(stream);
  }
}

/** After a refusal the rest of the body is read and dropped: unread, it would block the next request on the connection. */
const readOn = (stream: Readable) => void stream.resume();

function lineRow(line: string): GivenRow {
  if (line.length > LONGEST_LINE) return { unreadable: `The line is longer than ${LONGEST_LINE} characters.` };
  try {
    return { value: JSON.parse(line.replace(/^\uFEFF/, '')) };
  } catch {
    return { unreadable: 'The line is not valid JSON.' };
  }
}

const COLUMNS = ['personId', 'externalId', 'variant', 'at'];

/** The rows of a CSV stream with a header of some of personId, externalId, variant, at. Empty cells are absent. */
export async function* csvRows(stream: Readable): AsyncGenerator<GivenRow> {
  const parser = parse({ bom: true, columns: checkedHeader, trim: true, skip_empty_lines: true, relax_column_count: true, max_record_size: LONGEST_LINE });
  stream.once('error', (error) => parser.destroy(error));
  stream.pipe(parser);
  try {
    for await (const record of parser as AsyncIterable<Record<string, string>>) yield { value: Object.fromEntries(Object.entries(record).filter(([, cell]) => cell !== '')) };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('assignment.broken-csv', `The CSV can not be read on: ${cause instanceof Error ? cause.message : String(cause)}. What came before it is stored; send the corrected file again.`, 'invalid', [], { cause });
  } finally {
    stream.unpipe(parser);
    readOn(stream);
  }
}

function checkedHeader(header: string[]): string[] {
  const unknown = header.find((name) => !COLUMNS.includes(name));
  if (unknown === undefined && header.includes('variant')) return header;
  throw new AppError('assignment.bad-header', `${unknown === undefined ? 'The column "variant" is missing' : `There is no column "${unknown}"`}; the first line names some of ${COLUMNS.join(', ')}.`);
}
