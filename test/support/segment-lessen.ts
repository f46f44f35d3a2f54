import type { World } from './segment-steps.js';

const MOST_MS = 90_000;

/** A world that fails, and how. */
export interface Failure { world: World; error: unknown }

/**
 * Makes a failing world small: leaves out whatever it fails without, the largest parts first, until nothing can go any more
 * (or a minute and a half is over). Telling a world takes too long for the many tries of a general shrinker.
 */
export async function lessen(given: World, tell: (world: World) => Promise<void>): Promise<Failure> {
  const until = performance.now() + MOST_MS;
  const failureOf = (world: World) => tell(world).then(() => null, (error: unknown) => ({ world, error }));
  let smallest = (await failureOf(given)) ?? { world: given, error: new Error('it fails only sometimes') };
  for (let index = 0; performance.now() < until; ) {
    const candidates = smallerThan(smallest.world);
    if (index >= candidates.length) break;
    const failure = await failureOf(candidates[index]!);
    // The kind of failure may not change: a world made senseless fails too.
    if (failure && messageOf(failure.error) === messageOf(smallest.error)) smallest = failure;
    else index += 1;
  }
  return smallest;
}

const messageOf = (error: unknown): string => String((error as Error).message).split('\n')[0]!;
const without = <T>(list: readonly T[], index: number): T[] => list.filter((_, at) => at !== index);
const change = <T>(list: readonly T[], index: number, by: (one: T) => T): T[] => list.map((one, at) => (at === index ? by(one) : one));

function smallerThan(world: World): World[] {
  const smaller: World[] = [];
  const withSteps = (steps: World['steps']) => smaller.push({ ...world, steps });
  // The last definition is named by nobody; the first step has the people.
  if (world.definitions.length > 1) smaller.push({ ...world, definitions: world.definitions.slice(0, -1) });
  world.definitions.forEach((node, place) => { if ('of' in node) for (const child of [node.of].flat()) smaller.push({ ...world, definitions: change(world.definitions, place, () => child) }); });
  world.steps.forEach((_, index) => { if (index > 0) withSteps(without(world.steps, index)); });
  world.steps.forEach((step, index) => {
    step.actions.forEach((action, at) => {
      withSteps(change(world.steps, index, () => ({ ...step, actions: without(step.actions, at) })));
      if (action.do !== 'ingest') return;
      action.messages.forEach((__, place) => {
        if (action.messages.length > 1) withSteps(change(world.steps, index, () => ({ ...step, actions: change(step.actions, at, () => ({ ...action, messages: without(action.messages, place) })) })));
      });
    });
    if (step.rounds > 0) withSteps(change(world.steps, index, () => ({ ...step, rounds: 0 })));
    if (step.halfSeconds > 1) withSteps(change(world.steps, index, () => ({ ...step, halfSeconds: 1 })));
  });
  world.definitions.forEach((node, place) => { if (node.type !== 'tag') smaller.push({ ...world, definitions: change(world.definitions, place, () => ({ type: 'tag', op: 'has', tag: 'vip' })) }); });
  return smaller;
}
