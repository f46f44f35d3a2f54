import { GoalsFields } from '../goals/goals-fields.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { broadcastOf, withParts } from './edits.ts';

/** What the message is to achieve. */
export function GoalsPart() {
  const { definition, change, readOnly } = useDraft();
  return <GoalsFields goals={broadcastOf(definition).goals ?? []} hasRuns={false} readOnly={readOnly} onChange={(goals, field) => { change((now) => withParts(now, { goals }), field && `goals.${field}`); }} />;
}
