import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { CampaignPicker } from '../../../ui/campaign-picker.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Page } from '../../../ui/page.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { Dialog, Section } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { LevelBadge, MeasuredWords } from './level-line.tsx';
import { TargetForm } from './target-form.tsx';
import { LEVELS_KEY, useTargetWords } from './target-words.ts';

const route = getRouteApi('/settings/service-levels');
type All = Api<'ServiceLevels'>;
type Item = All['items'][number];
const AGAIN_MS = 30_000;

/** How soon e-mails are to be handed over, by the workspace and by campaign, and how that is kept. */
export function LevelsPage() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: LEVELS_KEY, queryFn: () => answer(api.GET('/v1/service-levels')), refetchInterval: AGAIN_MS });
  const me = useMe();
  return (
    <Page title={t('settings.places.levels')} note={t('levels.note')}>
      {found.isPending ? <Loading /> : found.data ? <><Standard all={found.data} /><Campaigns all={found.data} /></> : <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />}
      {me && !mayEdit(me) && <Text size="sm" c="dimmed">{t('levels.whoSets')}</Text>}
    </Page>
  );
}

function Standard({ all: { standard } }: { all: All }) {
  const { t } = useTranslation();
  const words = useTargetWords();
  const queries = useQueryClient();
  const canEdit = mayEdit(useMe());
  const [isOpen, setOpen] = useState(false);
  const open = () => { setOpen(true); };
  const remove = async () => { queries.setQueryData(LEVELS_KEY, await answer(api.PUT('/v1/service-levels', { body: { standard: null } }))); };
  return (
    <Section title={t('levels.standard')} hint={t('levels.standardHint')}>
      {standard === null ? <EmptyState title={t('levels.none')} hint={t('levels.noneHint')} action={canEdit && <Button onClick={open}>{t('levels.set')}</Button>} /> : (
        <Group justify="space-between" gap="sm">
          <Text fw={600}>{words.target(standard)}</Text>
          {canEdit && <Group gap={6}><Button size="xs" variant="default" aria-label={`${t('levels.change')}: ${t('levels.standard')}`} onClick={open}>{t('levels.change')}</Button><RemoveButton title={t('levels.removeTitle')} name={`${t('settings.remove')}: ${t('levels.standard')}`} text={t('levels.removeText')} onRemove={remove} /></Group>}
        </Group>
      )}
      <Dialog opened={isOpen} onClose={() => { setOpen(false); }} title={t('levels.standard')} size="lg"><TargetForm target={standard} onDone={() => { setOpen(false); }} /></Dialog>
    </Section>
  );
}

function Campaigns({ all: { standard, items } }: { all: All }) {
  const { t } = useTranslation();
  const canEdit = mayEdit(useMe());
  const words = useTargetWords();
  const { campaign } = route.useSearch();
  const navigate = route.useNavigate();
  const [isOpen, setOpen] = useState(campaign !== undefined);
  const choose = (id: string | undefined) => { void navigate({ search: { campaign: id }, replace: true }); };
  const open = (id?: string) => { setOpen(true); choose(id); };
  const close = () => { setOpen(false); choose(undefined); };
  const hint = <Stack gap={0}><span>{t('levels.campaignsHint')}</span><span>{t('levels.burned')}: {t('levels.burnedHint')}</span></Stack>;
  return (
    <Section bare title={t('levels.campaigns')} hint={hint} actions={canEdit && <Button variant="default" onClick={() => { open(); }}>{t('levels.forCampaign')}</Button>}>
      {items.length === 0 ? <EmptyState title={t('levels.nobody')} hint={t('levels.nobodyHint')} /> : (
        <DataTable caption={t('levels.campaigns')} items={items} keyOf={({ campaignId }) => campaignId} columns={[
          { key: 'campaign', label: t('levels.campaign'), cell: ({ campaignId, name }) => <TextLink size="sm" fw={600} to="/campaigns/$id" params={{ id: campaignId }}>{name}</TextLink> },
          { key: 'target', label: t('levels.target'), cell: ({ target, own }) => <Stack gap={0}><Text size="sm">{words.target(target)}</Text><Text size="xs" c="dimmed">{t(own ? 'levels.own' : 'levels.shared')}</Text></Stack> },
          { key: 'measured', label: t('levels.measured'), cell: ({ measured }) => <MeasuredWords measured={measured} /> },
          { key: 'burned', label: t('levels.burned'), numeric: true, cell: ({ measured: { burned } }) => (burned === null ? t('state.none') : words.percent(Math.round(burned * 100) / 100)) },
          { key: 'state', label: t('levels.state'), cell: ({ measured: { level, burned } }) => (burned === null ? t('state.none') : <LevelBadge level={level} />) },
          ...(canEdit ? [{ key: 'actions', label: t('settings.actions'), cell: (item: Item) => <Actions item={item} onChange={() => { open(item.campaignId); }} /> }] : []),
        ]} />
      )}
      <Dialog opened={isOpen && canEdit} onClose={close} title={t('levels.forCampaign')} size="lg">
        <Stack>
          <CampaignPicker label={t('levels.pick')} value={campaign} onChange={choose} />
          {campaign !== undefined && <OfCampaign key={campaign} id={campaign} hasStandard={standard !== null} onDone={close} />}
        </Stack>
      </Dialog>
    </Section>
  );
}

function Actions({ item: { campaignId: id, name, own }, onChange }: { item: Item; onChange(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = async () => { await answer(api.PUT('/v1/campaigns/{id}/service-level', { params: { path: { id } }, body: { use: 'standard' } })); await queries.invalidateQueries({ queryKey: LEVELS_KEY }); };
  return (
    <Group gap={6} wrap="nowrap">
      <Button size="xs" variant="default" aria-label={`${t('levels.change')}: ${name}`} onClick={onChange}>{t('levels.change')}</Button>
      {own && <RemoveButton title={t('levels.removeOwnTitle', { name })} name={t('settings.removeOf', { name })} text={t('levels.removeOwnText')} onRemove={remove} />}
    </Group>
  );
}

/** What one campaign goes by; also of one that has no target or does not run. */
function OfCampaign({ id, hasStandard, onDone }: { id: string; hasStandard: boolean; onDone(): void }) {
  const found = useQuery({ queryKey: [...LEVELS_KEY, id], queryFn: () => answer(api.GET('/v1/campaigns/{id}/service-level', { params: { path: { id } } })), staleTime: 0 });
  if (!found.data) return found.isError ? <ErrorPanel error={found.error} /> : <Loading rows={2} />;
  const { use, target, standard } = found.data;
  return <TargetForm target={target ?? standard} of={{ id, use, hasStandard }} onDone={onDone} />;
}
