import { Alert, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useLabels } from '../../../lib/labels.ts';
import { TextLink } from '../../../ui/links.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { useFlowWords, type Definition } from '../words/use-flow-words.ts';
import { useStepNames } from '../words/use-step-names.ts';
import { whoOf, type Who } from './who.ts';

/** How many people are meant now, and the sentence that says who. `now` is null while it is counted or when nobody can say. */
export function useWho(campaign: string, definition: Definition, revision: number) {
  const who = whoOf(definition);
  const node = who.kind === 'people' ? who.node : who.kind === 'event' || who.kind === 'date' || who.kind === 'left' ? who.audience : null;
  const asked = useQuery({
    queryKey: ['launch-who', JSON.stringify(node), revision], enabled: node !== null, staleTime: 0, retry: false,
    queryFn: () => answer(api.POST('/v1/segments/preview', { body: { definition: node! } })),
  });
  const looksBack = (who.kind === 'event' || who.kind === 'date') && who.past !== null;
  const before = useQuery({ queryKey: ['entry-preview', campaign, revision], enabled: looksBack, staleTime: 0, retry: false, queryFn: () => answer(api.GET('/v1/campaigns/{id}/entry-preview', { params: { path: { id: campaign } } })) });
  const segmentId = who.kind === 'people' || who.kind === 'left' ? who.segmentId : null;
  const segment = useQuery({
    queryKey: ['segment', segmentId], enabled: segmentId !== null, retry: false,
    queryFn: () => answer(api.GET('/v1/segments/{id}', { params: { path: { id: segmentId! } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'building' ? 1_000 : false),
  });
  const isBuilding = segment.data?.state === 'building';
  // A segment still being built has not all its members: what it says about people is counted instead.
  const complete = useQuery({
    queryKey: ['launch-who', JSON.stringify(segment.data?.definition), 'whole', revision], enabled: isBuilding && !definition.audience, staleTime: 0, retry: false,
    queryFn: () => answer(api.POST('/v1/segments/preview', { body: { definition: segment.data!.definition as Api<'SegmentNode'> } })),
  });
  const counted = looksBack ? before.data?.people ?? null : who.kind !== 'people' || who.take === 'later' ? 0 : (isBuilding ? complete.data?.count : asked.data?.count) ?? null;
  return { who, now: counted, sentence: asked.data?.sentence ?? null, segment: segment.data ?? null, isCounting: asked.isFetching || complete.isFetching || before.isFetching, failed: asked.isError || before.isError, before: before.data ?? null };
}

/** Who gets it, as a sentence, and how many that is now. */
export function WhoWords({ found }: { found: ReturnType<typeof useWho> }) {
  const { t, i18n } = useTranslation();
  const labels = useLabels();
  const { who, now, sentence, segment, isCounting, failed } = found;
  const said = sentence && (i18n.language === 'ko' ? sentence.ko : sentence.en);
  if (who.kind === 'open') return <Text size="sm">{t('launch.who.open')}</Text>;
  if (who.kind === 'visitors' || who.kind === 'external' || who.kind === 'api') return <Text size="sm">{t(`launch.who.${who.kind}`)}</Text>;
  if (who.kind === 'event') return <LookedBack found={found}><Text size="sm">{t(who.past?.only ? 'launch.who.eventThen' : 'launch.who.event', { event: labels.said('event', who.event) })}{said && ` ${t('launch.who.only', { sentence: said })}`}</Text></LookedBack>;
  if (who.kind === 'left') return <Text size="sm">{t('launch.who.left', { segment: segment?.name ?? '…' })}{said && ` ${t('launch.who.only', { sentence: said })}`}</Text>;
  if (who.kind === 'date') return <LookedBack found={found}><Text size="sm">{who.yearly && `${t('launch.who.yearly')} `}{t(who.days === 0 ? 'launch.who.dateOn' : who.days < 0 ? 'launch.who.dateBefore' : 'launch.who.dateAfter', { attribute: labels.said('attribute', who.attribute), count: Math.abs(who.days), time: who.time })}{said && ` ${t('launch.who.only', { sentence: said })}`}</Text></LookedBack>;
  return (
    <>
      <Text size="xl" fw={700} component="output" style={{ fontVariantNumeric: 'tabular-nums' }}>
        {who.take === 'later' ? t('launch.who.later') : now === null ? (isCounting ? <Loader size="xs" aria-label={t('launch.who.counting')} /> : t('state.none')) : t(who.take === 'now' ? 'launch.who.now' : 'launch.who.nowAndLater', { count: now })}
      </Text>
      {segment && <Text size="sm">{t('launch.who.segment')} <TextLink to="/segments/$id" params={{ id: segment.id }} underline="always">{segment.name}</TextLink>: {i18n.language === 'ko' ? segment.sentence.ko : segment.sentence.en}</Text>}
      {said && (!segment || sentenceHasMore(who)) && <Text size="sm">{said}</Text>}
      {failed && <Alert color="orange" variant="light">{t('launch.who.failed')}</Alert>}
    </>
  );
}

/** Who enters at once because their moment was before the launch, and where they will stand. */
function LookedBack({ found: { who, now, before, isCounting, failed }, children }: { found: ReturnType<typeof useWho>; children: ReactNode }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useFlowWords();
  const { campaign: { definition } } = useDraft();
  const { nameOf } = useStepNames(definition, undefined);
  if ((who.kind !== 'event' && who.kind !== 'date') || !who.past) return children;
  const length = words.duration(who.past.lookBack);
  return (
    <>
      <Text size="xl" fw={700} component="output" style={{ fontVariantNumeric: 'tabular-nums' }}>{now === null ? (isCounting ? <Loader size="xs" aria-label={t('launch.who.counting')} /> : t('state.none')) : t(who.past.only ? 'launch.who.now' : 'launch.who.nowAndLater', { count: now })}</Text>
      {children}
      <Text size="sm">{t(who.past.only ? 'launch.past.only' : 'launch.past.too', { length })}</Text>
      {before?.places && before.places.length > 0 && (
        <Stack gap={2} component="ul" m={0} pl="md" aria-label={t('launch.past.places')}>
          {before.places.map(({ kind, stepId, people, firstAt, lastAt }) => <li key={`${kind} ${stepId}`}><Text size="sm">{t(kind === 'waits' && firstAt === lastAt ? 'launch.past.waitsAt' : `launch.past.${kind}`, { count: people, step: nameOf(stepId), from: firstAt ? format.instant(firstAt) : '', to: lastAt ? format.instant(lastAt) : '' })}</Text></li>)}
        </Stack>
      )}
      {definition.type === 'series' && definition.steps?.some((step) => step?.type === 'branch' || step?.type === 'wait_until') && <Text size="sm" c="dimmed">{t('launch.past.judged')}</Text>}
      {before?.people !== null && before?.places === null && <Text size="sm">{t('launch.past.many')}</Text>}
      {failed && <Alert color="orange" variant="light">{t('launch.who.failed')}</Alert>}
    </>
  );
}

/** An audience beside the segment. */
const sentenceHasMore = (who: Extract<Who, { kind: 'people' }>) => who.node.type === 'all' && who.segmentId !== null;
