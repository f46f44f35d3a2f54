import type { EventTimeCondition } from '../../src/contract/segment-conditions.js';
import { eventName, propertyFilter } from './segment-arbitraries-event.js';
import { iso, span } from './segment-arbitraries-values.js';
import fc from './fast-check.js';

const comparison: fc.Arbitrary<Pick<EventTimeCondition, 'op' | 'value'>> = fc.oneof(
  fc.record({ op: fc.constantFrom('within_last', 'older_than'), value: span }),
  fc.record({ op: fc.constantFrom('before', 'after'), value: fc.oneof(iso, fc.constantFrom('2026-03-10', '2026-03-11')) }),
  fc.record({ op: fc.constant('on'), value: fc.constantFrom('2026-03-10', '2026-03-11') }),
);
const named = { type: fc.constant('event_time' as const), event: eventName, which: fc.constantFrom('first' as const, 'last' as const) };

export const eventTimeLeaf: fc.Arbitrary<EventTimeCondition> = fc.tuple(fc.record({ ...named, where: fc.option(fc.array(propertyFilter, { maxLength: 1 }), { nil: undefined }) }), comparison).map(([leaf, compared]) => ({ ...leaf, ...compared }));
export const eventTimeClock: fc.Arbitrary<EventTimeCondition> = fc.record({ ...named, op: fc.constantFrom('within_last', 'older_than'), value: span });
