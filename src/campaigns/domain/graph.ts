import type { Step } from '../../contract/campaign-steps.js';

/** One way out of a step: where it is written, and the step it leads to (null ends the run). */
export interface Edge {
  /** Relative to the step: `next`, `branches.1.next`. */
  path: string;
  to: string | null;
}

/** The ways out of a step, in the order written. */
export function edgesOf(step: Step): Edge[] {
  switch (step.type) {
    case 'message':
    case 'action':
      return [{ path: 'next', to: step.next }];
    case 'wait':
      return [{ path: 'next', to: step.next }, ...(step.date ? [{ path: 'onMissed', to: step.onMissed ?? null }] : [])];
    case 'wait_until':
      return [{ path: 'next', to: step.next }, { path: 'onTimeout', to: step.onTimeout }];
    case 'branch':
      return [...step.branches.map((branch, index) => ({ path: `branches.${index}.next`, to: branch.next })), { path: 'otherwise', to: step.otherwise }];
    case 'split':
      return step.arms.map((arm, index) => ({ path: `arms.${index}.next`, to: arm.next }));
    case 'exit':
      return [];
  }
}

export interface Loop {
  from: string;
  edge: Edge;
}

export interface Walk {
  /** Ids of the steps that `start` leads to, itself included. */
  reached: Set<string>;
  /** Edges that lead back to a step on the way to them. */
  loops: Loop[];
}

/** Walks from `start` over the steps that exist, depth first without recursion (500 steps in a row are allowed). */
export function walk(steps: ReadonlyMap<string, Step>, start: string): Walk {
  const reached = new Set<string>();
  const onPath = new Set<string>();
  const loops: Loop[] = [];
  const stack: { id: string; edges: Edge[]; at: number }[] = [];
  const enter = (id: string) => {
    const step = steps.get(id);
    if (!step) return;
    reached.add(id);
    onPath.add(id);
    stack.push({ id, edges: edgesOf(step), at: 0 });
  };
  enter(start);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const edge = top.edges[top.at];
    top.at += 1;
    if (!edge) {
      onPath.delete(top.id);
      stack.pop();
    } else if (edge.to !== null && onPath.has(edge.to)) {
      loops.push({ from: top.id, edge });
    } else if (edge.to !== null && !reached.has(edge.to)) {
      enter(edge.to);
    }
  }
  return { reached, loops };
}
