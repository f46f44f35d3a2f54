import { parse } from 'csv-parse';
import type { Readable } from 'node:stream';
import { AppError } from '../../kernel/errors.js';
import type { GivenRow } from '../domain/given-row.js';

/** What a file of one kind is made of. */
export interface FileKind { /** Begins the codes of errors. */ code: string; columns: readonly string[]; /** At least one of these. */ needs: readonly string[]; /** Columns of this beginning are parts of one object of this name. */ parts?: string }

const LONGEST_LINE = 16_384;

/** The rows of an NDJSON stream. A line that is not JSON is one unreadable row; blank lines are none. */
export async function* ndjsonRows(stream: Readable, { code }: Pick<FileKind, 'code'>): AsyncGenerator<GivenRow> {
  stream.setEncoding('utf8');
  let rest = '';
  let at = 0;
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        at += 1;
        if (line.trim() !== '') yield { ...lineRow(line), line: at };
      }
      if (rest.length > LONGEST_LINE) throw new AppError(`${code}.line-too-long`, `A line is longer than ${LONGEST_LINE} characters. What came before it is stored; send the corrected file again.`, 'too_large');
    }
    if (rest.trim() !== '') yield { ...lineRow(rest), line: at + 1 };
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

/** The rows of a CSV stream with a header of some of the columns of its kind. Empty cells are absent. */
export async function* csvRows(stream: Readable, kind: FileKind): AsyncGenerator<GivenRow> {
  const parser = parse({ bom: true, columns: (header: string[]) => checkedHeader(header, kind), trim: true, skip_empty_lines: true, relax_column_count: true, max_record_size: LONGEST_LINE, info: true });
  stream.once('error', (error) => parser.destroy(error));
  stream.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) yield { value: valueOf(record, kind.parts), line: info.lines };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(`${kind.code}.broken-csv`, `The CSV can not be read on: ${cause instanceof Error ? cause.message : String(cause)}. What came before it is stored; send the corrected file again.`, 'invalid', [], { cause });
  } finally {
    stream.unpipe(parser);
    readOn(stream);
  }
}

function valueOf(record: Record<string, string>, parts: string | undefined): Record<string, unknown> {
  const cells = Object.entries(record).filter(([, cell]) => cell !== '');
  const isPart = ([name]: [string, string]) => parts !== undefined && name.startsWith(`${parts}.`);
  const inside = cells.filter(isPart).map(([name, cell]) => [name.slice(parts!.length + 1), cell]);
  return { ...Object.fromEntries(cells.filter((cell) => !isPart(cell))), ...(inside.length > 0 ? { [parts!]: Object.fromEntries(inside) } : {}) };
}

function checkedHeader(header: string[], { code, columns, needs, parts }: FileKind): string[] {
  const unknown = header.find((name) => !columns.includes(name) && !(parts !== undefined && name.startsWith(`${parts}.`)));
  if (unknown === undefined && needs.some((name) => header.includes(name))) return header;
  throw new AppError(`${code}.bad-header`, `${unknown === undefined ? `The column "${needs.join('" or "')}" is missing` : `There is no column "${unknown}"`}; the first line names some of ${columns.join(', ')}.`);
}
