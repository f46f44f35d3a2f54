import type { PersonRef } from '../../domain/identity-plan.js';
import type { JsonObject } from '../../domain/json.js';
import { readDate } from './cell-types.js';
import type { Column } from './columns.js';
import { checkCells, readId, readValue, RowRefused, type RowOptions } from './people-row.js';

export interface EventRow { ref: PersonRef; name: string; occurredAt: Date; messageId: string | null; properties: JsonObject }

export interface EventRowOptions extends Omit<RowOptions, 'tags'> {
  /** Name of the event in files without an event column. */
  eventName: string | null;
  now: Date;
}

const AHEAD_MS = 24 * 3_600_000;

/** What a row says happened to one person. @throws RowRefused */
export function readEvent(cells: readonly string[], columns: readonly Column[], options: EventRowOptions): EventRow {
  checkCells(cells, columns);
  const properties: JsonObject = {};
  const found = { userId: '', anonymousId: '', name: options.eventName ?? '', at: null as Date | null, messageId: null as string | null };
  columns.forEach((column, index) => {
    const cell = cells[index]!;
    if (column.role === 'user_id') found.userId = readId(cell, column.header);
    else if (column.role === 'anonymous_id') found.anonymousId = readId(cell, column.header);
    else if (column.role === 'event') found.name = cell.trim();
    else if (column.role === 'message_id') found.messageId = cell.trim() === '' ? null : cell.trim();
    else if (column.role === 'timestamp') found.at = readTime(cell.trim(), column.header, options);
    else if (column.role === 'attribute') readValue(cell, column, options, properties);
  });
  const header = (role: Column['role']) => columns.find((column) => column.role === role)?.header ?? null;
  if (found.userId === '' && found.anonymousId === '') throw new RowRefused({ code: 'missing-id', field: header('user_id') ?? header('anonymous_id'), message: 'The row has no id: nobody can be named by it.' });
  if (found.name === '' || found.name.length > 200 || /\p{Cc}/u.test(found.name)) throw new RowRefused({ code: 'invalid-event', field: header('event'), message: 'The name of the event must be 1 to 200 characters without line breaks.' });
  if (found.messageId !== null && found.messageId.length > 200) throw new RowRefused({ code: 'invalid-message-id', field: header('message_id'), message: 'The message id is longer than 200 characters.' });
  const ref: PersonRef = found.userId === '' ? { anonymousId: found.anonymousId } : found.anonymousId === '' ? { userId: found.userId } : { userId: found.userId, anonymousId: found.anonymousId };
  return { ref, name: found.name, occurredAt: found.at!, messageId: found.messageId, properties };
}

function readTime(cell: string, header: string, options: EventRowOptions): Date {
  const iso = readDate(cell, options.dateFormat, options.timeZone);
  if (iso === null) throw new RowRefused({ code: 'invalid-date', field: header, message: `"${cell.slice(0, 60)}" is not a time in the format ${options.dateFormat}.` });
  const at = new Date(iso.length === 10 ? readDate(`${iso}T00:00`, 'iso', options.timeZone)! : iso);
  if (at.getTime() > options.now.getTime() + AHEAD_MS) throw new RowRefused({ code: 'date-in-future', field: header, message: `${iso} lies in the future; an event has happened.` });
  if (at.getUTCFullYear() < 1970) throw new RowRefused({ code: 'invalid-date', field: header, message: `${iso} lies before 1970.` });
  return at;
}
