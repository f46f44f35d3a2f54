import { Alert, Button, Code, CopyButton, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { IconCheck } from '../../ui/icons.ts';

const LOOK_MS = 2_000;

/** The lines of a page: calls made before the script has come are kept by the first. */
const snippetOf = (host: string, key: string) => `<script>
  !function(w,q){w.danbi=w.danbi||{q:q},'init identify track page group alias reset consent on show'.split(' ')
  .forEach(function(n){danbi[n]=danbi[n]||function(){q.push([n,arguments])}})}(window,[])
</script>
<script async src="${host}/sdk/danbi.js" data-key="${key}"></script>`;

/** Whether the website tells us of its visits: the lines to paste until it does, then when it last did. Looks by itself. */
export function SnippetState() {
  const { t } = useTranslation();
  const format = useFormat();
  const seen = useQuery({ queryKey: ['last-visit'], queryFn: () => answer(api.GET('/v1/site-settings/last-visit')), refetchInterval: ({ state }) => (state.data?.visit === null ? LOOK_MS : 60_000) });
  const isWaiting = seen.data?.visit === null;
  const keys = useQuery({ queryKey: ['api-keys', 'write'], queryFn: () => answer(api.GET('/v1/api-keys', { params: { query: { limit: 200 } } })), enabled: isWaiting, retry: false });
  if (!seen.data) return null;
  const { visit } = seen.data;
  if (visit) return <Text size="sm" c="dimmed" component="output"><IconCheck size={14} aria-hidden color="var(--mantine-color-green-light-color)" style={{ verticalAlign: '-2px' }} /> {t('autoMessages.snippet.seen', { when: format.ago(visit.at), url: visit.url ?? '' })}</Text>;
  const key = keys.data?.items.find(({ kind, revokedAt }) => kind === 'write' && revokedAt === null)?.value ?? null;
  return (
    <Alert color="orange" variant="light" title={t('autoMessages.snippet.title')}>
      <Stack gap="xs">
        <Text size="sm">{t(key === null && !keys.isPending ? 'autoMessages.snippet.noKey' : 'autoMessages.snippet.paste')}</Text>
        {key !== null && <Code block tabIndex={0} aria-label={t('autoMessages.snippet.lines')} style={{ whiteSpace: 'pre-wrap' }}>{snippetOf(location.origin, key)}</Code>}
        <Group gap="sm">
          {key !== null && <CopyButton value={snippetOf(location.origin, key)}>{({ copied, copy }) => <Button size="xs" variant="default" onClick={copy}>{copied ? t('state.copied') : t('autoMessages.snippet.copy')}</Button>}</CopyButton>}
          <Group gap={6} component="output"><Loader size="xs" aria-hidden /><Text size="sm">{t('autoMessages.snippet.waiting')}</Text></Group>
        </Group>
      </Stack>
    </Alert>
  );
}
