import type { WireExpression } from '../../../src/contract/visitor-wire.js';

/**
 * Does the expression match somewhere in the text? Every instruction is tried at most once at every place, so the time is
 * bounded by the product of both lengths, whatever the author wrote: a matcher that goes back could hang the page.
 */
export function accepts(expression: WireExpression, text: string): boolean {
  const program = typeof expression === 'string' ? [expression] : expression;
  const steps = program.map((step) => (typeof step === 'string' ? new RegExp(step, 'uy') : step));
  const places: Set<number>[] = [];
  const reach = (at: number, index: number) => (places[at] ??= new Set()).add(index);
  for (let at = 0; at <= text.length; at += 1) {
    // A set that is added to while it is walked through is walked through to its new end.
    for (const index of reach(at, 0)) {
      const step = steps[index];
      if (!step) return true;
      if (step instanceof RegExp) {
        step.lastIndex = at;
        if (step.test(text)) reach(step.lastIndex, index + 1);
      } else step.forEach((by) => reach(at, index + by));
    }
  }
  return false;
}
