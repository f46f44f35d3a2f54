import { isDatabaseAway } from '../platform/database/away.js';
import { rows } from '../platform/database/db.js';
import type { Maintained, Step } from './maintained.js';
import { STATEMENT_MS } from './store/membership.store.js';

/** Lost connections, lock conflicts and a server that stops or is full pass by themselves; the round is tried again. */
export function isPassing(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return isDatabaseAway(error) || (typeof code === 'string' && /^(E[A-Z]{3,}|08|40|53|55|57P|58)/.test(code));
}

export const isTimeout = (error: unknown): boolean => (error as { code?: unknown }).code === '57014';

/** Why a definition cannot be evaluated, for the people who wrote it. */
export const problemOf = (error: unknown): string => (isTimeout(error) ? 'Evaluating the definition takes too long. Narrow it, or name fewer segments in it.' : error instanceof Error ? error.message : String(error));

/** Conditions to a statement: planning one with thousands takes longer than the round trips saved. */
const LEAVES = 300;
const MEMBERSHIPS = 90;
/** Values to a statement: PostgreSQL takes 65,535. */
const VALUES = 60_000;

/** What is asked about one membership: people, or people at moments. */
export interface Question<I> { one: Maintained; inputs: readonly I[] }
type Truths = (boolean | null)[];

/**
 * Asks about several memberships in one go. When that fails, each is asked alone, about fewer people at a time, and one that
 * fails even so is set aside and has no answer: a definition that cannot be evaluated stops no other.
 */
export async function askTogether<I>(step: Step, questions: readonly Question<I>[], ask: (questions: readonly Question<I>[]) => Promise<Truths[]>): Promise<Map<Maintained, Truths>> {
  const answers = new Map<Maintained, Truths>();
  for (const batch of batches(questions)) {
    const together = await attempt(step, () => ask(batch));
    if ('value' in together) batch.forEach(({ one }, index) => answers.set(one, together.value[index]!));
    else for (const question of batch) {
      const alone = await attemptAlone(step, question, ask);
      if ('value' in alone) answers.set(question.one, alone.value);
      else await step.setAside(question.one, alone.error);
    }
  }
  return answers;
}

/** The questions of each statement. */
export function batches<I>(questions: readonly Question<I>[]): Question<I>[][] {
  const found: Question<I>[][] = [];
  let leaves = Infinity;
  let values = 0;
  for (const question of questions) {
    const { plan } = question.one;
    leaves += plan.leaves;
    values += plan.values;
    if (leaves > LEAVES || values > VALUES || found.at(-1)!.length >= MEMBERSHIPS) {
      found.push([]);
      ({ leaves, values } = plan);
    }
    found.at(-1)!.push(question);
  }
  return found;
}

async function attemptAlone<I>(step: Step, { one, inputs }: Question<I>, ask: (questions: readonly Question<I>[]) => Promise<Truths[]>): Promise<Attempt<Truths>> {
  const truths: Truths = [];
  for (let from = 0; from < inputs.length; from += step.limits.alone) {
    const part = await attempt(step, () => ask([{ one, inputs: inputs.slice(from, from + step.limits.alone) }]));
    if ('error' in part) return part;
    truths.push(...part.value[0]!);
  }
  return { value: truths };
}

export type Attempt<T> = { value: T } | { error: unknown };

/** Runs `work` behind a savepoint and within the time limit. Passing trouble fails the round. */
export async function attempt<T>({ tx, limits }: Pick<Step, 'tx' | 'limits'>, work: () => Promise<T>): Promise<Attempt<T>> {
  await rows(tx, `savepoint evaluation; set local statement_timeout = ${limits.milliseconds}`);
  try {
    const value = await work();
    await rows(tx, `release savepoint evaluation; set local statement_timeout = ${STATEMENT_MS}`);
    return { value };
  } catch (error) {
    if (isPassing(error)) throw error;
    await rows(tx, 'rollback to savepoint evaluation; release savepoint evaluation');
    return { error };
  }
}

const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;

/**
 * How long the build of a stalled segment waits (ms): a definition that can be built and yet fails whenever it is followed would
 * otherwise be built for ever. Not at all the first time, then a minute, doubling up to an hour.
 */
export const waitBeforeRebuild = (stalls: number): number => (stalls <= 1 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(stalls - 2, 20)));
