import { Alert, Badge, Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { AskSimulation } from './ask.tsx';
import { Found } from './found.tsx';

const route = getRouteApi('/campaigns/$id/simulate');
type Summary = Api<'SimulationSummary'>;
const COLORS: Record<Summary['state'], string> = { waiting: 'gray', running: 'blue', done: 'green', failed: 'red', cancelled: 'gray' };
const isOpen = ({ state }: Pick<Summary, 'state'>): boolean => state === 'waiting' || state === 'running';
const AGAIN_MS = 1_500;

/** The campaign taken through the recorded past: asking, and what was found. Which one is looked at is in the address. */
export function SimulatePage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const { run } = route.useSearch();
  const navigate = route.useNavigate();
  const { campaign } = useDraft();
  const me = useMe();
  return (
    <Stack gap="lg">
      {mayEdit(me) ? <AskSimulation id={id} current={campaign.currentVersion?.number ?? null} onAsked={(asked) => { void navigate({ search: { run: asked } }); }} /> : me && <Text size="sm" c="dimmed">{t('simulate.mayNot')}</Text>}
      {run !== undefined && <OneSimulation key={run} id={id} run={run} />}
      <Earlier id={id} run={run} />
    </Stack>
  );
}

/** What a simulation was of: the draft, or a version. */
export function useSubjectName(): (of: Pick<Summary, 'version'>) => string {
  const { t } = useTranslation();
  return ({ version }) => (version === null ? t('simulate.draft') : t('simulate.version', { number: version }));
}

function Earlier({ id, run }: { id: string; run: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useSubjectName();
  const list = useList(['simulations', id], (after) => answer(api.GET('/v1/campaigns/{id}/simulations', { params: { path: { id }, query: { limit: 20, ...(after ? { after } : {}) } } })), (items) => (items.some(isOpen) ? AGAIN_MS : false));
  const columns: Column<Summary>[] = [
    { key: 'when', label: t('simulate.when'), cell: (one) => (one.id === run ? <Text size="sm" fw={600}>{format.instant(one.createdAt)}</Text> : <TextLink to="/campaigns/$id/simulate" params={{ id }} search={{ run: one.id }} fw={600}>{format.instant(one.createdAt)}</TextLink>) },
    { key: 'what', label: t('simulate.what'), cell: nameOf },
    { key: 'period', label: t('simulate.period'), cell: ({ from, to }) => t('simulate.between', { from: format.day(from), to: format.day(to) }) },
    { key: 'state', label: t('simulate.state'), cell: ({ state }) => <Badge variant="light" color={COLORS[state]}>{t(`simulate.states.${state}`)}</Badge> },
    { key: 'entered', label: t('simulate.entered'), numeric: true, cell: ({ totals }) => (totals ? format.number(totals.entered) : t('state.none')) },
    { key: 'sent', label: t('simulate.sent'), numeric: true, cell: ({ totals }) => (totals ? format.number(totals.sent) : t('state.none')) },
  ];
  return (
    <Stack gap="sm" component="section" aria-label={t('simulate.list')}>
      <Title order={2} size="h4">{t('simulate.list')}</Title>
      <Listing caption={t('simulate.list')} list={list} columns={columns} keyOf={(one) => one.id} empty={{ title: t('simulate.empty'), hint: t('simulate.emptyHint') }} />
    </Stack>
  );
}

function OneSimulation({ id, run }: { id: string; run: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const path = { id, simulation: run };
  const one = useQuery({ queryKey: ['simulation', id, run], queryFn: () => answer(api.GET('/v1/campaigns/{id}/simulations/{simulation}', { params: { path } })), refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? AGAIN_MS : false) });
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/campaigns/{id}/simulations/{simulation}', { params: { path } })),
    onSuccess: async () => {
      const wasOpen = one.data && isOpen(one.data);
      await queries.invalidateQueries({ queryKey: ['simulations', id] });
      if (wasOpen) await one.refetch();
      else void navigate({ search: {} });
    },
  });
  const canEdit = mayEdit(useMe());
  if (one.isPending) return <Loading rows={6} />;
  if (!one.data) return <ErrorPanel error={one.error} onRetry={() => { void one.refetch(); }} />;
  const { data } = one;
  return (
    <Stack gap="lg">
      <Head one={data} button={canEdit && <Button variant="default" size="sm" loading={remove.isPending} onClick={() => { remove.mutate(); }}>{t(isOpen(data) ? 'simulate.stop' : 'simulate.delete')}</Button>} />
      {remove.isError && <ErrorPanel error={remove.error} onRetry={() => { remove.mutate(); }} />}
      {data.problem && <Problem problem={data.problem} />}
      {data.result && <Found id={id} run={run} result={data.result} />}
    </Stack>
  );
}

/** Why it did not come to its end: in the words of the page, where it has any. */
function Problem({ problem: { code, message } }: { problem: { code: string; message: string } }) {
  const { t, i18n } = useTranslation();
  const key = code.replace(/^simulation\./, '');
  return <Alert role="alert" color="red" title={t('simulate.failed')}>{i18n.exists(`simulate.problems.${key}`) ? t(`simulate.problems.${key as 'failed'}`) : message}</Alert>;
}

function Head({ one, button }: { one: Api<'Simulation'>; button: ReactNode }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useSubjectName();
  const { done, total, state } = one;
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Group justify="space-between" gap="sm">
          <Group gap="xs"><Text fw={600}>{nameOf(one)}</Text><Text size="sm">{t('simulate.between', { from: format.instant(one.from), to: format.instant(one.to) })}</Text><Badge variant="light" color={COLORS[state]}>{t(`simulate.states.${state}`)}</Badge></Group>
          {button}
        </Group>
        <Text size="sm" c="dimmed">{t('simulate.reactions')}: {t(`simulate.reaction.${one.reactions}`)}</Text>
        {isOpen(one) && (
          <div role="status">
            <Progress value={total ? (done / total) * 100 : 0} aria-label={t('simulate.state')} />
            <Text size="sm" mt={4}>{total === null ? t('simulate.begins') : t('simulate.progress', { done, total })}</Text>
          </div>
        )}
      </Stack>
    </Card>
  );
}
