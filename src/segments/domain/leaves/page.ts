import type { PageCondition, UrlRule } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { joinPath } from '../resolved.js';
import { hostOf, translatePattern } from '../url-pattern.js';
import { checkSpan, eventEdges } from './event-rows.js';
import { hasRows, type LeafKind, type Query } from './leaf.js';
import { asksExistence, checkCount, comparisonHolds, comparisonSql } from './number-comparison.js';
import { dwellByPage, ENGAGED, PAGE, pageEvent, pageFilter, touched } from './page-rows.js';
import { checkText } from './values.js';

const atZero = (leaf: PageCondition): boolean => comparisonHolds(leaf, 0);
/** Reports are in milliseconds, conditions in seconds; a product keeps every digit where a quotient may not. */
const SECONDS = 'coalesce(sum(v.ms), 0) * 0.001';
const touchOf = ({ touch }: PageCondition): 'first' | 'last' | null => (touch === 'first' || touch === 'last' ? touch : null);

function measured(leaf: PageCondition, query: Query): string {
  if (leaf.measure === 'dwell') return `(select ${SECONDS} from ${dwellByPage(leaf, query, 'e.person_id = p.id and ')} as v)`;
  const from = touchOf(leaf) ? `${touched(touchOf(leaf)!, 'p.id', 'b.*', query)} as e where` : 'event as e where e.person_id = p.id and';
  return `(select count(*) from ${from} ${pageFilter(leaf, query)})`;
}

/** Pages viewed, visits begun, time spent reading. */
export const pageLeaf: LeafKind<PageCondition> = {
  check: checkPage,
  lookup(leaf, query) {
    if (leaf.measure === 'dwell') return `(${comparisonSql(leaf, measured(leaf, query), query.bind, 'numeric')})`;
    if (touchOf(leaf) || !asksExistence(leaf)) return `(${comparisonSql(leaf, measured(leaf, query), query.bind)})`;
    return `(${atZero(leaf) ? 'not ' : ''}${hasRows(`event as e where e.person_id = p.id and ${pageFilter(leaf, query)}`)})`;
  },
  exceptions(leaf, query) {
    const having = (number: string, type: 'bigint' | 'numeric') => `${atZero(leaf) ? 'not ' : ''}(${comparisonSql(leaf, number, query.bind, type)})`;
    if (leaf.measure === 'dwell') return { person: 'v.person_id', from: `${dwellByPage(leaf, query)} as v`, where: 'true', having: having(SECONDS, 'numeric'), ownedByPerson: true };
    const touch = touchOf(leaf);
    const rows = { person: 'e.person_id', from: 'event as e', where: `${pageFilter(leaf, query)}${touch ? ` and e.id = ${touched(touch, 'e.person_id', 'b.id', query)}` : ''}`, ownedByPerson: true };
    return asksExistence(leaf) ? rows : { ...rows, having: having('count(*)', 'bigint') };
  },
  compared: (leaf, query) => `to_jsonb(${leaf.measure === 'dwell' ? `trim_scale(${measured(leaf, query)})` : measured(leaf, query)})`,
  edges: (leaf) => eventEdges({ ...leaf, event: pageEvent(leaf) }),
  reads: (leaf) => (leaf.measure === 'visits' ? [PAGE, ENGAGED] : [pageEvent(leaf)]).map((name) => `event:${name}`),
  unknown: atZero,
};

const NOUNS = { views: 'page views', visits: 'visits', dwell: 'seconds' };

function checkPage(leaf: PageCondition, path: string): Problem[] {
  const fault = (message: string, ...place: (string | number)[]): Problem => ({ path: joinPath(path, ...place), code: 'segment.value', message });
  const { measure, op, value, to = value, touch = 'any', url = [], referrer = [], utm = {}, language = [] } = leaf;
  const counted = measure !== 'dwell' && ![value, to].every(Number.isInteger) ? [fault(`${measure === 'views' ? 'Page views' : 'Visits'} are counted: "value" and "to" need whole numbers.`, Number.isInteger(value) ? 'to' : 'value')] : [];
  const pointless = touch !== 'any' && !(measure === 'views' && op === 'at_least' && value === 1) ? [fault(`"touch": "${touch}" asks about one page view: it needs "measure": "views", "op": "at_least" and "value": 1.`, 'touch')] : [];
  return [
    ...checkCount(leaf, path, NOUNS[measure]), ...counted, ...pointless, ...checkSpan(leaf, path),
    ...url.flatMap((rule, index) => checkRule(rule, joinPath(path, 'url', index))),
    ...referrer.flatMap((host, index) => (hostOf(host) === null ? [fault(`"${host}" is no host. Give the host alone, for example "naver.com".`, 'referrer', index)] : [])),
    ...(Object.values(utm).some((values) => values !== undefined) || leaf.utm === undefined ? [] : [fault('"utm" needs at least one of source, medium, campaign, term, content.', 'utm')]),
    ...Object.entries(utm).flatMap(([part, values]) => values.flatMap((one, index) => checkText(one, joinPath(path, 'utm', part, index)))),
    ...language.flatMap((one, index) => (/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/.test(one) ? [] : [fault(`"${one}" is no language, for example "ko" or "en-US".`, 'language', index)])),
  ];
}

function checkRule(rule: UrlRule, path: string): Problem[] {
  const stored = checkText(rule.pattern, joinPath(path, 'pattern'));
  if (stored.length > 0) return stored;
  const translated = translatePattern(rule);
  return [
    ...('problem' in translated ? [{ path: joinPath(path, 'pattern'), code: 'segment.url-pattern', message: translated.problem }] : []),
    ...(rule.query ?? []).flatMap(({ key, op, value = '' }, index) => [
      ...[...checkText(key, joinPath(path, 'query', index, 'key')), ...checkText(value, joinPath(path, 'query', index, 'value'))],
      ...((op === 'is') === (rule.query![index]!.value !== undefined) ? [] : [{ path: joinPath(path, 'query', index, 'value'), code: 'segment.value', message: op === 'is' ? '"is" needs a text, for example "spring".' : '"exists" takes no value.' }]),
    ]),
  ];
}
