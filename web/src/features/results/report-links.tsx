import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.tsx';

/** From the results to the reports over all campaigns, and back. */
export function ReportLinks() {
  const { t } = useTranslation();
  return (
    <Group gap="md" component="nav" aria-label={t('results.list.reports')}>
      <TextLink to="/results" underline="always" activeOptions={{ exact: true }}>{t('results.list.title')}</TextLink>
      <TextLink to="/results/deliverability" underline="always">{t('reports.deliverability.title')}</TextLink>
      <TextLink to="/results/overlap" underline="always">{t('reports.overlap.title')}</TextLink>
      <TextLink to="/results/holdouts" underline="always">{t('reports.holdouts.title')}</TextLink>
    </Group>
  );
}
