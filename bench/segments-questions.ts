import type { SegmentNode } from '../src/contract/segment.js';
import { DAY } from './segments-world.js';

const logins = (count: number, days: number, op: 'at_least' | 'exactly' = 'at_least'): SegmentNode => ({ type: 'event', event: 'login', count: { op, value: count }, within: { days } });
const bought = (amount: number, days: number): SegmentNode => ({ type: 'event', event: 'purchase', count: { op: 'at_least', value: 1 }, within: { days }, where: [{ property: 'amount', op: 'gte', value: amount }] });
const plan = (value: string): SegmentNode => ({ type: 'attribute', key: 'plan', op: 'is', value });
const signedUp = (days: number): SegmentNode => ({ type: 'attribute', key: '$signed_up_at', op: 'older_than', value: { days } });
const vip: SegmentNode = { type: 'tag', op: 'has', tag: 'vip' };

export interface WrittenQuestion { name: string; node: SegmentNode; sql: string }

/** Five typical definitions, each beside the SQL that somebody who knows the tables would write for it. */
export function questionsAt(now: Date): WrittenQuestion[] {
  const ago = (days: number) => `'${new Date(now.getTime() - days * DAY).toISOString()}'`;
  return [
    { name: 'attribute and sign-up', node: { type: 'all', of: [plan('pro'), signedUp(3)] }, sql: `select count(*) from person where attributes ->> 'plan' = 'pro' and signed_up_at <= ${ago(3)}` },
    { name: 'three logins in 30 days', node: logins(3, 30), sql: `select count(*) from (select person_id from event where name = 'login' and occurred_at > ${ago(30)} and occurred_at <= ${ago(0)} group by person_id having count(*) >= 3) as x` },
    {
      name: 'no login in 30 days, with sign-up', node: { type: 'all', of: [signedUp(3), logins(0, 30, 'exactly')] },
      sql: `select count(*) from person as p where p.signed_up_at <= ${ago(3)} and not exists (select 1 from event as e where e.person_id = p.id and e.name = 'login' and e.occurred_at > ${ago(30)} and e.occurred_at <= ${ago(0)})`,
    },
    {
      name: 'pro or bought for 50 in 7 days', node: { type: 'any', of: [plan('pro'), bought(50, 7)] },
      sql: `select count(*) from (select id from person where attributes ->> 'plan' = 'pro' union select person_id from event where name = 'purchase' and occurred_at > ${ago(7)} and occurred_at <= ${ago(0)} and (properties ->> 'amount')::numeric >= 50) as x`,
    },
    {
      name: 'tag and bought, not pro', node: { type: 'all', of: [vip, bought(50, 7), { type: 'not', of: plan('pro') }] },
      sql: `select count(*) from person_tag as t join person as p on p.id = t.person_id where t.tag = 'vip' and p.attributes ->> 'plan' is distinct from 'pro' and exists (select 1 from event as e where e.person_id = t.person_id and e.name = 'purchase' and e.occurred_at > ${ago(7)} and e.occurred_at <= ${ago(0)} and (e.properties ->> 'amount')::numeric >= 50)`,
    },
  ];
}

/** Thirty different definitions of these five kinds: other windows, counts, plans, amounts. */
export function thirtySegments(): SegmentNode[] {
  return [1, 2, 3, 4, 5, 6].flatMap((n): SegmentNode[] => [
    { type: 'all', of: [plan(n % 2 === 0 ? 'pro' : 'team'), signedUp(n * 40)] },
    logins(n + 8, n * 5),
    { type: 'all', of: [vip, signedUp(n * 3), logins(0, 10 + n * 10, 'exactly')] },
    { type: 'all', of: [{ type: 'attribute', key: 'city', op: 'is', value: `City ${n}` }, { type: 'any', of: [plan('pro'), bought(n * 10, n * 7)] }] },
    { type: 'all', of: [vip, bought(n * 10, n * 2), { type: 'not', of: plan('pro') }] },
  ]);
}
