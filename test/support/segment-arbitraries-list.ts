import fc from 'fast-check';
import type { ListCondition } from '../../src/contract/segment-conditions.js';

/** Lists that worlds have, whoever is on them. */
export const LISTS = ['01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002'] as const;

export const listLeaf: fc.Arbitrary<ListCondition> = fc.record({ type: fc.constant('list' as const), op: fc.constantFrom('in' as const, 'not_in' as const), listId: fc.constantFrom(...LISTS) });
