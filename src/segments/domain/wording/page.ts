import type { PageCondition, UrlRule } from '../../../contract/segment-conditions.js';
import { rowsInWords, times } from './event.js';
import { copula, listed, quoted, regular, verb, type Ending, type LeafWords, type Verb } from './words.js';

const UTM = { source: { en: 'source', ko: '소스' }, medium: { en: 'medium', ko: '매체' }, campaign: { en: 'campaign', ko: '캠페인' }, term: { en: 'term', ko: '검색어' }, content: { en: 'content', ko: '콘텐츠' } } as const;
const DEVICE = { mobile: { en: 'a phone', ko: '모바일' }, tablet: { en: 'a tablet', ko: '태블릿' }, desktop: { en: 'a computer', ko: '데스크톱' } } as const;
const spanOf = ({ within, between }: PageCondition) => rowsInWords({ event: '$page', within, between });
const anyOf = (values: readonly string[]): string => values.map(quoted).join(' or ');

export const pageWords: LeafWords<PageCondition> = {
  english(leaf) {
    const rest = `${spanOf(leaf).en}${englishFilters(leaf)}`;
    const on = leaf.url ? ` ${englishUrls(leaf.url)}` : '';
    if (leaf.touch === 'first' || leaf.touch === 'last') return on === '' ? `the ${leaf.touch} page was viewed${rest}` : `the ${leaf.touch} page viewed is${on}${rest}`;
    if (leaf.measure === 'views') return `${leaf.url ? `a page${on}` : 'any page'} was viewed ${times(leaf).en}${rest}`;
    if (leaf.measure === 'visits') return `the site was visited ${times(leaf).en}${leaf.url ? ` beginning on a page${on}` : ''}${rest}`;
    return `${leaf.url ? `pages${on}` : 'pages'} were read for ${englishSeconds(leaf)}${rest}`;
  },
  korean(leaf, ending) {
    const window = spanOf(leaf).ko;
    const filters = koreanFilters(leaf);
    if (leaf.touch === 'first' || leaf.touch === 'last') return `${window}${koreanTouch(leaf, filters, ending)}`;
    const what = `${window}${filters.length > 0 ? `(${joined(filters, 'of')}) ` : ''}${leaf.url ? `${koreanUrls(leaf.url)} ` : ''}`;
    const none = leaf.op === 'exactly' && leaf.value === 0;
    if (leaf.measure === 'views') return `${what}페이지를 ${none ? `한 번도 ${regular('보지 않', '보지 않은')[ending]}` : `${times(leaf).ko} ${verb('보았고', '보았거나', '본')[ending]}`}`;
    if (leaf.measure === 'visits') return `${what}${leaf.url ? '페이지로 시작한 ' : ''}방문을 ${none ? `한 번도 ${regular('하지 않', '하지 않은')[ending]}` : `${times(leaf).ko} ${verb('했고', '했거나', '한')[ending]}`}`;
    return `${what}페이지에 ${none ? `${regular('머물지 않', '머물지 않은')[ending]}` : `${koreanSeconds(leaf)} ${verb('머물렀고', '머물렀거나', '머문')[ending]}`}`;
  },
};

const englishSeconds = ({ op, value, to }: PageCondition): string => (op === 'between' ? `between ${value} and ${to} seconds` : `${{ at_least: 'at least', at_most: 'at most', exactly: 'exactly', more_than: 'more than', less_than: 'less than' }[op]} ${value} second${value === 1 ? '' : 's'}`);
const koreanSeconds = ({ op, value, to }: PageCondition): string => ({ at_least: `${value}초 이상`, at_most: `${value}초 이하`, exactly: `정확히 ${value}초`, more_than: `${value}초 초과`, less_than: `${value}초 미만`, between: `${value}초 이상 ${to}초 이하` })[op];

const englishUrls = (rules: readonly UrlRule[]): string => rules.map(({ match, pattern, query = [] }) => {
  const parameters = query.map(({ key, value }) => (value === undefined ? quoted(key) : `${quoted(key)} = ${quoted(value)}`));
  return `${match === 'glob' ? 'at' : 'whose address matches'} ${quoted(pattern)}${parameters.length > 0 ? ` with the parameter ${parameters.join(' and ')}` : ''}`;
}).join(' or ');

const koreanUrls = (rules: readonly UrlRule[]): string => rules.map(({ match, pattern, query = [] }) => {
  const parameters = query.map(({ key, value }) => (value === undefined ? `‘${key}’` : `‘${key}=${value}’`));
  return `${match === 'glob' ? '' : '정규식 '}‘${pattern}’${parameters.length > 0 ? `(파라미터 ${parameters.join(', ')})` : ''}`;
}).join(' 또는 ');

function englishFilters({ referrer, utm = {}, device, language }: PageCondition): string {
  const campaign = Object.entries(utm).map(([part, values]) => ` with the UTM ${UTM[part as keyof typeof UTM].en} ${anyOf(values)}`);
  return [
    referrer ? ` coming from ${anyOf(referrer)}` : '', ...campaign,
    device ? ` on ${device.map((one) => DEVICE[one].en).join(' or ')}` : '',
    language ? ` in the language ${anyOf(language)}` : '',
  ].join('');
}

/** One clause a filter, the subject before its verb. */
interface Clause { subject: string; verb: Verb }
const joined = (clauses: readonly Clause[], ending: Ending): string => clauses.map(({ subject, verb: forms }, index) => `${subject}${forms[index === clauses.length - 1 ? ending : 'and']}`).join(' ');
const one = (values: readonly string[]): { subject: string; verb: Verb } => ({ subject: values.length > 1 ? `${listed(values)} 중 ` : `‘${values[0]}’`, verb: values.length > 1 ? verb('하나이고', '하나이거나', '하나인') : copula('') });

function koreanFilters({ referrer, utm = {}, device, language }: PageCondition): Clause[] {
  const named = (subject: string, values: readonly string[]): Clause => ({ subject: `${subject} ${one(values).subject}`, verb: one(values).verb });
  return [
    ...(referrer ? [named('유입 사이트가', referrer)] : []),
    ...Object.entries(utm).map(([part, values]) => named(`UTM ${UTM[part as keyof typeof UTM].ko}${part === 'campaign' || part === 'content' ? '이' : '가'}`, values)),
    ...(device ? [{ subject: '기기가 ', verb: copula(device.map((kind) => DEVICE[kind].ko).join(' 또는 ')) }] : []),
    ...(language ? [named('언어가', language)] : []),
  ];
}

function koreanTouch(leaf: PageCondition, filters: readonly Clause[], ending: Ending): string {
  const which = leaf.touch === 'first' ? '처음' : '마지막으로';
  const page = leaf.url ? [{ subject: `${which} 본 페이지가 ${koreanUrls(leaf.url)}`, verb: copula('') }] : [];
  const view = page.length > 0 ? '' : `${which} 본 페이지의 `;
  const clauses = [...page, ...filters];
  return clauses.length > 0 ? `${view}${joined(clauses, ending)}` : `${which} 본 페이지가 ${regular('있', '있는')[ending]}`;
}
