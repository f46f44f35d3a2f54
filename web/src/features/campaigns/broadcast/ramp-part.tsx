import { Checkbox, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { RampFields } from '../../safety/ramp-fields.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { broadcastOf, withParts } from './edits.ts';

/** To everybody at once or in stages, and whether it is looked at again who is meant. */
export function RampPart() {
  const { t } = useTranslation();
  const { definition, change, readOnly } = useDraft();
  const { ramp, recheckAudience } = broadcastOf(definition);
  return (
    <Stack gap="md">
      <RampFields value={ramp} readOnly={readOnly} onChange={(next, field) => { change((now) => withParts(now, { ramp: next }), field); }} />
      <Checkbox disabled={readOnly} label={t('safety.ramp.recheck')} description={t('safety.ramp.recheckHint')} checked={recheckAudience === true} onChange={(event) => { const { checked } = event.currentTarget; change((now) => withParts(now, { recheckAudience: checked ? true : undefined })); }} />
    </Stack>
  );
}
