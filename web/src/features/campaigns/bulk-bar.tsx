import { Alert, Button, Card, Group, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../lib/api.ts';

type Campaign = Api<'CampaignSummary'>;
interface Outcome { done: number; refused: { id: string; name: string; why: string }[] }

/** What can be done with several campaigns at once. Each is asked for by itself; what was not possible is said per campaign. */
export function BulkBar({ campaigns, onClear }: { campaigns: readonly Campaign[]; onClear(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [asks, setAsks] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const whyNot = (error: unknown, state: string): string => {
    const code = error instanceof ApiProblem ? error.code.replace('campaign.', '') : '';
    if (code === 'wrong-state' || code === 'busy') return t(`campaigns.refused.${code}`, { state });
    return error instanceof Error ? error.message : '';
  };
  const run = async (verb: 'pause' | 'archive') => {
    setBusy(true);
    const result: Outcome = { done: 0, refused: [] };
    for (const { id, name, state } of campaigns) {
      const path = { params: { path: { id } } };
      try {
        await answer(verb === 'pause' ? api.POST('/v1/campaigns/{id}/pause', path) : api.POST('/v1/campaigns/{id}/archive', path));
        result.done += 1;
        void queries.invalidateQueries({ queryKey: ['campaign', id] });
      } catch (error) {
        result.refused.push({ id, name, why: whyNot(error, t(`campaigns.states.${state}`)) });
      }
    }
    setBusy(false);
    setAsks(false);
    setOutcome(result);
    onClear();
    void queries.invalidateQueries({ queryKey: ['campaigns'] });
  };
  const count = campaigns.length;
  return (
    <>
      {outcome && (
        <Alert color={outcome.refused.length > 0 ? 'orange' : 'green'} role="status" withCloseButton closeButtonLabel={t('confirm.close')} onClose={() => { setOutcome(null); }} title={t('campaigns.done', { count: outcome.done })}>
          {outcome.refused.length > 0 && <><Text size="sm">{t('campaigns.notPossible')}</Text><ul style={{ margin: 0, paddingInlineStart: 18 }}>{outcome.refused.map(({ id, name, why }) => <li key={id}><Text size="sm" span fw={600}>{name}</Text> <Text size="sm" span>{why}</Text></li>)}</ul></>}
        </Alert>
      )}
      {count > 0 && (
        <Card withBorder padding="xs" component="section" aria-label={t('campaigns.picked', { count })}>
          <Group gap="sm">
            <Text size="sm" fw={600} component="output">{t('campaigns.picked', { count })}</Text>
            <Button size="xs" variant="default" loading={busy} onClick={() => { void run('pause'); }}>{t('campaigns.pauseThem')}</Button>
            <Button size="xs" variant="default" disabled={busy} onClick={() => { setAsks(true); }}>{t('campaigns.archiveThem')}</Button>
            <Button size="xs" variant="subtle" disabled={busy} onClick={onClear}>{t('campaigns.clear')}</Button>
          </Group>
        </Card>
      )}
      <Modal opened={asks && count > 0} onClose={() => { setAsks(false); }} title={t('campaigns.archiveAsk', { count })} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        <Stack>
          <Text size="sm">{t('campaigns.archiveText')}</Text>
          <Group justify="flex-end"><Button variant="default" onClick={() => { setAsks(false); }}>{t('confirm.cancel')}</Button><Button color="red" loading={busy} onClick={() => { void run('archive'); }}>{t('campaigns.archiveThem')}</Button></Group>
        </Stack>
      </Modal>
    </>
  );
}
