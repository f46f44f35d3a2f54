import { TestPlanFields } from '../../test-plan/test-plan-fields.tsx';
import { useSeries, useStepChange } from '../editor-context.tsx';
import type { MessageStep, SplitStep } from '../model.js';

/** How the arms of a step are compared. */
export function StepTest({ step, arms }: { step: MessageStep | SplitStep; arms: readonly string[] }) {
  const { series, readOnly, wish } = useSeries();
  const change = useStepChange<MessageStep | SplitStep>(step.id);
  return (
    <TestPlanFields stepId={step.id} test={step.test} arms={arms} versions={arms.length} goals={series.goals ?? []} readOnly={readOnly} wish={wish?.at === step.id ? wish.field : null}
      onChange={(test, field) => { change(({ test: _before, ...rest }) => (test ? { ...rest, test } : rest) as typeof step, field); }} />
  );
}
