import type { Api } from '../../../lib/api.ts';

export type Node = Api<'SegmentNode'>;
export type Condition = Exclude<Node, { type: 'all' | 'any' | 'not' }>;
export type Of<T extends Condition['type']> = Extract<Condition, { type: T }>;
export type Match = 'all' | 'any';
type Parts = Node extends infer N ? (N extends { within?: infer D } ? NonNullable<D> : never) : never;

/** One sentence of the builder, or a part that is deeper than it shows and stays as it is. `id` is only for the page. */
export interface Row { id: number; node: Node; shown: boolean }
export interface Group { id: number; match: Match; rows: Row[] }
/** What the builder shows: sentences and groups of sentences, and whom it leaves out. */
export interface Draft { match: Match; items: (Row | Group)[]; except: Row[] }

let last = 0;
const nextId = () => (last += 1);
export const isGroup = (item: Row | Group): item is Group => 'rows' in item;
export const rowOf = (node: Node): Row => ({ id: nextId(), node, shown: isShown(node) });
export const groupOf = (match: Match, nodes: Node[]): Group => ({ id: nextId(), match, rows: nodes.map(rowOf) });
export const emptyDraft = (): Draft => ({ match: 'all', items: [], except: [] });

/** Reads a definition into the builder. Whatever it cannot show becomes a row that is kept, so that nothing is ever lost. */
export function draftOf(node: Node): Draft {
  if (node.type === 'all') {
    const end = node.of.at(-1);
    const left = end?.type === 'not' ? exceptOf(end.of) : null;
    if (left && node.of.length > 1) {
      const rest = node.of.slice(0, -1);
      const only = rest.length === 1 ? rest[0]! : null;
      const { match, items } = only?.type === 'any' ? draftOf(only) : { match: 'all' as const, items: rest.map(itemOf) };
      return { match, items, except: left };
    }
  }
  if (node.type === 'all' || node.type === 'any') return { match: node.type, items: node.of.map(itemOf), except: [] };
  if (node.type === 'not') {
    const left = exceptOf(node.of);
    if (left) return { match: 'all', items: [], except: left };
  }
  return { match: 'all', items: [rowOf(node)], except: [] };
}

const isCondition = (node: Node): node is Condition => node.type !== 'all' && node.type !== 'any' && node.type !== 'not';

function itemOf(node: Node): Row | Group {
  return (node.type === 'all' || node.type === 'any') && node.of.every(isCondition) ? groupOf(node.type, node.of) : rowOf(node);
}

function exceptOf(node: Node): Row[] | null {
  if (isCondition(node)) return [rowOf(node)];
  return node.type === 'any' && node.of.every(isCondition) ? node.of.map(rowOf) : null;
}

/** The definition of what is complete so far; null when nothing is. */
export function definitionOf({ match, items, except }: Draft): Node | null {
  const included = items.flatMap((item): Node[] => {
    if (!isGroup(item)) return isComplete(item.node) ? [item.node] : [];
    const inside = item.rows.filter(({ node }) => isComplete(node)).map(({ node }) => node);
    return inside.length === 0 ? [] : inside.length === 1 ? inside : [{ type: item.match, of: inside }];
  });
  const left = except.filter(({ node }) => isComplete(node)).map(({ node }) => node);
  const without: Node[] = left.length === 0 ? [] : [{ type: 'not', of: left.length === 1 ? left[0]! : { type: 'any', of: left } }];
  const main: Node[] = match === 'any' && included.length > 1 ? [{ type: 'any', of: included }] : included;
  const all = [...main, ...without];
  return all.length === 0 ? null : all.length === 1 ? all[0]! : { type: 'all', of: all };
}

/** The definition with sentences that still have an empty slot, as a draft keeps it: an empty value is null there. */
export function writtenOf({ match, items, except }: Draft): Node | null {
  const included = items.map((item): Node => (isGroup(item) ? (item.rows.length === 1 ? emptied(item.rows[0]!.node) : { type: item.match, of: item.rows.map(({ node }) => emptied(node)) }) : emptied(item.node)));
  const left = except.map(({ node }) => emptied(node));
  const without: Node[] = left.length === 0 ? [] : [{ type: 'not', of: left.length === 1 ? left[0]! : { type: 'any', of: left } }];
  const main: Node[] = match === 'any' && included.length > 1 ? [{ type: 'any', of: included }] : included;
  const all = [...main, ...without];
  return all.length === 0 ? null : all.length === 1 ? all[0]! : { type: 'all', of: all };
}

type Open = { value?: unknown; where?: Open[]; of?: Open | Open[] };
const withValues = (part: Open, from: unknown, to: unknown): Open => ({
  ...part,
  ...('value' in part && part.value === from ? { value: to } : {}),
  ...(part.where ? { where: part.where.map((filter) => withValues(filter, from, to)) } : {}),
  ...(part.of ? { of: Array.isArray(part.of) ? part.of.map((inner) => withValues(inner, from, to)) : withValues(part.of, from, to) } : {}),
});
const emptied = (node: Node): Node => withValues(node as Open, '', null) as Node;
/** A definition of a draft as the builder shows it: the other way round. */
export const openedOf = (node: Node): Node => withValues(node as Open, null, '') as Node;

const rowsIn = ({ items, except }: Draft): Row[] => [...items.flatMap((item) => (isGroup(item) ? item.rows : [item])), ...except];
/** How many sentences still have an empty slot. */
export const openRows = (draft: Draft): number => rowsIn(draft).filter(({ node }) => !isComplete(node)).length;

const isFilled = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 && value.every(isFilled) : value !== '' && value !== undefined && value !== null);

/** Operators without a value; the others wait for theirs. */
const BARE = new Set(['exists', 'not_exists', 'is_true', 'is_false']);
const isCompared = ({ op, value }: { op: string; value?: unknown }): boolean => op !== '' && (BARE.has(op) || isFilled(value));

/** Whether no slot of a sentence is empty. What the builder does not show is complete. */
export function isComplete(node: Node): boolean {
  switch (node.type) {
    case 'attribute': return node.key !== '' && isCompared(node);
    case 'event': return node.event !== '' && (node.where ?? []).every((filter) => filter.property !== '' && isCompared(filter));
    case 'event_value': return node.event !== '' && node.property !== '' && (node.where ?? []).every((filter) => filter.property !== '' && isCompared(filter));
    case 'event_time': return node.event !== '' && isCompared(node);
    case 'tag': return node.tag !== '';
    case 'list': return node.listId !== '';
    case 'segment': return node.segmentId !== '';
    case 'consent': return node.topic !== '';
    case 'page': return (node.url ?? []).every(({ pattern }) => pattern !== '');
    default: return true;
  }
}

export const UNITS = ['minutes', 'hours', 'days', 'weeks'] as const;
export type Unit = (typeof UNITS)[number];
/** A length of time in one unit, as the builder shows it; null for others. */
export function oneUnit(duration: unknown): { n: number; unit: Unit } | null {
  const given = Object.entries((duration ?? {}) as Parts).filter(([, n]) => n !== undefined && n !== 0);
  const [unit, n] = given[0] ?? [];
  return given.length === 1 && UNITS.some((one) => one === unit) ? { n: n as number, unit: unit as Unit } : null;
}

const isPlainWindow = (node: { within?: unknown; between?: unknown }) => node.between === undefined && (node.within === undefined || oneUnit(node.within) !== null);
const isPlainValue = (value: unknown) => typeof value !== 'object' || value === null || Array.isArray(value) || oneUnit(value) !== null;
const isPlain = (compared: { value?: unknown; zone?: unknown }) => compared.zone === undefined && isPlainValue(compared.value);
const has = (node: object, ...keys: string[]) => keys.some((key) => (node as Record<string, unknown>)[key] !== undefined);

/** Whether every part of a condition has a slot in its sentence. */
export function isShown(node: Node): boolean {
  switch (node.type) {
    case 'attribute': return isPlain(node);
    case 'event': case 'event_value': return isPlainWindow(node) && (node.where ?? []).every(isPlain);
    case 'event_time': return isPlain(node) && !has(node, 'where');
    case 'page': return isPlainWindow(node) && !has(node, 'referrer', 'utm', 'device', 'language') && (node.touch ?? 'any') === 'any' && (node.url ?? []).length <= 1 && (node.url ?? []).every((rule) => rule.match === 'glob' && rule.query === undefined);
    case 'engagement': return isPlainWindow(node) && !has(node, 'stepId', 'variant', 'goal', 'channel');
    case 'tag': case 'list': case 'segment': case 'consent': return true;
    default: return false;
  }
}

/** The same text for the same definition, in whatever order its keys come. */
export const canonical = (value: unknown): string => JSON.stringify(value, (_key, part: unknown) => (typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part));
