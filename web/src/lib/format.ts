import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export interface Format {
  number(value: number): string;
  percent(part: number, whole: number): string;
  /** An amount with two decimals. */
  decimal(value: number): string;
  /** A relative difference with its sign: 0.12 is `+12%`. */
  change(lift: number): string;
  /** A date and time, as people write it. */
  instant(iso: string): string;
  /** The same with seconds and its zone. */
  exact(iso: string): string;
  /** The zone of all times of the page, `Asia/Seoul`. */
  zone: string;
  day(iso: string): string;
  /** A calendar day or hour as clocks showed it, `2026-03-29` or `2026-03-29T14:00`, whatever the zone of the browser. */
  local(wall: string): string;
  /** `3 days ago`; moments long past as a date. */
  ago(iso: string): string;
}

const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]] as const;

/** Numbers and dates in the language of the page. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const language = i18n.language;
    const instant = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
    const exact = new Intl.DateTimeFormat(language, { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' });
    const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
    const localDay = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' });
    const localHour = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', hour: 'numeric', timeZone: 'UTC' });
    const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
    const count = new Intl.NumberFormat(language);
    return {
      number: (value) => count.format(value),
      percent: (part, whole) => (whole === 0 ? '–' : new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: part / whole < 0.1 ? 2 : 1 }).format(part / whole)),
      decimal: (value) => new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value),
      change: (lift) => new Intl.NumberFormat(language, { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: Math.abs(lift) < 0.1 ? 1 : 0 }).format(lift),
      instant: (iso) => instant.format(new Date(iso)),
      exact: (iso) => exact.format(new Date(iso)),
      zone: instant.resolvedOptions().timeZone,
      day: (iso) => day.format(new Date(iso)),
      local: (wall) => (wall.length > 10 ? localHour : localDay).format(new Date(wall.length > 10 ? `${wall}:00Z` : `${wall}T00:00:00Z`)),
      ago: (iso) => {
        const seconds = (Date.parse(iso) - Date.now()) / 1000;
        if (Math.abs(seconds) > 30 * 86_400) return day.format(new Date(iso));
        const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
        return relative.format(Math.round(seconds / length), unit);
      },
    };
  }, [i18n.language]);
}
