import type { SequenceCondition, SequenceStep } from '../../../contract/segment-conditions.js';
import { eventsOfEverybody, filtersReadZone, hasHappened, spanSql } from './event-rows.js';
import type { Query } from './leaf.js';
import { ends, isDenied, isStep, lastIndex, reachable, readsPersonZone, started, stepRows } from './sequence-pass.js';

/*
 * Chains of everybody are joined step to step. A step without a window needs only the earliest chain before it, one row a
 * person. One with a window looks for a chain before each event, which is quadratic for a person with many: so those with
 * many events of one of two neighbours are left to the pass over sorted rows. Of neighbours one is enough, so counting
 * every second name bounds the work to {@link FEW} comparisons an event.
 *
 * Counting costs something too. A million events of 50,000 people, medians (joins by hand in brackets): two steps of all time
 * 0.18 s (0.2), B within 7 days 0.46 s (0.34), three steps of all time 0.35 s (1.3), a denied second step 0.3 s (0.34). Three
 * steps with windows take from 0.1 s (0.2) to 1.3 s (0.45), the latter where half of all events are of the first: by hand the
 * planner may begin with the rarer pair.
 */

/** Events of the names counted, up to which a person's are compared with each other. */
const FEW = 100;

const eventsOf = (step: SequenceStep): string => eventsOfEverybody(filtersReadZone(step));
const happened = (step: SequenceStep, leaf: SequenceCondition, query: Query): string => [isStep(step, query), ...started(leaf, query), hasHappened(query)].join(' and ');

/** The names to count: of every two steps that are compared with each other, one. */
function countedNames(leaf: SequenceCondition): string[] {
  const counted = new Set<number>();
  leaf.steps.forEach(({ within }, index) => {
    if (index > 0 && within && !counted.has(index - 1)) counted.add(index);
  });
  return [...new Set([...counted].map((index) => leaf.steps[index]!.event))];
}

const FEW_EVENTS = 'e.person_id not in (select h.person_id from heavy as h)';

/** `person_id` and `at` of the events that can stand at a step that must happen, of people with few. */
function chains(leaf: SequenceCondition, index: number, query: Query): string {
  const step = leaf.steps[index]!;
  const rows = `select e.person_id, e.occurred_at as at from ${eventsOf(step)}`;
  const where = happened(step, leaf, query);
  if (index === 0) return `${rows} where ${where}`;
  const before = chains(leaf, index - 1, query);
  if (!step.within) return `${rows} join (select c.person_id, min(c.at) as at from (${before}) as c group by c.person_id) as b on b.person_id = e.person_id where ${where} and e.occurred_at > b.at`;
  return `${rows} where ${where} and ${FEW_EVENTS} and exists (select 1 from (${before}) as b where b.person_id = e.person_id and b.at < e.occurred_at and b.at >= e.occurred_at - ${spanSql(step.within, query)})`;
}

/** The rows of {@link chains} that end a whole chain. */
function whole(leaf: SequenceCondition, query: Query): string {
  const rows = chains(leaf, lastIndex(leaf), query);
  if (!isDenied(leaf)) return rows;
  const denied = leaf.steps.at(-1)!;
  const wait = spanSql(denied.within, query);
  return `select e.person_id, e.at from (${rows}) as e where e.at <= ${query.frame.now} - ${wait} and ${FEW_EVENTS} and not exists (select 1 from (select e.person_id, e.occurred_at as at from ${eventsOf(denied)} where ${happened(denied, leaf, query)}) as d where d.person_id = e.person_id and d.at > e.at and d.at <= e.at + ${wait})`;
}

/** A row for each end of a chain of anybody, with `person_id`. */
export function chainsOfEverybody(leaf: SequenceCondition, query: Query): string {
  const counted = countedNames(leaf);
  if (counted.length === 0) return whole(leaf, query);
  const heavy = `select e.person_id from event as e where ${[`e.name = any(${query.bind(counted, 'text[]')})`, ...started(leaf, query), hasHappened(query)].join(' and ')} group by e.person_id having count(*) > ${FEW}`;
  const from = `heavy as h join event as e on e.person_id = h.person_id${readsPersonZone(leaf) ? ' join person as p on p.id = e.person_id' : ''}`;
  const pass = `select l.person_id, l.at from (${reachable(leaf, query, stepRows(leaf, query, { from, where: 'true' }), false)}) as l where ${ends(leaf, query)}`;
  return `with heavy as materialized (${heavy}) ${whole(leaf, query)} union all ${pass}`;
}
