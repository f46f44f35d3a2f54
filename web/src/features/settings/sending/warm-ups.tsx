import { Button, Card, Group, NumberInput, Progress, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { IconPlus } from '../../../ui/icons.ts';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { DayField } from '../../../ui/time-fields.tsx';
import { ActButton, Dialog, OwnersNote, Section } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

type Plan = Api<'WarmUp'>;

/** Plans by which the volume of a new server or domain grows day by day. */
export function WarmUps() {
  const { t } = useTranslation();
  const canEdit = isOwner(useMe());
  const [open, setOpen] = useState<Plan | 'new' | null>(null);
  const found = useQuery({ queryKey: ['warm-ups'], queryFn: async () => (await answer(api.GET('/v1/warm-ups'))).items });
  const names = useScopes();
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const nameOf = (plan: Plan) => names.find(({ value }) => value === `${plan.scope}/${plan.key}`)?.label ?? plan.key;
  const close = () => { setOpen(null); };
  return (
    <Stack gap="lg">
      {!canEdit && <OwnersNote text={t('settings.ownersChange')} />}
      <Section bare title={t('sending.tabs.warmup')} hint={t('sending.warmup.hint')} actions={canEdit && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setOpen('new'); }}>{t('sending.warmup.new')}</Button>}>
        {found.data.length === 0 && <EmptyState title={t('sending.warmup.empty')} hint={t('sending.warmup.emptyHint')} />}
        {found.data.map((plan) => <OnePlan key={`${plan.scope} ${plan.key}`} plan={plan} name={nameOf(plan)} onChange={canEdit ? () => { setOpen(plan); } : null} />)}
      </Section>
      <Dialog opened={open !== null} onClose={close} title={open === 'new' || open === null ? t('sending.warmup.new') : nameOf(open)}><PlanForm plan={open === 'new' ? null : open} scopes={names} onDone={close} /></Dialog>
    </Stack>
  );
}

/** What can have a plan: servers of ours by their ids, domains by their names. */
function useScopes(): { value: string; label: string }[] {
  const relays = useQuery({ queryKey: ['relays'], queryFn: () => answer(api.GET('/v1/relays')) });
  const domains = useQuery({ queryKey: ['sending-domains', 'all'], queryFn: () => answer(api.GET('/v1/sending-domains', { params: { query: { limit: 200 } } })) });
  const { t } = useTranslation();
  const environment = relays.data?.fallback.id === 'environment' ? [{ value: 'relay/environment', label: t('sending.warmup.environment') }] : [];
  return [...environment, ...(relays.data?.items ?? []).map(({ id, name }) => ({ value: `relay/${id}`, label: name })), ...(domains.data?.items ?? []).map(({ domain }) => ({ value: `domain/${domain}`, label: domain }))];
}

function OnePlan({ plan, name, onChange }: { plan: Plan; name: string; onChange: (() => void) | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const { scope, key, enabled, startedOn, firstDay, lastDay, days, today } = plan;
  const path = { params: { path: { scope, key } } };
  const again = async (call: Promise<unknown>) => { await call; await queries.invalidateQueries({ queryKey: ['warm-ups'] }); };
  const said = t('sending.warmup.today', { used: format.number(today.used), allowance: today.allowance === null ? t('sending.warmup.noLimit') : format.number(today.allowance) });
  return (
    <Card withBorder component="article" aria-label={name}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={3} size="h5">{name}</Title>
          {onChange && (
            <Group gap={6}>
              <Button size="xs" variant="default" aria-label={`${t('settings.change')}: ${name}`} onClick={onChange}>{t('settings.change')}</Button>
              <ActButton label={t(enabled ? 'sending.warmup.pause' : 'sending.warmup.resume')} name={`${t(enabled ? 'sending.warmup.pause' : 'sending.warmup.resume')}: ${name}`} onAct={() => again(api.PUT('/v1/warm-ups/{scope}/{key}', { ...path, body: { enabled: !enabled, startedOn, firstDay, lastDay, days } }))} />
              <RemoveButton title={t('settings.removeOf', { name })} name={t('settings.removeOf', { name })} text={t('sending.warmup.removeText')} onRemove={() => again(api.DELETE('/v1/warm-ups/{scope}/{key}', path))} />
            </Group>
          )}
        </Group>
        <Text size="sm">{t('sending.warmup.plan', { first: format.number(firstDay), last: format.number(lastDay), days, from: startedOn })}</Text>
        <Text size="sm">{enabled ? said : t('sending.warmup.paused')}</Text>
        {enabled && today.allowance !== null && <Progress value={Math.min(100, (today.used / Math.max(1, today.allowance)) * 100)} aria-label={said} />}
      </Stack>
    </Card>
  );
}

type Values = { scope: string; startedOn: string; firstDay: number | string; lastDay: number | string; days: number | string };

function PlanForm({ plan, scopes, onDone }: { plan: Plan | null; scopes: { value: string; label: string }[]; onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { scope: plan ? `${plan.scope}/${plan.key}` : '', startedOn: plan?.startedOn ?? '', firstDay: plan?.firstDay ?? 200, lastDay: plan?.lastDay ?? 200_000, days: plan?.days ?? 42 }, inDialog: true,
    checks: { scope: (value) => (value === '' ? t('settings.required') : null) },
    save: async ({ scope, startedOn, firstDay, lastDay, days }) => {
      const [kind, key = ''] = scope.split('/') as ['relay' | 'domain', string?];
      await api.PUT('/v1/warm-ups/{scope}/{key}', { params: { path: { scope: kind, key } }, body: { enabled: plan?.enabled ?? true, firstDay: Number(firstDay), lastDay: Number(lastDay), days: Number(days), ...(startedOn === '' ? {} : { startedOn }) } });
      await queries.invalidateQueries({ queryKey: ['warm-ups'] });
      onDone();
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {plan === null && <Select data-autofocus label={t('sending.warmup.of')} data={scopes} allowDeselect={false} nothingFoundMessage={t('sending.warmup.nothing')} {...form.getInputProps('scope')} value={form.values.scope === '' ? null : form.values.scope} />}
        <Group grow align="flex-start">
          <NumberInput label={t('sending.warmup.firstDay')} min={1} allowDecimal={false} thousandSeparator="," {...form.getInputProps('firstDay')} />
          <NumberInput label={t('sending.warmup.lastDay')} min={1} allowDecimal={false} thousandSeparator="," {...form.getInputProps('lastDay')} />
        </Group>
        <Group grow align="flex-start">
          <NumberInput label={t('sending.warmup.days')} min={2} max={365} allowDecimal={false} {...form.getInputProps('days')} />
          <DayField label={t('sending.warmup.startedOn')} hint={t('sending.warmup.startedHint')} {...form.getInputProps('startedOn')} onChange={(day) => { form.setFieldValue('startedOn', day ?? ''); }} />
        </Group>
        <SaveBar {...state} onCancel={onDone} />
      </Stack>
    </form>
  );
}
