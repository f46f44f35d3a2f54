import { NativeSelect } from '@mantine/core';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { BarLink } from '../../ui/links.tsx';
import { UnsavedGuard } from './kit/unsaved.tsx';
import { SETTINGS } from './settings-places.ts';
import classes from './settings-frame.module.css';

/** The frame of all settings: their list at the side, on phones a select above. */
export function SettingsFrame() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const here = SETTINGS.find(({ to }) => pathname.startsWith(to))?.to;
  return (
    <UnsavedGuard>
      <div className={classes.frame}>
        <nav aria-label={t('settings.title')} className={classes.list}>
          {SETTINGS.map(({ to, key }) => <BarLink key={to} to={to} label={t(`settings.places.${key}`)} active={to === here} aria-current={to === here ? 'page' : undefined} />)}
        </nav>
        <NativeSelect className={classes.select} label={t('settings.title')} value={here} data={SETTINGS.map(({ to, key }) => ({ value: to, label: t(`settings.places.${key}`) }))} onChange={(event) => { void navigate({ to: event.currentTarget.value }); }} />
        <div className={classes.page}><Outlet /></div>
      </div>
    </UnsavedGuard>
  );
}
