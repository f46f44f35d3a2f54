import { Alert, Button, CopyButton, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../lib/api.ts';
import { IconAlertTriangle } from './icons.ts';

/** Why there is nothing, and the one thing to do about it. */
export function EmptyState({ title, hint, action }: { title: string; hint: string; action?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Title order={2} size="h4">{title}</Title>
      <Text c="dimmed" maw={460}>{hint}</Text>
      {action}
    </Stack>
  );
}

/** What failed, that nothing was changed by it, and a way to go on. */
export function ErrorPanel({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = error instanceof ApiProblem ? error : null;
  const title = problem?.status === 403 ? t('state.forbidden') : problem?.status === 404 ? t('state.notFound') : t('state.failed');
  const text = problem?.status === 403 ? t('state.forbiddenWho') : problem?.status === 404 ? t('state.notFoundHint') : t('state.failedSafe', { message: error instanceof Error ? error.message : '' });
  return (
    <Alert icon={<IconAlertTriangle aria-hidden />} color="red" title={title} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{text}</Text>
        <Group gap="xs">
          {onRetry && <Button size="xs" variant="default" onClick={onRetry}>{t('state.tryAgain')}</Button>}
          {problem?.requestId && <CopyButton value={problem.requestId}>{({ copied, copy }) => <Button size="xs" variant="subtle" onClick={copy}>{copied ? t('state.copied') : t('state.copyRequest')}</Button>}</CopyButton>}
        </Group>
      </Stack>
    </Alert>
  );
}

/** The shape of what is coming; only after 150 ms, so that quick answers do not flicker. */
export function Loading({ rows = 5 }: { rows?: number }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => { setShown(true); }, 150);
    return () => { clearTimeout(timer); };
  }, []);
  return (
    <Stack gap="sm" component="output" aria-label={t('state.loading')}>
      {shown && Array.from({ length: rows }, (_, index) => <Skeleton key={index} height={34} radius="sm" />)}
    </Stack>
  );
}
