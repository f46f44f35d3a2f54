import { useTranslation } from 'react-i18next';
import { TextLink } from '../../../ui/links.tsx';
import { Page } from '../../../ui/page.tsx';
import { Gallery } from './gallery.tsx';

/** What a campaign can begin with. */
export function NewCampaignPage() {
  const { t } = useTranslation();
  return <Page title={t('recipes.title')} note={<TextLink to="/campaigns" underline="always">{t('campaigns.back')}</TextLink>}><Gallery /></Page>;
}
