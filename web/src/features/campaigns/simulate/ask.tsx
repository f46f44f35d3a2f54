import { Button, Card, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { useZone } from '../../../lib/workspace.ts';
import { dayAfter, startOfDay, wallAt } from '../../../lib/zones.ts';
import { ErrorPanel } from '../../../ui/states.tsx';

const REACTIONS = ['none', 'observed_rate', 'worst_case'] as const;
const FIRST_DAYS = 30;
const DAY_MS = 86_400_000;

/** Asks for a simulation: of what, over which days, and what is supposed of people. */
export function AskSimulation({ id, current, onAsked }: { id: string; current: number | null; onAsked(run: string): void }) {
  const zone = useZone();
  return zone === undefined ? null : <Ask id={id} current={current} zone={zone} onAsked={onAsked} />;
}

function Ask({ id, current, zone, onAsked }: { id: string; current: number | null; zone: string; onAsked(run: string): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [today] = useState(() => wallAt(new Date().toISOString(), zone).slice(0, 10));
  const [version, setVersion] = useState<string>('draft');
  const [from, setFrom] = useState(() => wallAt(new Date(Date.now() - FIRST_DAYS * DAY_MS).toISOString(), zone).slice(0, 10));
  const [to, setTo] = useState(today);
  const [reactions, setReactions] = useState<(typeof REACTIONS)[number]>('none');
  const [compare, setCompare] = useState(false);
  const versions = useQuery({ queryKey: ['versions', id], queryFn: () => answer(api.GET('/v1/campaigns/{id}/versions', { params: { path: { id } } })) });
  const mayCompare = current !== null && version !== String(current);
  const ask = useMutation({
    mutationFn: () => {
      const end = startOfDay(dayAfter(to), zone);
      const now = new Date().toISOString();
      // The clock of the server decides what is past: a second is left to it.
      const until = end < now ? end : new Date(Date.now() - 1_000).toISOString();
      return answer(api.POST('/v1/campaigns/{id}/simulations', { params: { path: { id } }, body: { ...(version === 'draft' ? {} : { version: Number(version) }), from: startOfDay(from, zone), to: until, reactions, compare: mayCompare && compare } }));
    },
    onSuccess: ({ id: run }) => { void queries.invalidateQueries({ queryKey: ['simulations', id] }); onAsked(run); },
  });
  const nameOf = (number: number) => (number === current ? t('simulate.running', { what: t('simulate.version', { number }) }) : t('simulate.version', { number }));
  return (
    <Card withBorder component="form" onSubmit={(event) => { event.preventDefault(); ask.mutate(); }}>
      <Stack gap="sm">
        <Text size="sm">{t('simulate.intro')}</Text>
        <Group gap="sm" align="end">
          <Select label={t('simulate.what')} allowDeselect={false} value={version} w={220} data={[{ value: 'draft', label: t('simulate.draft') }, ...(versions.data?.items ?? []).map(({ number }) => ({ value: String(number), label: nameOf(number) }))]} onChange={(value) => { if (value) setVersion(value); }} />
          <TextInput type="date" label={t('simulate.from')} value={from} max={to} required onChange={(event) => { setFrom(event.currentTarget.value); }} />
          <TextInput type="date" label={t('simulate.to')} value={to} min={from} max={today} required onChange={(event) => { setTo(event.currentTarget.value); }} />
          <Select label={t('simulate.reactions')} allowDeselect={false} value={reactions} w={{ base: '100%', xs: 320 }} data={REACTIONS.map((value) => ({ value, label: t(`simulate.reaction.${value}`) }))} onChange={(value) => { if (value) setReactions(value as (typeof REACTIONS)[number]); }} />
        </Group>
        {mayCompare && <Checkbox label={t('simulate.compare')} checked={compare} onChange={(event) => { setCompare(event.currentTarget.checked); }} />}
        <Text size="xs" c="dimmed">{t('simulate.zone', { zone })}</Text>
        {ask.isError && <ErrorPanel error={ask.error} onRetry={() => { ask.mutate(); }} />}
        <Group><Button type="submit" loading={ask.isPending} disabled={from === '' || to === ''}>{t('simulate.go')}</Button></Group>
      </Stack>
    </Card>
  );
}
