import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import { saidTemplate } from '../../../lib/templates.ts';
import { kindOf, type ActionStep, type Duration, type Step as SeriesStep } from '../series/model.js';
import { openingOf } from './opening.ts';

export type Definition = Api<'CampaignDefinition'>;
export type SeriesDefinition = Extract<Definition, { type: 'series' }>;
export type Step = SeriesDefinition['steps'][number];
export type MessageStep = Extract<Step, { type: 'message' }>;
/** A step of a definition or of a draft. */
type AnyStep = Step | SeriesStep;
type AnyMessage = Extract<AnyStep, { type: 'message' }>;

export interface StepWords { kind: string; title: string; summary: string; /** The title as its author wrote it, where that is a template. */ template: string }

export interface FlowWords {
  /** `2 days, 3 hours`; what is not chosen yet is said as such. */
  duration(length: Duration | null | undefined): string;
  share(weight: number, all: number): string;
  days(days: readonly string[]): string;
  /** What a wait waits for. */
  wait(step: { for?: Duration | null | undefined; until?: { time?: string; weekdays?: readonly string[] } | null | undefined; date?: { attribute?: string; days?: number; time?: string } | null | undefined }): string;
  /** A step in the words of who made it. @param known what it waits for as the server says it, and the name of the list it is about */
  describe(step: AnyStep, known?: { condition?: string | null | undefined; list?: string | undefined }): StepWords;
  /** The same in a line. */
  step(step: AnyStep): string;
}

const UNITS = ['weeks', 'days', 'hours', 'minutes', 'seconds'] as const;

/** Parts of a campaign in the language of the page; a draft's gaps are said as such. */
export function useFlowWords(): FlowWords {
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    const language = i18n.language;
    const listed = new Intl.ListFormat(language, { style: 'short', type: 'unit' });
    const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
    const duration: FlowWords['duration'] = (length) => {
      const parts = UNITS.flatMap((unit) => (length?.[unit] ? [new Intl.NumberFormat(language, { style: 'unit', unit: unit.slice(0, -1), unitDisplay: 'long' }).format(length[unit])] : []));
      return parts.length > 0 ? listed.format(parts) : t('flow.notYet');
    };
    const share = (weight: number, all: number) => percent.format(all > 0 ? weight / all : 0);
    const days = (names: readonly string[]) => listed.format(names.map((day) => t(`flow.weekdays.${day as 'mon'}`)));
    const until = ({ time = '', weekdays = [] }: { time?: string; weekdays?: readonly string[] }) => (weekdays.length > 0 ? t('flow.untilOn', { time, on: days(weekdays) }) : t('flow.until', { time }));
    const dated = ({ attribute = '', days: count = 0, time = '09:00' }: { attribute?: string; days?: number; time?: string }) => (attribute === '' ? t('flow.notYet') : t(count === 0 ? 'flow.waitDate' : count < 0 ? 'flow.waitBefore' : 'flow.waitAfter', { attribute, count: Math.abs(count), time }));
    const wait: FlowWords['wait'] = (step) => {
      if (step.date) return dated(step.date);
      const words = step.for ? duration(step.for) : '';
      if (words && step.until) return t('flow.waitThen', { length: words, until: until(step.until) });
      return words ? t('flow.waitFor', { length: words }) : step.until ? t('flow.waitUntil', { until: until(step.until) }) : t('flow.waitOpen');
    };
    const message = ({ name = '', variants, control, fallback }: { name?: string; variants?: AnyMessage['variants']; control?: AnyMessage['control']; fallback?: { afterHours?: number } | null }) => {
      const total = (variants ?? []).reduce((sum, { weight = 1 }) => sum + weight, control?.weight ?? 0);
      const own = openingOf(variants?.[0]?.content);
      const more = [
        (variants?.length ?? 0) > 1 ? t('flow.variants', { count: variants!.length }) : '', control ? t('flow.control', { share: share(control.weight, total) }) : '', fallback ? t('flow.fallback', { count: fallback.afterHours ?? 24 }) : '',
      ];
      const template = name.trim() || own;
      return { template, title: saidTemplate(template) || t('flow.nothing'), summary: [name.trim() ? saidTemplate(own) : '', ...more].filter(Boolean).join(' · ') };
    };
    const done = (step: ActionStep, list: string | undefined): string => {
      const { action } = step;
      const what = action && (action.kind === 'set_attribute' ? action.attribute : action.tag ?? list ?? (action.listId ? t('flow.aList') : undefined));
      return what ? t(`flow.done.${action!.kind === 'set_attribute' && action!.value === null ? 'remove_attribute' : action!.kind}`, { what, value: String(action!.value ?? '') }) : t('flow.notYet');
    };
    const describe: FlowWords['describe'] = (step, { condition, list } = {}) => {
      const kind = t(`flow.kinds.${kindOf(step as SeriesStep)}`);
      const plain = (title: string, summary = '') => ({ kind, title, summary, template: '' });
      switch (step.type) {
        case 'message': return { kind, ...message(step as Parameters<typeof message>[0]) };
        case 'wait': return step.date ? plain(dated(step.date)) : plain(step.for ? duration(step.for) : step.until ? t('flow.waitUntil', { until: until(step.until) }) : t('flow.notYet'), step.for && step.until ? t('flow.then', { until: until(step.until) }) : '');
        case 'wait_until': return plain(step.event ? (step.event.name ? t(step.event.sameKey ? 'flow.eventSame' : 'flow.event', { event: step.event.name }) : t('flow.notYet')) : condition ?? t('flow.noCondition'), t('flow.atMost', { duration: duration(step.timeout) }));
        case 'branch': return plain(t('flow.ways', { count: (step.branches ?? []).length + 1 }));
        case 'split': {
          const total = (step.arms ?? []).reduce((sum, { weight }) => sum + weight, 0);
          return plain((step.arms ?? []).map(({ key, weight }) => `${key} ${share(weight, total)}`).join(' / '));
        }
        case 'action': return plain(done(step as ActionStep, list));
        case 'exit': return plain(t('flow.ends'));
      }
    };
    const line: FlowWords['step'] = (step) => {
      if (step.type === 'wait') return wait(step);
      const { kind, title, summary } = describe(step);
      if (step.type === 'exit') return kind;
      return t('flow.line', { kind, title: step.type === 'wait_until' && !step.event ? summary : title });
    };
    return { duration, share, days, wait, describe, step: line };
  }, [t, i18n.language]);
}
