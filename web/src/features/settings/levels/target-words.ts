import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';

export type Target = Api<'ServiceLevelTarget'>;
export type Within = Target['seconds'];
export const LEVELS_KEY = ['service-levels'];
/** How soon, in seconds: what the server counts by. */
export const WITHIN = [5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400] as const satisfies readonly Within[];
export const FIRST: Target = { share: 0.99, seconds: 60, hours: 24 };

/** How a target is said: `99 % within 1 minute of being due, over the last 24 hours`. */
export function useTargetWords() {
  const { t, i18n } = useTranslation();
  const within = (seconds: number): string => {
    const [value, unit] = seconds < 60 ? [seconds, 'second'] : seconds < 3_600 ? [seconds / 60, 'minute'] : [seconds / 3_600, 'hour'];
    return new Intl.NumberFormat(i18n.language, { style: 'unit', unit, unitDisplay: 'long' }).format(value as number);
  };
  const percent = (share: number): string => new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 2 }).format(share);
  return { within, percent, target: ({ share, seconds, hours }: Target): string => t('levels.words', { share: percent(share), within: within(seconds), hours: t('levels.hours', { count: hours }) }) };
}
