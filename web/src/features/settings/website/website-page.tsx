import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../../lib/me.ts';
import { Page } from '../../../ui/page.tsx';
import { Loading } from '../../../ui/states.tsx';
import { WEBSITE_TABS, type WebsiteSearch } from '../settings-search.ts';
import { Behaviour } from './behaviour.tsx';
import { Identity } from './identity.tsx';
import { Snippet } from './snippet.tsx';

const route = getRouteApi('/settings/website');
type Tab = NonNullable<WebsiteSearch['tab']>;

const PANELS = { snippet: Snippet, behaviour: Behaviour, identity: Identity } as const satisfies Record<Tab, () => React.ReactNode>;

/** What a site needs to talk to Danbi, what its browsers are told, and whom they may speak for. */
export function WebsitePage() {
  const { t } = useTranslation();
  const me = useMe();
  const { tab = 'snippet' } = route.useSearch();
  const navigate = route.useNavigate();
  const Panel = PANELS[tab];
  if (me === undefined) return <Loading />;
  return (
    <Page title={t('settings.places.website')}>
      <Tabs value={tab} keepMounted={false} onChange={(next) => { void navigate({ search: { tab: next === 'snippet' ? undefined : (next as Tab) } }); }}>
        <Tabs.List mb="md">{WEBSITE_TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`website.tabs.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value={tab}><Panel /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}
