import { Alert, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { TextLink } from '../../ui/links.tsx';
import { ActButton } from '../settings/kit/parts.tsx';
import { NoteText, Said } from './canary-words.tsx';
import { acknowledgeCanary, canaryName, useCanariesChanged } from './use-canaries.ts';

/** Canary people who get, or do not get, what they should of this live campaign, or otherwise than before. */
export function CanaryNotes({ campaign }: { campaign: string }) {
  const { t } = useTranslation();
  const changed = useCanariesChanged();
  const canEdit = mayEdit(useMe());
  const found = useQuery({ queryKey: ['canary-checks', 'noted', campaign], queryFn: () => answer(api.GET('/v1/canary-checks', { params: { query: { campaignId: campaign, noted: 'true' as never, limit: 50 } } })), staleTime: 60_000 });
  const items = found.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Alert color={items.every(({ note }) => note?.acknowledgedAt) ? 'gray' : 'orange'} title={t('canaries.noteTitle')}>
      <Stack gap="sm">
        {items.map((check) => (
          <Group key={check.personId} justify="space-between" gap="xs">
            <div style={{ flex: '1 1 260px' }}>
              <Text size="sm"><TextLink to="/people/$id" params={{ id: check.personId }} search={{ tab: 'messages', campaign }} inherit underline="always">{canaryName(check)}</TextLink> · <NoteText check={check} /></Text>
              <Said check={check} />
            </div>
            {canEdit && check.note && !check.note.acknowledgedAt && <ActButton label={t('canaries.acknowledge')} name={`${t('canaries.acknowledge')}: ${canaryName(check)}`} onAct={async () => { await acknowledgeCanary(check.note!.id); await changed(); }} />}
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}
