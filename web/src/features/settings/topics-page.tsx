import { Badge, Button, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { IconPlus } from '../../ui/icons.ts';
import { Page } from '../../ui/page.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { Dialog, OwnersNote } from './kit/parts.tsx';
import { SaveBar, useSavedForm } from './kit/saved-form.tsx';

type Topic = Api<'Topic'>;
const REASONS = ['contract', 'receipt', 'account_security', 'service_change', 'warranty_recall', 'requested', 'legal_notice'] as const;

/** What people can choose to get or not to get, and what they always get with its reason. */
export function TopicsPage() {
  const { t } = useTranslation();
  const me = useMe();
  const canEdit = mayEdit(me);
  const [open, setOpen] = useState<Topic | 'new' | null>(null);
  const found = useQuery({ queryKey: ['topics'], queryFn: async () => (await answer(api.GET('/v1/topics'))).items });
  if (me === undefined || found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const close = () => { setOpen(null); };
  return (
    <Page title={t('settings.places.topics')} note={t('settings.topics.hint')} actions={canEdit && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setOpen('new'); }}>{t('settings.topics.new')}</Button>}>
      {!canEdit && <OwnersNote text={t('settings.marketersChange')} />}
      {found.data.length === 0 ? <EmptyState title={t('settings.topics.empty')} hint={t('settings.topics.hint')} /> : (
        <DataTable caption={t('settings.places.topics')} items={found.data} keyOf={({ key }) => key} columns={[
          { key: 'name', label: t('settings.name'), cell: ({ key, name, nameKo }) => <><Text size="sm" fw={600}>{name}</Text><Text size="xs" c="dimmed">{[nameKo, key].filter(Boolean).join(' · ')}</Text></> },
          { key: 'kind', label: t('settings.topics.kind'), cell: ({ kind }) => <Badge variant="light" color={kind === 'marketing' ? 'rain' : 'gray'}>{t(`settings.topics.kinds.${kind}`)}</Badge> },
          { key: 'rule', label: t('settings.topics.who'), cell: ({ kind, optIn, doubleOptIn, reason, reasonText }) => (kind === 'marketing' ? t(`settings.topics.rule.${doubleOptIn ? 'double' : optIn ? 'optIn' : 'optOut'}`) : <>{reason && t(`settings.topics.reasons.${reason}`)}{reasonText && <Text size="xs" c="dimmed">{reasonText}</Text>}</>) },
          ...(canEdit ? [{ key: 'change', label: t('settings.actions'), cell: (topic: Topic) => <Button size="xs" variant="default" aria-label={`${t('settings.change')}: ${topic.name}`} onClick={() => { setOpen(topic); }}>{t('settings.change')}</Button> }] : []),
        ]} />
      )}
      <Dialog opened={open !== null} onClose={close} title={open === 'new' || open === null ? t('settings.topics.new') : open.name}><TopicForm topic={open === 'new' ? null : open} onDone={close} /></Dialog>
    </Page>
  );
}

type Values = { key: string; name: string; nameKo: string; kind: Topic['kind']; optIn: boolean; doubleOptIn: boolean; reason: string; reasonText: string };

function TopicForm({ topic, onDone }: { topic: Topic | null; onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { key: topic?.key ?? '', name: topic?.name ?? '', nameKo: topic?.nameKo ?? '', kind: topic?.kind ?? 'marketing', optIn: topic?.optIn ?? true, doubleOptIn: topic?.doubleOptIn ?? false, reason: topic?.reason ?? '', reasonText: topic?.reasonText ?? '' },
    inDialog: true,
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null), reason: (value, { kind }) => (kind === 'transactional' && value === '' ? t('settings.topics.needReason') : null) },
    save: async ({ key, kind, name, nameKo, optIn, doubleOptIn, reason, reasonText }) => {
      const rule = kind === 'marketing' ? { optIn, doubleOptIn: optIn && doubleOptIn } : { reason: reason as Topic['reason'], reasonText };
      if (topic === null) await api.POST('/v1/topics', { body: { key, kind, name, nameKo, ...rule } as never });
      else await api.PATCH('/v1/topics/{key}', { params: { path: { key } }, body: { name, nameKo, ...rule } as never });
      await queries.invalidateQueries({ queryKey: ['topics'] });
      onDone();
    },
  });
  const { kind, optIn } = form.values;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput data-autofocus label={t('settings.topics.name')} description={t('settings.topics.nameHint')} maxLength={200} {...form.getInputProps('name')} />
        <TextInput label={t('settings.topics.nameKo')} maxLength={200} {...form.getInputProps('nameKo')} />
        {topic === null && <TextInput label={t('settings.topics.key')} description={t('settings.topics.keyHint')} maxLength={64} {...form.getInputProps('key')} />}
        {topic === null && <Select label={t('settings.topics.kind')} allowDeselect={false} data={(['marketing', 'transactional'] as const).map((value) => ({ value, label: t(`settings.topics.kinds.${value}`) }))} {...form.getInputProps('kind')} />}
        {kind === 'marketing' ? (
          <>
            <Switch label={t('settings.topics.optIn')} description={t('settings.topics.optInHint')} {...form.getInputProps('optIn', { type: 'checkbox' })} />
            {optIn && <Switch label={t('settings.topics.doubleOptIn')} description={t('settings.topics.doubleHint')} {...form.getInputProps('doubleOptIn', { type: 'checkbox' })} />}
          </>
        ) : (
          <>
            <Select label={t('settings.topics.reason')} description={t('settings.topics.reasonHint')} data={REASONS.map((value) => ({ value, label: t(`settings.topics.reasons.${value}`) }))} {...form.getInputProps('reason')} value={form.values.reason === '' ? null : form.values.reason} />
            <TextInput label={t('settings.topics.reasonText')} maxLength={500} {...form.getInputProps('reasonText')} />
          </>
        )}
        <SaveBar {...state} onCancel={onDone} />
      </Stack>
    </form>
  );
}
