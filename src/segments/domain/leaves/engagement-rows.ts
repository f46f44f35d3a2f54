import type { EngagementCondition } from '../../../contract/segment-conditions.js';
import { NOTICES } from '../../../people/domain/reserved-keys.js';
import { windowSeconds } from '../operators.js';
import { momentSql } from './between.js';
import { spanSql } from './event-rows.js';
import type { Edge, Query } from './leaf.js';

/** The rows of a ledger that one kind of engagement is made of, in SQL without values; indexes repeat parts of it word by word. */
export interface Ledger {
  from: string;
  person: string;
  campaign: string;
  at: string;
  where: string;
  /** What is counted: each delivery once. Absent where only "any" and "none" can be asked. */
  counted?: string;
  /** The part of the rows that has an index by time, when that of the campaign lies in another table. */
  timed?: { from: string; where: string };
}

function reaction(kind: 'open' | 'click'): Ledger {
  const timed = { from: 'delivery_event as v', where: `v.kind = '${kind}' and v.verdict = 'human'` };
  return {
    from: `${timed.from} join delivery as d on d.id = v.delivery_id and d.person_id = v.person_id`, person: 'v.person_id', campaign: 'd.campaign_id', at: 'v.at',
    where: `${timed.where} and not d.is_control`, counted: 'v.delivery_id', timed,
  };
}

/** What counts is what results count (analytics/reads/ledger.read.ts): accepted and not bounced, or displayed; human alone. */
export const LEDGERS: Record<Exclude<EngagementCondition['kind'], 'converted'>, Ledger> = {
  received: {
    from: 'delivery as d', person: 'd.person_id', campaign: 'd.campaign_id', at: `(case when d.channel = 'in_app' then d.settled_at else d.sent_at end)`, counted: 'd.id',
    where: `not d.is_control and (d.state = 'delivered' or (d.channel = 'email' and d.state = 'sent'))`,
  },
  opened: reaction('open'),
  clicked: reaction('click'),
  in_control: { from: 'assignment as a', person: 'a.person_id', campaign: 'a.campaign_id', at: 'a.assigned_at', where: 'a.is_control' },
  in_holdout: { from: 'decision as h', person: 'h.person_id', campaign: 'h.campaign_id', at: 'h.at', where: `h.code = 'HOLDOUT'` },
};

/** Whether an instant has come and lies in the window asked for. */
export function inTime(at: string, { within, between = {} }: EngagementCondition, query: Query): string {
  const { now } = query.frame;
  const start = within ? [`${at} > ${now} - ${spanSql(within, query)}`] : [];
  const from = between.from === undefined ? [] : [`${at} >= ${momentSql(between.from, query)}`];
  const to = between.to === undefined ? [] : [`${at} < ${momentSql(between.to, query)}`];
  return [...start, ...from, ...to, `${at} <= ${now}`].join(' and ');
}

/** Conditions on one row of the ledger. */
export function ledgerFilter(leaf: EngagementCondition, ledger: Ledger, query: Query): string {
  const { bind } = query;
  const step = ledger.counted ? 'd.step_id' : '(select x.step_id from experiment as x where x.id = a.experiment_id)';
  return [
    ledger.where,
    // Notices of consents are deliveries of no campaign.
    ...(leaf.campaignId === undefined ? (ledger.counted ? [`d.topic <> '${NOTICES}'`] : []) : [`${ledger.campaign} = ${bind(leaf.campaignId, 'uuid')}`]),
    ...(leaf.stepId === undefined ? [] : [`${step} = ${bind(leaf.stepId, 'text')}`]),
    ...(leaf.variant === undefined ? [] : [`d.variant = ${bind(leaf.variant, 'text')}`]),
    ...(leaf.channel === undefined ? [] : [`d.channel = ${bind(leaf.channel, 'text')}`]),
    inTime(ledger.at, leaf, query),
  ].join(' and ');
}

/** An instant counts from when it comes (clocks differ, and assignments may be dated ahead) until it leaves the window. */
export const offsetsOf = (leaf: EngagementCondition): number[] => [0, ...(leaf.within ? [windowSeconds(leaf.within)] : [])];

export const ledgerEdges = (leaf: EngagementCondition, source: Exclude<EngagementCondition['kind'], 'converted'>): Edge[] => offsetsOf(leaf).map((offset) => ({ source, key: leaf.campaignId ?? '', offset }));
