import type { ConsentCondition } from '../../../contract/segment-conditions.js';
import { hasRows, type LeafKind, type Query } from './leaf.js';

const SAID = { subscribed: `= 'subscribed'`, unsubscribed: `= 'unsubscribed'` } as const;

/** The consent `c` about the topic and channel. */
const rowOf = (leaf: ConsentCondition, { bind }: Query): string => `c.channel = ${bind(leaf.channel, 'text')} and c.topic = ${bind(leaf.topic, 'text')}`;
const saidBy = (leaf: ConsentCondition, query: Query): string => `(select c.state from consent as c where c.person_id = p.id and ${rowOf(leaf, query)})`;

/** The rule of sending (delivery/store/reachability.store.ts), for a person who said `said`. */
const mayGet = (leaf: ConsentCondition, said: string, { bind }: Query): string =>
  `coalesce((select case when t.kind = 'transactional' then true when t.opt_in then ${said} = 'subscribed' else ${said} is distinct from 'unsubscribed' end from topic as t where t.key = ${bind(leaf.topic, 'text')}), false)`;

/** What somebody said about a topic, or whether messages of the topic may go to them. */
export const consentLeaf: LeafKind<ConsentCondition> = {
  check: () => [],
  lookup(leaf, query) {
    if (leaf.state === 'allowed') return mayGet(leaf, saidBy(leaf, query), query);
    const said = leaf.state === 'unset' ? '' : ` and c.state ${SAID[leaf.state]}`;
    return `(${leaf.state === 'unset' ? 'not ' : ''}${hasRows(`consent as c where c.person_id = p.id and ${rowOf(leaf, query)}${said}`)})`;
  },
  exceptions(leaf, query) {
    // Those who may not get it, whichever rule the topic has: nothing is known of it here, and one plan reads it once.
    if (leaf.state === 'allowed') return { person: 'p.id', from: `person as p left join consent as c on c.person_id = p.id and ${rowOf(leaf, query)}`, where: `not ${mayGet(leaf, 'c.state', query)}`, ownedByPerson: true };
    const said = leaf.state === 'unset' ? '' : ` and c.state ${SAID[leaf.state]}`;
    // Consents of erased people go after them, with what campaigns hold.
    return { person: 'c.person_id', from: 'consent as c', where: `${rowOf(leaf, query)}${said}`, ownedByPerson: false };
  },
  compared: (leaf, query) => `to_jsonb(${saidBy(leaf, query)})`,
  edges: () => [],
  // Of somebody new the rule of the topic decides, and that can change: neither answer goes without saying.
  reads: (leaf) => [`consent:${leaf.channel}:${leaf.topic}`, ...(leaf.state === 'allowed' ? [`topic:${leaf.topic}`, 'attribute:$created'] : [])],
  unknown: (leaf) => leaf.state === 'unset' || leaf.state === 'allowed',
  names: (leaf) => [{ kind: 'topic', id: leaf.topic, field: 'topic' }],
};
