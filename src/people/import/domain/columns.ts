import type { Problem } from '../../../kernel/errors.js';
import { CELL_TYPES, inferType, type CellType } from './cell-types.js';
import type { Mapping } from './import-options.js';

export type Role = 'user_id' | 'anonymous_id' | 'tags' | 'attribute' | 'ignored' | 'event' | 'timestamp' | 'message_id';

/** One column of the file and what its cells become. Stored with the import, so that a resumed run reads it the same way. */
export interface Column {
  header: string;
  role: Role;
  /** Attribute (or event property) the cells go to; empty for other roles. */
  key: string;
  type: CellType;
  /** The type was said by the mapping or the header, not inferred from the first rows. */
  declared: boolean;
}

export const MAX_COLUMNS = 500;

/** Whether a bare header of this name means more than an attribute of this name. */
export const isReservedHeader = (name: string): boolean =>
  name.startsWith('$') || name === 'tags' || USER_ID.includes(name) || ANONYMOUS_ID.includes(name) || CELL_TYPES.some((type) => name.endsWith(`:${type}`));

/** Headers that carry a meaning of their own, in the order of preference. */
const USER_ID = ['external_id', 'user_id', 'id', 'externalId', 'userId', 'User ID', 'ID'];
const ANONYMOUS_ID = ['anonymous_id', 'anonymousId'];
export const DATES = new Set(['created_at', 'signed_up_at', 'createdAt', 'signedUpAt']);
const EVENT = ['event', 'event_name', 'name'];
const TIMESTAMP = ['timestamp', 'occurred_at', 'time', 'date'];
const MESSAGE_ID = ['message_id', 'messageId'];

export type Resolved = { ok: true; columns: Column[] } | { ok: false; problems: Problem[] };

interface PeopleRequest { key?: string; mapping?: Mapping }
interface EventsRequest extends PeopleRequest { event?: string; timestamp?: string; messageId?: string; eventName?: string }

const problem = (path: string, code: string, message: string): Problem => ({ path, code, message });

/** What is wrong with a header row by itself. */
export function headerProblems(headers: readonly string[]): Problem[] {
  if (headers.length > MAX_COLUMNS) return [problem('header', 'too-many-columns', `The header has ${headers.length} columns; ${MAX_COLUMNS} are allowed.`)];
  const first = new Map<string, number>();
  return headers.flatMap((header, index) => {
    const at = `column ${index + 1}`;
    if (header.trim() === '') return [problem(at, 'header-empty', `Column ${index + 1} has no name in the header.`)];
    if (header.length > 200) return [problem(at, 'header-too-long', `The name of column ${index + 1} is longer than 200 characters.`)];
    const before = first.get(header);
    if (before !== undefined) return [problem(at, 'header-duplicate', `Columns ${before + 1} and ${index + 1} are both named "${header}".`)];
    first.set(header, index);
    return [];
  });
}

/** Decides what every column of a people file becomes; `sample` are the cells of the first rows. */
export function resolvePeople(headers: readonly string[], sample: readonly string[][], request: PeopleRequest): Resolved {
  const problems = [...unknownNames(headers, { key: request.key }), ...unknownMapped(headers, request.mapping)];
  const anonymous = find(headers, ANONYMOUS_ID);
  const mapsAnonymous = Object.values(request.mapping ?? {}).some((target) => target?.to === 'anonymous_id');
  const user = request.key === undefined ? find(headers, USER_ID) : headers.indexOf(request.key);
  if (problems.length === 0 && user < 0 && anonymous < 0 && !mapsAnonymous) {
    problems.push(problem('key', 'no-key-column', `No column holds the person's id: name one ${USER_ID.slice(0, 3).join(', ')} or anonymous_id, or say which with ?key=. The columns are: ${headers.join(', ')}.`));
  }
  if (problems.length > 0) return { ok: false, problems };
  const roles = new Map<number, Role>([[anonymous, 'anonymous_id'], [headers.indexOf('tags'), 'tags'], [user, 'user_id']]);
  return { ok: true, columns: headers.map((header, index) => column(header, roles.get(index), request.mapping, () => sample.map((cells) => cells[index] ?? ''))) };
}

/** Decides what every column of an events file becomes. */
export function resolveEvents(headers: readonly string[], sample: readonly string[][], request: EventsRequest): Resolved {
  const problems = [...unknownNames(headers, { key: request.key, event: request.event, timestamp: request.timestamp, messageId: request.messageId }), ...unknownMapped(headers, request.mapping)];
  const chosen = (name: string | undefined, usual: readonly string[]) => (name === undefined ? find(headers, usual) : headers.indexOf(name));
  const [user, anonymous, event, timestamp, messageId] = [chosen(request.key, USER_ID), find(headers, ANONYMOUS_ID), request.eventName === undefined ? chosen(request.event, EVENT) : -1, chosen(request.timestamp, TIMESTAMP), chosen(request.messageId, MESSAGE_ID)];
  if (problems.length === 0) {
    if (user < 0 && anonymous < 0) problems.push(problem('key', 'no-key-column', `No column holds the person's id: name one user_id or say which with ?key=. The columns are: ${headers.join(', ')}.`));
    if (event < 0 && request.eventName === undefined) problems.push(problem('event', 'no-event-column', 'No column holds the name of the event: name one event, or say which with ?event=, or give all rows one with ?eventName=.'));
    if (timestamp < 0) problems.push(problem('timestamp', 'no-timestamp-column', 'No column holds the time of the event: name one timestamp, or say which with ?timestamp=.'));
  }
  if (problems.length > 0) return { ok: false, problems };
  const roles = new Map<number, Role>([[anonymous, 'anonymous_id'], [user, 'user_id'], [event, 'event'], [timestamp, 'timestamp'], [messageId, 'message_id']]);
  return { ok: true, columns: headers.map((header, index) => column(header, roles.get(index), request.mapping, () => sample.map((cells) => cells[index] ?? ''))) };
}

const find = (headers: readonly string[], usual: readonly string[]): number => headers.indexOf(usual.find((name) => headers.includes(name)) ?? '');

function unknownNames(headers: readonly string[], names: Record<string, string | undefined>): Problem[] {
  return Object.entries(names).flatMap(([parameter, name]) =>
    name === undefined || headers.includes(name) ? [] : [problem(parameter, 'unknown-column', `There is no column "${name}" (asked for by ${parameter}). The columns are: ${headers.join(', ')}.`)]);
}

const unknownMapped = (headers: readonly string[], mapping: Mapping | undefined): Problem[] =>
  Object.keys(mapping ?? {}).filter((name) => !headers.includes(name)).map((name) => problem(`mapping.${name}`, 'unknown-column', `The mapping names a column "${name}" that the header does not have.`));

/** `seats:number` declares a type in the header itself; exports write it where a value would be read back differently. */
function typedHeader(header: string): { key: string; type: CellType | null } {
  const found = /^(.+):([a-z]+)$/.exec(header);
  const type = CELL_TYPES.find((name) => name === found?.[2]);
  return found && type ? { key: found[1]!, type } : { key: header, type: null };
}

function column(header: string, role: Role | undefined, mapping: Mapping | undefined, cells: () => string[]): Column {
  // ?key=email: the address is the id and stays the address.
  if (role !== undefined) return { header, role, key: role === 'user_id' && header === 'email' ? 'email' : '', type: 'text', declared: true };
  const target = mapping && Object.hasOwn(mapping, header) ? mapping[header] : undefined;
  if (target?.to === 'tags' || target?.to === 'anonymous_id') return { header, role: target.to, key: '', type: 'text', declared: true };
  // Columns of our own exports that say what Danbi itself keeps ($person_id, $kind …).
  const { key, type } = typedHeader(header);
  if (target === null || (target === undefined && type === null && header.startsWith('$'))) return { header, role: 'ignored', key: '', type: 'text', declared: true };
  const declared = target?.type ?? type;
  const to = target?.to ?? key;
  if (declared) return { header, role: 'attribute', key: to, type: declared, declared: true };
  if (DATES.has(to)) return { header, role: 'attribute', key: to, type: 'date', declared: true };
  return { header, role: 'attribute', key: to, type: to === 'email' ? 'text' : inferType(cells()), declared: false };
}
