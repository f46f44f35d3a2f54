import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../../lib/me.ts';
import { Page } from '../../../ui/page.tsx';
import { Loading } from '../../../ui/states.tsx';
import { SENDING_TABS, type SendingSearch } from '../settings-search.ts';
import { Connections } from './connections.tsx';
import { Domains } from './domains.tsx';
import { Limits } from './limits.tsx';
import { LinkSettings } from './links.tsx';
import { Returns } from './returns.tsx';
import { Servers } from './servers.tsx';
import { Suppressions } from './suppressions.tsx';
import { WarmUps } from './warm-ups.tsx';

const route = getRouteApi('/settings/sending/');
type Tab = NonNullable<SendingSearch['tab']>;

const PANELS = { servers: Servers, domains: Domains, reports: Connections, warmup: WarmUps, suppressed: Suppressions, returns: Returns, limits: Limits, links: LinkSettings } as const satisfies Record<Tab, () => React.ReactNode>;

/** Everything mail needs to leave and to come back from: servers, domains, reports, limits. */
export function SendingPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { tab = 'servers' } = route.useSearch();
  const navigate = route.useNavigate();
  const Panel = PANELS[tab];
  if (me === undefined) return <Loading />;
  return (
    <Page title={t('settings.places.sending')}>
      <Tabs value={tab} keepMounted={false} onChange={(next) => { void navigate({ search: { tab: next === 'servers' ? undefined : (next as Tab) } }); }}>
        <Tabs.List mb="md">{SENDING_TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`sending.tabs.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value={tab}><Panel /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}
