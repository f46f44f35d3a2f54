import type { Followed } from './domain/edges.js';
import { askTogether, attempt, type Question } from './evaluation.js';
import type { Touched } from './follow-changes.js';
import { sharedEdges, type Maintained, type Step } from './maintained.js';
import { boundariesBeyond, EDGES, matchAtMoments, type Boundary } from './store/answers.js';
import { loadMemberships, markFollowed, stageMembers, type Flip } from './store/membership.store.js';

interface PersonMoment { personId: string; at: string }
interface Due { questions: Question<PersonMoment>[]; to: Followed; behind: boolean }

/** Asks about whom the clock alone can have moved, at the instants at which it can. `behind` when not all of it was done. */
export async function followClock(step: Step, touched: Touched): Promise<{ flips: Flip[]; behind: boolean }> {
  const flips: Flip[] = [];
  let behind = false;
  for (const memberships of byFollowed(step)) {
    for (const { questions, to, behind: more } of await dueOf(step, memberships)) {
      behind ||= more;
      // Whoever changed was just asked about at the present moment.
      const open = questions.map(({ one, inputs }) => ({ one, inputs: inputs.filter(({ personId }) => !touched.get(one)?.has(personId)) })).filter(({ inputs }) => inputs.length > 0);
      flips.push(...(await flipsAt(step, open)));
      await markFollowed(step.tx, questions.map(({ one }) => one), to);
    }
  }
  return { flips: flips.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)), behind };
}

/** Memberships the clock has to be followed for, those that are equally far together: as a rule all of them. */
function byFollowed({ maintained, aside, now }: Step): Maintained[][] {
  const groups = new Map<string, Maintained[]>();
  for (const one of maintained) {
    const { at, personId } = one.followed;
    if (aside.has(one) || (personId === null && Date.parse(at) >= now.getTime())) continue;
    groups.set(`${at} ${personId}`, [...(groups.get(`${at} ${personId}`) ?? []), one]);
  }
  return [...groups.values()].flatMap(byEdges);
}

/** Those whose edges fit into one statement. */
function byEdges(memberships: Maintained[]): Maintained[][] {
  // Most are shared: counted only when there may be too many.
  if (memberships.reduce((sum, one) => sum + one.plan.edges.length, 0) <= EDGES || sharedEdges(memberships).length <= EDGES) return [memberships];
  const found: Maintained[][] = [];
  let edges = Infinity;
  for (const one of memberships) {
    edges += one.plan.edges.length;
    if (edges > EDGES) {
      found.push([]);
      edges = one.plan.edges.length;
    }
    found.at(-1)!.push(one);
  }
  return found;
}

/** The boundaries of all in one statement; when that fails, of each alone, and who fails even so is set aside. */
async function dueOf(step: Step, memberships: readonly Maintained[]): Promise<Due[]> {
  const together = await attempt(step, () => nextDue(step, memberships));
  if ('value' in together) return [together.value];
  const due: Due[] = [];
  for (const one of memberships) {
    const alone = await attempt(step, () => nextDue(step, [one]));
    if ('value' in alone) due.push(alone.value);
    else await step.setAside(one, alone.error);
  }
  return due;
}

/** The next boundaries, whole (instant, person) pairs up to the limit, given to the memberships they concern. */
async function nextDue(step: Step, memberships: readonly Maintained[]): Promise<Due> {
  const edges = sharedEdges(memberships);
  // Never fewer than one pair can have.
  const limit = Math.max(edges.length, step.limits.moments);
  const found = await boundariesBeyond(step.tx, edges.map(({ edge }) => edge), memberships[0]!.followed, step.now, limit + 1);
  const beyond = firstBeyond(found, limit, edges);
  const within = beyond ? found.slice(0, found.findIndex((one) => isSame(one, beyond))) : found;
  const inputs = new Map<Maintained, PersonMoment[]>(memberships.map((one) => [one, []]));
  for (const { edge, personId, at } of within) {
    for (const one of edges[edge]!.of) {
      const asked = inputs.get(one)!;
      const last = asked.at(-1);
      if (!last || !isSame(last, { personId, at })) asked.push({ personId, at });
    }
  }
  const questions = memberships.map((one) => ({ one, inputs: inputs.get(one)! }));
  return { questions, to: beyond ? reached(within) : { at: step.now.toISOString(), personId: null }, behind: beyond !== undefined };
}

const isSame = (one: PersonMoment, other: PersonMoment): boolean => one.at === other.at && one.personId === other.personId;

/** The first boundary that is not of this round: with those before it the questions of all memberships reach the limit. */
function firstBeyond(found: readonly Boundary[], limit: number, edges: readonly { of: readonly Maintained[] }[]): Boundary | undefined {
  let questions = 0;
  return found.find((one) => {
    if (questions >= limit && !isSame(one, found[0]!)) return true;
    questions += edges[one.edge]!.of.length;
    return false;
  });
}

const reached = (within: readonly Boundary[]): Followed => ({ at: within.at(-1)!.at, personId: within.at(-1)!.personId });

async function flipsAt(step: Step, questions: readonly Question<PersonMoment>[]): Promise<Flip[]> {
  if (questions.length === 0) return [];
  const answers = await askTogether(step, questions, (asked) => truthsAt(step, asked));
  const answered = questions.filter(({ one }) => answers.has(one));
  const live = answered.filter(({ one }) => !one.build);
  const state = await loadMemberships(step.tx, live.map(({ one }) => one.id), [...new Set(live.flatMap(({ inputs }) => inputs.map(({ personId }) => personId)))]);
  const flips: Flip[] = [];
  for (const { one, inputs } of answered) {
    const truths = answers.get(one)!;
    // A build has no history: what holds at the last boundary of each person is what it takes in.
    if (one.build) await stageLast(step, one, inputs, truths);
    else {
      inputs.forEach(({ personId, at }, index) => {
        const key = `${one.id} ${personId}`;
        const truth = truths[index];
        if (truth === null || truth === undefined || truth === state.has(key)) return;
        if (truth) state.add(key);
        else state.delete(key);
        flips.push({ segmentId: one.id, personId, entered: truth, at, cause: 'clock', changeId: null });
      });
    }
  }
  return flips;
}

async function stageLast({ tx }: Step, one: Maintained, inputs: readonly PersonMoment[], truths: readonly (boolean | null)[]): Promise<void> {
  const last = new Map(inputs.map(({ personId }, index) => [personId, truths[index] === true]));
  await stageMembers(tx, one.id, [...last.keys()], new Set([...last].filter(([, truth]) => truth).map(([personId]) => personId)));
}

/** One statement about all of them. */
async function truthsAt(step: Step, asked: readonly Question<PersonMoment>[]): Promise<(boolean | null)[][]> {
  const moments = asked.flatMap(({ inputs }, tree) => inputs.map((input) => ({ tree, ...input })));
  const truths = await matchAtMoments(step.tx, asked.map(({ one }) => one.plan.tree), moments, step.timeZone);
  let from = 0;
  return asked.map(({ inputs }) => truths.slice(from, (from += inputs.length)));
}
