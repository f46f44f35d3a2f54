import { Fieldset, Group, MultiSelect, NumberInput, Stack, Switch } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { OwnersNote, Section } from '../kit/parts.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

type Settings = Api<'SendingSettings'>;

/** How long messages are tried, and when campaigns are paused by themselves. */
export function Limits() {
  const { t } = useTranslation();
  const canEdit = isOwner(useMe());
  const found = useQuery({ queryKey: ['sending-settings'], queryFn: () => answer(api.GET('/v1/sending-settings')) });
  const topics = useQuery({ queryKey: ['topics'], queryFn: async () => (await answer(api.GET('/v1/topics'))).items });
  if (found.isPending || topics.isPending) return <Loading />;
  if (!found.data || !topics.data) return <ErrorPanel error={found.error ?? topics.error} onRetry={() => { void found.refetch(); void topics.refetch(); }} />;
  return <Stack gap="lg">{!canEdit && <OwnersNote text={t('settings.ownersChange')} />}<LimitsForm settings={found.data} topics={topics.data} canEdit={canEdit} /></Stack>;
}

function LimitsForm({ settings, topics, canEdit }: { settings: Settings; topics: Api<'Topic'>[]; canEdit: boolean }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<Settings & Record<string, unknown>>({
    initial: settings,
    places: { ...Object.fromEntries(['giveUpHours.marketing', 'giveUpHours.transactional', 'errorBudget.window', 'errorBudget.hardPercent', 'errorBudget.complaintPercent', 'errorBudget.blockPercent'].map((path) => [path, path])) },
    save: async (values) => { queries.setQueryData(['sending-settings'], await answer(api.PUT('/v1/sending-settings', { body: values }))); },
  });
  const percent = { min: 0.01, max: 100, suffix: ' %', decimalScale: 2 };
  return (
    <form onSubmit={submit} noValidate>
      <Fieldset variant="unstyled" disabled={!canEdit}>
        <Stack gap="lg">
          <Section title={t('sending.limits.giveUp')} hint={t('sending.limits.giveUpHint')}>
            <Group align="flex-start"><NumberInput label={t('sending.limits.marketing')} min={0.1} max={168} {...form.getInputProps('giveUpHours.marketing')} /><NumberInput label={t('sending.limits.transactional')} min={0.1} max={168} {...form.getInputProps('giveUpHours.transactional')} /></Group>
          </Section>
          <Section title={t('sending.limits.budget')} hint={t('sending.limits.budgetHint')}>
            <Switch label={t('sending.limits.budgetOn')} {...form.getInputProps('errorBudget.enabled', { type: 'checkbox' })} />
            <Group align="flex-start">
              <NumberInput label={t('sending.limits.window')} min={50} max={10_000} allowDecimal={false} {...form.getInputProps('errorBudget.window')} />
              <NumberInput label={t('sending.limits.hard')} {...percent} {...form.getInputProps('errorBudget.hardPercent')} />
              <NumberInput label={t('sending.limits.complaint')} {...percent} {...form.getInputProps('errorBudget.complaintPercent')} />
              <NumberInput label={t('sending.limits.block')} {...percent} {...form.getInputProps('errorBudget.blockPercent')} />
            </Group>
          </Section>
          <Section title={t('sending.limits.uncertain')} hint={t('sending.limits.uncertainHint')}>
            <MultiSelect label={t('sending.limits.topics')} data={topics.filter(({ kind }) => kind === 'transactional').map(({ key, name, nameKo }) => ({ value: key, label: i18n.language === 'ko' && nameKo ? nameKo : name }))} maw={480} {...form.getInputProps('resendUncertain')} />
          </Section>
          {canEdit && <SaveBar {...state} />}
        </Stack>
      </Fieldset>
    </form>
  );
}
