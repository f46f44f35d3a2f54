import { Group, SimpleGrid, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconClock, IconDoorEnter, IconDoorExit, IconFlag } from '../../../ui/icons.ts';
import { useSegmentChoices } from '../../segments/builder/catalogue.ts';
import { buttonId, useSeries } from './editor-context.tsx';
import classes from './editor.module.css';
import { useFlowWords } from '../words/use-flow-words.ts';
import { CARDS, type Card } from './places.ts';
import { useEntryWords, useSaid } from './step-words.ts';

const ICONS = { $entry: IconDoorEnter, $goals: IconFlag, $exits: IconDoorExit, $pace: IconClock } as const;

/** Who gets in, what counts as success and who leaves early: always in sight. */
export function Cards({ faults }: { faults: ReadonlyMap<string, number> }) {
  const { t } = useTranslation();
  return <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="xs" component="section" aria-label={t('series.frame')}>{CARDS.map((card) => <OneCard key={card} card={card} faults={faults.get(card) ?? 0} />)}</SimpleGrid>;
}

function OneCard({ card, faults }: { card: Card; faults: number }) {
  const { t } = useTranslation();
  const { at, open } = useSeries();
  const Icon = ICONS[card];
  const words = useCardWords(card);
  return (
    <UnstyledButton id={buttonId(card)} className={`${classes.step} ${classes.card}`} data-open={at === card || undefined} aria-pressed={at === card} onClick={() => { open(card); }}>
      <Group gap={6} wrap="nowrap"><Icon size={18} aria-hidden /><Text size="xs" c="dimmed">{t(`series.cards.${card}`)}</Text>{faults > 0 && <Text size="xs" className={classes.fault}>{t('series.toDo', { count: faults })}</Text>}</Group>
      <Text size="sm" fw={600} lineClamp={2}>{words}</Text>
    </UnstyledButton>
  );
}

export function useCardWords(card: Card): string {
  const { t } = useTranslation();
  const { series } = useSeries();
  const segments = useSegmentChoices().data;
  const { entry, goals, exitRules, audience, pacing } = series;
  const flow = useFlowWords();
  const said = useSaid(audience);
  const words = useEntryWords(entry, entry?.type === 'segment' ? segments?.find(({ value }) => value === entry.segmentId)?.label : undefined);
  if (card === '$entry') return said ? t('series.entryWords.only', { entry: words, said }) : words;
  if (card === '$goals') return goals?.length ? goals.map(({ name }) => name).filter(Boolean).join(', ') || t('series.notYet') : t('series.noGoals');
  if (card === '$pace') {
    const { class: one = 'standard', sendWindow: { from = '09:00', to = '18:00', weekdays = [] } = {} } = pacing ?? {};
    return [t(`pacing.classes.${one}`), ...(pacing?.sendWindow ? [`${from}–${to}${weekdays.length > 0 ? ` ${flow.days(weekdays)}` : ''}`] : [])].join(' · ');
  }
  return exitRules?.length ? t('series.exitCount', { count: exitRules.length }) : t('series.noExits');
}
