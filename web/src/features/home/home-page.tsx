import { Card, Group, Progress, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { IconCheck, IconCircle } from '../../ui/icons.ts';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { CampaignState } from '../campaigns/campaign-state.tsx';
import { NeedsAttention } from './attention.tsx';
import { SampleData } from './sample-data.tsx';
import { Week } from './week.tsx';

/** What is on the page is read again after this time. */
const AGAIN_MS = 30_000;

/** Where the day begins: the first steps until they are done, what needs somebody, the week, and what is live. */
export function HomePage() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['home'], queryFn: () => answer(api.GET('/v1/home')), refetchInterval: AGAIN_MS });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { begun, live, week, attention } = found.data;
  const isBegun = Object.values(begun).every(Boolean);
  return (
    <Page title={t('home.title')}>
      {!isBegun && <Checklist begun={begun} />}
      <SampleData isOffered={!isBegun} />
      {(isBegun || attention.length > 0) && <NeedsAttention items={attention} />}
      {begun.message && <Week week={week} />}
      <Stack gap="sm" component="section" aria-label={t('home.live')}>
        <Title order={2} size="h4">{t('home.live')}</Title>
        {live.length === 0 ? <Card withBorder><Text>{t('home.liveNone')}</Text><Text size="sm" c="dimmed">{t('home.liveNoneHint')}</Text></Card> : live.map((campaign) => <LiveCampaign key={campaign.id} campaign={campaign} />)}
      </Stack>
    </Page>
  );
}

function Checklist({ begun }: { begun: Api<'Home'>['begun'] }) {
  const { t } = useTranslation();
  const steps = [
    { key: 'people', done: begun.people, link: <TextLink to="/data/events">{t('home.people')}</TextLink> },
    { key: 'segment', done: begun.segment, link: <TextLink to="/segments">{t('home.segment')}</TextLink> },
    { key: 'campaign', done: begun.campaign, link: <TextLink to="/campaigns">{t('home.campaign')}</TextLink> },
    { key: 'delivered', done: begun.message, link: <TextLink to="/deliveries">{t('home.delivered')}</TextLink> },
  ];
  const done = steps.filter((step) => step.done).length;
  return (
    <Card withBorder component="section" aria-label={t('home.checklist')}>
      <Group justify="space-between"><Title order={2} size="h4">{t('home.checklist')}</Title><Text size="sm" c="dimmed">{t('home.doneOf', { done, all: steps.length })}</Text></Group>
      <Progress value={(done / steps.length) * 100} my="sm" aria-label={t('home.doneOf', { done, all: steps.length })} />
      <Stack gap="xs" component="ul" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
        {steps.map((step) => <Group key={step.key} component="li" gap="sm" wrap="nowrap"><ThemeIcon size={22} radius="xl" variant={step.done ? 'filled' : 'default'} aria-hidden>{step.done ? <IconCheck size={14} /> : <IconCircle size={14} />}</ThemeIcon>{step.link}<Text size="xs" c="dimmed">{t(step.done ? 'home.met' : 'home.open')}</Text></Group>)}
      </Stack>
    </Card>
  );
}

function LiveCampaign({ campaign }: { campaign: Api<'Home'>['live'][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between"><div><TextLink to="/campaigns/$id" params={{ id: campaign.id }} fw={600}>{campaign.name}</TextLink><Text size="xs" c="dimmed">{t(`campaigns.types.${campaign.type}`)} · {t('home.running', { count: campaign.running, shown: format.number(campaign.running) })}</Text></div><CampaignState state={campaign.state} /></Group>
    </Card>
  );
}
