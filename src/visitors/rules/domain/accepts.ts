import type { WireExpression } from '../../../contract/visitor-wire.js';

/**
 * Does the expression match somewhere in the text? Every instruction is tried at most once at every place, so the time is
 * bounded by the product of both lengths, whatever the author wrote: a matcher that goes back could hang the page.
 */
export function accepts(expression: WireExpression, text: string): boolean {
  const steps = ([] as (string | readonly number[])[]).concat(expression).map((step) => (typeof step === 'string' ? new RegExp(step, 'uy') : step));
  const size = steps.length + 1;
  // A place and a step in one number. A set that is added to while it is walked through is walked through to its new end.
  const todo = new Set<number>();
  for (let at = 0; at <= text.length; at += 1) todo.add(at * size);
  for (const one of todo) {
    const index = one % size;
    const step = steps[index];
    if (!step) return true;
    if (step instanceof RegExp) {
      step.lastIndex = (one - index) / size;
      if (step.test(text)) todo.add(step.lastIndex * size + index + 1);
    } else step.forEach((by) => todo.add(one + by));
  }
  return false;
}
