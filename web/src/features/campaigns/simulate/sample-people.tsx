import { Group, Select, Stack, Text, Timeline, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { useReason } from '../../../lib/reasons.ts';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { useCampaignWords } from '../words/use-campaign-words.ts';
import type { SimulateSearch } from './simulate-search.ts';

const route = getRouteApi('/campaigns/$id/simulate');
type Person = Api<'SimulationPeople'>['items'][number];
type Line = Person['lines'][number];

interface Shown { id: string; run: string; outcomes: { subject: string[]; running: string[] | null }; campaigns: Record<string, string> }

/** People as examples of each outcome, and what would have happened to the one chosen. All of it is in the address. */
export function SamplePeople({ id, run, outcomes, campaigns }: Shown) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const nameOf = useOutcomeName();
  const side = outcomes.running ? search.side ?? 'subject' : 'subject';
  const set = (change: SimulateSearch) => { void navigate({ search: { ...search, person: undefined, ...change }, replace: true, resetScroll: false }); };
  const list = useList(['simulation-people', id, run, side, search.outcome], (after) => answer(api.GET('/v1/campaigns/{id}/simulations/{simulation}/people', { params: { path: { id, simulation: run }, query: { limit: 50, side, ...(after ? { after } : {}), ...(search.outcome ? { outcome: search.outcome } : {}) } } })));
  const known = (side === 'running' ? outcomes.running : outcomes.subject) ?? [];
  const chosen = list.items.find(({ personId }) => personId === search.person);
  return (
    <Stack gap="sm" component="section" aria-label={t('simulate.sample')}>
      <Title order={2} size="h4">{t('simulate.sample')}</Title>
      <Text size="sm" c="dimmed">{t('simulate.sampleHint')}</Text>
      <Group gap="sm" component="search">
        <Select aria-label={t('simulate.outcome')} placeholder={t('simulate.all')} clearable value={search.outcome ?? null} w={{ base: '100%', xs: 320 }} data={known.map((value) => ({ value, label: nameOf(value) }))} onChange={(outcome) => { set({ outcome: outcome ?? undefined }); }} />
        {outcomes.running && <Select aria-label={t('simulate.side')} allowDeselect={false} value={side} data={[{ value: 'subject', label: t('simulate.thisOne') }, { value: 'running', label: t('simulate.runningVersion') }]} onChange={(value) => { set({ side: value === 'running' ? 'running' : undefined, outcome: undefined }); }} />}
      </Group>
      <Listing
        caption={t('simulate.sample')} list={list} keyOf={({ personId }) => personId} empty={{ title: t('simulate.nobody'), hint: t('simulate.nobodyHint') }} noMatch={search.outcome ? { title: t('simulate.nobody'), hint: t('simulate.nobodyHint') } : undefined} onClear={() => { set({ outcome: undefined }); }}
        columns={[
          { key: 'person', label: t('simulate.person'), cell: (person) => <TextLink to="/campaigns/$id/simulate" params={{ id }} search={{ ...search, person: person.personId }} resetScroll={false} fw={person.personId === search.person ? 700 : 600}>{person.email ?? person.externalId ?? t('simulate.nameless')}</TextLink> },
          { key: 'outcome', label: t('simulate.outcome'), cell: ({ outcome }) => nameOf(outcome) },
          { key: 'sent', label: t('simulate.sent'), numeric: true, cell: ({ lines }) => t('simulate.count', { count: lines.filter(({ kind }) => kind === 'sent').length }) },
        ]}
      />
      {chosen && <PersonTimeline id={id} person={chosen} campaigns={campaigns} />}
    </Stack>
  );
}

/** An outcome is a kind and, where there is one, a reason: `refused:NO_CONSENT`. */
function useOutcomeName(): (outcome: string) => string {
  const { t } = useTranslation();
  const reason = useReason();
  return (outcome) => {
    const [kind, code = ''] = outcome.split(':');
    return t(`simulate.outcomes.${kind as 'refused'}`, { reason: reason(code) });
  };
}

function PersonTimeline({ id, person, campaigns }: { id: string; person: Person; campaigns: Record<string, string> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useLineWords(id, campaigns);
  const who = person.email ?? person.externalId ?? t('simulate.nameless');
  return (
    <Stack gap="sm" component="section" aria-label={t('simulate.timeline', { who })}>
      <Group gap="sm"><Title order={3} size="h5">{t('simulate.timeline', { who })}</Title><TextLink to="/people/$id" params={{ id: person.personId }} size="sm" underline="always">{t('simulate.person')}</TextLink></Group>
      <Timeline bulletSize={14} lineWidth={2} active={person.lines.length}>
        {person.lines.map((line, place) => <Timeline.Item key={place} title={<Text size="sm">{say(line)}</Text>}><Text size="xs" c="dimmed">{format.exact(line.at)}</Text></Timeline.Item>)}
      </Timeline>
    </Stack>
  );
}

function useLineWords(id: string, campaigns: Record<string, string>): (line: Line) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonOf = useReason();
  const words = useCampaignWords(id);
  return ({ kind, stepId, code, variant = '', until, stage, state, reaction, winner }) => {
    const step = stepId ? words.step(stepId) : '';
    const other = winner ? campaigns[winner.campaignId] : undefined;
    const reason = `${code ? reasonOf(code) : ''}${other === undefined ? '' : ` (${other})`}`;
    switch (kind) {
      case 'refused': return stage === 'entry' ? t('simulate.line.refusedEntry', { reason }) : t('simulate.line.refused', { step, reason });
      case 'deferred': return t('simulate.line.deferred', { step, reason, until: until ? format.instant(until) : '' });
      case 'ended': return state === 'completed' ? t('simulate.line.ended') : t('simulate.line.exited', { reason });
      case 'reacted': return t('simulate.line.reacted', { reaction: t(`simulate.reacts.${reaction as 'open'}`) });
      default: return t(`simulate.line.${kind}`, { step, reason, variant });
    }
  };
}
