import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { SegmentEditor } from './segment-editor.tsx';

/** A segment from scratch: a sentence, and the name proposes itself. */
export function NewSegmentPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Page title={t('segments.new')} note={<TextLink to="/segments" underline="always">{t('segments.title')}</TextLink>}>
      <SegmentEditor segment={null} onSaved={({ id }) => { void navigate({ to: '/segments/$id', params: { id } }); }} />
    </Page>
  );
}
