import { Alert, Badge, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { Listing } from '../../../ui/listing.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { useSaid } from '../../../lib/said.ts';
import { ActButton, Section } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { ScheduleForm } from './schedule-form.tsx';

type Source = Api<'Source'>;
type Pull = Api<'SourcePull'>;
/** While a look is due, it is asked again soon how it went. */
const AGAIN_MS = 2_000;
const CALM_MS = 30_000;
const COLOURS = { ok: 'green', unchanged: 'gray', failed: 'red' } as const;

const isDue = ({ nextAt }: Pull): boolean => Date.parse(nextAt) <= Date.now();

/** What a source is asked for on a schedule, how it went, and how to ask now, pause or end it. */
export function ScheduleTab({ source, ask }: { source: Source; ask: Pull['kind'] | undefined }) {
  const { t } = useTranslation();
  const { id } = source;
  const found = useQuery({ queryKey: ['source-pull', id], queryFn: () => answer(api.GET('/v1/sources/{id}/pull', { params: { path: { id } } })), refetchInterval: ({ state }) => (state.data?.pull && source.enabled ? (isDue(state.data.pull) ? AGAIN_MS : CALM_MS) : false) });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { pull } = found.data;
  return (
    <Stack>
      {pull?.secretLost && <Alert color="red" title={t('sources.pull.lost')} role="alert">{t('sources.pull.lostHint')}</Alert>}
      {pull && <How source={source} pull={pull} />}
      <Section title={t('sources.pull.what')} hint={t('sources.pull.whatHint')}><ScheduleForm key={pull ? `${pull.kind} ${pull.address} ${pull.query ?? ''} ${pull.cursorColumn ?? ''} ${pull.everyMinutes}` : 'new'} source={source} pull={pull} ask={ask} /></Section>
      {pull && <Runs source={source} busy={isDue(pull) && source.enabled} />}
    </Stack>
  );
}

function useAgain() {
  const queries = useQueryClient();
  return () => Promise.all(['source', 'sources', 'source-pull', 'source-pull-runs', 'source-deliveries'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
}

function How({ source: { id, name, enabled }, pull }: { source: Source; pull: Pull }) {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const again = useAgain();
  const path = { params: { path: { id } } };
  const now = async () => { await api.POST('/v1/sources/{id}/pull/now', path); await again(); };
  const pause = async () => { await api.PATCH('/v1/sources/{id}', { ...path, body: { enabled: !enabled } }); await again(); };
  const end = async () => { await api.DELETE('/v1/sources/{id}/pull', path); await again(); };
  return (
    <Section title={t('sources.pull.how')} actions={(
      <Group gap={6}>
        {enabled && !pull.secretLost && <ActButton label={t('sources.pull.now')} onAct={now} />}
        <ActButton label={t(enabled ? 'sources.pull.pause' : 'sources.pull.resume')} onAct={pause} />
        <RemoveButton title={t('sources.pull.endTitle', { name })} name={t('sources.pull.end')} action={t('sources.pull.end')} text={t('sources.pull.endText')} onRemove={end} />
      </Group>
    )}>
      {!enabled && <Alert color="gray" variant="light">{t('sources.pull.paused')}</Alert>}
      <Stack gap={4}>
        <Group gap="xs">
          {pull.lastState && <Badge variant="light" color={COLOURS[pull.lastState]}>{t(`sources.pull.states.${pull.lastState}`)}</Badge>}
          <Text size="sm">{pull.lastAt ? t('sources.pull.last', { when: format.instant(pull.lastAt), count: pull.lastRows }) : t('sources.pull.never')}</Text>
        </Group>
        {pull.lastError && <Text size="sm" role="alert">{said({ message: pull.lastError, messageKo: pull.lastErrorKo })}</Text>}
        {enabled && <Text size="sm">{isDue(pull) ? t('sources.pull.nextNow') : t('sources.pull.next', { when: format.instant(pull.nextAt) })}</Text>}
        {pull.cursorColumn && <Text size="sm" c="dimmed">{pull.cursor === null ? t('sources.pull.fromStart') : <>{t('sources.pull.cursor', { column: pull.cursorColumn })} <Code>{pull.cursor}</Code></>}</Text>}
      </Stack>
    </Section>
  );
}

function Runs({ source: { id }, busy }: { source: Source; busy: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const list = useList(['source-pull-runs', id], (after) => answer(api.GET('/v1/sources/{id}/pull/runs', { params: { path: { id }, query: { limit: 20, ...(after ? { after } : {}) } } })), () => (busy ? AGAIN_MS : CALM_MS));
  return (
    <Section bare title={t('sources.pull.runs')} hint={t('sources.pull.runsHint')}>
      <Listing caption={t('sources.pull.runs')} list={list} keyOf={(run) => run.id} empty={{ title: t('sources.pull.noRuns'), hint: t('sources.pull.noRunsHint') }} columns={[
        { key: 'at', label: t('sources.pull.at'), cell: ({ at }) => <Text size="sm" style={{ whiteSpace: 'nowrap' }}>{format.instant(at)}</Text> },
        { key: 'state', label: t('settings.state'), cell: ({ state }) => <Badge variant="light" color={COLOURS[state]}>{t(`sources.pull.states.${state}`)}</Badge> },
        { key: 'rows', label: t('sources.pull.rows'), numeric: true, cell: ({ rows }) => format.number(rows) },
        { key: 'error', label: t('sources.pull.error'), cell: ({ error, errorKo }) => (error === null ? t('state.none') : <Text size="sm">{said({ message: error, messageKo: errorKo })}</Text>) },
      ]} />
    </Section>
  );
}
