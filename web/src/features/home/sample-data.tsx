import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { ConfirmButton } from '../../ui/confirm.tsx';

const LOOK_MS = 1_000;

/** 200 people to try everything with: asked for, being made, there, or being removed. `isOffered`: say that they can be had. */
export function SampleData({ isOffered }: { isOffered: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const canEdit = mayEdit(useMe());
  const found = useQuery({
    queryKey: ['sample-data'], queryFn: () => answer(api.GET('/v1/sample-data')),
    refetchInterval: ({ state }) => (['making', 'removing'].includes(state.data?.state ?? '') ? LOOK_MS : false),
  });
  const taken = (next: Awaited<ReturnType<typeof make>>) => { queries.setQueryData(['sample-data'], next); void queries.invalidateQueries({ queryKey: ['home'] }); };
  const make = () => answer(api.POST('/v1/sample-data'));
  const making = useMutation({ mutationFn: make, onSuccess: taken });
  if (!found.data) return null;
  const { state, people } = found.data;
  if (state === 'none') {
    if (!canEdit || !isOffered) return null;
    return <Stack gap={4}><Group gap="sm"><Button variant="default" loading={making.isPending} onClick={() => { making.mutate(); }}>{t('home.sample.make')}</Button></Group><Text size="sm" c="dimmed">{t('home.sample.hint')}</Text>{making.isError && <Text size="sm" c="red" role="alert">{making.error.message}</Text>}</Stack>;
  }
  if (state === 'there') {
    return (
      <Group justify="space-between">
        <Text size="sm">{t('home.sample.there', { all: people.total })}</Text>
        {canEdit && <ConfirmButton title={t('home.sample.removeTitle')} action={t('home.sample.remove')} typed={null} onConfirm={async () => { taken(await answer(api.DELETE('/v1/sample-data'))); }}>{t('home.sample.removeHint')}</ConfirmButton>}
      </Group>
    );
  }
  const label = t(`home.sample.${state}`, { done: people.done, all: people.total });
  return <Stack gap={4} role="status"><Text size="sm">{label}</Text><Progress value={(people.done / people.total) * 100} aria-label={label} /></Stack>;
}
