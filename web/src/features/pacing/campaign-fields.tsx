import { Checkbox, NumberInput, Radio, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.tsx';
import { RateFields } from '../safety/rate-fields.tsx';
import { DurationField } from '../campaigns/series/inspector/fields.tsx';
import { CLASSES, type DraftPacing, type Hours } from './draft-pacing.js';
import { HoursFields } from './hours-fields.tsx';

const PRIORITY = 50;
const RESERVED_HOURS = 24;

/** How much the messages of a campaign matter, when they may go and until when. @param reserves a broadcast can keep places beforehand */
export function CampaignPacingFields({ value, reserves, readOnly, onChange }: { value: DraftPacing; reserves: boolean; readOnly: boolean; onChange(next: DraftPacing | undefined, field?: string): void }) {
  const { t } = useTranslation();
  const put = (change: Partial<Record<keyof DraftPacing, unknown>>, field?: string) => {
    const next = Object.fromEntries(Object.entries({ ...value, ...change }).filter(([, part]) => part !== undefined)) as DraftPacing;
    onChange(Object.keys(next).length > 0 ? next : undefined, field);
  };
  return (
    <fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">{t('pacing.campaign.hint')} <TextLink to="/settings/pacing" underline="always">{t('pacing.campaign.settings')}</TextLink></Text>
        <Radio.Group label={t('pacing.campaign.class')} value={value.class ?? 'standard'} data-field="class" onChange={(next) => { put({ class: next === 'standard' ? undefined : next }); }}>
          <Stack gap="xs" mt={4}>{CLASSES.map((one) => <Radio key={one} value={one} label={t(`pacing.classes.${one}`)} description={t(`pacing.classHints.${one}`)} />)}</Stack>
        </Radio.Group>
        <NumberInput label={t('pacing.campaign.priority')} description={t('pacing.campaign.priorityHint')} value={value.priority ?? PRIORITY} min={0} max={100} allowDecimal={false} maw={320} data-field="priority" onChange={(next) => { if (typeof next === 'number') put({ priority: next === PRIORITY ? undefined : next }, 'priority'); }} />
        {reserves && (
          <Stack gap={6} data-field="reserveHours">
            <Checkbox label={t('pacing.campaign.reserve')} description={t('pacing.campaign.reserveHint')} checked={value.reserveHours !== undefined} onChange={(event) => { put({ reserveHours: event.currentTarget.checked ? RESERVED_HOURS : undefined }); }} />
            {value.reserveHours !== undefined && <NumberInput label={t('pacing.campaign.reserveHours')} value={value.reserveHours} min={1} max={168} allowDecimal={false} maw={240} onChange={(next) => { if (typeof next === 'number') put({ reserveHours: next }, 'reserveHours'); }} />}
          </Stack>
        )}
        <Stack gap={6} data-field="sendWindow">
          <Checkbox label={t('pacing.campaign.window')} checked={value.sendWindow !== undefined} onChange={(event) => { put({ sendWindow: event.currentTarget.checked ? { weekdays: [], from: '09:00', to: '18:00' } : undefined }); }} />
          {value.sendWindow && <HoursFields value={value.sendWindow} field="sendWindow" onChange={(sendWindow, field) => { put({ sendWindow }, `sendWindow.${field}`); }} />}
        </Stack>
        <RateFields value={value.sendRate} onChange={(sendRate, field) => { put({ sendRate }, field); }} />
        <Stack gap={6} data-field="expiresAfter">
          <Checkbox label={t('pacing.campaign.expires')} description={t('pacing.campaign.expiresHint')} checked={value.expiresAfter !== undefined} onChange={(event) => { put({ expiresAfter: event.currentTarget.checked ? { days: 2 } : undefined }); }} />
          {value.expiresAfter && <DurationField label={t('pacing.campaign.expiresAfter')} value={value.expiresAfter} field="expiresAfter" onChange={(next) => { put({ expiresAfter: next ?? {} }, 'expiresAfter'); }} />}
        </Stack>
      </Stack>
    </fieldset>
  );
}

/** Hours of one message in place of those of its campaign. */
export function OwnHours({ value, onChange }: { value: Hours | undefined; onChange(next: Hours | undefined, field?: string): void }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6} data-field="sendWindow">
      <Checkbox label={t('pacing.own')} description={t('pacing.ownHint')} checked={value !== undefined} onChange={(event) => { onChange(event.currentTarget.checked ? { weekdays: [], from: '09:00', to: '18:00' } : undefined); }} />
      {value && <HoursFields value={value} field="sendWindow" onChange={(next, field) => { onChange(next, `sendWindow.${field}`); }} />}
    </Stack>
  );
}
