import type { SegmentNode } from '../../contract/segment.js';
import type { Problem } from '../../kernel/errors.js';
import { kindOf } from './leaves/leaf-kinds.js';
import { joinPath } from './resolved.js';

/** The one form of files there is; a later one has another number. */
export const FILE_FORMAT = 'danbi.segments/1';

export interface FileSegment { name: string; description: string; definition: unknown }

/** What files name by name: everything that has an id of its own in each installation. */
export const NAMED_KINDS = ['segment', 'list', 'campaign'] as const;
export type NamedKind = (typeof NAMED_KINDS)[number];
export interface NamedThing { kind: NamedKind; name: string }

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What goes by id in a condition: segments and the references of its kind. */
function idsOf(node: SegmentNode): { kind: NamedKind; id: string; field: string }[] {
  if (node.type === 'segment') return [{ kind: 'segment', id: node.segmentId, field: 'segmentId' }];
  if (node.type === 'all' || node.type === 'any' || node.type === 'not') return [];
  return (kindOf(node).names?.(node) ?? []).flatMap(({ kind, id, field }) => (kind === 'topic' ? [] : [{ kind, id, field }]));
}

/** Everything a definition names by id. */
export function referredIds(node: SegmentNode): { kind: NamedKind; id: string }[] {
  if (node.type === 'all' || node.type === 'any') return node.of.flatMap(referredIds);
  return node.type === 'not' ? referredIds(node.of) : idsOf(node);
}

/** A definition for a file: ids of other things become their names. One whose name says not which it is stays an id. */
export function toFileForm(node: SegmentNode, nameOf: (kind: NamedKind, id: string) => string | undefined): unknown {
  if (node.type === 'all' || node.type === 'any') return { ...node, of: node.of.map((child) => toFileForm(child, nameOf)) };
  if (node.type === 'not') return { ...node, of: toFileForm(node.of, nameOf) };
  const written: Node = { ...node };
  for (const { kind, id, field } of idsOf(node)) {
    const name = nameOf(kind, id);
    if (name === undefined) continue;
    delete written[field];
    written[kind] = name;
  }
  return written;
}

const childrenOf = (node: Node): [unknown, (string | number)[]][] => (Array.isArray(node.of) ? node.of.map((child, index) => [child, ['of', index]]) : node.of === undefined ? [] : [[node.of, ['of']]]);
const namesIn = (node: Node): NamedThing[] => NAMED_KINDS.flatMap((kind) => (typeof node[kind] === 'string' && node[`${kind}Id`] === undefined ? [{ kind, name: node[kind] }] : []));

/** Everything a definition of a file names. Its size was checked before. */
export function namedThings(definition: unknown): NamedThing[] {
  return isNode(definition) ? [...namesIn(definition), ...childrenOf(definition).flatMap(([child]) => namedThings(child))] : [];
}

/** A definition of a file with ids in place of names; what cannot be found comes back as problems with its place. */
export function fromFileForm(definition: unknown, idsNamed: (thing: NamedThing) => readonly string[], path: string, problems: Problem[]): unknown {
  if (!isNode(definition)) return definition;
  const read: Node = { ...definition };
  for (const thing of namesIn(definition)) {
    const ids = idsNamed(thing);
    delete read[thing.kind];
    if (ids.length === 1) read[`${thing.kind}Id`] = ids[0];
    else problems.push({ path: joinPath(path, thing.kind), code: `segment.unknown-${thing.kind}`, message: ids.length === 0 ? `There is no ${thing.kind} named “${thing.name}”, here or in the file.` : `Several ${thing.kind}s are named “${thing.name}”. Name the one that is meant by "${thing.kind}Id".` });
  }
  if (Array.isArray(definition.of)) read.of = definition.of.map((child, index) => fromFileForm(child, idsNamed, joinPath(path, 'of', index), problems));
  else if (definition.of !== undefined) read.of = fromFileForm(definition.of, idsNamed, joinPath(path, 'of'), problems);
  return read;
}

/** The place of a fault as the file has it: a name where the definition that was made of it has an id. */
export function placeInFile(definition: unknown, place: string): string {
  const parts = place.split('.');
  const kind = NAMED_KINDS.find((one) => parts.at(-1) === `${one}Id`);
  const node = parts.slice(0, -1).reduce<unknown>((at, part) => (at as Node | undefined)?.[part], definition);
  return kind !== undefined && isNode(node) && typeof node[kind] === 'string' ? [...parts.slice(0, -1), kind].join('.') : place;
}

/** Keys in one order wherever they come from: `type` first, then by the alphabet. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isNode(value)) return value;
  const keys = Object.keys(value).toSorted((a, b) => Number(b === 'type') - Number(a === 'type') || (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, canonical(value[key])]));
}

/** The same text for the same definition. */
export const canonicalText = (definition: unknown): string => JSON.stringify(canonical(definition));

/** The text of a file: segments in order of their names. */
export function fileText(segments: readonly FileSegment[]): string {
  const sorted = segments.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, description, definition }) => ({ name, description, definition: canonical(definition) }));
  return `${JSON.stringify({ format: FILE_FORMAT, segments: sorted }, null, 2)}\n`;
}
