import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';

type Finding = Api<'OperationsStatus'>['findings'][number];

/** A value with its unit, as people say it. */
export function useMeasured(): (value: number, unit: Finding['unit']) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const length = (value: number, unit: 'second' | 'minute' | 'hour') => new Intl.NumberFormat(i18n.language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
  return (value, unit) => {
    if (unit === 'share') return format.percent(value, 1);
    if (unit !== 'seconds') return t(`status.${unit}`, { count: value, shown: format.number(value) });
    return value < 120 ? length(value, 'second') : value < 7_200 ? length(value / 60, 'minute') : length(value / 3_600, 'hour');
  };
}
