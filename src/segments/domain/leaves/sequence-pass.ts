import type { SequenceCondition, SequenceStep } from '../../../contract/segment-conditions.js';
import { filtersReadZone, hasHappened, propertySql, spanSql } from './event-rows.js';
import type { Query } from './leaf.js';

/*
 * How chains are found. The events of a person are read once, in order of time; level i marks the events that can stand at
 * step i, that is end a chain of the first i steps.
 *
 * Going from each step to the earliest next event would be wrong: with "A, then B within 7 days, then C within 1 day" the
 * first B may be too early for C and a later one not. So every event of a step is kept that can be reached, and an event is
 * reachable when the LATEST reachable event of the step before, strictly earlier than it, is near enough: any other
 * predecessor is further away, so if the latest is too far, all are. That latest one is a running maximum over the rows before
 * (`groups … 1 preceding` leaves out the row itself and those of the same instant), so a chain costs one pass a step over
 * sorted rows, whatever the number of events.
 *
 * A closing "not B within w" counts the B in (x, x + w] for every x that can stand at the step before: a moving count, one
 * pass again. It is decided, and true, from x + w on.
 *
 * Where a chain began is the latest beginning among the reachable events before: as later events have later or equal latest
 * predecessors, the running maximum of the beginnings is that of the latest predecessor.
 *
 * Joining step to step, as one would by hand, is quadratic for one person with many events: 10,000 of each of two names are
 * 100 million pairs. For everybody it is done all the same, only not for such people (sequence-set.ts).
 */

export const isDenied = (leaf: SequenceCondition): boolean => leaf.steps.at(-1)!.not === true;
/** The last step that must have happened. */
export const lastIndex = (leaf: SequenceCondition): number => leaf.steps.length - (isDenied(leaf) ? 2 : 1);
export const readsPersonZone = (leaf: SequenceCondition): boolean => leaf.steps.some(filtersReadZone);

/** Conditions on an event `e` that can be of a step. */
export const isStep = (step: SequenceStep, query: Query): string => [`e.name = ${query.bind(step.event, 'text')}`, ...(step.where ?? []).map((filter) => propertySql(filter, query))].join(' and ');
/** Conditions on an event `e` that is in the window of the whole sequence. */
export const started = (leaf: SequenceCondition, query: Query): string[] => (leaf.within ? [`e.occurred_at > ${query.frame.now} - ${spanSql(leaf.within, query)}`] : []);

/** The events that can be of any step, each with the steps it can be of (`s0`, `s1` …). Nothing before the window of the first step matters. */
export function stepRows(leaf: SequenceCondition, query: Query, of: { from: string; where: string }): string {
  const names = [...new Set(leaf.steps.map(({ event }) => event))];
  const steps = leaf.steps.map((step, index) => `(${isStep(step, query)}) as s${index}`);
  return `select e.person_id, e.occurred_at as at, ${steps.join(', ')} from ${of.from} where ${[of.where, `e.name = any(${query.bind(names, 'text[]')})`, ...started(leaf, query), hasHappened(query)].join(' and ')}`;
}

const BEFORE = '(partition by l.person_id order by l.at groups between unbounded preceding and 1 preceding)';

/** The rows of {@link stepRows} with, for each step that must happen, whether they can stand there (`r0`, `r1` …) and where that chain began (`b0` …). */
export function reachable(leaf: SequenceCondition, query: Query, rows: string, withStart: boolean): string {
  let level = `select l.*, l.s0 as r0${withStart ? ', l.at as b0' : ''} from (${rows}) as l`;
  for (let index = 1; index <= lastIndex(leaf); index += 1) {
    const before = `max(l.at) filter (where l.r${index - 1}) over ${BEFORE}`;
    const { within } = leaf.steps[index]!;
    const near = within ? `${before} >= l.at - ${spanSql(within, query)}` : `${before} is not null`;
    const start = withStart ? `, max(l.b${index - 1}) filter (where l.r${index - 1}) over ${BEFORE} as b${index}` : '';
    level = `select l.*, (l.s${index} and ${near}) as r${index}${start} from (${level}) as l`;
  }
  if (!isDenied(leaf)) return level;
  const wait = spanSql(leaf.steps.at(-1)!.within, query);
  return `select l.*, count(*) filter (where l.s${leaf.steps.length - 1}) over (partition by l.person_id order by l.at range between '1 microsecond' following and ${wait} following) as denials from (${level}) as l`;
}

/** The rows of {@link reachable} that end a whole chain. */
export function ends(leaf: SequenceCondition, query: Query): string {
  const reached = `l.r${lastIndex(leaf)}`;
  return isDenied(leaf) ? `${reached} and l.denials = 0 and l.at <= ${query.frame.now} - ${spanSql(leaf.steps.at(-1)!.within, query)}` : reached;
}
