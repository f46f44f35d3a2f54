import { Badge, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { Origins } from '../api-keys-page.tsx';
import { CopyLine, OwnersNote, Section } from '../kit/parts.tsx';

/** While no visit was seen the page asks again, so that it turns by itself. */
const AGAIN_MS = 5_000;

const snippetOf = (key: string) => `<script>
  !function(w,q){w.danbi=w.danbi||{q:q},'init identify track page group alias reset consent on show'.split(' ')
  .forEach(function(n){danbi[n]=danbi[n]||function(){q.push([n,arguments])}})}(window,[])
</script>
<script async src="${location.origin}/sdk/danbi.js" data-key="${key}"></script>`;

/** The lines to paste, the keys they may be pasted with, and whether somebody was seen. */
export function Snippet() {
  const { t } = useTranslation();
  const me = useMe();
  if (!isOwner(me)) return <OwnersNote text={t('settings.ownersSee')} />;
  return <Lines />;
}

function Lines() {
  const { t } = useTranslation();
  const format = useFormat();
  const [chosen, setChosen] = useState<string | null>(null);
  const found = useQuery({
    queryKey: ['api-keys', 'usable'],
    queryFn: async () => (await answer(api.GET('/v1/api-keys', { params: { query: { limit: 200 } } }))).items.filter(({ kind, revokedAt }) => kind === 'write' && revokedAt === null),
    refetchInterval: ({ state }) => (state.data?.some(({ lastUsedAt }) => lastUsedAt !== null) ? false : AGAIN_MS),
  });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const keys = found.data;
  const key = keys.find(({ id }) => id === chosen) ?? keys[0];
  if (!key) return <EmptyState title={t('website.noKey')} hint={t('website.noKeyHint')} action={<TextLink to="/settings/api-keys" underline="always">{t('settings.places.apiKeys')}</TextLink>} />;
  return (
    <Stack gap="lg">
      <Section title={t('website.snippet')} hint={t('website.snippetHint')}>
        {keys.length > 1 && <Select label={t('website.key')} allowDeselect={false} maw={320} data={keys.map(({ id, name }) => ({ value: id, label: name }))} value={key.id} onChange={setChosen} />}
        <CopyLine block text={snippetOf(key.value!)} name={t('website.snippet')} />
        <Text size="sm" role="status"><Badge variant="light" color={key.lastUsedAt ? 'green' : 'orange'} mr="xs">{t(key.lastUsedAt ? 'website.seen' : 'website.waiting')}</Badge>{key.lastUsedAt ? t('website.lastSeen', { when: format.ago(key.lastUsedAt) }) : t('website.waitingHint')}</Text>
        <Text size="sm">{t('website.known')}</Text>
        <CopyLine block text="danbi.identify('user-42', { plan: 'pro' });" name={t('website.identify')} />
        <Text size="sm">{t('website.csp')}</Text>
        <CopyLine block text={`script-src ${location.origin}; connect-src ${location.origin}; img-src ${location.origin}`} name="Content-Security-Policy" />
      </Section>
      <Section bare title={t('website.keys')} hint={t('website.keysHint')} actions={<TextLink to="/settings/api-keys" size="sm" underline="always">{t('settings.places.apiKeys')}</TextLink>}>
        <DataTable<Api<'ApiKey'>> caption={t('website.keys')} items={keys} keyOf={({ id }) => id} columns={[
          { key: 'name', label: t('settings.name'), cell: ({ name }) => name },
          { key: 'origins', label: t('settings.keys.origins'), cell: ({ allowedOrigins }) => (allowedOrigins.length > 0 ? allowedOrigins.join(', ') : t('settings.keys.everyOrigin')) },
          { key: 'used', label: t('settings.keys.used'), cell: ({ lastUsedAt }) => (lastUsedAt ? format.ago(lastUsedAt) : t('settings.never')) },
          { key: 'actions', label: t('settings.actions'), cell: (one) => <Origins apiKey={one} /> },
        ]} />
      </Section>
    </Stack>
  );
}
