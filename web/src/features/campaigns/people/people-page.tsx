import { Badge, Group, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { useReason } from '../../../lib/reasons.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { WhyButton } from '../../explain/why-drawer.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { useStepNames } from '../words/use-step-names.ts';
import { LetIn } from './let-in.tsx';
import { Stuck } from './stuck.tsx';
import { RUN_STATES, type CampaignPeopleFilter, type RunState } from './people-search.ts';

const route = getRouteApi('/campaigns/$id/people');
const COLORS: Record<RunState, string> = { active: 'green', completed: 'blue', exited: 'gray', cancelled: 'red' };

/** Who is where in a campaign: at which step, until when, or how it ended. The filters are in the address. */
export function CampaignPeoplePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const { id } = route.useParams();
  const { campaign } = useDraft();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: CampaignPeopleFilter) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  const list = useList(['campaign-people', id, filter], (after) => answer(api.GET('/v1/campaigns/{id}/people', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}), ...(filter.step ? { step: filter.step } : {}), ...(filter.state ? { state: filter.state } : {}) } } })));
  const steps = useStepNames(campaign.definition, filter.step);
  const canEdit = mayEdit(useMe());
  const entry = campaign.definition.type === 'series' ? campaign.definition.entry : null;
  const columns: Column<Api<'Participant'>>[] = [
    { key: 'person', label: t('campaignPeople.person'), cell: ({ personId, email, externalId }) => <TextLink to="/people/$id" params={{ id: personId }} fw={600}>{email ?? externalId ?? t('campaignPeople.nameless')}</TextLink> },
    { key: 'state', label: t('campaignPeople.state'), cell: ({ state, exitCode }) => <><Badge variant="light" color={COLORS[state as RunState]}>{t(`campaignPeople.states.${state as RunState}`)}</Badge>{exitCode && <Text size="xs" c="dimmed">{reason(exitCode)}</Text>}</> },
    { key: 'step', label: t('campaignPeople.step'), cell: ({ stepId }) => steps.nameOf(stepId) },
    { key: 'due', label: t('campaignPeople.next'), cell: ({ state, dueAt, leftAt }) => (state === 'active' ? (dueAt ? format.instant(dueAt) : t('campaignPeople.waits')) : leftAt ? t('campaignPeople.ended', { when: format.instant(leftAt) }) : t('state.none')) },
    { key: 'entered', label: t('campaignPeople.entered'), cell: ({ enteredAt }) => format.instant(enteredAt) },
    { key: 'why', label: t('campaignPeople.whyTitle'), cell: ({ personId, email, externalId }) => <Group gap="sm"><WhyButton campaign={id} person={personId} name={email ?? externalId ?? t('campaignPeople.nameless')} /><TextLink to="/campaigns/$id/walk" params={{ id }} search={{ person: personId }} size="sm" underline="always">{t('campaignPeople.walk')}</TextLink></Group> },
  ];
  const isFiltered = filter.step !== undefined || filter.state !== undefined;
  return (
    <>
      {entry?.type === 'api' && campaign.state === 'active' && canEdit && <Group><LetIn campaignId={id} keyName={entry.key} /></Group>}
      <Group gap="sm" component="search">
        <Select aria-label={t('campaignPeople.state')} placeholder={t('campaignPeople.state')} clearable value={filter.state ?? null} data={RUN_STATES.map((value) => ({ value, label: t(`campaignPeople.states.${value}`) }))} onChange={(state) => { set({ state: (state as RunState | null) ?? undefined }); }} w={180} />
        <Select aria-label={t('campaignPeople.step')} placeholder={t('campaignPeople.step')} clearable value={filter.step ?? null} data={steps.choices} onChange={(step) => { set({ step: step ?? undefined }); }} w={{ base: '100%', xs: 300 }} />
        <TextLink to="/campaigns/$id/decisions" params={{ id }} size="sm" underline="always">{t('campaignPeople.refused')}</TextLink>
      </Group>
      {campaign.currentVersion && <Stuck campaign={id} nameOf={steps.nameOf} />}
      <Listing caption={t('campaignPeople.title')} list={list} columns={columns} keyOf={({ runId }) => runId} empty={{ title: t('campaignPeople.empty'), hint: t(campaign.currentVersion ? 'campaignPeople.emptyHint' : 'campaignPeople.emptyDraft') }} noMatch={isFiltered ? { title: t('campaignPeople.noMatch'), hint: t('campaignPeople.noMatchHint') } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />
    </>
  );
}
