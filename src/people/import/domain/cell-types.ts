import { Temporal } from 'temporal-polyfill';

/** How the cells of a column are read. `json` takes each cell as one JSON value. */
export const CELL_TYPES = ['text', 'number', 'boolean', 'date', 'json'] as const;
/** `auto` reads each cell by itself: for a column whose first rows are all empty. */
export type CellType = (typeof CELL_TYPES)[number] | 'auto';

export const DATE_FORMATS = ['iso', 'y-m-d', 'd-m-y', 'm-d-y', 'epoch-seconds', 'epoch-milliseconds'] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

export type CellValue = string | number | boolean | null | CellValue[] | { [key: string]: CellValue };

/** A number a spreadsheet would write. `007`, `+82…`, `1e5` and more than 15 digits are names of things, not amounts. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;

export function isPlainNumber(cell: string): boolean {
  return NUMBER.test(cell) && cell.replaceAll(/\D/g, '').length <= 15;
}

const isBoolean = (cell: string) => cell === 'true' || cell === 'false';

/** The type that all given cells of a column share; text when in doubt. */
export function inferType(cells: readonly string[]): CellType {
  const filled = cells.filter((cell) => cell !== '');
  if (filled.length === 0) return 'auto';
  if (filled.every(isPlainNumber)) return 'number';
  return filled.every(isBoolean) ? 'boolean' : 'text';
}

export type Read = { ok: true; value: CellValue } | { ok: false; code: string; message: string };

export interface ReadOptions {
  type: CellType;
  /** The type was declared, not inferred: a cell of another shape is refused instead of kept as text. */
  declared: boolean;
  dateFormat: DateFormat;
  timeZone: string;
  /** A day without a time becomes the instant at which it begins in `timeZone`; otherwise it stays a day. */
  dayAsInstant: boolean;
}

/** Reads one non-empty cell. */
export function readCell(cell: string, options: ReadOptions): Read {
  const refused = (what: string): Read => (options.declared ? { ok: false, code: `invalid-${options.type}`, message: `"${shorten(cell)}" is not ${what}.` } : { ok: true, value: cell });
  switch (options.type) {
    case 'text':
      return { ok: true, value: cell };
    case 'auto':
      return { ok: true, value: isPlainNumber(cell) ? Number(cell) : isBoolean(cell) ? cell === 'true' : cell };
    case 'number':
      return options.declared && /^-?\d+(\.\d+)?$/.test(cell) && Number.isFinite(Number(cell)) ? { ok: true, value: Number(cell) } : isPlainNumber(cell) ? { ok: true, value: Number(cell) } : refused('a number such as 12.5');
    case 'boolean':
      return isBoolean(cell.toLowerCase()) ? { ok: true, value: cell.toLowerCase() === 'true' } : options.declared && (cell === '1' || cell === '0') ? { ok: true, value: cell === '1' } : refused('true or false');
    case 'date': {
      const day = readDate(cell, options.dateFormat, options.timeZone);
      const value = day?.length === 10 && options.dayAsInstant ? readDate(`${day}T00:00`, 'iso', options.timeZone) : day;
      return value === null ? { ok: false, code: 'invalid-date', message: `"${shorten(cell)}" is not a date in the format ${options.dateFormat}.` } : { ok: true, value };
    }
    case 'json':
      try {
        return { ok: true, value: JSON.parse(cell) as CellValue };
      } catch {
        return refused('JSON');
      }
  }
}

const ORDER: Record<'y-m-d' | 'd-m-y' | 'm-d-y', RegExp> = {
  'y-m-d': /^(?<y>\d{4})[-/.](?<m>\d{1,2})[-/.](?<d>\d{1,2})\.?(?:[T ](?<t>\d{1,2}:\d{2}(?::\d{2})?))?$/,
  'd-m-y': /^(?<d>\d{1,2})[-/.](?<m>\d{1,2})[-/.](?<y>\d{4})(?:[T ](?<t>\d{1,2}:\d{2}(?::\d{2})?))?$/,
  'm-d-y': /^(?<m>\d{1,2})[-/.](?<d>\d{1,2})[-/.](?<y>\d{4})(?:[T ](?<t>\d{1,2}:\d{2}(?::\d{2})?))?$/,
};

/**
 * A date as ISO 8601: days stay days (`2026-01-05`), times become UTC instants; a time without an offset is local in
 * `timeZone`. Null when the text is no such date.
 */
export function readDate(text: string, format: DateFormat, timeZone: string): string | null {
  try {
    if (format === 'epoch-seconds' || format === 'epoch-milliseconds') {
      if (!/^-?\d{1,14}(\.\d+)?$/.test(text)) return null;
      return new Date(Math.round(Number(text) * (format === 'epoch-seconds' ? 1000 : 1))).toISOString();
    }
    if (format === 'iso') return readIso(text, timeZone);
    const { y, m, d, t } = ORDER[format].exec(text)?.groups ?? {};
    if (!y || !m || !d) return null;
    const day = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
    return readIso(t ? `${day}T${t.padStart(t.length === 4 || t.length === 7 ? t.length + 1 : t.length, '0')}` : day, timeZone);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readIso(text: string, timeZone: string): string | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString();
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return null;
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const milliseconds = hasOffset
    ? Temporal.Instant.from(text).epochMilliseconds
    : Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
  return new Date(milliseconds).toISOString();
}

const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
