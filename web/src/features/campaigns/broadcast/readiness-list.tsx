import { Card, Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { useCheck } from '../check/use-check.ts';
import { useDraft } from '../draft/draft-context.tsx';
import { Findings } from '../launch/findings.tsx';

/** What would stop a launch and what is doubtful, of what was saved last. */
export function ReadinessList() {
  const { t } = useTranslation();
  const { campaign: { id } } = useDraft();
  const checked = useCheck();
  return (
    <Card withBorder component="section" aria-label={t('broadcast.ready')}>
      <Stack gap="sm">
        <Title order={2} size="h5">{t('broadcast.ready')}</Title>
        {checked.isPending ? <Loading rows={2} /> : checked.data ? <Findings id={id} findings={checked.data.findings} onJump={() => undefined} /> : <ErrorPanel error={checked.error} onRetry={() => { void checked.refetch(); }} />}
      </Stack>
    </Card>
  );
}
