import { Group } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ButtonLink } from '../../ui/links.tsx';

/** What is known and what comes in. */
export function DataTabs() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const here = (to: string) => (pathname === to ? { variant: 'light', 'aria-current': 'page' as const } : { variant: 'default' });
  return <Group gap="xs" component="nav" aria-label={t('data.title')}><ButtonLink size="xs" to="/data/events" {...here('/data/events')}>{t('data.events')}</ButtonLink><ButtonLink size="xs" to="/data/live" {...here('/data/live')}>{t('data.live.title')}</ButtonLink><ButtonLink size="xs" to="/data/attributes" {...here('/data/attributes')}>{t('data.attributes')}</ButtonLink></Group>;
}
