import type { Weekday } from '../../../kernel/local-time.js';
import { copula, regular, verb, type Verb } from './words.js';

const DAYS: Record<Weekday, { en: string; ko: string }> = {
  mon: { en: 'Monday', ko: '월요일' }, tue: { en: 'Tuesday', ko: '화요일' }, wed: { en: 'Wednesday', ko: '수요일' }, thu: { en: 'Thursday', ko: '목요일' },
  fri: { en: 'Friday', ko: '금요일' }, sat: { en: 'Saturday', ko: '토요일' }, sun: { en: 'Sunday', ko: '일요일' },
};

/** How a comparison of days or hours is said; the Korean goes on with its verb. */
export interface DayWords { en: string; ko: string; verb: Verb }

const plural = (days: number): string => `${days} day${days === 1 ? '' : 's'}`;

export const DAY_WORDS: Record<string, (value: never) => DayWords> = {
  day_of_week: (days: Weekday[]) => ({ en: `is on a ${days.map((day) => DAYS[day].en).join(' or ')}`, ko: '', verb: copula(days.map((day) => DAYS[day].ko).join(' 또는 ')) }),
  hour_between: ([from, to]: [number, number]) => ({ en: `is between ${from}:00 and ${to}:00`, ko: `${from}시부터 ${from < to ? '' : '다음 날 '}${to}시`, verb: copula('사이') }),
  anniversary(days: number) {
    if (days < 0) return { en: `had its anniversary ${plural(-days)} ago`, ko: `${-days}일 전에`, verb: verb('돌아왔고', '돌아왔거나', '돌아온') };
    return { en: `has its anniversary ${days === 0 ? 'today' : `in ${plural(days)}`}`, ko: days === 0 ? '오늘' : `${days}일 뒤에`, verb: regular('돌아오', '돌아오는') };
  },
  anniversary_within: (days: number) => ({ en: `has its anniversary today or within ${plural(days)}`, ko: `오늘부터 ${days}일 안에`, verb: regular('돌아오', '돌아오는') }),
};
