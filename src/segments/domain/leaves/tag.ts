import type { TagCondition } from '../../../contract/segment-conditions.js';
import { joinPath } from '../resolved.js';
import { hasRows, type LeafKind, type Query } from './leaf.js';
import { checkText } from './values.js';

const isSet = (leaf: TagCondition, { bind }: Query): string => hasRows(`person_tag as t where t.person_id = p.id and t.tag = ${bind(leaf.tag, 'text')}`);

/** Whether a tag is set. */
export const tagLeaf: LeafKind<TagCondition> = {
  check: (leaf, path) => checkText(leaf.tag, joinPath(path, 'tag')),
  lookup: (leaf, query) => `(${leaf.op === 'has' ? '' : 'not '}${isSet(leaf, query)})`,
  exceptions: (leaf, { bind }) => ({ person: 't.person_id', from: 'person_tag as t', where: `t.tag = ${bind(leaf.tag, 'text')}`, ownedByPerson: true }),
  compared: (leaf, query) => `to_jsonb(${isSet(leaf, query)})`,
  edges: () => [],
  reads: (leaf) => [`tag:${leaf.tag}`],
  unknown: (leaf) => leaf.op === 'has_not',
};
