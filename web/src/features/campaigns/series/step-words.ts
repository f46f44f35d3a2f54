import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { isComplete, type Node } from '../../segments/builder/draft.ts';
import type { Way } from './graph.ts';
import { kindOf, type Duration, type Entry, type Step } from './model.js';

const UNITS = ['weeks', 'days', 'hours', 'minutes', 'seconds'] as const;

/** Lengths of time, shares and lists of days as people say them. */
export function useSay() {
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    const language = i18n.language;
    const list = new Intl.ListFormat(language, { style: 'short', type: 'unit' });
    const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
    return {
      duration: (duration: Duration | null | undefined): string => {
        const parts = UNITS.flatMap((unit) => (duration?.[unit] ? [new Intl.NumberFormat(language, { style: 'unit', unit: unit.slice(0, -1), unitDisplay: 'long' }).format(duration[unit])] : []));
        return parts.length > 0 ? list.format(parts) : t('series.notYet');
      },
      share: (weight: number, all: number): string => share.format(all > 0 ? weight / all : 0),
      days: (days: readonly string[]): string => list.format(days.map((day) => t(`segments.day.${day as 'mon'}`))),
    };
  }, [t, i18n.language]);
}

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

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const titleOf = (content: unknown): string => {
  const { subject, title, body, text: said } = (content ?? {}) as Record<string, unknown>;
  return text(subject) || text(title) || text(said) || (subject === undefined ? text(body) : '');
};

export interface StepWords { kind: string; title: string; summary: string }

/** A step in the words of the person who made it. */
export function useStepWords(step: Step): StepWords {
  const { t } = useTranslation();
  const say = useSay();
  const said = useSaid(step.type === 'wait_until' ? step.condition : null);
  const kind = t(`series.kinds.${kindOf(step)}`);
  switch (step.type) {
    case 'message': {
      const count = step.variants.length;
      const total = step.variants.reduce((sum, { weight = 1 }) => sum + weight, step.control?.weight ?? 0);
      const parts = [count > 1 ? t('series.said.variants', { count }) : null, step.control ? t('series.said.control', { share: say.share(step.control.weight, total) }) : null, step.fallback ? t('series.said.fallback', { count: step.fallback.afterHours ?? 24 }) : null];
      const own = titleOf(step.variants[0]?.content);
      return { kind, title: text(step.name) || own || t('series.said.empty'), summary: [text(step.name) ? own : '', ...parts].filter(Boolean).join(' · ') };
    }
    case 'wait': {
      const until = step.until ? (step.until.weekdays?.length ? t('series.said.untilDays', { time: step.until.time, days: say.days(step.until.weekdays) }) : t('series.said.until', { time: step.until.time })) : '';
      return { kind, title: step.for ? say.duration(step.for) : until || t('series.notYet'), summary: step.for ? until : '' };
    }
    case 'wait_until': return { kind, title: said ?? t('series.said.noCondition'), summary: t('series.said.atMost', { duration: say.duration(step.timeout) }) };
    case 'branch': return { kind, title: t('series.said.branches', { count: step.branches.length + 1 }), summary: '' };
    case 'split': {
      const total = step.arms.reduce((sum, { weight }) => sum + weight, 0);
      return { kind, title: step.arms.map(({ key, weight }) => `${key} ${say.share(weight, total)}`).join(' / '), summary: '' };
    }
    case 'exit': return { kind, title: t('series.said.exit'), summary: '' };
  }
}

/** What a way of a step with several of them means; empty for a plain "and then". */
export function useWayWords(step: Step, way: Way): string {
  const { t } = useTranslation();
  const say = useSay();
  const index = Number(way.path.split('.')[1]);
  const branch = step.type === 'branch' && way.path !== 'otherwise' ? step.branches[index] : undefined;
  const said = useSaid(branch?.condition);
  switch (step.type) {
    case 'wait_until': return way.path === 'next' ? t('series.way.happened') : t('series.way.timeout', { duration: say.duration(step.timeout) });
    case 'branch': return way.path === 'otherwise' ? t('series.way.otherwise') : text(branch?.name) || said || t('series.way.branch', { number: index + 1 });
    case 'split': { const arm = step.arms[index]; return arm ? t('series.way.arm', { key: arm.key, share: say.share(arm.weight, step.arms.reduce((sum, { weight }) => sum + weight, 0)) }) : ''; }
    default: return '';
  }
}

/** Who gets in, in one sentence. @param segment name of the entry segment, where it is known */
export function useEntryWords(entry: Entry | null | undefined, segment: string | undefined): string {
  const { t } = useTranslation();
  if (entry?.type === 'segment') return segment ? t(`series.entryWords.${entry.take ?? 'current_and_future'}`, { segment }) : t('series.entryWords.none');
  if (entry?.type === 'event') return entry.event ? t('series.entryWords.event', { event: entry.event }) : t('series.entryWords.none');
  if (entry?.type === 'date' && entry.attribute) {
    const { attribute, days = 0, time = '09:00' } = entry;
    return t(days === 0 ? 'series.entryWords.date' : days < 0 ? 'series.entryWords.before' : 'series.entryWords.after', { attribute, count: Math.abs(days), time });
  }
  return t('series.entryWords.none');
}
