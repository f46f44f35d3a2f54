import { Badge, Card, Code, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { personName } from '../../lib/person-name.ts';

const route = getRouteApi('/people/$id');

/** One person: who they are, what happened, where they belong and which campaigns they went through. */
export function PersonPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { id } = route.useParams();
  const person = useQuery({ queryKey: ['person', id], queryFn: () => answer(api.GET('/v1/people/{id}', { params: { path: { id } } })) });
  if (person.isPending) return <Loading rows={8} />;
  if (!person.data) return <ErrorPanel error={person.error} onRetry={() => { void person.refetch(); }} />;
  const { kind, email, timeZone, firstSeenAt, lastSeenAt, tags } = person.data;
  return (
    <Page title={personName(person.data)} note={<TextLink to="/people" underline="always">{t('people.title')}</TextLink>}>
      <SimpleGrid cols={{ base: 1, sm: 2, md: 4 }}>
        <Fact label={t('people.kind')}>{t(`people.kinds.${kind}`)}</Fact>
        <Fact label={t('people.email')}>{email ?? t('state.none')}</Fact>
        <Fact label={t('people.seen')}>{format.instant(lastSeenAt)}</Fact>
        <Fact label={t('people.zone')}>{timeZone ?? t('state.none')} · {t('people.first')} {format.day(firstSeenAt)}</Fact>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title={t('people.attributes')}><Attributes person={person.data} /></Section>
        <Stack gap="lg">
          <Section title={t('people.tags')}>{tags.length > 0 ? <Group gap={6}>{tags.map((tag) => <Badge key={tag} variant="light" color="gray">{tag}</Badge>)}</Group> : <Text c="dimmed">{t('people.noTags')}</Text>}</Section>
          <Section title={t('people.segments')}><Segments id={id} /></Section>
        </Stack>
      </SimpleGrid>
      <Section title={t('people.runs')}><Runs id={id} /></Section>
      <Section title={t('people.timeline')}><Timeline id={id} /></Section>
    </Page>
  );
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => <Card withBorder padding="sm"><Text size="sm" c="dimmed">{label}</Text><Text fw={600} style={{ overflowWrap: 'anywhere' }}>{children}</Text></Card>;
const Section = ({ title, children }: { title: string; children: ReactNode }) => <Stack component="section" gap="sm" aria-label={title}><Title order={2} size="h4">{title}</Title>{children}</Stack>;

function Attributes({ person }: { person: Api<'Person'> }) {
  const { t } = useTranslation();
  const entries = Object.entries(person.attributes);
  if (entries.length === 0) return <Text c="dimmed">{t('state.none')}</Text>;
  return <Card withBorder padding="sm"><dl className="facts">{entries.map(([key, value]) => <div key={key}><dt>{key}</dt><dd>{typeof value === 'string' ? value : <Code>{JSON.stringify(value)}</Code>}</dd></div>)}</dl></Card>;
}

function Segments({ id }: { id: string }) {
  const { t } = useTranslation();
  const list = useList(['person-segments', id], (after) => answer(api.GET('/v1/people/{id}/segments', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}) } } })));
  if (list.query.isPending) return <Loading rows={1} />;
  if (list.query.isError) return <ErrorPanel error={list.query.error} onRetry={() => { void list.query.refetch(); }} />;
  return list.items.length > 0 ? <Group gap={6}>{list.items.map((segment) => <Badge key={segment.id} variant="light">{segment.name}</Badge>)}</Group> : <Text c="dimmed">{t('people.noSegments')}</Text>;
}

function Runs({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['person-runs', id], (after) => answer(api.GET('/v1/people/{id}/campaigns', { params: { path: { id }, query: { limit: 20, ...(after ? { after } : {}) } } })));
  return (
    <Listing caption={t('people.runs')} list={list} keyOf={(run) => run.id} empty={{ title: t('people.noRuns'), hint: '' }} columns={[
      { key: 'name', label: t('campaigns.name'), cell: (run) => <TextLink to="/campaigns/$id" params={{ id: run.campaignId }}>{run.campaignName}</TextLink> },
      { key: 'state', label: t('campaigns.state'), cell: (run) => <>{t(`results.${run.state}`)}{run.exitCode && <Text size="xs" c="dimmed">{run.exitCode}</Text>}</> },
      { key: 'entered', label: t('people.entered'), cell: (run) => format.instant(run.enteredAt) },
      { key: 'left', label: t('people.left'), cell: (run) => (run.leftAt ? format.instant(run.leftAt) : t('state.none')) },
    ]} />
  );
}

function Timeline({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['person-events', id], (after) => answer(api.GET('/v1/people/{id}/events', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}) } } })));
  return (
    <Listing caption={t('people.timeline')} list={list} keyOf={(event) => event.id} empty={{ title: t('people.noEvents'), hint: '' }} columns={[
      { key: 'when', label: t('deliveries.when'), cell: (event) => format.instant(event.occurredAt) },
      { key: 'name', label: t('people.timeline'), cell: (event) => <Text fw={600} size="sm">{event.name}</Text> },
      { key: 'properties', label: t('people.attributes'), cell: (event) => (Object.keys(event.properties).length > 0 ? <Code>{JSON.stringify(event.properties).slice(0, 200)}</Code> : t('state.none')) },
    ]} />
  );
}
