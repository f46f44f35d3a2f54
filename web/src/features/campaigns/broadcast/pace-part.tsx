import { CampaignPacingFields } from '../../pacing/campaign-fields.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { broadcastOf, withParts } from './edits.ts';

/** How much the message matters, when it may go, and whether a place is kept for it beforehand. */
export function PacePart() {
  const { definition, change, readOnly } = useDraft();
  return <CampaignPacingFields value={broadcastOf(definition).pacing ?? {}} reserves readOnly={readOnly} onChange={(pacing, field) => { change((now) => withParts(now, { pacing }), field && `pacing.${field}`); }} />;
}
