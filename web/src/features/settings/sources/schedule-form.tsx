import { Button, Group, PasswordInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { useAct } from '../kit/parts.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';
import type { Sample } from './sample-body.tsx';

type Source = Api<'Source'>;
type Pull = Api<'SourcePull'>;
type Trial = Api<'SourcePullTrial'>;
type Values = { kind: Pull['kind']; address: string; query: string; cursorColumn: string; every: string };
const EVERY = [5, 15, 30, 60, 360, 1_440, 10_080] as const;
const KINDS = ['csv', 'postgres'] as const;
/** So much of a row fits beside its name. */
const SHOWN_COLUMNS = 6;

const bodyOf = ({ kind, address, query, cursorColumn }: Values) => ({ kind, ...(address.trim() === '' ? {} : { address: address.trim() }), ...(kind === 'postgres' ? { query: query.trim(), cursorColumn: cursorColumn.trim() } : {}) });

/** Where a source is asked, for what and how often; what would come first can be seen before anything is kept. */
export function ScheduleForm({ source: { id }, pull, ask }: { source: Source; pull: Pull | null; ask: Pull['kind'] | undefined }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [trial, setTrial] = useState<Trial | null>(null);
  const { busy, refusal, act } = useAct();
  const needed = (value: string, { kind }: Values) => (kind === 'postgres' && value.trim() === '' ? t('settings.required') : null);
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { kind: pull?.kind ?? ask ?? 'csv', address: '', query: pull?.query ?? '', cursorColumn: pull?.cursorColumn ?? '', every: String(pull?.everyMinutes ?? 60) },
    places: { everyMinutes: 'every' },
    checks: { address: (value, { kind }) => (value.trim() === '' && (pull?.kind !== kind || pull.secretLost === true) ? t('settings.required') : null), query: needed, cursorColumn: needed },
    save: async (values) => {
      await answer(api.PUT('/v1/sources/{id}/pull', { params: { path: { id } }, body: { ...bodyOf(values), everyMinutes: Number(values.every) } }));
      await Promise.all(['source', 'sources', 'source-pull', 'source-pull-runs'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
  });
  const { kind, every } = form.values;
  const test = async () => {
    if (form.validate().hasErrors) return;
    setTrial(null);
    await act(async () => { setTrial(await answer(api.POST('/v1/sources/{id}/pull/try', { params: { path: { id } }, body: bodyOf(form.values) }))); });
  };
  const hours = [...new Set([...EVERY, Number(every)])].toSorted((a, b) => a - b);
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Select maw={360} label={t('sources.pull.kind')} allowDeselect={false} data={KINDS.map((value) => ({ value, label: t(`sources.pull.kinds.${value}`) }))} {...form.getInputProps('kind')} />
        <PasswordInput label={t('sources.pull.address')} description={pull?.kind === kind && !pull.secretLost ? t('sources.pull.known', { address: pull.address }) : t(`sources.pull.addressHints.${kind}`)} autoComplete="off" visibilityToggleButtonProps={{ 'aria-label': t('settings.me.show') }} {...form.getInputProps('address')} />
        {kind === 'postgres' && (
          <>
            <Textarea label={t('sources.pull.query')} description={t('sources.pull.queryHint')} autosize minRows={3} maxRows={16} spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }} {...form.getInputProps('query')} />
            <TextInput maw={360} label={t('sources.pull.column')} description={t('sources.pull.columnHint')} maxLength={63} {...form.getInputProps('cursorColumn')} />
          </>
        )}
        <Select maw={360} label={t('sources.pull.every')} allowDeselect={false} data={hours.map((minutes) => ({ value: String(minutes), label: minutes % 1_440 === 0 ? t('sources.pull.days', { count: minutes / 1_440 }) : minutes % 60 === 0 ? t('sources.pull.hours', { count: minutes / 60 }) : t('sources.pull.minutes', { count: minutes }) }))} {...form.getInputProps('every')} />
        <Group gap="sm" align="center">
          <Button variant="default" loading={busy} onClick={() => { void test(); }}>{t('sources.pull.try')}</Button>
          <Text size="sm" c="dimmed">{t('sources.pull.tryHint')}</Text>
        </Group>
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        {trial && <Found id={id} trial={trial} />}
        <SaveBar {...state} label={pull ? t('settings.save') : t('sources.pull.begin')} />
      </Stack>
    </form>
  );
}

/** The first rows as they would come; the first of them can stand beside the mapping. */
function Found({ id, trial: { rows, found } }: { id: string; trial: Trial }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  if (rows.length === 0) return <Text size="sm" role="status">{t('sources.pull.noRows')}</Text>;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const map = () => {
    const sample: Sample = { key: 'tried', id: null, topic: '', headers: {}, text: JSON.stringify(rows[0], null, 2) };
    queries.setQueryData(['source-sample', id, undefined], sample);
    void navigate({ to: '/settings/sources/$id', params: { id }, search: { tab: 'mapping' } });
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" role="status">{found === null ? t('sources.pull.first', { count: rows.length }) : t('sources.pull.found', { count: found, shown: rows.length })}{columns.length > SHOWN_COLUMNS && ` ${t('sources.pull.columns', { count: columns.length - SHOWN_COLUMNS, names: columns.slice(SHOWN_COLUMNS).join(', ') })}`}</Text>
        <Button size="xs" variant="default" onClick={map}>{t('sources.pull.map')}</Button>
      </Group>
      <DataTable caption={t('sources.pull.preview')} items={rows.map((row, at) => ({ row, at }))} keyOf={({ at }) => String(at)} columns={columns.slice(0, SHOWN_COLUMNS).map((name) => ({ key: name, label: name, cell: ({ row }: { row: Record<string, unknown>; at: number }) => <Text size="sm" lineClamp={2}>{said(row[name])}</Text> }))} />
    </Stack>
  );
}

const said = (value: unknown): string => (typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value));
