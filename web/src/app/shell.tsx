import { ActionIcon, Alert, AppShell, Anchor, Burger, Group, Menu, Text, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from './keys.ts';
import { Overlays } from './overlays.tsx';
import { PLACES } from './places.ts';
import { hasChosenLanguage, LANGUAGES, switchLanguage } from '../i18n/index.ts';
import { answer, api } from '../lib/api.ts';
import { useReach } from '../lib/reach.ts';
import { IconCloudRain, IconDeviceDesktop, IconLanguage, IconLogout, IconMoon, IconSearch, IconSun } from '../ui/icons.ts';
import { BarLink, TextLink } from '../ui/links.tsx';

const LANGUAGE_NAMES = { en: 'English', ko: '한국어' } as const;

/** The part of an address that says where one is: `/data` of `/data/events`. */
const sectionOf = (to: string): string => `/${to.split('/', 2)[1]!}`;

/** The frame of every page: where one can go, who one is, language and colours. */
export function Shell() {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { online } = useNetwork();
  const { isAway } = useReach();
  const [overlay, setOverlay] = useKeys();
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  return (
    <AppShell transitionDuration={0} header={{ height: 56 }} navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding="md">
      <Anchor href="#content" className="skip">{t('app.skip')}</Anchor>
      <AppShell.Header px={{ base: 'xs', sm: 'md' }}>
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('app.menu')} />
            <IconCloudRain aria-hidden color="var(--mantine-color-anchor)" />
            <Text fw={700} size="lg" visibleFrom="xs" style={{ whiteSpace: 'nowrap' }}>{t('app.name')}</Text>
          </Group>
          <Group gap={4} wrap="nowrap">
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('app.find')} onClick={() => { setOverlay('palette'); }}><IconSearch size={20} aria-hidden /></ActionIcon>
            <Choices />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label={t('app.menu')}>
        {PLACES.map(({ to, key, Icon }) => (
          <BarLink key={to} to={to} label={t(`nav.${key}`)} leftSection={<Icon size={18} aria-hidden />} active={to === '/' ? pathname === '/' : pathname.startsWith(sectionOf(to))} aria-current={(to === '/' ? pathname === '/' : pathname.startsWith(sectionOf(to))) ? 'page' : undefined} />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <div role="status">{(!online || isAway) && <Alert color="orange" mb="md">{t(online ? 'state.away' : 'state.offline')}</Alert>}</div>
        <Outlet />
        <Overlays overlay={overlay} onClose={() => { setOverlay(null); }} />
      </AppShell.Main>
    </AppShell>
  );
}

function Choices() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const me = useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/v1/me')), staleTime: Infinity });
  const theirs = me.data?.kind === 'user' ? me.data.user.language : null;
  // What somebody chose in this browser holds here; elsewhere what they chose for themselves.
  useEffect(() => { if (theirs && !hasChosenLanguage()) void switchLanguage(theirs); }, [theirs]);
  const SchemeIcon = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop }[colorScheme];
  return (
    <Group gap={4} wrap="nowrap">
      {me.data?.kind === 'user' && <TextLink to="/settings/me" size="sm" c="dimmed" visibleFrom="sm" truncate maw={220} mr="xs">{t('app.signedInAs', { name: me.data.user.name })}</TextLink>}
      <Menu>
        <Menu.Target><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('app.language')}><IconLanguage size={20} aria-hidden /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {LANGUAGES.map((language) => <Menu.Item key={language} lang={language} aria-current={i18n.language === language} onClick={() => { void switchLanguage(language); }}>{LANGUAGE_NAMES[language]}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
      <Menu>
        <Menu.Target><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('app.scheme')}><SchemeIcon size={20} aria-hidden /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {(['auto', 'light', 'dark'] as const).map((scheme) => <Menu.Item key={scheme} aria-current={colorScheme === scheme} onClick={() => { setColorScheme(scheme); }}>{t(`app.${scheme}`)}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
      <form method="post" action="/logout">
        <ActionIcon type="submit" variant="subtle" color="gray" size="lg"><IconLogout size={20} aria-hidden /><VisuallyHidden>{t('app.signOut')}</VisuallyHidden></ActionIcon>
      </form>
    </Group>
  );
}
