import { Card, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { ExplainLazily } from '../explain/lazy-panel.tsx';

/** Why somebody got the messages of a campaign or did not, and what would change it; of drafts what they would say. */
export function Why({ person, campaign, onCampaign }: { person: string; campaign: string | undefined; onCampaign(campaign: string | undefined): void }) {
  const { t } = useTranslation();
  const campaigns = useQuery({ queryKey: ['campaign-choices'], queryFn: async () => (await answer(api.GET('/v1/campaigns', { params: { query: { limit: 200 } } }))).items.map(({ id, name }) => ({ value: id, label: name })), staleTime: 60_000 });
  return (
    <Stack gap="sm">
      <Select label={t('people.why.campaign')} placeholder={t('people.why.choose')} data={campaigns.data ?? []} value={campaign ?? null} searchable clearable maw={420} nothingFoundMessage={t('campaigns.noMatch')} onChange={(next) => { onCampaign(next ?? undefined); }} />
      {campaign !== undefined && <Card withBorder><ExplainLazily key={campaign} campaign={campaign} person={person} /></Card>}
    </Stack>
  );
}
