import { Button, Group, NumberInput, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconPlus } from '../../ui/icons.ts';
import { withFittingTest } from '../campaigns/test-plan/plan-edits.js';
import type { AutoMessage } from './auto-message.ts';

type Message = AutoMessage['message'];
const MOST = 8;
const keyAfter = (keys: readonly string[]) => [...'abcdefghij'].find((key) => !keys.includes(key)) ?? `v${keys.length + 1}`;

/** Which version of the message one works on, with their shares, and whether some people get nothing for comparison. */
export function Variants({ message, chosen, readOnly, onChoose, onChange }: { message: Message; chosen: string; readOnly: boolean; onChoose(key: string): void; onChange(message: Message): void }) {
  const { t } = useTranslation();
  const { variants, control } = message;
  const index = variants.findIndex(({ key }) => key === chosen);
  const variant = variants[index]!;
  const add = () => {
    const key = keyAfter(variants.map((one) => one.key));
    onChange({ ...message, variants: [...variants, { ...variant, key, name: '' }] });
    onChoose(key);
  };
  const remove = () => {
    onChange(withFittingTest({ ...message, variants: variants.toSpliced(index, 1) }));
    onChoose(variants[index === 0 ? 1 : index - 1]!.key);
  };
  const isSplit = variants.length > 1 || control !== undefined;
  return (
    <Stack gap="xs">
      <Group gap="sm">
        {variants.length > 1 && <SegmentedControl size="xs" aria-label={t('autoMessages.variants.title')} value={chosen} data={variants.map(({ key }) => ({ value: key, label: t('autoMessages.variants.one', { key: key.toUpperCase() }) }))} onChange={onChoose} />}
        {!readOnly && variants.length < MOST && <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>{t('autoMessages.variants.add')}</Button>}
        {!readOnly && variants.length > 1 && <Button size="xs" variant="subtle" onClick={remove}>{t('autoMessages.variants.remove', { key: chosen.toUpperCase() })}</Button>}
      </Group>
      {isSplit && (
        <Group gap="sm" align="flex-end">
          <NumberInput size="xs" label={t('autoMessages.variants.weight', { key: chosen.toUpperCase() })} w={150} min={0.1} max={1_000_000} readOnly={readOnly} value={variant.weight} onChange={(next) => { if (typeof next === 'number' && next > 0) onChange({ ...message, variants: variants.with(index, { ...variant, weight: next }) }); }} />
          {control && <NumberInput size="xs" label={t('autoMessages.variants.controlWeight')} w={150} min={0.1} max={1_000_000} readOnly={readOnly} value={control.weight} onChange={(next) => { if (typeof next === 'number' && next > 0) onChange({ ...message, control: { weight: next } }); }} />}
        </Group>
      )}
      <Switch label={t('autoMessages.variants.control')} checked={control !== undefined} disabled={readOnly} onChange={(event) => { const { control: _before, ...rest } = message; onChange(event.currentTarget.checked ? { ...rest, control: { weight: 1 } } : withFittingTest(rest)); }} />
      {variants.length > 1 && <Text size="xs" c="dimmed">{t('autoMessages.variants.hint')}</Text>}
    </Stack>
  );
}
