import { Button, Checkbox, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DurationField } from '../campaigns/series/inspector/fields.tsx';
import { FIRST_STAGES, MOST_STAGES, withStage, type DraftRamp, type DraftStage } from './draft-safety.js';

/** To a part of the audience first, and to more of it after each wait. */
export function RampFields({ value, readOnly, onChange }: { value: DraftRamp | null | undefined; readOnly: boolean; onChange(next: DraftRamp | undefined, field?: string): void }) {
  const { t } = useTranslation();
  const stages = value ? value.stages ?? FIRST_STAGES : [];
  const put = (index: number, change: Partial<DraftStage>) => { onChange({ stages: stages.map((stage, place) => (place === index ? { ...stage, ...change } : stage)) }, `ramp.${index}`); };
  return (
    <fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
      <Stack gap="sm" data-field="ramp">
        <Checkbox label={t('safety.ramp.on')} description={t('safety.ramp.hint')} checked={Boolean(value)} onChange={(event) => { onChange(event.currentTarget.checked ? { stages: FIRST_STAGES } : undefined); }} />
        {stages.map((stage, index) => (
          // A stage has no name of its own: its place is what it is.
          <Group key={index} gap="sm" align="flex-end">
            <NumberInput maw={280} label={t('safety.ramp.percent', { number: index + 1 })} value={stage.percent ?? ''} min={0.01} max={99.99} decimalScale={2} onChange={(percent) => { put(index, { percent: typeof percent === 'number' ? percent : undefined }); }} />
            <DurationField label={t('safety.ramp.wait')} value={stage.wait} field={`ramp.${index}.wait`} onChange={(wait) => { put(index, { wait: wait ?? {} }); }} />
            {stages.length > 1 && <Button variant="subtle" size="compact-sm" onClick={() => { onChange({ stages: stages.filter((_, place) => place !== index) }); }}>{t('safety.ramp.remove', { number: index + 1 })}</Button>}
          </Group>
        ))}
        {value && (
          <Group gap="sm">
            <Text size="sm">{t('safety.ramp.last')}</Text>
            {stages.length < MOST_STAGES && <Button variant="default" size="compact-sm" onClick={() => { onChange({ stages: withStage(stages) }); }}>{t('safety.ramp.add')}</Button>}
          </Group>
        )}
      </Stack>
    </fieldset>
  );
}
