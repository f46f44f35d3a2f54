import { Tabs } from '@mantine/core';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

const TABS = [{ to: '/messages', key: 'messages' }, { to: '/messages/snippets', key: 'snippets' }, { to: '/messages/replies', key: 'replies' }] as const;

/** Messages, the pieces that they share, and the answers put into them. */
export function Places() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  return (
    <Tabs value={TABS.findLast(({ to }) => pathname.startsWith(to))?.to ?? '/messages'} onChange={(to) => { if (to) void navigate({ to: to as (typeof TABS)[number]['to'] }); }}>
      <Tabs.List>{TABS.map(({ to, key }) => <Tabs.Tab key={to} value={to} aria-controls={undefined}>{t(`messages.tabs.${key}`)}</Tabs.Tab>)}</Tabs.List>
    </Tabs>
  );
}
