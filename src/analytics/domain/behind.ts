import type { PeopleNumber } from '../../contract/results-people.js';
import type { Cell } from './cell.js';
import { accountOf, isSent } from './reconcile.js';

/** Which number of the results is meant, and of what. */
export interface AskedNumber {
  number: PeopleNumber;
  step?: string | undefined;
  variant?: string | undefined;
  channel?: string | undefined;
  language?: string | undefined;
  code?: string | undefined;
  evidence?: 'human' | 'machine' | 'unknown' | undefined;
  experiment?: string | undefined;
  /** Version to the goal as it is counted there; versions that are not asked about are missing. */
  goals: ReadonlyMap<string, string | null>;
  /** The goal that decides the experiment. */
  testGoal: string | null;
}

/** The part of a cell that says what it is a number of. */
export type Named = Omit<Cell, 'key' | 'bucket' | 'count' | 'amount' | 'squares'>;
type Test = (cell: Named) => boolean;

const measured = (measure: string, is: Test = () => true): Test => (cell) => cell.measure === measure && is(cell);
const account = (...names: string[]): Test => measured('delivery', ({ detail, channel }) => names.includes(accountOf({ state: detail!, channel: channel! })));
const reaction = (kind: string, evidence?: string): Test => measured('reaction', ({ detail, further }) => detail === kind && (evidence ?? further) === further);
const either = (...tests: Test[]): Test => (cell) => tests.some((test) => test(cell));

/**
 * Which cells make up a number of the results; a person is behind it who adds to one of `in` and, where there are any, to none of
 * `out`. The same cells that the page sums, so that list and number cannot disagree.
 */
export function behind(asked: AskedNumber): { in: Test; out: Test | null } {
  const { number, step, variant, channel, language, experiment } = asked;
  if (number.startsWith('test_')) {
    const tested = (is: Test): Test => measured('tested', (cell) => cell.experimentId === experiment && (variant ?? cell.variant) === cell.variant && is(cell));
    const ofGoal = (further: string) => tested((cell) => cell.detail === asked.testGoal && cell.further === further);
    if (number === 'test_assigned') return { in: tested(({ detail }) => detail === 'assigned'), out: null };
    if (number === 'test_maturing') return { in: tested(({ detail }) => detail === 'eligible'), out: ofGoal('matured') };
    return { in: ofGoal(number === 'test_matured' ? 'matured' : 'converted'), out: null };
  }
  const test = MEANING[number as keyof typeof MEANING](asked);
  const isHere: Test = (cell) => (cell.versionId === null || asked.goals.has(cell.versionId)) && (cell.stepId === null || (step ?? cell.stepId) === cell.stepId) && (cell.variant === null || (variant ?? cell.variant) === cell.variant)
    && (cell.channel === null || (channel ?? cell.channel) === cell.channel) && (cell.language === null || (language ?? cell.language) === cell.language);
  return { in: (cell) => isHere(cell) && test(cell), out: null };
}

const run = (state: string) => () => measured('run', ({ detail }) => detail === state);
const goal = (further: string) => ({ goals }: AskedNumber) => measured('goal', (cell) => cell.detail !== null && cell.detail === goals.get(cell.versionId!) && cell.further === further);

const MEANING: Record<Exclude<PeopleNumber, `test_${string}`>, (asked: AskedNumber) => Test> = {
  entered: () => measured('run'), active: run('active'), completed: run('completed'), exited: run('exited'), cancelled: run('cancelled'),
  refused_entry: ({ code }) => measured('refused_entry', ({ detail }) => (code ?? detail) === detail),
  arrived: () => measured('visit'),
  in_progress: () => either(measured('waiting'), account('inProgress')),
  control: () => account('control'), uncertain: () => account('uncertain'), delivered: () => account('delivered'), bounced: () => account('bounced'),
  refused: ({ code }) => either(
    measured('refused_step', ({ detail }) => (code ?? detail) === detail),
    (cell) => account('refused')(cell) && (code === undefined || (cell.further ?? cell.detail!.toUpperCase()) === code),
  ),
  assigned: () => measured('assigned'), chosen: () => measured('chosen'), reached: () => measured('reached'),
  sent: () => measured('delivery', ({ detail }) => isSent(detail!)),
  hard_bounced: () => measured('bounce', ({ detail }) => detail === 'hard'),
  opened: ({ evidence }) => reaction('open', evidence), clicked: ({ evidence }) => reaction('click', evidence),
  unsubscribed: () => reaction('unsubscribe'), complained: () => reaction('complaint'), dismissed: () => reaction('dismiss'), replied: () => reaction('reply'),
  converted: goal('converted'), matured: goal('matured'), matured_converted: goal('matured_converted'),
};
