import { Badge, Button, Code, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { useReason } from '../../lib/reasons.ts';
import { Labelled } from '../../ui/labelled.tsx';
import { TextLink } from '../../ui/links.tsx';
import { CampaignStep } from '../campaigns/words/campaign-step.tsx';
import { Listing } from '../../ui/listing.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';

const pageAt = (after: string | undefined, limit = 20) => ({ limit, ...(after ? { after } : {}) });

/** The segments somebody is in, each with the way to why. */
export function Segments({ id }: { id: string }) {
  const { t } = useTranslation();
  const list = useList(['person-segments', id], (after) => answer(api.GET('/v1/people/{id}/segments', { params: { path: { id }, query: pageAt(after, 50) } })));
  if (list.query.isPending) return <Loading rows={1} />;
  if (list.query.isError) return <ErrorPanel error={list.query.error} onRetry={() => { void list.query.refetch(); }} />;
  return list.items.length > 0 ? <Group gap="sm">{list.items.map((segment) => <TextLink key={segment.id} to="/segments/$id" params={{ id: segment.id }} search={{ tab: 'explain', person: id }} underline="always" size="sm">{segment.name}</TextLink>)}</Group> : <Text c="dimmed">{t('people.noSegments')}</Text>;
}

/** The campaigns somebody went through. */
export function Runs({ id, onWhy }: { id: string; onWhy(campaign: string): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const list = useList(['person-runs', id], (after) => answer(api.GET('/v1/people/{id}/campaigns', { params: { path: { id }, query: pageAt(after) } })));
  return (
    <Listing caption={t('people.runs')} list={list} keyOf={(run) => run.id} empty={{ title: t('people.noRuns'), hint: '' }} columns={[
      { key: 'name', label: t('campaigns.name'), cell: (run) => <TextLink to="/campaigns/$id" params={{ id: run.campaignId }}>{run.campaignName}</TextLink> },
      { key: 'state', label: t('campaigns.state'), cell: (run) => <>{t(`results.${run.state}`)}{run.exitCode && <Text size="xs" c="dimmed">{reason(run.exitCode)}</Text>}</> },
      { key: 'entered', label: t('people.entered'), cell: (run) => format.instant(run.enteredAt) },
      { key: 'left', label: t('people.left'), cell: (run) => (run.leftAt ? format.instant(run.leftAt) : t('state.none')) },
      { key: 'why', label: t('people.why.column'), cell: (run) => <Button size="compact-xs" variant="subtle" aria-label={t('people.why.of', { name: run.campaignName })} onClick={() => { onWhy(run.campaignId); }}>{t('people.why.column')}</Button> },
    ]} />
  );
}

/** Every message to this person, also those held back, with the reason in words. */
export function Deliveries({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const list = useList(['person-deliveries', id], (after) => answer(api.GET('/v1/deliveries', { params: { query: { personId: id, ...pageAt(after) } } })));
  return (
    <Listing caption={t('deliveries.title')} list={list} keyOf={(delivery) => delivery.id} empty={{ title: t('people.noDeliveries'), hint: '' }} columns={[
      { key: 'when', label: t('deliveries.when'), cell: ({ sentAt, queuedAt }) => format.instant(sentAt ?? queuedAt) },
      { key: 'channel', label: t('deliveries.channel'), cell: ({ channel, variant }) => <>{t(`deliveries.channels.${channel as 'email'}`)} <Text span size="xs" c="dimmed">{variant}</Text></> },
      { key: 'state', label: t('deliveries.state'), cell: (delivery) => <Badge variant="light" color="gray">{t(`deliveries.states.${delivery.state}`)}</Badge> },
      { key: 'reason', label: t('deliveries.reason'), cell: (delivery) => (delivery.reason ? reason(delivery.reason) : t('state.none')) },
      { key: 'campaign', label: t('deliveries.campaign'), cell: ({ campaignId, stepId }) => <CampaignStep campaignId={campaignId} stepId={stepId} /> },
    ]} />
  );
}

/** What somebody did, newest first. */
export function Timeline({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['person-events', id], (after) => answer(api.GET('/v1/people/{id}/events', { params: { path: { id }, query: pageAt(after, 50) } })));
  return (
    <Listing caption={t('people.timeline')} list={list} keyOf={(event) => event.id} empty={{ title: t('people.noEvents'), hint: '' }} columns={[
      { key: 'when', label: t('deliveries.when'), cell: (event) => format.instant(event.occurredAt) },
      { key: 'name', label: t('people.timeline'), cell: (event) => <Text fw={600} size="sm" component="span"><Labelled kind="event" name={event.name} /></Text> },
      { key: 'properties', label: t('people.attributes'), cell: (event) => (Object.keys(event.properties).length > 0 ? <Code>{JSON.stringify(event.properties).slice(0, 200)}</Code> : t('state.none')) },
    ]} />
  );
}
