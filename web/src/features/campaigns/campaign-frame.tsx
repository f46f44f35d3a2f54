import { Group, Stack, Tabs } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { ApprovalCard } from '../safety/approval-panel.tsx';
import { LevelLine } from '../settings/levels/level-line.tsx';
import { LaunchPanel } from '../safety/launch-panel.tsx';
import { CanaryNotes } from '../canaries/canary-notes.tsx';
import { AnomalyNotes } from './anomalies.tsx';
import { CampaignState } from './campaign-state.tsx';
import { DraftProvider, useDraft } from './draft/draft-context.tsx';
import { SaveTrouble } from './draft/save-state.tsx';
import { CampaignActions } from './launch/lifecycle.tsx';
import { MigrationProgress } from './launch/migration-progress.tsx';
import { PauseReason } from './launch/pause-reason.tsx';
import { tabsOf, type TABS } from './tabs.ts';

const route = getRouteApi('/campaigns/$id');

/** What all pages of one campaign have in common: its name and state, its tabs, and its draft. */
export function CampaignFrame() {
  const { id } = route.useParams();
  const campaign = useQuery({ queryKey: ['campaign', id], queryFn: () => answer(api.GET('/v1/campaigns/{id}', { params: { path: { id } } })) });
  if (campaign.isPending) return <Loading rows={8} />;
  if (!campaign.data) return <ErrorPanel error={campaign.error} onRetry={() => { void campaign.refetch(); }} />;
  return <DraftProvider key={id} campaign={campaign.data}><Framed /></DraftProvider>;
}

function Framed() {
  const { t } = useTranslation();
  const { campaign, document } = useDraft();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const { id } = campaign;
  const tabs = tabsOf(campaign.type);
  const tab = tabs.find(({ to }) => pathname === to.replace('$id', id));
  useHotkeys([['p', (event) => { if (!(event.target as Element).closest('[role="dialog"], [role="menu"]')) void navigate({ to: '/campaigns/$id/walk', params: { id } }); }]]);
  return (
    <Page title={document.name} note={<Group gap="xs"><TextLink to="/campaigns" underline="always">{t('campaigns.back')}</TextLink><span>{t(`campaigns.types.${campaign.type}`)}</span><CampaignState state={campaign.state} /></Group>} actions={<CampaignActions />}>
      <SaveTrouble />
      <PauseReason campaign={campaign} />
      <ApprovalCard campaign={campaign} />
      <LaunchPanel campaign={campaign} />
      {['active', 'paused', 'draining'].includes(campaign.state) && <LevelLine campaign={id} />}
      <MigrationProgress campaign={campaign} />
      {campaign.state === 'active' && <AnomalyNotes campaign={id} />}
      {campaign.state === 'active' && <CanaryNotes campaign={id} />}
      <Tabs value={tab?.to ?? null} onChange={(to) => { if (to) void navigate({ to: to as (typeof TABS)[number]['to'], params: { id } }); }}>
        <Tabs.List>{tabs.map(({ to, key }) => <Tabs.Tab key={to} value={to}>{t(`campaigns.tabs.${key}`)}</Tabs.Tab>)}</Tabs.List>
        {tab ? <Tabs.Panel value={tab.to} pt="md"><Stack gap="lg"><Outlet /></Stack></Tabs.Panel> : <Stack gap="lg" pt="md"><Outlet /></Stack>}
      </Tabs>
    </Page>
  );
}
