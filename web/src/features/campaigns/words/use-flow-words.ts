import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';

export type Definition = Api<'CampaignDefinition'>;
export type SeriesDefinition = Extract<Definition, { type: 'series' }>;
export type Step = SeriesDefinition['steps'][number];
export type MessageStep = Extract<Step, { type: 'message' }>;
export type Duration = Partial<Record<(typeof UNITS)[number][0], number>>;

const UNITS = [['weeks', 'week'], ['days', 'day'], ['hours', 'hour'], ['minutes', 'minute'], ['seconds', 'second']] as const;

export interface FlowWords {
  /** `2 days, 3 hours`. */
  duration(length: Duration): string;
  /** What a wait waits for. */
  wait(step: { for?: Duration | undefined; until?: { time?: string; weekdays?: readonly string[] } | undefined }): string;
  /** What a step does, in a few words; a draft's gaps are said as such. */
  step(step: Step): string;
  /** What the first variant of a message says first: subject, title, or its first words. */
  opening(message: MessageStep): string;
}

const FIRST_WORDS = 60;

/** Parts of a campaign in the language of the page. */
export function useFlowWords(): FlowWords {
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    const language = i18n.language;
    const list = (parts: string[]) => new Intl.ListFormat(language, { type: 'unit', style: 'short' }).format(parts);
    const duration = (length: Duration) => list(UNITS.flatMap(([key, unit]) => (length[key] ? [new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(length[key])] : [])));
    const wait: FlowWords['wait'] = ({ for: length, until }) => {
      const on = until?.weekdays && until.weekdays.length > 0 ? list(until.weekdays.map((day) => t(`flow.weekdays.${day as 'mon'}`, { defaultValue: day }))) : '';
      const time = until?.time ? t(on ? 'flow.untilOn' : 'flow.until', { time: until.time, on }) : '';
      const words = length ? duration(length) : '';
      if (words && time) return t('flow.waitThen', { length: words, until: time });
      return words ? t('flow.waitFor', { length: words }) : time ? t('flow.waitUntil', { until: time }) : t('flow.waitOpen');
    };
    const opening = ({ variants }: MessageStep) => openingOf(variants?.[0]?.content) || t('flow.nothing');
    return {
      duration, wait, opening,
      step: (step) => {
        if (step.type === 'message') return t('flow.message', { channel: t(`flow.channels.${step.channel}`), what: step.name || opening(step) });
        if (step.type === 'wait') return wait(step);
        if (step.type === 'wait_until') return step.timeout ? t('flow.waitUntilCondition', { length: duration(step.timeout) }) : t('flow.waitOpen');
        if (step.type === 'branch') return t('flow.branch', { count: (step.branches?.length ?? 0) + 1 });
        return step.type === 'split' ? t('flow.split', { count: step.arms?.length ?? 0 }) : t('flow.exit');
      },
    };
  }, [t, i18n.language]);
}

/** The words a message begins with, whatever its channel. */
export function openingOf(content: unknown): string {
  const { subject, title, body, text, event, survey } = (content ?? {}) as Partial<Record<'subject' | 'title' | 'body' | 'text' | 'event', string>> & { survey?: { question?: string } };
  const said = subject || title || survey?.question || text || body?.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ').trim() || event || '';
  return said.length > FIRST_WORDS ? `${said.slice(0, FIRST_WORDS)}…` : said;
}
