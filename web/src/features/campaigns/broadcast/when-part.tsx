import { Checkbox, Radio, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useZone } from '../../../lib/workspace.ts';
import { MomentField, TimeField } from '../../../ui/time-fields.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { broadcastOf, withParts } from './edits.ts';

const HOUR_MS = 3_600_000;

/** At the launch or at a moment, by the clocks of the workspace, and for each person not before a time of day of their own. */
export function WhenPart() {
  const { t } = useTranslation();
  const { definition, change, readOnly } = useDraft();
  const { launchAt, localTime } = broadcastOf(definition);
  const zone = useZone();
  const isLater = launchAt !== undefined && launchAt !== null;
  const later = () => new Date(Math.ceil((Date.now() + HOUR_MS) / HOUR_MS) * HOUR_MS).toISOString();
  return (
    <Stack gap="sm">
      <Radio.Group label={t('broadcast.when.which')} value={isLater ? 'later' : 'now'} onChange={(which) => { if (!readOnly) change((now) => withParts(now, { launchAt: which === 'later' ? later() : undefined })); }}>
        <Stack gap={6} mt={6}><Radio value="now" disabled={readOnly} label={t('broadcast.when.now')} /><Radio value="later" disabled={readOnly} label={t('broadcast.when.later')} /></Stack>
      </Radio.Group>
      {isLater && zone && <MomentField label={t('broadcast.when.at')} value={launchAt === '' ? undefined : launchAt} zone={zone} maw={320} readOnly={readOnly} onChange={(next) => { change((now) => withParts(now, { launchAt: next ?? '' }), 'launchAt'); }} />}
      <Checkbox label={t('broadcast.when.local')} checked={Boolean(localTime)} disabled={readOnly} onChange={(event) => { const { checked } = event.currentTarget; change((now) => withParts(now, { localTime: checked ? '10:00' : undefined })); }} />
      {localTime && <TimeField label={t('broadcast.when.time')} value={localTime} hint={t('broadcast.when.localHint')} maw={320} readOnly={readOnly} onChange={(time) => { change((now) => withParts(now, { localTime: time }), 'localTime'); }} />}
    </Stack>
  );
}
