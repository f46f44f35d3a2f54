import type { CountComparison, EngagementCondition } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { joinPath } from '../resolved.js';
import { conversionEdges, conversionReads, conversionRows } from './conversions.js';
import { ledgerEdges, ledgerFilter, LEDGERS } from './engagement-rows.js';
import { checkSpan } from './event-rows.js';
import type { Exceptions, LeafKind, Query } from './leaf.js';
import { asksExistence, checkCount, comparisonHolds, comparisonSql } from './number-comparison.js';
import { checkText } from './values.js';

const ANY: CountComparison = { op: 'at_least', value: 1 };
/** How many distinct deliveries are asked for; "any" where nothing is counted. */
export const countOf = (leaf: EngagementCondition): CountComparison => leaf.count ?? ANY;
const atZero = (leaf: EngagementCondition): boolean => comparisonHolds(countOf(leaf), 0);

/** @param column what each row gives: a number, or what is counted */
function rowsOfPerson(leaf: EngagementCondition, column: string, query: Query): string {
  if (leaf.kind === 'converted') return `select ${column} from (${conversionRows(leaf, 'p.id', query)}) as o`;
  const ledger = LEDGERS[leaf.kind];
  return `select ${column} from ${ledger.from} where ${ledger.person} = p.id and ${ledgerFilter(leaf, ledger, query)}`;
}

const exists = (leaf: EngagementCondition, query: Query): string => `exists (${rowsOfPerson(leaf, '1', query)})`;
const countedIn = (leaf: EngagementCondition): string | undefined => (leaf.kind === 'converted' ? undefined : LEDGERS[leaf.kind].counted);

/** What campaigns did to people, and what people did with it. */
export const engagementLeaf: LeafKind<EngagementCondition> = {
  check: checkEngagement,
  lookup(leaf, query) {
    if (asksExistence(countOf(leaf))) return `(${atZero(leaf) ? 'not ' : ''}${exists(leaf, query)})`;
    return `(${comparisonSql(countOf(leaf), `(${rowsOfPerson(leaf, `count(distinct ${countedIn(leaf)})`, query)})`, query.bind)})`;
  },
  // Deliveries and assignments outlive the person they were for.
  exceptions(leaf, query): Exceptions {
    if (leaf.kind === 'converted') return { person: 'o.person_id', from: `(${conversionRows(leaf, null, query)}) as o`, where: 'true', ownedByPerson: false };
    const ledger = LEDGERS[leaf.kind];
    const rows = { person: ledger.person, from: ledger.from, where: ledgerFilter(leaf, ledger, query), ownedByPerson: false };
    if (asksExistence(countOf(leaf))) return rows;
    const holds = comparisonSql(countOf(leaf), `count(distinct ${ledger.counted})`, query.bind);
    return { ...rows, having: atZero(leaf) ? `not (${holds})` : holds };
  },
  compared: (leaf, query) => (countedIn(leaf) ? `to_jsonb((${rowsOfPerson(leaf, `count(distinct ${countedIn(leaf)})`, query)}))` : `to_jsonb(${exists(leaf, query)})`),
  edges: (leaf) => (leaf.kind === 'converted' ? conversionEdges(leaf) : ledgerEdges(leaf, leaf.kind)),
  reads: (leaf) => [leaf.campaignId === undefined ? 'campaign' : `campaign:${leaf.campaignId}`, ...(leaf.kind === 'converted' ? conversionReads(leaf) : [])],
  unknown: atZero,
  names: (leaf) => (leaf.campaignId === undefined ? [] : [{ kind: 'campaign', id: leaf.campaignId, field: 'campaignId' }]),
};

type Part = 'stepId' | 'variant' | 'channel' | 'goal' | 'count';
const MESSAGES: readonly Part[] = ['stepId', 'variant', 'channel', 'count'];
/** What each kind may be narrowed by, besides campaign and time. */
const PARTS: Record<EngagementCondition['kind'], readonly Part[]> = { received: MESSAGES, opened: MESSAGES, clicked: MESSAGES, converted: ['stepId', 'variant', 'goal'], in_control: ['stepId'], in_holdout: [] };

function checkEngagement(leaf: EngagementCondition, path: string): Problem[] {
  const refuse = (part: string, message: string): Problem => ({ path: joinPath(path, part), code: 'segment.value', message });
  const allowed = PARTS[leaf.kind];
  const given = (['stepId', 'variant', 'channel', 'goal', 'count'] as const).filter((part) => leaf[part] !== undefined);
  const needing = given.find((part) => part === 'stepId' || part === 'variant');
  return [
    ...given.filter((part) => !allowed.includes(part)).map((part) => refuse(part, `"${leaf.kind}" takes no "${part}". It takes campaignId, within, ${['between', ...allowed].join(', ')}.`)),
    ...(leaf.kind === 'converted' && leaf.campaignId === undefined ? [refuse('campaignId', '"converted" needs the campaign whose goal is meant, for example "campaignId": "01900000-0000-7000-8000-000000000001".')] : []),
    ...(leaf.kind !== 'converted' && needing && leaf.campaignId === undefined ? [refuse('campaignId', `"${needing}" belongs to a campaign; say which one in "campaignId".`)] : []),
    ...(leaf.kind === 'opened' && leaf.channel === 'in_app' ? [refuse('channel', 'Only e-mail is opened; an in-app message that was displayed is "received".')] : []),
    ...(leaf.count ? checkCount(leaf.count, joinPath(path, 'count'), 'messages') : []),
    ...checkSpan(leaf, path),
    ...(['stepId', 'variant', 'goal'] as const).flatMap((part) => (leaf[part] === undefined ? [] : checkText(leaf[part], joinPath(path, part)))),
  ];
}
