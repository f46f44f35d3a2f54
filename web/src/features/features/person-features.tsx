import { Button, Card, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { TextLink } from '../../ui/links.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { Became, Quotes } from './askers.tsx';
import { FeatureState } from './features-page.tsx';
import { RecordDialog } from './record-dialog.tsx';

/** What a person asked for, in their words, and what became of it. */
export function PersonFeatures({ id }: { id: string }) {
  const { t } = useTranslation();
  const canEdit = mayEdit(useMe());
  const [opened, setOpened] = useState(false);
  const found = useQuery({ queryKey: ['person-features', id], queryFn: () => answer(api.GET('/v1/people/{id}/feature-requests', { params: { path: { id } } })) });
  if (found.isPending) return <Loading rows={1} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  return (
    <Stack gap="sm">
      {found.data.items.length === 0 && <Text c="dimmed">{t('features.noRequests')}</Text>}
      {found.data.items.map((one) => (
        <Card key={one.key} withBorder padding="sm">
          <Group gap="xs"><TextLink to="/features/$key" params={{ key: one.key }} fw={600} size="sm">{one.name}</TextLink><FeatureState state={one.featureState} />{one.takenBy && <Text size="xs" c="dimmed">{t('features.taker')}: {one.takenBy.name}</Text>}</Group>
          <Quotes quotes={one.quotes} />
          <Became outcome={one} />
        </Card>
      ))}
      {canEdit && <Group><Button size="xs" variant="default" onClick={() => { setOpened(true); }}>{t('features.record')}</Button></Group>}
      <RecordDialog opened={opened} onClose={() => { setOpened(false); }} personId={id} />
    </Stack>
  );
}
