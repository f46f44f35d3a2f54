import { josa } from 'es-hangul';
import type { EventCondition, PropertyFilter, SegmentNode } from '../../contract/segment.js';
import type { Duration } from '../../kernel/local-time.js';
import { operatorOf } from './compile.js';

type Names = ReadonlyMap<string, { name: string }>;

/** A definition as one sentence in English and in Korean; `names` knows the segments it names. */
export function sentenceOf(node: SegmentNode, names: Names): { en: string; ko: string } {
  return { en: `People where ${english(node, names)}.`, ko: `${korean(node, names, 'of')} 고객` };
}

const quoted = (text: unknown): string => `“${String(text)}”`;
const BUILT_IN: Record<string, { en: string; ko: string }> = {
  $email: { en: 'e-mail', ko: '이메일' }, $external_id: { en: 'external id', ko: '외부 아이디' }, $kind: { en: 'kind', ko: '고객 유형' }, $time_zone: { en: 'time zone', ko: '시간대' }, $language: { en: 'language', ko: '언어' },
  $signed_up_at: { en: 'sign-up date', ko: '가입일' }, $first_seen_at: { en: 'first visit', ko: '첫 방문일' }, $last_seen_at: { en: 'last activity', ko: '최근 활동일' },
};
const PARTS = [['weeks', 'week', '주'], ['days', 'day', '일'], ['hours', 'hour', '시간'], ['minutes', 'minute', '분'], ['seconds', 'second', '초']] as const;

function spans(duration: Duration): { en: string; ko: string } {
  const given = PARTS.flatMap(([key, en, ko]) => (duration[key] ? [{ en: `${duration[key]} ${en}${duration[key] === 1 ? '' : 's'}`, ko: `${duration[key]}${ko}` }] : []));
  return { en: given.map(({ en }) => en).join(' '), ko: given.map(({ ko }) => ko).join(' ') };
}

function english(node: SegmentNode, names: Names): string {
  const inside = (child: SegmentNode): string => ((child.type === 'all' || child.type === 'any') && child.of.length > 1 ? `(${english(child, names)})` : english(child, names));
  switch (node.type) {
    case 'all': return node.of.map(inside).join(' and ');
    case 'any': return node.of.map(inside).join(' or ');
    case 'not': return `not (${english(node.of, names)})`;
    case 'attribute': return `${BUILT_IN[node.key]?.en ?? quoted(node.key)} ${englishComparison(node)}`;
    case 'event': return englishEvent(node);
    case 'tag': return `${node.op === 'has' ? 'the tag' : 'no tag'} ${quoted(node.tag)} is set`;
    default: return `${node.op === 'in' ? 'they are in' : 'they are not in'} the segment ${quoted(names.get(node.segmentId)?.name ?? node.segmentId)}`;
  }
}

function englishComparison({ op, value }: { op: string; value?: unknown }): string {
  const operator = operatorOf(op);
  if (op === 'older_than') return `is at least ${spans(value as Duration).en} ago`;
  switch (operator.value) {
    case 'none': return operator.label.en;
    case 'text_list': return `${operator.label.en} ${(value as unknown[]).map(quoted).join(', ')}`;
    case 'number_pair': return `is between ${(value as number[]).join(' and ')}`;
    case 'duration': return `is ${operator.label.en} ${spans(value as Duration).en}`;
    case 'text': return `${operator.label.en} ${quoted(value)}`;
    default: return `is ${operator.label.en} ${String(value)}`;
  }
}

function englishEvent({ event, where = [], count, within }: EventCondition): string {
  const { op, value, to } = count;
  const words = { at_least: 'at least', at_most: 'at most', exactly: 'exactly', more_than: 'more than', less_than: 'less than', between: 'between' }[op];
  const times = op === 'between' ? `${words} ${value} and ${to} times` : `${words} ${value} time${value === 1 ? '' : 's'}`;
  const window = within ? ` within the last ${spans(within).en}` : '';
  const filters = where.length > 0 ? ` with ${where.map((filter) => `${quoted(filter.property)} ${englishComparison(filter)}`).join(' and ')}` : '';
  return `${quoted(event)} happened ${times}${window}${filters}`;
}

/** How a clause goes on: "and", "or", or describing the noun that follows. */
type Ending = 'and' | 'or' | 'of';
type Verb = Record<Ending, string>;
const verb = (and: string, or: string, of: string): Verb => ({ and, or, of });
const copula = (noun: string): Verb => verb(`${noun}이고`, `${noun}이거나`, `${noun}인`);
const regular = (stem: string, of: string): Verb => verb(`${stem}고`, `${stem}거나`, of);

const DIGITS = ['영', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구'];

/** A word as Korean reads its end, for the choice of particles: digits by their names, Latin words by how they usually sound. */
function readEnd(word: string): string {
  const text = word.replace(/[^\p{L}\p{N}]+$/u, '');
  const end = text.at(-1) ?? '';
  if (/\d/.test(end)) return DIGITS[Number(end)]!;
  if (/l$/i.test(text)) return '일';
  if (/(m|n|ng|[aeiou][pb])$/i.test(text)) return '남';
  return /[a-z]$/i.test(text) ? '가' : end;
}

const particle = (word: string, pair: '이/가' | '을/를' | '와/과' | '으로/로'): string => (readEnd(word) === '' ? pair.split('/')[0]! : josa.pick(readEnd(word), pair));
const named = (word: unknown, pair: '이/가' | '을/를' | '와/과' | '으로/로'): string => `‘${String(word)}’${particle(String(word), pair)}`;
const bare = (word: unknown, pair: '와/과'): string => `${String(word)}${particle(String(word), pair)}`;
const listed = (value: unknown): string => (value as unknown[]).map((item) => `‘${String(item)}’`).join(', ');

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

function korean(node: SegmentNode, names: Names, ending: Ending): string {
  switch (node.type) {
    case 'all': case 'any': return koreanGroup(node, names, ending);
    case 'not': return `(${korean(node.of, names, 'of')} 조건)에 ${regular('해당하지 않', '해당하지 않는')[ending]}`;
    case 'attribute': return koreanComparison(node.key, node, ending);
    case 'event': return koreanEvent(node, ending);
    case 'tag': return `‘${node.tag}’ 태그가 ${(node.op === 'has' ? regular('있', '있는') : regular('없', '없는'))[ending]}`;
    default: return `‘${names.get(node.segmentId)?.name ?? node.segmentId}’ 세그먼트에 ${(node.op === 'in' ? regular('속하', '속하는') : regular('속하지 않', '속하지 않는'))[ending]}`;
  }
}

function koreanGroup(node: { type: 'all' | 'any'; of: SegmentNode[] }, names: Names, ending: Ending): string {
  const joint: Ending = node.type === 'all' ? 'and' : 'or';
  return node.of.map((child, index) => {
    const mine = index === node.of.length - 1 ? ending : joint;
    const grouped = (child.type === 'all' || child.type === 'any') && child.of.length > 1 && node.of.length > 1;
    return grouped ? `(${korean(child, names, 'of')} 조건)에 ${regular('해당하', '해당하는')[mine]}` : korean(child, names, mine);
  }).join(' ');
}

function koreanComparison(key: string, { op, value }: { op: string; value?: unknown }, ending: Ending): string {
  const { verb: forms, object } = KOREAN[op]!;
  const builtInName = BUILT_IN[key]?.ko;
  const subject = builtInName ? `${builtInName}${particle(builtInName, '이/가')}` : named(key, '이/가');
  return [subject, object(value), forms[ending]].filter((part) => part !== '').join(' ');
}

function koreanEvent({ event, where = [], count, within }: EventCondition, ending: Ending): string {
  const { op, value, to } = count;
  const window = within ? `최근 ${spans(within).ko} 동안 ` : '';
  const filters = where.length > 0 ? `(${where.map((filter: PropertyFilter, index) => koreanComparison(filter.property, filter, index === where.length - 1 ? 'of' : 'and')).join(' ')}) ` : '';
  const what = `${window}${filters}${named(event, '을/를')}`;
  if (op === 'exactly' && value === 0) return `${what} 한 번도 ${regular('하지 않', '하지 않은')[ending]}`;
  const times = { at_least: `${value}번 이상`, at_most: `${value}번 이하`, exactly: `정확히 ${value}번`, more_than: `${value}번 초과`, less_than: `${value}번 미만`, between: `${value}번 이상 ${to}번 이하` }[op];
  return `${what} ${times} ${verb('했고', '했거나', '한')[ending]}`;
}
