import { Alert, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { useCampaignWords } from '../campaigns/words/use-campaign-words.ts';
import { WaitWords } from '../pacing/wait-words.tsx';
import { ExplainLazily } from '../explain/lazy-panel.tsx';
import { useTopics } from '../segments/builder/catalogue.ts';
import type { Channel } from './delivery-search.ts';
import { DeliveryState } from './delivery-state.tsx';
import { InAppCopy } from './in-app-copy.tsx';
import { Moments } from './timeline.tsx';
import { MailViews } from './views.tsx';

const route = getRouteApi('/deliveries/$id');
/** What has not come to an end yet is read again. */
const AGAIN_MS = 5_000;

/** It waits for a better hour, or for its turn. */
const isPutOff = ({ state, reason }: Api<'DeliveryDetail'>): boolean => state === 'queued' && (reason === 'QUIET_HOURS_DEFERRED' || reason === 'CAP_DEFERRED');

/** One message to one person: what it said, and everything that became of it. */
export function DeliveryPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const found = useQuery({
    queryKey: ['delivery', id], queryFn: () => answer(api.GET('/v1/deliveries/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (['queued', 'sending'].includes(state.data?.state ?? '') ? AGAIN_MS : false),
  });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const delivery = found.data;
  const format = { channel: t(`deliveries.channels.${delivery.channel as Channel}`) };
  return (
    <Page title={t('deliveries.one', format)} note={<TextLink to="/deliveries" size="sm">{t('deliveries.back')}</TextLink>} actions={<DeliveryState state={delivery.state} />}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title={t('deliveries.facts')}>{isPutOff(delivery) && <Alert color="gray" variant="light"><WaitWords rule={delivery.pacing?.rule ?? null} cap={delivery.pacing?.cap ?? null} until={delivery.dueAt} winner={delivery.pacing?.winner ?? null} /></Alert>}<Facts delivery={delivery} /></Section>
        <Section title={t('deliveries.moments')}><Moments delivery={delivery} /></Section>
      </SimpleGrid>
      {delivery.campaignName !== null && <Section title={t('explain.title')}><ExplainLazily campaign={delivery.campaignId} person={delivery.personId} step={delivery.stepId} /></Section>}
      <Section title={t('deliveries.copy.title')}><SentCopy id={id} state={delivery.state} /></Section>
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return <Card withBorder component="section" aria-label={title}><Stack gap="sm"><Title order={2} size="h4">{title}</Title>{children}</Stack></Card>;
}

function Facts({ delivery }: { delivery: Api<'DeliveryDetail'> }) {
  const { t, i18n } = useTranslation();
  const words = useCampaignWords(delivery.campaignId);
  const topic = useTopics().data?.find(({ key }) => key === delivery.topic);
  const format = useFormat();
  const person = useQuery({ queryKey: ['delivery-person', delivery.personId], queryFn: () => answer(api.GET('/v1/people/{id}', { params: { path: { id: delivery.personId } } })), retry: false });
  const name = typeof person.data?.attributes.name === 'string' ? person.data.attributes.name : (delivery.address ?? delivery.personId);
  const facts: [string, ReactNode][] = [
    [t('deliveries.to'), <Group key="to" gap={6}><TextLink to="/people/$id" params={{ id: delivery.personId }}>{name}</TextLink>{delivery.address && delivery.address !== name && <Text span size="sm" c="dimmed">{delivery.address}</Text>}</Group>],
    [t('deliveries.campaign'), <TextLink key="campaign" to="/campaigns/$id" params={{ id: delivery.campaignId }}>{delivery.campaignName ?? delivery.campaignId}</TextLink>],
    ...(delivery.version === null ? [] : [[t('deliveries.version'), format.number(delivery.version)] as [string, ReactNode]]),
    [t('deliveries.step'), words.step(delivery.stepId)],
    [t('deliveries.variant'), delivery.isControl ? `${delivery.variant} (${t('deliveries.states.ghost')})` : delivery.variant],
    [t('deliveries.topic'), (i18n.language === 'ko' && topic?.nameKo) || topic?.name || delivery.topic],
    ...(delivery.language ? [[t('deliveries.language'), delivery.language] as [string, ReactNode]] : []),
    ...(delivery.class === 'standard' && delivery.priority === 50 ? [] : [[t('pacing.classOf'), t('pacing.priorityOf', { class: t(`pacing.classes.${delivery.class}`), priority: delivery.priority })] as [string, ReactNode]]),
    ...(delivery.expiresAt ? [[t('pacing.expires'), format.exact(delivery.expiresAt)] as [string, ReactNode]] : []),
    [t('deliveries.attempts'), format.number(delivery.attempts)],
    ...(delivery.fallbackOf ? [[t('deliveries.fallbackOf'), <TextLink key="fallback" to="/deliveries/$id" params={{ id: delivery.fallbackOf }}>{t('deliveries.channels.in_app')}</TextLink>] as [string, ReactNode]] : []),
  ];
  return <dl className="facts">{facts.map(([term, value]) => <div key={term}><dt>{term}</dt><dd>{value}</dd></div>)}</dl>;
}

function SentCopy({ id, state }: { id: string; state: string }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['delivery-copy', id, state], queryFn: () => answer(api.GET('/v1/deliveries/{id}/copy', { params: { path: { id } } })) });
  if (found.isPending) return <Loading rows={3} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { email, display, asOf, none } = found.data;
  if (none) return <Text c="dimmed">{t(`deliveries.copy.none.${none}`)}</Text>;
  if (display) return <InAppCopy display={display} />;
  if (!email) return null;
  return (
    <Stack gap="sm">
      <div><Text fw={600}>{email.subject}</Text>{email.preheader && <Text size="sm" c="dimmed">{email.preheader}</Text>}</div>
      {asOf === 'now' && <Text size="sm" c="dimmed">{t('deliveries.copy.asOfNow')}</Text>}
      <MailViews html={email.html} text={email.text} source={email.html} />
      <Text size="xs" c="dimmed">{t('deliveries.copy.linksCountNothing')}</Text>
    </Stack>
  );
}
