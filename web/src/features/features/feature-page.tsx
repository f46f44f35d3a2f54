import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { ConfirmButton } from '../../ui/confirm.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { Askers } from './askers.tsx';
import { FeatureDialog } from './feature-form.tsx';
import { FeatureState, type Feature } from './features-page.tsx';
import { RecordDialog } from './record-dialog.tsx';
import { ShipDialog } from './ship-dialog.tsx';

const route = getRouteApi('/features/$key');

/** One feature: who asked in their own words, who took them, shipping it, and who uses it. */
export function FeaturePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { key } = route.useParams();
  const canEdit = mayEdit(useMe());
  const found = useQuery({ queryKey: ['feature', key], queryFn: () => answer(api.GET('/v1/features/{key}', { params: { path: { key } } })) });
  if (found.isPending) return <Loading rows={6} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const feature = found.data;
  const { counts, message } = feature;
  return (
    <Page title={feature.name} note={<Group gap="xs"><TextLink to="/features" underline="always">{t('features.title')}</TextLink><FeatureState state={feature.state} /></Group>} actions={canEdit && <Actions feature={feature} />}>
      {feature.description && <Text maw={760}>{feature.description}</Text>}
      <Group gap="lg">
        <Text size="sm">{t('features.owner')}: <b>{feature.owner?.name ?? t('features.nobody')}</b></Text>
        {feature.shippedAt && <Text size="sm">{t('features.shippedBy', { at: format.instant(feature.shippedAt), name: feature.shippedBy ?? '' })}</Text>}
        {message && <Text size="sm">{t('features.campaign')}: <TextLink to="/campaigns/$id" params={{ id: message.campaignId }} underline="always">{message.name}</TextLink></Text>}
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Fact label={t('features.asked')} value={format.number(counts.asked)} />
        <Fact label={t('features.told')} value={format.number(counts.told)} note={[counts.coming > 0 && `${t('features.coming')} ${format.number(counts.coming)}`, counts.notSent > 0 && `${t('features.notSent')} ${format.number(counts.notSent)}`].filter(Boolean).join(' · ')} />
        <Fact label={t('features.opened')} value={format.number(counts.opened)} />
        <Fact label={t('features.used')} value={counts.used === null ? t('features.unknown') : format.number(counts.used)} note={counts.used === null ? '' : t('features.usedHint', { count: feature.goalDays })} />
      </SimpleGrid>
      <Stack component="section" gap="sm" aria-label={t('features.people')}><Title order={2} size="h4">{t('features.people')}</Title><Askers featureKey={key} canEdit={canEdit} /></Stack>
    </Page>
  );
}

const Fact = ({ label, value, note }: { label: string; value: string; note?: string }) => <Card withBorder padding="sm"><Text size="sm" c="dimmed">{label}</Text><Text fw={600} fz="xl">{value}</Text>{note && <Text size="xs" c="dimmed">{note}</Text>}</Card>;

type Opened = 'edit' | 'record' | 'ship' | null;

function Actions({ feature }: { feature: Feature }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const [opened, setOpened] = useState<Opened>(null);
  const close = () => { setOpened(null); };
  const { key, name, state } = feature;
  const renew = () => Promise.all([queries.invalidateQueries({ queryKey: ['feature'] }), queries.invalidateQueries({ queryKey: ['features'] })]);
  const unship = async () => { await api.POST('/v1/features/{key}/unship', { params: { path: { key } } }); await renew(); };
  const archive = async () => { await api.DELETE('/v1/features/{key}', { params: { path: { key } } }); void renew(); await navigate({ to: '/features' }); };
  return (
    <Group gap="sm">
      <Button variant="default" onClick={() => { setOpened('edit'); }}>{t('features.edit')}</Button>
      {state !== 'shipped' && <ConfirmButton title={t('features.archiveTitle', { name })} action={t('features.archive')} typed={null} onConfirm={archive}>{t('features.archiveText')}</ConfirmButton>}
      <Button variant="default" onClick={() => { setOpened('record'); }}>{t('features.record')}</Button>
      {state === 'shipped'
        ? <ConfirmButton title={t('features.unshipTitle', { name })} action={t('features.unship')} typed={null} onConfirm={unship}>{t('features.unshipText')}</ConfirmButton>
        : <Button onClick={() => { setOpened('ship'); }}>{t('features.ship')}</Button>}
      <FeatureDialog opened={opened === 'edit'} onClose={close} feature={feature} />
      <RecordDialog opened={opened === 'record'} onClose={close} featureKey={key} />
      <ShipDialog opened={opened === 'ship'} onClose={close} feature={feature} />
    </Group>
  );
}
