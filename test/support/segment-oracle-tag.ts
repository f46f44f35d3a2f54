import type { TagCondition } from '../../src/contract/segment-conditions.js';
import type { Oracle } from './segment-oracle.js';

export const tagMatches: Oracle<TagCondition> = (leaf, person) => person.tags.has(leaf.tag) === (leaf.op === 'has');
