import { Badge, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { isOwner, useMe } from '../../lib/me.ts';
import { ConfirmButton } from '../../ui/confirm.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { Dialog, Section, useAct } from './kit/parts.tsx';
import { SaveBar, useSavedForm } from './kit/saved-form.tsx';

type Target = Api<'AlarmTarget'>;
const COLOURS = { warn: 'yellow', bad: 'red' } as const;
const KEY = ['alarm-targets'];

/** What was wrong lately, and, for owners, who is told of it. */
export function Alarms() {
  const me = useMe();
  return <><History />{isOwner(me) && <Targets />}</>;
}

function History() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const list = useList(['alarms'], (after) => answer(api.GET('/v1/alarms', { params: { query: { open: 'false', limit: 20, ...(after ? { after } : {}) } } })));
  return (
    <Section bare title={t('status.alarms.title')} hint={t('status.alarms.hint')}>
      <Listing caption={t('status.alarms.title')} list={list} keyOf={({ id }) => id} empty={{ title: t('status.alarms.empty'), hint: t('status.alarms.emptyHint') }} columns={[
        { key: 'message', label: t('status.alarms.what'), cell: ({ message, path }) => <TextLink size="sm" underline="always" to={path}>{i18n.language === 'ko' ? message.ko : message.en}</TextLink> },
        { key: 'level', label: t('status.verdict'), cell: ({ level, closedAt }) => <Badge variant="light" color={closedAt ? 'green' : COLOURS[level]} styles={{ label: { color: 'var(--mantine-color-text)' } }}>{closedAt ? t('status.alarms.over') : t(`status.levels.${level}`)}</Badge> },
        { key: 'opened', label: t('status.alarms.since'), cell: ({ openedAt }) => <Text size="sm" style={{ whiteSpace: 'nowrap' }}>{format.instant(openedAt)}</Text> },
        { key: 'closed', label: t('status.alarms.until'), cell: ({ closedAt }) => <Text size="sm" style={{ whiteSpace: 'nowrap' }}>{closedAt ? format.instant(closedAt) : t('state.none')}</Text> },
      ]} />
    </Section>
  );
}

function Targets() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const found = useQuery({ queryKey: KEY, queryFn: async () => (await answer(api.GET('/v1/alarm-targets'))).items });
  if (found.isPending) return <Loading rows={2} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  return (
    <Section bare title={t('status.targets.title')} hint={t('status.targets.hint')} actions={<Button variant="default" onClick={() => { setOpen(true); }}>{t('status.targets.add')}</Button>}>
      {found.data.length === 0 ? <EmptyState title={t('status.targets.empty')} hint={t('status.targets.emptyHint')} /> : (
        <DataTable caption={t('status.targets.title')} items={found.data} keyOf={({ id }) => id} columns={[
          { key: 'who', label: t('status.targets.who'), cell: (target) => <Text size="sm">{nameOf(target)}</Text> },
          { key: 'least', label: t('status.targets.least'), cell: ({ least }) => t(`status.targets.leasts.${least}`) },
          { key: 'last', label: t('status.targets.last'), cell: (target) => <Last target={target} /> },
          { key: 'actions', label: t('settings.actions'), cell: (target) => <TargetActions target={target} /> },
        ]} />
      )}
      <Dialog opened={open} onClose={() => { setOpen(false); }} title={t('status.targets.add')}><TargetForm onDone={() => { setOpen(false); }} /></Dialog>
    </Section>
  );
}

const nameOf = ({ email, endpointName }: Target): string => email ?? endpointName ?? '';

function Last({ target: { last } }: { target: Target }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (last === null) return <Text size="sm" c="dimmed">{t('status.targets.none')}</Text>;
  return <Stack gap={0}><Text size="sm">{t(`status.targets.states.${last.state}`)} · {format.instant(last.at)}</Text>{last.state !== 'sent' && <Text size="xs" c="dimmed">{last.answer}</Text>}</Stack>;
}

function TargetActions({ target }: { target: Target }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { busy, refusal, act } = useAct();
  const [said, setSaid] = useState<string | null>(null);
  const params = { path: { id: target.id } };
  const test = () => act(async () => {
    const { ok, answer: words } = await answer(api.POST('/v1/alarm-targets/{id}/test', { params }));
    setSaid(ok ? t('status.targets.tested') : t('status.targets.refused', { answer: words }));
  });
  const remove = async () => {
    await api.DELETE('/v1/alarm-targets/{id}', { params });
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Button size="sm" variant="default" loading={busy} aria-label={`${t('status.targets.test')}: ${nameOf(target)}`} onClick={() => { void test(); }}>{t('status.targets.test')}</Button>
        <ConfirmButton title={t('settings.removeOf', { name: nameOf(target) })} action={t('settings.remove')} typed={null} onConfirm={remove}>{t('status.targets.removeText')}</ConfirmButton>
      </Group>
      {(said ?? refusal) && <Text size="xs" role="status">{said ?? refusal}</Text>}
    </Stack>
  );
}

type Values = { to: string; email: string; endpointId: string; language: string; least: string };

function TargetForm({ onDone }: { onDone(): void }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const endpoints = useQuery({ queryKey: ['webhook-endpoints', 'all'], queryFn: () => answer(api.GET('/v1/webhook-endpoints', { params: { query: { limit: 200 } } })) });
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { to: 'email', email: '', endpointId: '', language: i18n.language, least: 'bad' },
    inDialog: true,
    checks: { email: (value, { to }) => (to === 'email' && value.trim() === '' ? t('settings.required') : null), endpointId: (value, { to }) => (to === 'endpoint' && value === '' ? t('settings.required') : null) },
    save: async ({ to, email, endpointId, language, least }) => {
      await api.POST('/v1/alarm-targets', { body: { ...(to === 'email' ? { email: email.trim() } : { endpointId }), language: language as 'en', least: least as 'bad' } });
      await queries.invalidateQueries({ queryKey: KEY });
      onDone();
    },
  });
  const places = endpoints.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Select data-autofocus label={t('status.targets.to')} allowDeselect={false} data={[{ value: 'email', label: t('status.targets.email') }, { value: 'endpoint', label: t('status.targets.endpoint') }]} {...form.getInputProps('to')} />
        {form.values.to === 'email' ? <TextInput type="email" label={t('settings.email')} maxLength={254} {...form.getInputProps('email')} /> : <Select label={t('status.targets.endpoint')} description={t('status.targets.endpointHint')} data={places} {...form.getInputProps('endpointId')} value={form.values.endpointId || null} />}
        <Select label={t('status.targets.language')} allowDeselect={false} data={[{ value: 'en', label: 'English' }, { value: 'ko', label: '한국어' }]} {...form.getInputProps('language')} />
        <Select label={t('status.targets.least')} allowDeselect={false} data={(['bad', 'warn'] as const).map((value) => ({ value, label: t(`status.targets.leasts.${value}`) }))} {...form.getInputProps('least')} />
        <SaveBar {...state} onCancel={onDone} />
      </Stack>
    </form>
  );
}
