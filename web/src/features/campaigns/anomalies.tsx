import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { mayEdit, useMe } from '../../lib/me.ts';

const DAY_MS = 86_400_000;

/** That a live campaign takes nobody, far fewer or far more people than it should; whoever has seen it says so. */
export function AnomalyNotes({ campaign }: { campaign: string }) {
  const found = useQuery({ queryKey: ['anomalies', campaign], queryFn: () => answer(api.GET('/v1/anomalies', { params: { query: { campaignId: campaign, limit: 1 } } })), staleTime: 60_000 });
  const [note] = found.data?.items ?? [];
  return note ? <Note note={note} asOf={found.dataUpdatedAt} /> : null;
}

function Note({ note, asOf }: { note: Api<'AnomalyNote'>; asOf: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const canEdit = mayEdit(useMe());
  const done = () => client.invalidateQueries({ queryKey: ['anomalies', note.campaignId] });
  const acknowledge = useMutation({ mutationFn: () => answer(api.POST('/v1/anomalies/{id}/acknowledge', { params: { path: { id: note.id } } })), onSettled: done });
  const snooze = useMutation({ mutationFn: () => answer(api.POST('/v1/anomalies/{id}/snooze', { params: { path: { id: note.id } }, body: { until: new Date(Date.now() + DAY_MS).toISOString() } })), onSettled: done });
  const isQuiet = note.acknowledgedAt !== null || (note.snoozedUntil !== null && Date.parse(note.snoozedUntil) > asOf);
  return (
    <Alert color={isQuiet ? 'gray' : 'orange'} title={t('anomalies.title')}>
      <Stack gap="xs">
        <Text size="sm">{t(`anomalies.${note.kind}`, { seen: format.number(note.seen), expected: format.number(Math.round(note.expected)) })}</Text>
        {note.acknowledgedAt && <Text size="xs" c="dimmed">{t('anomalies.seen', { when: format.instant(note.acknowledgedAt) })}</Text>}
        {!note.acknowledgedAt && isQuiet && note.snoozedUntil && <Text size="xs" c="dimmed">{t('anomalies.until', { when: format.instant(note.snoozedUntil) })}</Text>}
        {canEdit && !isQuiet && <Group gap="xs"><Button size="compact-sm" variant="default" loading={acknowledge.isPending} onClick={() => { acknowledge.mutate(); }}>{t('anomalies.acknowledge')}</Button><Button size="compact-sm" variant="default" loading={snooze.isPending} onClick={() => { snooze.mutate(); }}>{t('anomalies.snooze')}</Button></Group>}
      </Stack>
    </Alert>
  );
}
