import { Alert, Anchor, Group, Radio, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { useStepNames } from '../words/use-step-names.ts';
import { chosenAt, MOVES, withMove, withTo, type InFlight, type Move, type Place } from './in-flight-choice.ts';

type Preview = Api<'CampaignPublishPreview'>;

/** Places shown before somebody asks for all of them. */
const FIRST = 8;

/** Who is on the way on earlier versions, and what becomes of them: everybody alike, or those at a step otherwise. Nobody is moved unless it is chosen. */
export function InFlightChoice({ value, onChange }: { value: InFlight; onChange(value: InFlight): void }) {
  const { t, i18n } = useTranslation();
  const { campaign: { id, revision } } = useDraft();
  const [all, setAll] = useState(false);
  const told = useQuery({ queryKey: ['publish-preview', id, revision], queryFn: () => answer(api.POST('/v1/campaigns/{id}/publish-preview', { params: { path: { id } } })), staleTime: 0, retry: false });
  const say = (sentence: { en: string; ko: string }) => (i18n.language === 'ko' ? sentence.ko : sentence.en);
  if (told.isPending) return <Loading rows={3} />;
  // What keeps it from being published is said below, with its places.
  if (!told.data) return told.error && 'code' in told.error && told.error.code === 'campaign.invalid' ? <Text size="sm">{t('live.notYet')}</Text> : <ErrorPanel error={told.error} onRetry={() => { void told.refetch(); }} />;
  const { people, queued, places, more, experiments, running, version } = told.data;
  if (people === 0) return <><Text size="sm">{t('launch.insideNobody')}</Text><Tests experiments={experiments} say={say} /></>;
  return (
    <Stack gap="sm">
      <Radio.Group label={t('live.question', { count: people })} value={value.move} onChange={(move) => { onChange({ ...value, move: move as Move }); }}>
        <Stack gap="xs" mt="xs">{MOVES.map((move) => <Radio key={move} value={move} label={t(`live.moves.${move}`, { next: version })} description={t(`live.hints.${move}`, { next: version })} />)}</Stack>
      </Radio.Group>
      {running && <Alert color="orange" variant="light" title={t('live.running')}><Text size="sm">{say(running.sentence)} {t(value.move === 'keep' && value.steps.length === 0 ? 'live.runningKept' : 'live.runningReplaced')}</Text></Alert>}
      <Stack gap="sm" component="ul" m={0} p={0} aria-label={t('live.places')} style={{ listStyle: 'none' }}>
        {(all ? places : places.slice(0, FIRST)).map((place) => <li key={`${place.version} ${place.stepId}`}><PlaceRow place={place} value={value} say={say} onChange={onChange} /></li>)}
      </Stack>
      {!all && places.length > FIRST && <Anchor component="button" type="button" size="sm" ta="left" onClick={() => { setAll(true); }}>{t('live.showAll', { count: places.length })}</Anchor>}
      {more.people > 0 && <Text size="sm">{t('live.more', { count: more.people })}</Text>}
      {queued > 0 && <Text size="sm">{t('live.queued', { count: queued })}</Text>}
      <Tests experiments={experiments} say={say} />
    </Stack>
  );
}

/** What becomes of the people at one step, in words, and another choice for them. */
function PlaceRow({ place, value, say, onChange }: { place: Place; value: InFlight; say(sentence: { en: string; ko: string }): string; onChange(value: InFlight): void }) {
  const { t } = useTranslation();
  const { campaign: { definition } } = useDraft();
  const own = chosenAt(value, place);
  const move = own?.move ?? value.move;
  const { choices, nameOf } = useStepNames(definition, undefined);
  const where = t('live.at', { step: say(place.label), version: place.version });
  return (
    <Stack gap={4}>
      <Text size="sm">{own?.to === undefined ? say(place[move].sentence) : t('live.goesTo', { count: place.people, from: say(place.label), to: nameOf(own.to) })}</Text>
      <Group gap="xs">
        <Select size="xs" w={220} aria-label={t('live.choiceFor', { where })} value={own?.move ?? 'same'} allowDeselect={false} comboboxProps={{ withinPortal: true }}
          data={[{ value: 'same', label: t('live.same') }, ...MOVES.map((each) => ({ value: each, label: t(`live.short.${each}`) }))]} onChange={(chosen) => { onChange(withMove(value, place, chosen === 'same' ? null : (chosen as Move))); }} />
        {move === 'migrate' && place.migrate.landing !== 'here' && <Select size="xs" w={260} searchable clearable aria-label={t('live.toFor', { where })} placeholder={t('live.byRule')} value={own?.to ?? null} data={choices} comboboxProps={{ withinPortal: true }} onChange={(to) => { onChange(withTo(value, place, to)); }} />}
      </Group>
    </Stack>
  );
}

function Tests({ experiments, say }: { experiments: Preview['experiments']; say(sentence: { en: string; ko: string }): string }) {
  return experiments.map(({ stepId, becomes, sentence }) => <Text key={stepId} size="sm" fw={becomes === 'anew' ? 600 : 400}>{say(sentence)}</Text>);
}
