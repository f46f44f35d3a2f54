import { Group, NumberInput, Select, Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { InAppContent } from './content.ts';
import type { At } from './place.ts';

type Until = NonNullable<InAppContent['until']>;

/** How long it is displayed, and whether visitors may write back. */
export function Behaviour({ value, readOnly, at, onChange }: { value: InAppContent; readOnly: boolean; at: At; onChange(value: InAppContent): void }) {
  const { t } = useTranslation();
  const hours = (next: number | string) => {
    const { expiresAfterHours: _before, ...rest } = value;
    onChange(typeof next === 'number' ? { ...rest, expiresAfterHours: next } : rest);
  };
  return (
    <Stack gap="sm" component="section" aria-label={t('inApp.behaviour')}>
      <Text fw={600}>{t('inApp.behaviour')}</Text>
      {value.format === 'chat' && <Switch label={t('inApp.reply')} description={t('inApp.replyHint')} checked={value.reply} disabled={readOnly} onChange={(event) => { onChange({ ...value, reply: event.currentTarget.checked }); }} />}
      <Group gap="sm" align="flex-start">
        <Select label={t('inApp.until')} description={t('inApp.untilHint')} w={{ base: '100%', xs: 260 }} allowDeselect={false} disabled={readOnly} error={at('until')} value={value.until ?? 'seen'} data={(['seen', 'interacted', 'engaged'] as const).map((one) => ({ value: one, label: t(`inApp.untils.${one}`) }))} onChange={(next) => { onChange({ ...value, until: next as Until }); }} />
        <NumberInput label={t('inApp.expires')} description={t('inApp.expiresHint')} w={{ base: '100%', xs: 220 }} min={1} max={8_760} allowDecimal={false} disabled={readOnly} error={at('expiresAfterHours')} value={value.expiresAfterHours ?? ''} onChange={hours} />
      </Group>
    </Stack>
  );
}
