import { Alert, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useLabels } from '../../../lib/labels.ts';
import { TextLink } from '../../../ui/links.tsx';
import type { Definition } from '../words/use-flow-words.ts';
import { whoOf, type Who } from './who.ts';

/** How many people are meant now, and the sentence that says who. `now` is null while it is counted or when nobody can say. */
export function useWho(definition: Definition, revision: number) {
  const who = whoOf(definition);
  const node = who.kind === 'people' ? who.node : who.kind === 'event' || who.kind === 'date' || who.kind === 'left' ? who.audience : null;
  const asked = useQuery({
    queryKey: ['launch-who', JSON.stringify(node), revision], enabled: node !== null, staleTime: 0, retry: false,
    queryFn: () => answer(api.POST('/v1/segments/preview', { body: { definition: node! } })),
  });
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
  const counted = who.kind !== 'people' || who.take === 'later' ? 0 : (isBuilding ? complete.data?.count : asked.data?.count) ?? null;
  return { who, now: counted, sentence: asked.data?.sentence ?? null, segment: segment.data ?? null, isCounting: asked.isFetching || complete.isFetching, failed: asked.isError };
}

/** Who gets it, as a sentence, and how many that is now. */
export function WhoWords({ found }: { found: ReturnType<typeof useWho> }) {
  const { t, i18n } = useTranslation();
  const labels = useLabels();
  const { who, now, sentence, segment, isCounting, failed } = found;
  const said = sentence && (i18n.language === 'ko' ? sentence.ko : sentence.en);
  if (who.kind === 'open') return <Text size="sm">{t('launch.who.open')}</Text>;
  if (who.kind === 'visitors' || who.kind === 'external' || who.kind === 'api') return <Text size="sm">{t(`launch.who.${who.kind}`)}</Text>;
  if (who.kind === 'event') return <Text size="sm">{t('launch.who.event', { event: labels.said('event', who.event) })}{said && ` ${t('launch.who.only', { sentence: said })}`}</Text>;
  if (who.kind === 'left') return <Text size="sm">{t('launch.who.left', { segment: segment?.name ?? '…' })}{said && ` ${t('launch.who.only', { sentence: said })}`}</Text>;
  if (who.kind === 'date') return <Text size="sm">{who.yearly && `${t('launch.who.yearly')} `}{t(who.days === 0 ? 'launch.who.dateOn' : who.days < 0 ? 'launch.who.dateBefore' : 'launch.who.dateAfter', { attribute: labels.said('attribute', who.attribute), count: Math.abs(who.days), time: who.time })}{said && ` ${t('launch.who.only', { sentence: said })}`}</Text>;
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

/** An audience beside the segment. */
const sentenceHasMore = (who: Extract<Who, { kind: 'people' }>) => who.node.type === 'all' && who.segmentId !== null;
