import type { DayZone } from '../../../contract/segment-conditions.js';
import { particle } from '../../../kernel/korean.js';
import type { Duration } from '../../../kernel/local-time.js';
import { operatorOf } from '../operators.js';
import { DAY_WORDS } from './days.js';
import { bare, copula, listed, named, quoted, regular, spans, verb, type Ending, type Verb } from './words.js';

const BUILT_IN: Record<string, { en: string; ko: string }> = {
  $email: { en: 'e-mail', ko: '이메일' }, $external_id: { en: 'external id', ko: '외부 아이디' }, $kind: { en: 'kind', ko: '고객 유형' }, $time_zone: { en: 'time zone', ko: '시간대' }, $language: { en: 'language', ko: '언어' },
  $signed_up_at: { en: 'sign-up date', ko: '가입일' }, $first_seen_at: { en: 'first visit', ko: '첫 방문일' }, $last_seen_at: { en: 'last activity', ko: '최근 활동일' },
};

/** What is compared, in English. */
export const subjectOf = (key: string): string => BUILT_IN[key]?.en ?? quoted(key);

interface Comparison { op: string; value?: unknown; zone?: DayZone }

export const englishComparison = (comparison: Comparison): string => `${english(comparison)}${comparison.zone === 'workspace' ? ' (in the time zone of the workspace)' : ''}`;

function english({ op, value }: Comparison): string {
  const days = DAY_WORDS[op];
  if (days) return days(value as never).en;
  const operator = operatorOf(op);
  if (op === 'older_than') return `is at least ${spans(value as Duration).en} ago`;
  switch (operator.value) {
    case 'none': return operator.label.en;
    case 'text_list': return `${operator.label.en} ${(value as unknown[]).map(quoted).join(', ')}`;
    case 'number_pair': return `is between ${(value as number[]).join(' and ')}`;
    case 'duration': return `is ${operator.label.en} ${spans(value as Duration).en}`;
    case 'text': case 'pattern': return `${operator.label.en} ${quoted(value)}`;
    default: return `is ${operator.label.en} ${String(value)}`;
  }
}

const KOREAN: Record<string, { verb: Verb; object(value: unknown): string }> = {
  exists: { verb: regular('있', '있는'), object: () => '' },
  not_exists: { verb: regular('없', '없는'), object: () => '' },
  is: { verb: regular('같', '같은'), object: (v) => named(v, '와/과') },
  is_not: { verb: regular('다르', '다른'), object: (v) => named(v, '와/과') },
  contains: { verb: regular('포함하', '포함하는'), object: (v) => named(v, '을/를') },
  not_contains: { verb: regular('포함하지 않', '포함하지 않는'), object: (v) => named(v, '을/를') },
  starts_with: { verb: regular('시작하', '시작하는'), object: (v) => named(v, '으로/로') },
  ends_with: { verb: regular('끝나', '끝나는'), object: (v) => named(v, '으로/로') },
  in_list: { verb: verb('하나이고', '하나이거나', '하나인'), object: (v) => `${listed(v)} 중` },
  not_in_list: { verb: regular('아니', '아닌'), object: (v) => `${listed(v)} 중 어느 것도` },
  matches: { verb: regular('일치하', '일치하는'), object: (v) => `정규식 ${named(v, '와/과')}` },
  not_matches: { verb: regular('일치하지 않', '일치하지 않는'), object: (v) => `정규식 ${named(v, '와/과')}` },
  has_any: { verb: regular('포함하', '포함하는'), object: (v) => `${listed(v)} 중 하나라도` },
  has_all: { verb: regular('포함하', '포함하는'), object: (v) => `${listed(v)}${particle(String((v as unknown[]).at(-1)), '을/를')} 모두` },
  has_none: { verb: regular('포함하지 않', '포함하지 않는'), object: (v) => `${listed(v)} 중 어느 것도` },
  eq: { verb: regular('같', '같은'), object: (v) => bare(v, '와/과') },
  ne: { verb: regular('다르', '다른'), object: (v) => bare(v, '와/과') },
  gt: { verb: regular('크', '큰'), object: (v) => `${String(v)}보다` },
  gte: { verb: copula('이상'), object: String },
  lt: { verb: regular('작', '작은'), object: (v) => `${String(v)}보다` },
  lte: { verb: copula('이하'), object: String },
  between: { verb: copula('이하'), object: (v) => `${(v as number[])[0]} 이상 ${(v as number[])[1]}` },
  is_true: { verb: copula('참'), object: () => '' },
  is_false: { verb: copula('거짓'), object: () => '' },
  before: { verb: copula('이전'), object: String },
  after: { verb: copula('이후'), object: String },
  on: { verb: copula('당일'), object: String },
  within_last: { verb: copula('이내'), object: (v) => `최근 ${spans(v as Duration).ko}` },
  older_than: { verb: verb('지났고', '지났거나', '지난'), object: (v) => `${spans(v as Duration).ko} 이상` },
  in_next: { verb: copula('이내'), object: (v) => `앞으로 ${spans(v as Duration).ko}` },
};

export function koreanComparison(key: string, { op, value, zone }: Comparison, ending: Ending): string {
  const days = DAY_WORDS[op]?.(value as never);
  const { verb: forms, object } = days ? { verb: days.verb, object: () => days.ko } : KOREAN[op]!;
  const builtInName = BUILT_IN[key]?.ko;
  const subject = builtInName ? `${builtInName}${particle(builtInName, '이/가')}` : named(key, '이/가');
  return [subject, zone === 'workspace' ? '워크스페이스 시간대로' : '', object(value), forms[ending]].filter((part) => part !== '').join(' ');
}
