import type { TagCondition } from '../../src/contract/segment-conditions.js';
import fc from './fast-check.js';

export const tagLeaf: fc.Arbitrary<TagCondition> = fc.record({ type: fc.constant('tag' as const), op: fc.constantFrom('has' as const, 'has_not' as const), tag: fc.constantFrom('vip', '휴면') });
