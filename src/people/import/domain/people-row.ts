import { emailProblem } from '../../domain/email-address.js';
import type { PersonRef } from '../../domain/identity-plan.js';
import { isShallow, storable, type JsonObject, type JsonValue } from '../../domain/json.js';
import { personIdProblem } from '../../domain/person-ids.js';
import { unguardFormula } from '../../../kernel/formula-guard.js';
import { readCell, type DateFormat } from './cell-types.js';
import type { Column } from './columns.js';

/** Why one row was refused, and in which column. */
export interface Refusal { code: string; field: string | null; message: string }

export interface RowOptions {
  emptyAs: 'keep' | 'null';
  tags: readonly string[];
  dateFormat: DateFormat;
  timeZone: string;
  /** A zone was given: days in date columns become the instant at which that day begins there. */
  zoneGiven: boolean;
}

export interface PersonRow { ref: PersonRef; attributes: JsonObject; tags: string[] }

/** Bytes of one cell above which its row is refused. */
export const MAX_CELL_BYTES = 32 * 1024;
const MAX_TAG = 100;
const MAX_TAGS = 200;

export class RowRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

const refuse = (code: string, field: string | null, message: string): never => {
  throw new RowRefused({ code, field, message });
};

/** Checks that hold for every row, whatever it carries. @throws RowRefused */
export function checkCells(cells: readonly string[], columns: readonly Column[]): void {
  if (cells.length !== columns.length) {
    const many = cells.length > columns.length;
    refuse(many ? 'too-many-cells' : 'too-few-cells', null, `The row has ${cells.length} cells, the header ${columns.length}.${many ? ' A delimiter inside a cell needs quotes around the cell.' : ''}`);
  }
  cells.forEach((cell, index) => {
    if (cell.length > MAX_CELL_BYTES / 3 && Buffer.byteLength(cell) > MAX_CELL_BYTES) refuse('cell-too-large', columns[index]!.header, `The cell is ${Buffer.byteLength(cell)} bytes long; ${MAX_CELL_BYTES} are allowed.`);
    if (cell.includes('\0')) refuse('invalid-character', columns[index]!.header, 'The cell contains the NUL character.');
  });
}

/** What a row says about one person. @throws RowRefused */
export function readPerson(cells: readonly string[], columns: readonly Column[], options: RowOptions): PersonRow {
  checkCells(cells, columns);
  const attributes: JsonObject = {};
  const tags = new Set(options.tags);
  let userId = '';
  let anonymousId = '';
  columns.forEach((column, index) => {
    const cell = cells[index]!;
    if (column.role === 'user_id') userId = readId(cell, column.header);
    else if (column.role === 'anonymous_id') anonymousId = readId(cell, column.header);
    else if (column.role === 'tags') readTags(cell, column.header).forEach((tag) => tags.add(tag));
    if (column.role === 'attribute') readValue(cell, column, options, attributes);
    else if (column.key !== '' && cell !== '') attributes[column.key] = cell;
  });
  checkEmail(attributes.email, columns);
  if (userId === '' && anonymousId === '') refuse('missing-id', columns.find((column) => column.role === 'user_id' || column.role === 'anonymous_id')!.header, 'The row has no id: nobody can be named by it.');
  const ref: PersonRef = userId === '' ? { anonymousId } : anonymousId === '' ? { userId } : { userId, anonymousId };
  return { ref, attributes, tags: [...tags] };
}

/** An id column: empty, or the id of one person. @throws RowRefused */
export function readId(cell: string, header: string): string {
  const id = unguardFormula(cell.trim());
  if (id === '') return '';
  const fault = personIdProblem(id);
  if (fault !== null) refuse('invalid-id', header, `${fault.slice(0, 300)}.`);
  return id;
}

/** Reads one attribute or property cell into `into`. @throws RowRefused */
export function readValue(cell: string, column: Column, options: Pick<RowOptions, 'emptyAs' | 'dateFormat' | 'timeZone' | 'zoneGiven'>, into: JsonObject): void {
  if (cell === '') {
    if (options.emptyAs === 'null') into[column.key] = null;
    return;
  }
  const read = readCell(unguardFormula(cell), { type: column.type, declared: column.declared, dateFormat: options.dateFormat, timeZone: options.timeZone, dayAsInstant: options.zoneGiven });
  if (!read.ok) return refuse(read.code, column.header, read.message);
  if (!isShallow(read.value)) refuse('invalid-json', column.header, 'The JSON in this cell is nested too deeply.');
  Object.defineProperty(into, column.key, { value: storable(read.value as JsonValue), enumerable: true, writable: true, configurable: true });
}

function checkEmail(email: JsonValue | undefined, columns: readonly Column[]): void {
  if (email === undefined || email === null) return;
  const fault = emailProblem(email);
  if (fault !== null) refuse('invalid-email', columns.find((column) => column.key === 'email')!.header, `${fault}.`);
}

function readTags(cell: string, header: string): string[] {
  const tags = cutTags(unguardFormula(cell)).map((tag) => tag.trim()).filter((tag) => tag !== '');
  if (tags.length > MAX_TAGS) refuse('too-many-tags', header, `The cell names ${tags.length} tags; ${MAX_TAGS} are allowed.`);
  const long = tags.find((tag) => tag.length > MAX_TAG || /\p{Cc}/u.test(tag));
  if (long !== undefined) refuse('invalid-tag', header, `The tag "${long.slice(0, 40)}…" is longer than ${MAX_TAG} characters or contains control characters.`);
  return tags;
}

/** `a|b`, or a JSON list where a tag contains the bar itself. */
function cutTags(cell: string): string[] {
  if (!cell.startsWith('[')) return cell.split('|');
  try {
    const list: unknown = JSON.parse(cell);
    if (Array.isArray(list) && list.every((tag) => typeof tag === 'string')) return list;
  } catch {
    // Not JSON: a tag may begin with a bracket.
  }
  return cell.split('|');
}
