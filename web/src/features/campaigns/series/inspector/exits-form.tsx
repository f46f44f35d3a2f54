import { Button, Card, CloseButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSeries } from '../editor-context.tsx';
import type { ExitRule } from '../model.js';
import { AwaitedFields } from './run-event.tsx';

const MOST = 20;
const newRule = (rules: readonly ExitRule[]): ExitRule => {
  const taken = new Set(rules.map(({ key }) => key));
  return { key: `exit-${Array.from({ length: MOST + 1 }, (_, index) => index + 1).find((one) => !taken.has(`exit-${one}`))!}`, name: '', condition: null };
};

/** Who leaves early: as soon as one of these holds, at whatever step, and nothing more is sent. */
export function ExitsForm() {
  const { t } = useTranslation();
  const { series, change } = useSeries();
  const rules = series.exitRules ?? [];
  const put = (next: ExitRule[], field?: string) => { change((now) => ({ ...now, exitRules: next }), field && `exitRules.${field}`); };
  return (
    <>
      <Text size="sm" c="dimmed">{t('series.exit.hint')}</Text>
      {rules.map((rule, index) => (
        <Card key={rule.key} withBorder padding="xs" component="section" aria-label={rule.name || t('series.exit.one', { number: index + 1 })} data-field={String(index)}>
          <Stack gap="xs">
            <Group wrap="nowrap" align="flex-end"><TextInput size="sm" flex={1} label={t('series.exit.name')} value={rule.name ?? ''} maxLength={200} onChange={(event) => { put(rules.with(index, { ...rule, name: event.currentTarget.value }), `${index}.name`); }} /><CloseButton aria-label={t('series.exit.remove')} onClick={() => { put(rules.toSpliced(index, 1)); }} /></Group>
            <AwaitedFields value={rule} field={String(index)} label={t('series.exit.by')} onChange={(awaited, field) => { const { condition: _condition, event: _event, ...rest } = rule; put(rules.with(index, { ...rest, ...awaited }), field && `${index}.${field}`); }} />
          </Stack>
        </Card>
      ))}
      {rules.length < MOST && <Button variant="light" size="xs" onClick={() => { put([...rules, newRule(rules)]); }}>{t('series.exit.add')}</Button>}
    </>
  );
}
