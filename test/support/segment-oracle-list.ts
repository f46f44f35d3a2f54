import type { ListCondition } from '../../src/contract/segment-conditions.js';
import type { Oracle } from './segment-oracle.js';

export const listMatches: Oracle<ListCondition> = (leaf, person) => person.lists.has(leaf.listId) === (leaf.op === 'in');
