import { Autocomplete, MultiSelect, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { useCampaignChoices, useEventNames } from '../../segments/builder/catalogue.ts';
import { Dialog } from '../../settings/kit/parts.tsx';
import { SaveBar, useSavedForm } from '../../settings/kit/saved-form.tsx';

type Values = { name: string; percent: number | string; scope: 'all' | 'some'; campaignIds: string[]; exceptCampaignIds: string[]; event: string; days: number | string };

const bodyOf = ({ percent, scope, campaignIds, exceptCampaignIds, event, days }: Values) => ({
  percent: Number(percent), campaignIds: scope === 'all' ? null : campaignIds, exceptCampaignIds: scope === 'all' ? exceptCampaignIds : [], goal: { event: { name: event.trim(), where: [] }, window: { days: Number(days) } },
});
const isWhole = (values: Values): boolean => Number(values.percent) >= 0.01 && Number(values.days) >= 1 && values.event.trim() !== '' && (values.scope === 'all' || values.campaignIds.length > 0);

/** Begins a holdout; what it could find is said while it is being written. */
export function HoldoutDialog({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { t } = useTranslation();
  return <Dialog opened={opened} onClose={onClose} title={t('reports.holdouts.begin')} size="lg"><HoldoutForm onDone={onClose} /></Dialog>;
}

function HoldoutForm({ onDone }: { onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const events = useEventNames();
  const campaigns = useCampaignChoices();
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { name: '', percent: 5, scope: 'all', campaignIds: [], exceptCampaignIds: [], event: '', days: 28 },
    inDialog: true,
    places: { 'goal.event.name': 'event', 'goal.window': 'days' },
    checks: {
      name: (value) => (value.trim() === '' ? t('reports.holdouts.needed') : null),
      event: (value) => (value.trim() === '' ? t('reports.holdouts.needed') : null),
      campaignIds: (value, { scope }) => (scope === 'some' && value.length === 0 ? t('reports.holdouts.needed') : null),
    },
    save: async (values) => {
      await api.POST('/v1/holdouts', { body: { name: values.name.trim(), ...bodyOf(values) } });
      await queries.invalidateQueries({ queryKey: ['holdouts'] });
      onDone();
    },
  });
  const { values } = form;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">{t('reports.holdouts.what')}</Text>
        <TextInput data-autofocus label={t('reports.holdouts.name')} maxLength={200} {...form.getInputProps('name')} />
        <NumberInput label={t('reports.holdouts.percent')} description={t('reports.holdouts.percentHint')} suffix="%" min={0.01} max={50} decimalScale={2} clampBehavior="strict" styles={{ wrapper: { maxWidth: 160 } }} {...form.getInputProps('percent')} />
        <Radio.Group label={t('reports.holdouts.scope')} {...form.getInputProps('scope')}>
          <Stack gap={6} mt={6}>{(['all', 'some'] as const).map((value) => <Radio key={value} value={value} label={t(`reports.holdouts.scopes.${value}`)} />)}</Stack>
        </Radio.Group>
        {values.scope === 'some'
          ? <MultiSelect label={t('reports.holdouts.campaigns')} searchable clearable data={campaigns.data ?? []} {...form.getInputProps('campaignIds')} />
          : <MultiSelect label={t('reports.holdouts.except')} description={t('reports.holdouts.exceptHint')} searchable clearable data={campaigns.data ?? []} {...form.getInputProps('exceptCampaignIds')} />}
        <Autocomplete label={t('reports.holdouts.event')} description={t('reports.holdouts.eventHint')} maxLength={200} data={(events.data?.items ?? []).slice(0, 200).map(({ name }) => name)} {...form.getInputProps('event')} />
        <NumberInput label={t('reports.holdouts.days')} min={1} max={365} allowDecimal={false} clampBehavior="strict" styles={{ wrapper: { maxWidth: 160 } }} {...form.getInputProps('days')} />
        <Found values={values} />
        <SaveBar {...state} label={t('reports.holdouts.beginNow')} onCancel={onDone} />
      </Stack>
    </form>
  );
}

/** How many it would concern and the smallest effect it would find. */
function Found({ values }: { values: Values }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [asked] = useDebouncedValue(values, 300);
  const body = bodyOf(asked);
  const plan = useQuery({ queryKey: ['holdout-plan', body], queryFn: () => answer(api.POST('/v1/holdouts/plan', { body })), enabled: isWhole(asked), placeholderData: keepPreviousData, retry: false });
  if (!isWhole(values) || !plan.data) return <Text size="sm" c="dimmed" component="output">{t('reports.holdouts.planWaits')}</Text>;
  const { sentence, after, baseline } = plan.data;
  return (
    <section aria-label={t('reports.holdouts.plan')} aria-live="polite">
      <Text size="sm" fw={600} mb="xs">{i18n.language === 'ko' ? sentence.ko : sentence.en}</Text>
      {baseline !== null && (
        <DataTable caption={t('reports.holdouts.plan')} items={after} keyOf={({ days }) => String(days)} columns={[
          { key: 'days', label: t('reports.holdouts.after'), cell: ({ days }) => t('reports.holdouts.afterDays', { count: days }) },
          { key: 'people', label: t('reports.holdouts.considered'), numeric: true, cell: ({ people }) => format.number(people) },
          { key: 'held', label: t('reports.holdouts.kept'), numeric: true, cell: ({ held }) => format.number(held) },
          { key: 'lift', label: t('reports.holdouts.findable'), numeric: true, cell: ({ lift }) => (lift === null ? t('reports.holdouts.nothing') : format.change(lift)) },
        ]} />
      )}
    </section>
  );
}
