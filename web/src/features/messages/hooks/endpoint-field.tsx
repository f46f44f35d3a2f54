import { Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';

export function useEndpoints() {
  return useQuery({ queryKey: ['endpoint-choices'], queryFn: () => answer(api.GET('/v1/webhook-endpoints', { params: { query: { limit: 200 } } })), staleTime: 60_000, retry: false });
}

/** Where it goes: a chat of the team, or a system of one's own. */
export function EndpointField({ chat, value, field, readOnly = false, onChange }: { chat: boolean; value: string; field: string; readOnly?: boolean; onChange(endpointId: string): void }) {
  const { t } = useTranslation();
  const found = useEndpoints();
  const items = (found.data?.items ?? []).filter(({ kind }) => (kind !== 'standard') === chat);
  return (
    <Stack gap={2}>
      <Select size="sm" label={t('hooks.endpoint')} value={value === '' ? null : value} data={items.map(({ id, name, kind }) => ({ value: id, label: chat ? `${name} (${t(`hooks.kinds.${kind as 'jandi'}`)})` : name }))} searchable disabled={readOnly} error={value === ''} nothingFoundMessage={t('hooks.nothing')} data-field={field} onChange={(endpointId) => { onChange(endpointId ?? ''); }} />
      {found.isSuccess && items.length === 0 && <Text size="xs" c="dimmed">{t(chat ? 'hooks.noChat' : 'hooks.noEndpoint')}</Text>}
      {found.isError && <Text size="xs" c="dimmed">{t('hooks.hidden')}</Text>}
    </Stack>
  );
}
