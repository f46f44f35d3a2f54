import type { SequenceCondition } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { windowSeconds } from '../operators.js';
import { joinPath } from '../resolved.js';
import { checkEventRows, eventEdges, eventReads, spanSql } from './event-rows.js';
import type { Edge, LeafKind } from './leaf.js';
import { ends, isDenied, lastIndex, reachable, stepRows } from './sequence-pass.js';
import { chainsOfEverybody } from './sequence-set.js';

const ofPerson = { from: 'event as e', where: 'e.person_id = p.id' };

/** Events in an order. */
export const sequenceLeaf: LeafKind<SequenceCondition> = {
  check: (leaf, path) => leaf.steps.flatMap((step, index) => checkStep(leaf, index, joinPath(path, 'steps', index))),
  lookup: (leaf, query) => `exists (select 1 from (${reachable(leaf, query, stepRows(leaf, query, ofPerson), false)}) as l where ${ends(leaf, query)})`,
  exceptions: (leaf, query) => ({ person: 'l.person_id', from: `(${chainsOfEverybody(leaf, query)}) as l`, where: 'true', ownedByPerson: true }),
  compared(leaf, query) {
    const to = isDenied(leaf) ? `l.at + ${spanSql(leaf.steps.at(-1)!.within, query)}` : 'l.at';
    return `(select jsonb_build_object('from', l.b${lastIndex(leaf)}, 'to', ${to}) from (${reachable(leaf, query, stepRows(leaf, query, ofPerson), true)}) as l where ${ends(leaf, query)} order by l.at desc limit 1)`;
  },
  edges: (leaf) => [...leaf.steps.flatMap((step, index) => eventEdges({ event: step.event, within: index === 0 ? leaf.within : undefined })), ...denialEdge(leaf)],
  reads: (leaf) => leaf.steps.flatMap(eventReads),
  unknown: () => false,
};

/** The answer to "not B within w" is known `w` after the step before. */
const denialEdge = (leaf: SequenceCondition): Edge[] => (isDenied(leaf) ? [{ source: 'event', key: leaf.steps.at(-2)!.event, offset: windowSeconds(leaf.steps.at(-1)!.within) }] : []);

function checkStep({ steps }: SequenceCondition, index: number, path: string): Problem[] {
  const step = steps[index]!;
  const fault = (key: string, message: string): Problem => ({ path: joinPath(path, key), code: 'segment.value', message });
  const problems = checkEventRows({ event: step.event, where: step.where }, path);
  if (index === 0 && step.within) problems.push(fault('within', 'The first step has no step before it. Give "within" of the sequence to say how long ago it may have happened.'));
  if (step.not && index < steps.length - 1) problems.push(fault('not', 'Only the last step can be one that did not happen.'));
  else if (step.not && !step.within) problems.push(fault('within', 'A step that did not happen needs "within": how long after the step before it is waited for, for example {"days": 1}.'));
  return problems;
}
