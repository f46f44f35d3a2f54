import { GoalsFields } from '../../goals/goals-fields.tsx';
import { hasKey } from './run-event.tsx';
import { useSeries } from '../editor-context.tsx';

/** What counts as success in a series. */
export function GoalsForm() {
  const { series, change, readOnly } = useSeries();
  return <GoalsFields goals={series.goals ?? []} hasRuns keyed={hasKey(series)} readOnly={readOnly} onChange={(goals, field) => { change((now) => ({ ...now, goals }), field && `goals.${field}`); }} />;
}
