import { Checkbox, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../draft/draft-context.tsx';
import { broadcastOf, withParts } from './edits.ts';

const HOUR_MS = 3_600_000;
const two = (number: number) => String(number).padStart(2, '0');
/** An instant as a field for a local date and time has it. */
const local = (iso: string) => { const at = new Date(iso); return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`; };

const hereZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** At the launch or at a moment, and for each person not before a time of day of their own. */
export function WhenPart() {
  const { t } = useTranslation();
  const { definition, change, readOnly } = useDraft();
  const { launchAt, localTime } = broadcastOf(definition);
  const zone = hereZone();
  const isLater = launchAt !== undefined && launchAt !== null;
  const later = () => new Date(Math.ceil((Date.now() + HOUR_MS) / HOUR_MS) * HOUR_MS).toISOString();
  return (
    <Stack gap="sm">
      <Radio.Group label={t('broadcast.when.which')} value={isLater ? 'later' : 'now'} onChange={(which) => { if (!readOnly) change((now) => withParts(now, { launchAt: which === 'later' ? later() : undefined })); }}>
        <Stack gap={6} mt={6}><Radio value="now" disabled={readOnly} label={t('broadcast.when.now')} /><Radio value="later" disabled={readOnly} label={t('broadcast.when.later')} /></Stack>
      </Radio.Group>
      {isLater && <TextInput type="datetime-local" label={t('broadcast.when.at', { zone })} value={launchAt === '' ? '' : local(launchAt)} maw={280} readOnly={readOnly} onChange={(event) => { const { value } = event.currentTarget; change((now) => withParts(now, { launchAt: value === '' ? '' : new Date(value).toISOString() }), 'launchAt'); }} />}
      <Checkbox label={t('broadcast.when.local')} checked={Boolean(localTime)} disabled={readOnly} onChange={(event) => { const { checked } = event.currentTarget; change((now) => withParts(now, { localTime: checked ? '10:00' : undefined })); }} />
      {localTime && <><TextInput type="time" label={t('broadcast.when.time')} value={localTime} maw={160} readOnly={readOnly} onChange={(event) => { const { value } = event.currentTarget; if (value !== '') change((now) => withParts(now, { localTime: value.slice(0, 5) }), 'localTime'); }} /><Text size="xs" c="dimmed">{t('broadcast.when.localHint')}</Text></>}
    </Stack>
  );
}
