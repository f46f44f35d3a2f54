import { Alert, Box, Code, Grid, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import { ErrorPanel } from '../../../ui/states.tsx';
import { Reader } from '../email-editor/preview.tsx';
import { NoticeCard } from './notice-card.tsx';

interface Shown { preview: UseQueryResult<Api<'Preview'>>; isWhole: boolean; chat: boolean; person: string | undefined; onPerson(id: string | undefined): void; children: ReactNode }

/** The fields of a message to a system or a chat; beside them what would be sent for one person. */
export function HookPage({ preview, isWhole, chat, person, onPerson, children }: Shown) {
  const { t } = useTranslation();
  const { payload, problems = [], warnings = [] } = preview.data ?? {};
  const has = payload !== null && payload !== undefined;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, lg: 6 }}><Stack gap="md">{children}</Stack></Grid.Col>
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <Box style={{ position: 'sticky', top: 72 }}>
          <Stack gap="sm" component="section" aria-label={t('hooks.preview.title')}>
            <Reader person={person} onPerson={onPerson} />
            {!isWhole && <Text c="dimmed" role="status">{t('hooks.preview.gaps')}</Text>}
            {isWhole && has && (chat ? <NoticeCard payload={payload} /> : <Code block tabIndex={0} aria-label={t('hooks.preview.body')}>{JSON.stringify(payload, null, 2)}</Code>)}
            {problems.length > 0 && <Alert color="orange" role="status" title={t('hooks.preview.notMade')}>{problems.map(({ path, message }) => <Text key={path + message} size="sm">{message}</Text>)}</Alert>}
            {warnings.map(({ path, message }) => <Text key={path + message} size="sm" c="dimmed">{message}</Text>)}
            {preview.isError && <ErrorPanel error={preview.error} onRetry={() => { void preview.refetch(); }} />}
          </Stack>
        </Box>
      </Grid.Col>
    </Grid>
  );
}
