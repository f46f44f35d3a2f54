import { Tabs } from '@mantine/core';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

const TABS = [{ to: '/messages', key: 'messages' }, { to: '/messages/snippets', key: 'snippets' }] as const;

/** Messages, and the pieces that they share. */
export function Places() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  return (
    <Tabs value={pathname.startsWith('/messages/snippets') ? '/messages/snippets' : '/messages'} onChange={(to) => { if (to) void navigate({ to: to as (typeof TABS)[number]['to'] }); }}>
      <Tabs.List>{TABS.map(({ to, key }) => <Tabs.Tab key={to} value={to} aria-controls={undefined}>{t(`messages.tabs.${key}`)}</Tabs.Tab>)}</Tabs.List>
    </Tabs>
  );
}
