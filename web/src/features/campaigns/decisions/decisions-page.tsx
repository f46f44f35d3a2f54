import { Button, Group, Select, Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { useReason } from '../../../lib/reasons.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { PersonPicker } from '../../../ui/person-picker.tsx';
import { WhyButton } from '../../explain/why-drawer.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { useStepNames } from '../words/use-step-names.ts';
import { STAGES, type DecisionsFilter, type Stage } from './decisions-search.ts';

const route = getRouteApi('/campaigns/$id/decisions');
type Decision = Api<'Decision'>;

/** Who did not get a message of the campaign, and why: every refusal, newest first. The filters are in the address. */
export function DecisionsPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const { id } = route.useParams();
  const { campaign } = useDraft();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: DecisionsFilter) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  const { code, step, stage, person, from, to } = filter;
  const query = { limit: 50, ...(code ? { code: code as Decision['code'] } : {}), ...(step ? { step } : {}), ...(stage ? { stage } : {}), ...(person ? { personId: person } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) };
  const list = useList(['campaign-decisions', id, filter], (after) => answer(api.GET('/v1/campaigns/{id}/decisions', { params: { path: { id }, query: { ...query, ...(after ? { after } : {}) } } })));
  const steps = useStepNames(campaign.definition, step);
  const codes = Object.keys(i18n.getResource(i18n.language, 'translation', 'reasons.codes') as Record<string, string>);
  const columns: Column<Decision>[] = [
    { key: 'person', label: t('campaignPeople.person'), cell: ({ personId, email, externalId }) => <TextLink to="/people/$id" params={{ id: personId }} fw={600}>{email ?? externalId ?? t('campaignPeople.nameless')}</TextLink> },
    { key: 'reason', label: t('decisions.reason'), cell: ({ code: why, nextCheckAt }) => <>{reason(why)}{nextCheckAt && <Text size="xs" c="dimmed">{t('decisions.again', { when: format.instant(nextCheckAt) })}</Text>}</> },
    { key: 'step', label: t('campaignPeople.step'), cell: ({ stepId }) => (stepId === null ? t('state.none') : steps.nameOf(stepId)) },
    { key: 'stage', label: t('decisions.stage'), cell: ({ stage: at }) => t(`decisions.stages.${at}`) },
    { key: 'at', label: t('decisions.when'), cell: ({ at }) => format.instant(at) },
    { key: 'why', label: t('campaignPeople.whyTitle'), cell: ({ personId, email, externalId, stepId, stage: at }) => <Group gap="sm"><WhyButton campaign={id} person={personId} step={at === 'step' ? (stepId ?? undefined) : undefined} name={email ?? externalId ?? t('campaignPeople.nameless')} /><TextLink to="/campaigns/$id/walk" params={{ id }} search={{ person: personId }} size="sm" underline="always">{t('campaignPeople.walk')}</TextLink></Group> },
  ];
  const isFiltered = Boolean(code ?? step ?? stage ?? person ?? from ?? to);
  return (
    <>
      <Group justify="space-between"><Title order={2} size="h4">{t('decisions.title')}</Title><TextLink to="/campaigns/$id/people" params={{ id }} size="sm" underline="always">{t('decisions.people')}</TextLink></Group>
      <Group gap="sm" component="search" align="flex-end">
        <Select label={t('decisions.reason')} placeholder={t('decisions.any')} clearable searchable nothingFoundMessage={t('decisions.noReason')} value={code ?? null} data={codes.map((value) => ({ value, label: reason(value) }))} onChange={(next) => { set({ code: next ?? undefined }); }} w={{ base: '100%', xs: 300 }} />
        <Select label={t('campaignPeople.step')} placeholder={t('decisions.any')} clearable value={step ?? null} data={steps.choices} onChange={(next) => { set({ step: next ?? undefined }); }} w={{ base: '100%', xs: 260 }} />
        <Select label={t('decisions.stage')} placeholder={t('decisions.any')} clearable value={stage ?? null} data={STAGES.map((value) => ({ value, label: t(`decisions.stages.${value}`) }))} onChange={(next) => { set({ stage: (next as Stage | null) ?? undefined }); }} w={{ base: '100%', xs: 180 }} />
        <PersonPicker label={t('campaignPeople.person')} value={person} onChange={(next) => { set({ person: next }); }} />
      </Group>
      {from && to && <Group gap="xs"><Text size="sm">{t('decisions.span', { from: format.instant(from), to: format.instant(to) })}</Text><Button size="compact-xs" variant="subtle" onClick={() => { set({ from: undefined, to: undefined }); }}>{t('decisions.anyTime')}</Button></Group>}
      <Listing caption={t('decisions.title')} list={list} columns={columns} keyOf={({ id: one }) => one} empty={{ title: t('decisions.empty'), hint: t(campaign.currentVersion ? 'decisions.emptyHint' : 'campaignPeople.emptyDraft') }} noMatch={isFiltered ? { title: t('decisions.noMatch'), hint: t('decisions.noMatchHint') } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />
    </>
  );
}
