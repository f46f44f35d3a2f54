import type { ListCondition } from '../../../contract/segment-conditions.js';
import { hasRows, type LeafKind, type Query } from './leaf.js';

const isOn = (leaf: ListCondition, { bind }: Query): string => hasRows(`list_member as l where l.list_id = ${bind(leaf.listId, 'uuid')} and l.person_id = p.id`);

/** Whether somebody is on a list. */
export const listLeaf: LeafKind<ListCondition> = {
  check: () => [],
  lookup: (leaf, query) => `(${leaf.op === 'in' ? '' : 'not '}${isOn(leaf, query)})`,
  exceptions: (leaf, { bind }) => ({ person: 'l.person_id', from: 'list_member as l', where: `l.list_id = ${bind(leaf.listId, 'uuid')}`, ownedByPerson: true }),
  compared: (leaf, query) => `to_jsonb(${isOn(leaf, query)})`,
  edges: () => [],
  reads: (leaf) => [`list:${leaf.listId}`],
  unknown: (leaf) => leaf.op === 'not_in',
  names: (leaf) => [{ kind: 'list', id: leaf.listId, field: 'listId' }],
};
