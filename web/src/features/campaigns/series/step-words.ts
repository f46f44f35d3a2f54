import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { useLabels } from '../../../lib/labels.ts';
import { isComplete, type Node } from '../../segments/builder/draft.ts';
import { useFlowWords, type StepWords } from '../words/use-flow-words.ts';
import type { Way } from './graph.ts';
import { useLists } from './lists.ts';
import type { Entry, Step } from './model.js';

const leaves = (node: Node): Node[] => (node.type === 'all' || node.type === 'any' ? node.of.flatMap(leaves) : node.type === 'not' ? leaves(node.of) : [node]);
/** Whether a condition can be asked about: it is there and no part of it is open. */
export const isWhole = (condition: object | null | undefined): condition is Node => condition != null && leaves(condition as Node).every((node) => node != null && isComplete(node));

/** A condition as the server says it, without "People where"; null until it is complete and said. */
export function useSaid(condition: object | null | undefined): string | null {
  const { i18n } = useTranslation();
  const whole = isWhole(condition);
  const said = useQuery({ queryKey: ['said', condition], queryFn: () => answer(api.POST('/v1/segments/estimate', { body: { definition: condition as Node } })), enabled: whole, staleTime: Infinity, retry: false });
  const sentence = whole ? said.data?.sentence : null;
  if (!sentence) return null;
  return i18n.language === 'ko' ? sentence.ko : sentence.en.replace(/^People where /, '').replace(/\.$/, '');
}

/** A step in the words of the person who made it, what it waits for as the server says it. */
export function useStepWords(step: Step): StepWords {
  const said = useSaid(step.type === 'wait_until' ? step.condition : null);
  const lists = useLists(step.type === 'action' && 'listId' in (step.action ?? {}));
  const list = step.type === 'action' ? lists.find(({ value }) => value === step.action?.listId)?.label : undefined;
  return useFlowWords().describe(step, { condition: said, list });
}

/** What a way of a step with several of them means; empty for a plain "and then". */
export function useWayWords(step: Step, way: Way): string {
  const { t } = useTranslation();
  const say = useFlowWords();
  const index = Number(way.path.split('.')[1]);
  const branch = step.type === 'branch' && way.path !== 'otherwise' ? step.branches[index] : undefined;
  const said = useSaid(branch?.condition);
  switch (step.type) {
    case 'wait': return step.date ? t(way.path === 'next' ? 'series.way.came' : 'series.way.missed') : '';
    case 'wait_until': return way.path === 'next' ? t('series.way.happened') : t('series.way.timeout', { duration: say.duration(step.timeout) });
    case 'branch': return way.path === 'otherwise' ? t('series.way.otherwise') : branch?.name?.trim() || said || t('series.way.branch', { number: index + 1 });
    case 'split': { const arm = step.arms[index]; return arm ? t('series.way.arm', { key: arm.key, share: say.share(arm.weight, step.arms.reduce((sum, { weight }) => sum + weight, 0)) }) : ''; }
    default: return '';
  }
}

/** Who gets in, in one sentence. @param segment name of the entry segment, where it is known */
export function useEntryWords(entry: Entry | null | undefined, segment: string | undefined): string {
  const { t } = useTranslation();
  const labels = useLabels();
  const { duration } = useFlowWords();
  if (entry?.type === 'segment') return segment ? t(`series.entryWords.${entry.on ?? entry.take ?? 'current_and_future'}`, { segment }) : t('series.entryWords.none');
  const since = (said: string) => ((entry?.type === 'event' || entry?.type === 'date') && entry.lookBack && entry.take !== 'future_only' ? t(`series.entryWords.since.${entry.take as 'current_only'}`, { said, length: duration(entry.lookBack) }) : said);
  if (entry?.type === 'event') return entry.event ? since(t('series.entryWords.event', { event: labels.said('event', entry.event) })) : t('series.entryWords.none');
  if (entry?.type === 'api') return t('series.entryWords.api');
  if (entry?.type === 'date' && entry.attribute) {
    const { attribute, days = 0, time = '09:00' } = entry;
    const day = t(days === 0 ? 'series.entryWords.date' : days < 0 ? 'series.entryWords.before' : 'series.entryWords.after', { attribute: labels.said('attribute', attribute), count: Math.abs(days), time });
    return since(entry.every ? t('series.entryWords.yearly', { day }) : day);
  }
  return t('series.entryWords.none');
}
