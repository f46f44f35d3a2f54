import { Group, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { TextLink } from '../../../ui/links.tsx';
import { Page } from '../../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { OwnersNote } from '../kit/parts.tsx';
import { SOURCE_TABS, type SourceSearch } from '../settings-search.ts';
import { MappingTab } from './mapping-tab.tsx';
import { Received } from './received.tsx';
import { ScheduleTab } from './schedule-tab.tsx';
import { SourceSetup } from './source-setup.tsx';
import { SourceState } from './sources-page.tsx';

const route = getRouteApi('/settings/sources/$id');

/** One source: what it sent, what becomes of it, and how it is set up. */
export function SourcePage() {
  const { t } = useTranslation();
  const me = useMe();
  if (me === undefined) return <Loading />;
  if (!isOwner(me)) return <Page title={t('settings.places.sources')}><OwnersNote text={t('settings.ownersSee')} /></Page>;
  return <OneSource />;
}

function OneSource() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const { tab = 'received', sample, ask } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery({ queryKey: ['source', id], queryFn: () => answer(api.GET('/v1/sources/{id}', { params: { path: { id } } })) });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const source = found.data;
  // One that was just made for a schedule waits for it, not for a secret.
  const asks = source.asks ?? ask ?? null;
  return (
    <Page title={source.name} note={<Group gap="xs"><TextLink to="/settings/sources" underline="always">{t('settings.places.sources')}</TextLink><span>{t(`sources.kinds.${asks ?? source.kind}`)}</span><SourceState source={{ ...source, asks }} /></Group>}>
      <Tabs value={tab} keepMounted={false} onChange={(next) => { void navigate({ search: { tab: next === 'received' ? undefined : (next as SourceSearch['tab']) }, replace: true }); }}>
        <Tabs.List mb="md">{SOURCE_TABS.filter((one) => one !== 'schedule' || source.kind === 'json').map((one) => <Tabs.Tab key={one} value={one}>{t(`sources.tabs.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="received"><Received source={source} /></Tabs.Panel>
        <Tabs.Panel value="schedule"><ScheduleTab source={source} ask={ask} /></Tabs.Panel>
        <Tabs.Panel value="mapping"><MappingTab key={source.id} source={source} sample={sample} /></Tabs.Panel>
        <Tabs.Panel value="setup"><SourceSetup source={source} /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}
