import { Autocomplete, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useEventNames, useTopics } from '../segments/builder/catalogue.ts';
import { Dialog } from '../settings/kit/parts.tsx';
import { SaveBar, useSavedForm } from '../settings/kit/saved-form.tsx';
import type { Feature } from './features-page.tsx';

export const useTeammates = () => useQuery({ queryKey: ['feature-teammates'], queryFn: () => answer(api.GET('/v1/feature-teammates')), staleTime: 60_000 });

/** Makes a feature, or changes one. */
export function FeatureDialog({ opened, onClose, feature }: { opened: boolean; onClose(): void; feature?: Feature }) {
  const { t } = useTranslation();
  return <Dialog opened={opened} onClose={onClose} title={feature ? t('features.editTitle', { name: feature.name }) : t('features.new')} size="lg"><FeatureForm feature={feature} onDone={onClose} /></Dialog>;
}

/** A key of the letters and digits of a name; empty when there are none. */
const keyOf = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 64);

function FeatureForm({ feature, onDone }: { feature: Feature | undefined; onDone(): void }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const events = useEventNames();
  const topics = useTopics().data ?? [];
  const team = useTeammates().data?.items ?? [];
  const needed = (value: string) => (value.trim() === '' ? t('features.needed') : null);
  const { form, submit, ...state } = useSavedForm({
    initial: { name: feature?.name ?? '', key: feature?.key ?? '', description: feature?.description ?? '', ownerId: feature?.owner?.id ?? null as string | null, event: feature?.event ?? '', goalDays: feature?.goalDays ?? 30 as number | string, topic: feature?.topic ?? 'product-updates', tag: feature?.tag ?? '' },
    inDialog: true,
    checks: { name: needed, key: (value, { name }) => (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(value || keyOf(name)) ? null : t('features.keyForm')) },
    save: async ({ name, key, description, ownerId, event, goalDays, topic, tag }) => {
      const body = { name: name.trim(), description: description.trim(), ownerId, event: event.trim() || null, goalDays: Number(goalDays), topic, tag: tag.trim() || null };
      const made = feature ? await answer(api.PATCH('/v1/features/{key}', { params: { path: { key: feature.key } }, body })) : await answer(api.POST('/v1/features', { body: { ...body, key: key || keyOf(name), state: 'asked', where: [] } }));
      await Promise.all([queries.invalidateQueries({ queryKey: ['features'] }), queries.invalidateQueries({ queryKey: ['feature'] })]);
      onDone();
      if (!feature) await navigate({ to: '/features/$key', params: { key: made.key } });
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput data-autofocus label={t('features.name')} maxLength={200} {...form.getInputProps('name')} />
        {!feature && <TextInput label={t('features.key')} description={t('features.keyHint')} placeholder={keyOf(form.values.name)} maxLength={64} {...form.getInputProps('key')} />}
        <Textarea label={t('features.description')} autosize minRows={2} maxLength={2_000} {...form.getInputProps('description')} />
        <Select label={t('features.owner')} description={t('features.ownerHint')} placeholder={t('features.nobody')} clearable searchable data={team.map(({ id, name, email }) => ({ value: id, label: `${name} (${email})` }))} {...form.getInputProps('ownerId')} />
        <Autocomplete label={t('features.event')} description={t('features.eventHint')} maxLength={200} data={(events.data?.items ?? []).slice(0, 200).map(({ name }) => name)} {...form.getInputProps('event')} />
        <NumberInput label={t('features.days')} min={1} max={365} allowDecimal={false} clampBehavior="strict" styles={{ wrapper: { maxWidth: 160 } }} {...form.getInputProps('goalDays')} />
        <Select label={t('features.topic')} allowDeselect={false} data={topics.map((topic) => ({ value: topic.key, label: i18n.language === 'ko' ? topic.nameKo || topic.name : topic.name }))} {...form.getInputProps('topic')} />
        <TextInput label={t('features.tag')} description={t('features.tagHint')} maxLength={100} {...form.getInputProps('tag')} />
        <SaveBar {...state} label={feature ? t('features.save') : t('features.create')} onCancel={onDone} />
      </Stack>
    </form>
  );
}
