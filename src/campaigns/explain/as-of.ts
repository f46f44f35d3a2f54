import type { DecisionRecord, RunRecord } from '../store/ledger.store.js';

const until = <T>(at: Date, moment: (one: T) => string | null) => (one: T): boolean => { const known = moment(one); return known !== null && new Date(known) <= at; };

/** What the ledger held at a moment: nothing that happened later. What was on its way then is shown as it was. */
export function ledgerAt(runs: readonly RunRecord[], decisions: readonly DecisionRecord[], at: Date): { runs: RunRecord[]; decisions: DecisionRecord[] } {
  return { runs: runs.filter(until(at, ({ enteredAt }) => enteredAt)).map((run) => runAt(run, at)), decisions: decisions.filter(until(at, (decision) => decision.at)) };
}

function runAt(run: RunRecord, at: Date): RunRecord {
  const isOver = run.leftAt !== null && new Date(run.leftAt) <= at;
  const steps = run.steps.filter(until(at, ({ arrivedAt }) => arrivedAt)).map((step) => (step.leftAt !== null && new Date(step.leftAt) > at ? { ...step, leftAt: null, outcome: null } : step));
  const deliveries = run.deliveries.filter(until(at, ({ queuedAt }) => queuedAt)).map((delivery) => deliveryAt(delivery, at));
  return isOver ? { ...run, steps, deliveries } : { ...run, state: 'active', exitCode: null, leftAt: null, stepId: steps.at(-1)?.stepId ?? run.stepId, dueAt: run.dueAt !== null && steps.length === run.steps.length ? run.dueAt : null, steps, deliveries };
}

/** Before it went or was settled a message was in the queue. */
function deliveryAt(delivery: RunRecord['deliveries'][number], at: Date): RunRecord['deliveries'][number] {
  const went = delivery.sentAt ?? delivery.settledAt;
  const events = delivery.events.filter(until(at, (event) => event.at));
  if (went !== null && new Date(went) <= at) return { ...delivery, events };
  return went === null && delivery.state === 'queued' ? { ...delivery, events } : { ...delivery, state: 'queued', reason: null, detail: null, gateFacts: null, sentAt: null, settledAt: null, events };
}
