import { Card, Group, SimpleGrid, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { personName } from '../../lib/person-name.ts';
import { ConfirmButton } from '../../ui/confirm.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { CanaryToggle } from '../canaries/canary-toggle.tsx';
import { PersonFeatures } from '../features/person-features.tsx';
import { PersonWaiting } from '../pacing/person-waiting.tsx';
import { Consent } from './consent.tsx';
import { Attributes, Tags } from './facts.tsx';
import { Deliveries, Runs, Segments, Timeline } from './person-lists.tsx';
import { TABS, type Tab } from './person-search.ts';
import { Why } from './why.tsx';

const route = getRouteApi('/people/$id');

/** One person: who they are, what they got and why not, what they agreed to, and what happened. */
export function PersonPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { id } = route.useParams();
  const { tab = 'about', campaign } = route.useSearch();
  const navigate = route.useNavigate();
  const person = useQuery({ queryKey: ['person', id], queryFn: () => answer(api.GET('/v1/people/{id}', { params: { path: { id } } })) });
  if (person.isPending) return <Loading rows={8} />;
  if (!person.data) return <ErrorPanel error={person.error} onRetry={() => { void person.refetch(); }} />;
  const { kind, email, timeZone, firstSeenAt, lastSeenAt } = person.data;
  const ask = (next: string | undefined) => { void navigate({ search: { tab: 'messages', campaign: next }, replace: true }); };
  return (
    <Page title={personName(person.data)} note={<TextLink to="/people" underline="always">{t('people.title')}</TextLink>} actions={<Group gap="xs"><CanaryToggle person={person.data.id} /><Erase person={person.data} /></Group>}>
      <SimpleGrid cols={{ base: 1, sm: 2, md: 4 }}>
        <Fact label={t('people.kind')}>{t(`people.kinds.${kind}`)}</Fact>
        <Fact label={t('people.email')}>{email ?? t('state.none')}</Fact>
        <Fact label={t('people.seen')}>{format.instant(lastSeenAt)}</Fact>
        <Fact label={t('people.first')}>{format.day(firstSeenAt)}{timeZone && ` · ${timeZone}`}</Fact>
      </SimpleGrid>
      <Tabs value={tab} keepMounted={false} onChange={(next) => { void navigate({ search: { tab: next === 'about' ? undefined : (next as Tab) }, replace: true }); }}>
        <Tabs.List mb="md">{TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`people.tab.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="about">
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
            <Section title={t('people.attributes')}><Attributes person={person.data} /></Section>
            <Stack gap="lg">
              <Section title={t('people.tags')}><Tags person={person.data} /></Section>
              <Section title={t('people.segments')}><Segments id={person.data.id} /></Section>
              <Section title={t('features.requests')}><PersonFeatures id={person.data.id} /></Section>
            </Stack>
          </SimpleGrid>
        </Tabs.Panel>
        <Tabs.Panel value="messages">
          <Stack gap="lg">
            <Section title={t('people.why.title')}><Why person={person.data.id} campaign={campaign} onCampaign={ask} /></Section>
            <Section title={t('pacing.waiting')}><PersonWaiting id={person.data.id} /></Section>
            <Section title={t('people.runs')}><Runs id={person.data.id} onWhy={ask} /></Section>
            <Section title={t('deliveries.title')}><Deliveries id={person.data.id} /></Section>
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="consent"><Consent id={person.data.id} /></Tabs.Panel>
        <Tabs.Panel value="timeline"><Section title={t('people.timeline')}><Timeline id={person.data.id} /></Section></Tabs.Panel>
      </Tabs>
    </Page>
  );
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => <Card withBorder padding="sm"><Text size="sm" c="dimmed">{label}</Text><Text fw={600} style={{ overflowWrap: 'anywhere' }}>{children}</Text></Card>;
const Section = ({ title, children }: { title: string; children: ReactNode }) => <Stack component="section" gap="sm" aria-label={title}><Title order={2} size="h4">{title}</Title>{children}</Stack>;

/** Erasing takes everything known of a person, for good; so what they are called is typed first. */
function Erase({ person }: { person: Api<'Person'> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const canEdit = mayEdit(useMe());
  if (!canEdit) return null;
  const erase = async () => {
    await api.DELETE('/v1/people/{id}', { params: { path: { id: person.id } } });
    void queries.invalidateQueries({ queryKey: ['people'] });
    await navigate({ to: '/people' });
  };
  return <ConfirmButton title={t('people.eraseTitle', { name: personName(person) })} action={t('people.erase')} typed={person.email ?? personName(person)} onConfirm={erase}>{t('people.eraseText')}</ConfirmButton>;
}
