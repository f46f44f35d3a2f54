import type { PublishedDefinition } from './published.js';
import { waitEnds } from './next-due.js';

/**
 * Where somebody who enters in the past stands after the launch. `now`: at a message or an action that is due at this moment; `waits`: at a wait, until `at`; `asks`: at a step that
 * their data decides, which nobody counts before; `over`: everything was too late.
 */
export interface LateLanding { kind: 'now' | 'waits' | 'asks' | 'over'; stepId: string; at: Date | null }

/** How far the clock alone takes a run that began at `at` when its campaign is launched at `since`. The steps have no loop. */
export function lateLanding({ start, steps }: Pick<PublishedDefinition, 'start' | 'steps'>, at: Date, { since, zone }: { since: Date; zone: string }): LateLanding {
  let clock = at;
  let stepId = start;
  for (;;) {
    const step = steps[stepId];
    if (!step) return { kind: 'over', stepId, at: null };
    let next: string | null = null;
    switch (step.type) {
      case 'message': case 'action':
        if (clock >= since) return { kind: 'now', stepId, at: since };
        next = step.next;
        break;
      case 'wait': {
        if (step.date) return { kind: 'asks', stepId, at: null };
        const end = waitEnds(step, clock, zone);
        if (end > since) return { kind: 'waits', stepId, at: end };
        [clock, next] = [end, step.next];
        break;
      }
      case 'exit': break;
      default: return { kind: 'asks', stepId, at: null };
    }
    if (next === null) return { kind: 'over', stepId, at: null };
    stepId = next;
  }
}
