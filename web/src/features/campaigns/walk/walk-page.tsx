import { ActionIcon, Alert, Group, Stack, Text, Title } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { personName } from '../../../lib/person-name.ts';
import { IconChevronLeft, IconChevronRight } from '../../../ui/icons.ts';
import { TextLink } from '../../../ui/links.tsx';
import { PersonPicker } from '../../../ui/person-picker.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { useSendingMode } from '../launch/use-sending-mode.ts';
import { useCandidates } from './candidates.ts';
import { WalkedSteps } from './walked-steps.tsx';
import { WhySoFar } from './why-so-far.tsx';

const route = getRouteApi('/campaigns/$id/walk');

/** One person through a campaign: what each step would send them, and what the gates say. The person is in the address; ← and → go on to the next. */
export function WalkPage() {
  const { t } = useTranslation();
  const { campaign } = useDraft();
  const mode = useSendingMode();
  const { person } = route.useSearch();
  const navigate = route.useNavigate();
  const candidates = useCandidates(campaign);
  const people = candidates.data ?? [];
  const shown = person ?? people[0];
  const go = (id: string | undefined) => { void navigate({ search: { person: id }, replace: true }); };
  const place = shown === undefined ? -1 : people.indexOf(shown);
  const beside = (step: number) => (place < 0 ? people[0] : people[place + step]);
  const move = (step: number) => () => { const next = beside(step); if (next) go(next); };
  // Arrows on the tabs go from tab to tab.
  const byKey = (step: number) => ({ target }: KeyboardEvent) => { if (!(target as Element).closest('[role="tablist"]')) move(step)(); };
  useHotkeys([['ArrowLeft', byKey(-1)], ['ArrowRight', byKey(1)], ['[', byKey(-1)], [']', byKey(1)]]);
  if (candidates.isPending) return <Loading rows={6} />;
  if (candidates.isError) return <ErrorPanel error={candidates.error} onRetry={() => { void candidates.refetch(); }} />;
  return (
    <Stack gap="lg">
      {campaign.state === 'active' && mode === 'sandbox' && <Alert color="blue" variant="light" title={t('walk.sandbox')}>{t('walk.sandboxHint')}</Alert>}
      <Group gap="sm" align="flex-end">
        <ActionIcon variant="default" size="lg" disabled={!beside(-1)} onClick={move(-1)} aria-label={t('walk.previous')} title={t('walk.previous')}><IconChevronLeft size={18} aria-hidden /></ActionIcon>
        <PersonPicker label={t('walk.person')} value={shown} onChange={go} />
        <ActionIcon variant="default" size="lg" disabled={!beside(1)} onClick={move(1)} aria-label={t('walk.next')} title={t('walk.next')}><IconChevronRight size={18} aria-hidden /></ActionIcon>
      </Group>
      {shown === undefined ? <EmptyState title={t('walk.nobody')} hint={t('walk.nobodyHint')} /> : <Walked key={shown} person={shown} />}
    </Stack>
  );
}

function Walked({ person }: { person: string }) {
  const { t } = useTranslation();
  const { campaign } = useDraft();
  const found = useQuery({ queryKey: ['person', person], queryFn: () => answer(api.GET('/v1/people/{id}', { params: { path: { id: person } } })) });
  const workspace = useQuery({ queryKey: ['workspace'], queryFn: () => answer(api.GET('/v1/workspace')) });
  if (found.isPending || workspace.isPending) return <Loading rows={4} />;
  if (!found.data || !workspace.data) return <ErrorPanel error={found.error ?? workspace.error} onRetry={() => { void found.refetch(); }} />;
  const zone = found.data.timeZone ?? workspace.data.timeZone;
  return (
    <Stack gap="lg">
      <div>
        <Title order={2} size="h4"><TextLink to="/people/$id" params={{ id: person }} underline="always" inherit>{personName(found.data)}</TextLink></Title>
        <Text size="sm" c="dimmed">{t(found.data.timeZone ? 'walk.zone' : 'walk.zoneWorkspace', { zone })}</Text>
      </div>
      {(campaign.currentVersion !== null || !campaign.unfinished) && <WhySoFar campaign={campaign} person={person} zone={zone} />}
      <WalkedSteps campaign={campaign} person={person} />
    </Stack>
  );
}
