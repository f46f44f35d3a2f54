import { Button, Card, Group, Loader, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useSaid } from '../../../lib/said.ts';
import { TextLink } from '../../../ui/links.tsx';
import type { Node } from './draft.ts';

const PAUSE_MS = 250;
/** After so long without the exact number an estimate is asked for. */
const SLOW_MS = 800;

/** How many people match what is typed: the exact number, meanwhile the old one, and an estimate when counting takes its time. */
export function useLiveCount(definition: Node | null) {
  const [text] = useDebouncedValue(definition === null ? '' : JSON.stringify(definition), PAUSE_MS);
  const asked = { definition: (text === '' ? null : JSON.parse(text)) as Node };
  const exact = useQuery({ queryKey: ['preview', text], queryFn: ({ signal }) => answer(api.POST('/v1/segments/preview', { body: asked, signal })), enabled: text !== '', placeholderData: keepPreviousData, staleTime: 30_000, retry: false });
  const isOld = exact.isPlaceholderData || exact.isError || exact.isFetching;
  const slow = useSlow(text !== '' && exact.isFetching) || exact.isError;
  const about = useQuery({ queryKey: ['estimate', text], queryFn: ({ signal }) => answer(api.POST('/v1/segments/estimate', { body: asked, signal })), enabled: text !== '' && slow, staleTime: 30_000, retry: false });
  return { text, exact, about: isOld ? about.data : undefined, isOld };
}

function useSlow(busy: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setTimeout(() => { setSlow(true); }, SLOW_MS);
    return () => { clearTimeout(timer); setSlow(false); };
  }, [busy]);
  return busy && slow;
}

const nameOf = ({ name, email, externalId, id }: Api<'SegmentPerson'>) => name || email || externalId || id;

/** The number, a few people, and what is wrong with the definition. */
export function LiveCount({ live }: { live: ReturnType<typeof useLiveCount> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSaid();
  const { text, exact, about, isOld } = live;
  const preview = exact.data;
  if (text === '') return <Card withBorder><Text c="dimmed" size="sm">{t('segments.countNone')}</Text></Card>;
  const tooSlow = exact.error instanceof ApiProblem && exact.error.code === 'segment.too-slow';
  const isGuess = about?.count !== null && about?.count !== undefined && !about.exact;
  const number = about?.count ?? preview?.count ?? null;
  return (
    <Card withBorder component="section" aria-label={t('segments.countTitle')}>
      <Stack gap="xs">
        <Group gap="xs" component="output">
          <Text size="xl" fw={700} c={isOld && !about ? 'dimmed' : undefined} style={{ fontVariantNumeric: 'tabular-nums' }}>{number === null ? t('state.none') : t(isGuess ? 'segments.about' : 'segments.people', { count: number })}</Text>
          {exact.isFetching && <Loader size="xs" aria-label={t('segments.counting')} />}
        </Group>
        {isGuess && <Text size="sm" c="dimmed">{t('segments.range', { low: about.low, high: about.high })}</Text>}
        {tooSlow && <Text size="sm">{t('segments.tooSlow')}</Text>}
        {exact.isError && !tooSlow && <Group gap="xs"><Text size="sm" c="red">{t('segments.countFailed')}</Text><Button size="compact-xs" variant="default" onClick={() => { void exact.refetch(); }}>{t('state.tryAgain')}</Button></Group>}
        {preview?.problems.map((problem) => <Text key={problem.path + problem.code} size="sm" c="red">{say(problem)}</Text>)}
        {preview && preview.sample.length > 0 && (
          <Stack gap={4} component="section" aria-label={t('segments.sample')}>
            <Text size="xs" c="dimmed">{t('segments.sample')}</Text>
            {preview.sample.map((person) => <TextLink key={person.id} to="/people/$id" params={{ id: person.id }} size="sm">{nameOf(person)}</TextLink>)}
          </Stack>
        )}
        {preview?.count !== undefined && preview.count !== null && <Text size="xs" c="dimmed">{t('segments.asOf', { when: format.instant(new Date(exact.dataUpdatedAt).toISOString()) })}</Text>}
      </Stack>
    </Card>
  );
}
