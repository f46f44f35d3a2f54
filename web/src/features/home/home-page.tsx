import { Card, Group, Progress, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { IconCheck, IconCircle } from '../../ui/icons.ts';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { CampaignState } from '../campaigns/campaign-state.tsx';

/** Where the day begins: the first steps until they are done, what is live, and what needs somebody. */
export function HomePage() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['home'], queryFn: readHome });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { people, segments, campaigns, live, sent } = found.data;
  const steps = [
    { key: 'people', done: people, link: <TextLink to="/people">{t('home.people')}</TextLink> },
    { key: 'segment', done: segments, link: <TextLink to="/segments">{t('home.segment')}</TextLink> },
    { key: 'campaign', done: campaigns, link: <TextLink to="/campaigns">{t('home.campaign')}</TextLink> },
    { key: 'delivered', done: sent, link: <TextLink to="/deliveries">{t('home.delivered')}</TextLink> },
  ];
  const done = steps.filter((step) => step.done).length;
  return (
    <Page title={t('home.title')}>
      {done < steps.length && (
        <Card withBorder component="section" aria-label={t('home.checklist')}>
          <Group justify="space-between"><Title order={2} size="h4">{t('home.checklist')}</Title><Text size="sm" c="dimmed">{t('home.doneOf', { done, all: steps.length })}</Text></Group>
          <Progress value={(done / steps.length) * 100} my="sm" aria-label={t('home.doneOf', { done, all: steps.length })} />
          <Stack gap="xs">
            {steps.map((step) => <Group key={step.key} gap="sm" wrap="nowrap"><ThemeIcon size={22} radius="xl" variant={step.done ? 'filled' : 'default'} aria-hidden>{step.done ? <IconCheck size={14} /> : <IconCircle size={14} />}</ThemeIcon>{step.link}</Group>)}
          </Stack>
        </Card>
      )}
      <Stack gap="sm" component="section" aria-label={t('home.live')}>
        <Title order={2} size="h4">{t('home.live')}</Title>
        {live.length === 0 ? <Card withBorder><Text>{t('home.liveNone')}</Text><Text size="sm" c="dimmed">{t('home.liveNoneHint')}</Text></Card> : live.map((campaign) => <LiveCampaign key={campaign.id} campaign={campaign} />)}
      </Stack>
    </Page>
  );
}

function LiveCampaign({ campaign }: { campaign: Api<'CampaignSummary'> }) {
  const { t } = useTranslation();
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between"><div><TextLink to="/campaigns/$id" params={{ id: campaign.id }} fw={600}>{campaign.name}</TextLink><Text size="xs" c="dimmed">{t(`campaigns.types.${campaign.type}`)}</Text></div><CampaignState state={campaign.state} /></Group>
    </Card>
  );
}

async function readHome() {
  const one = { params: { query: { limit: 1 } } };
  const [people, segments, published, live, deliveries] = await Promise.all([
    answer(api.GET('/v1/people', one)), answer(api.GET('/v1/segments', one)), answer(api.GET('/v1/campaigns', { params: { query: { limit: 50 } } })),
    answer(api.GET('/v1/campaigns', { params: { query: { limit: 20, state: 'active' } } })), answer(api.GET('/v1/deliveries', one)),
  ]);
  return { people: people.items.length > 0, segments: segments.items.length > 0, campaigns: published.items.some(({ currentVersion }) => currentVersion !== null), live: live.items, sent: deliveries.items.length > 0 };
}
