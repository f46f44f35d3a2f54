import { Group, Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem } from '../../lib/api.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { CampaignState } from '../campaigns/campaign-state.tsx';
import { DraftProvider, useDraft } from '../campaigns/draft/draft-context.tsx';
import { SaveState, SaveTrouble } from '../campaigns/draft/save-state.tsx';
import { Actions } from './actions.tsx';
import { AutoCheckProvider } from './auto-check.tsx';

const route = getRouteApi('/auto-messages/$id');
const TABS = [{ to: '/auto-messages/$id', key: 'editor' }, { to: '/auto-messages/$id/results', key: 'results' }] as const;

/** What both pages of an auto message have in common: name, state, what can be done with it, and its draft. */
export function AutoFrame() {
  const { id } = route.useParams();
  const campaign = useQuery({ queryKey: ['campaign', id], queryFn: () => answer(api.GET('/v1/campaigns/{id}', { params: { path: { id } } })) });
  if (campaign.isPending) return <Loading rows={8} />;
  if (!campaign.data) return <ErrorPanel error={campaign.error} onRetry={() => { void campaign.refetch(); }} />;
  if (campaign.data.type !== 'auto_message') return <ErrorPanel error={new ApiProblem(404, 'campaign.not-found', '', [], null)} />;
  return <DraftProvider key={id} campaign={campaign.data}><AutoCheckProvider><Framed /></AutoCheckProvider></DraftProvider>;
}

function Framed() {
  const { t } = useTranslation();
  const { campaign, document } = useDraft();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const canEdit = mayEdit(useMe());
  const { id } = campaign;
  const tab = TABS.find(({ to }) => pathname.replace(/\/$/, '') === to.replace('$id', id)) ?? TABS[0];
  return (
    <Page title={document.name} note={<Group gap="xs"><TextLink to="/auto-messages" search={{}} underline="always">{t('autoMessages.title')}</TextLink><CampaignState state={campaign.state} /><SaveState /></Group>} actions={canEdit && <Actions />}>
      <SaveTrouble />
      <Tabs value={tab.to} onChange={(to) => { if (to) void navigate({ to: to as (typeof TABS)[number]['to'], params: { id }, search: {} }); }}>
        <Tabs.List>{TABS.map(({ to, key }) => <Tabs.Tab key={to} value={to}>{t(`autoMessages.tabs.${key}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value={tab.to} pt="md"><Stack gap="lg"><Outlet /></Stack></Tabs.Panel>
      </Tabs>
    </Page>
  );
}
