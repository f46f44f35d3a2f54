import { withParticle } from '../../../kernel/korean.js';
import type { LiftInterval } from '../statistics/log-ratio.js';

/** One statement in both languages. */
export interface Said { en: string; ko: string }

/** Where and when it is read: dates are said in this zone, with their year unless it is the current one. */
export interface Place { zone: string; now: string }

/** What is compared, and which way is better. */
export interface Metric { measure: 'rate' | 'amount'; direction: 'higher' | 'lower' }

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const wholePercent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
const finePercent = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 2 });

/** A whole number; English and Korean write numbers alike. */
export const count = (value: number): string => integer.format(value);
/** A share without its sign: whole points from 10 % on, two digits below. */
export function percent(value: number): string {
  const size = Math.abs(value);
  return (size >= 0.0995 || size < 0.00005 ? wholePercent : finePercent).format(size);
}

/** Ends beyond these are as good as endless. */
const ENDLESS = { up: 10, down: -0.995 };
const isEndless = (value: number): boolean => value > ENDLESS.up || value < ENDLESS.down;
const limit = (value: number): string => (value > 0 ? percent(ENDLESS.up) : '99%');
const endEn = (value: number): string => (isEndless(value) ? `over ${limit(value)}` : percent(value));
const endKo = (value: number): string => (isEndless(value) ? `${limit(value)} 넘게` : percent(value));

/** From the end nearer to 0 to the farther one, for an interval on one side of it. */
export function oneSided({ lo, hi }: LiftInterval): Said {
  const [near, far] = lo >= 0 ? [lo, hi] : [hi, lo];
  if (isEndless(near)) return { en: endEn(near), ko: endKo(near) };
  return { en: `${endEn(near)} to ${endEn(far)}`, ko: isEndless(far) ? `${endKo(near)} 이상` : `${endKo(near)}에서 ${endKo(far)}` };
}

export function day(at: string, { zone, now }: Place): Said {
  const year = (instant: string) => new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: zone }).format(new Date(instant));
  const style: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', timeZone: zone, ...(year(at) === year(now) ? {} : { year: 'numeric' }) };
  const said = (locale: string) => new Intl.DateTimeFormat(locale, style).format(new Date(at));
  return { en: said('en-GB'), ko: said('ko') };
}

const SIDES = { higher: { more: 'better', less: 'worse' }, lower: { more: 'higher', less: 'lower' } } as const;
const NOUN = { rate: '전환율', amount: '1인당 금액' } as const;

/** "B is between 15% worse and 88% better than A": never a single number. */
export function difference(b: string, a: string, lift: LiftInterval, { measure, direction }: Metric, soFar: boolean): Said {
  const { more, less } = SIDES[direction];
  const [sideEn, sideKo] = lift.lo >= 0 ? [more, '높아요'] : [less, '낮아요'];
  const open = lift.lo < 0 && lift.hi > 0;
  const en = open ? `between ${endEn(lift.lo)} ${less} and ${endEn(lift.hi)} ${more}` : `${oneSided(lift).en} ${sideEn}`;
  const ko = open ? `${endKo(lift.lo)} 낮을 수도, ${endKo(lift.hi)} 높을 수도 있어요` : `${oneSided(lift).ko} ${sideKo}`;
  return {
    en: `${b} is ${en}${measure === 'amount' ? ' per person' : ''} than ${a}${soFar ? ' so far' : ''}${direction === 'lower' ? ' (lower is better)' : ''}.`,
    ko: `${soFar ? '지금까지 ' : ''}${b}의 ${withParticle(NOUN[measure], '은/는')} ${a}보다 ${ko}${direction === 'lower' ? ' (낮을수록 좋아요)' : ''}.`,
  };
}

/** What a winner has over one other arm, such as "12% to 137% better"; the Korean goes on unless it is the last. */
export function advantage(lift: LiftInterval, { measure, direction }: Metric, isLast: boolean): Said {
  const { en, ko } = oneSided(lift);
  const better = direction === 'lower' ? 'less' : measure === 'rate' ? 'better' : 'more';
  return { en: `${en} ${better}${measure === 'amount' ? ' per person' : ''}`, ko: `${ko} 더 ${direction === 'higher' ? '높' : '낮'}${isLast ? '아요' : '고'}` };
}

/** What is compared, as a Korean subject. */
export const subject = ({ measure }: Metric): string => withParticle(NOUN[measure], '이/가');

/** Sentences one after the other; what is null is left out. */
export function joined(...parts: (Said | null)[]): Said {
  const said = parts.filter((part) => part !== null);
  return { en: said.map(({ en }) => en).join(' '), ko: said.map(({ ko }) => ko).join(' ') };
}
