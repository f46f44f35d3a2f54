import type { SequenceCondition, SequenceStep } from '../../src/contract/segment-conditions.js';
import { eventName, propertyFilter } from './segment-arbitraries-event.js';
import { span } from './segment-arbitraries-values.js';
import fc from './fast-check.js';

const where = fc.option(fc.array(propertyFilter, { minLength: 1, maxLength: 1 }), { nil: undefined, freq: 2 });
const first: fc.Arbitrary<SequenceStep> = fc.record({ event: eventName, where });
const step: fc.Arbitrary<SequenceStep> = fc.record({ event: eventName, where, within: fc.option(span, { nil: undefined }) });
const denied: fc.Arbitrary<SequenceStep> = fc.record({ event: eventName, where, within: span, not: fc.constant(true as const) });
const rest = fc.tuple(fc.array(step, { maxLength: 2 }), fc.oneof(step, denied)).map(([middle, last]) => [...middle, last]);

export const sequenceLeaf: fc.Arbitrary<SequenceCondition> = fc.tuple(first, rest, fc.option(span, { nil: undefined })).map(([start, later, within]) => ({ type: 'sequence', steps: [start, ...later], within }));
