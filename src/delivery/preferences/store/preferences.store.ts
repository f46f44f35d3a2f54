import { consentKey } from '../../../people/domain/reserved-keys.js';
import { recordFacts } from '../../../people/store/facts.store.js';
import { rows, row, type Db } from '../../../platform/database/db.js';

export interface Topic {
  key: string;
  name: string;
  nameKo: string;
  kind: 'marketing' | 'transactional';
  optIn: boolean;
  createdAt: Date;
}

const TOPIC = `t.key, t.name, t.name_ko as "nameKo", t.kind, t.opt_in as "optIn", t.created_at as "createdAt"`;

/** All topics by key; there are few. */
export function listTopics(db: Db): Promise<Topic[]> {
  return rows<Topic>(db, `select ${TOPIC} from topic as t order by t.key`);
}

/** Adds a topic; null when its key is taken. */
export function insertTopic(db: Db, topic: Topic): Promise<Topic | null> {
  return row<Topic>(db, `
    insert into topic as t (key, name, name_ko, kind, opt_in, created_at) values ($1, $2, $3, $4, $5, $6::timestamptz)
    on conflict do nothing returning ${TOPIC}`, [topic.key, topic.name, topic.nameKo, topic.kind, topic.optIn, topic.createdAt]);
}

/** Changes the given fields; null when there is no such topic. */
export function updateTopic(db: Db, key: string, change: Partial<Pick<Topic, 'name' | 'nameKo' | 'optIn'>>): Promise<Topic | null> {
  return row<Topic>(db, `
    update topic as t set name = coalesce($2, t.name), name_ko = coalesce($3, t.name_ko), opt_in = coalesce($4, t.opt_in)
     where t.key = $1 returning ${TOPIC}`, [key, change.name ?? null, change.nameKo ?? null, change.optIn ?? null]);
}

export type ConsentState = 'subscribed' | 'unsubscribed';

export interface Consent {
  channel: string;
  topic: string;
  state: ConsentState;
  at: Date;
  source: string;
}

/** What a person has said about topics; what they never spoke of is absent. */
export function listConsents(db: Db, personId: string): Promise<Consent[]> {
  return rows<Consent>(db, `
    select c.channel, c.topic, c.state, c.at, c.source from consent as c where c.person_id = $1 order by c.channel, c.topic`, [personId]);
}

export interface NewConsent { channel: string; topic: string; state: ConsentState }

/**
 * Records choices, in the history too, and announces them; answers the ones that changed something. The first time and source of an
 * unchanged choice are kept. Lock the person first; wake `segments.membership` after commit.
 */
export async function putConsents(tx: Db, personId: string, consents: readonly NewConsent[], given: { source: string; now: Date }): Promise<NewConsent[]> {
  const changed = await rows<NewConsent>(tx, `
    insert into consent as c (person_id, channel, topic, state, at, source)
    select $1, n.channel, n.topic, n.state, $5::timestamptz, $6
      from unnest($2::text[], $3::text[], $4::text[]) as n (channel, topic, state)
    on conflict (person_id, channel, topic) do update set state = excluded.state, at = excluded.at, source = excluded.source
     where c.state <> excluded.state
    returning c.channel, c.topic, c.state`, [personId, consents.map((c) => c.channel), consents.map((c) => c.topic), consents.map((c) => c.state), given.now, given.source]);
  await recordFacts(tx, changed.map(({ channel, topic, state }) => ({ personId, key: consentKey(channel, topic), value: state })), given);
  return changed;
}

/** The person and topic of a delivery, in the language to speak to them; null when the delivery is gone. */
export interface Recipient { deliveryId: string; personId: string; topic: string; language: string }

export function loadRecipient(db: Db, deliveryId: string): Promise<Recipient | null> {
  return row<Recipient>(db, `
    select d.id as "deliveryId", d.person_id as "personId", d.topic, coalesce(p.language, w.language, 'en') as language
      from delivery as d
      join person as p on p.id = d.person_id
      left join workspace as w on w.id = 1
     where d.id = $1`, [deliveryId]);
}

/** True when this person exists. */
export async function personExists(db: Db, personId: string): Promise<boolean> {
  return (await row(db, `select 1 as found from person as p where p.id = $1`, [personId])) !== null;
}

/** Holds a person until the transaction ends, so that they are neither merged nor erased meanwhile; false when there is none. */
export async function lockPerson(tx: Db, personId: string): Promise<boolean> {
  return (await row(tx, 'select p.id from person as p where p.id = $1 for no key update', [personId])) !== null;
}

/** Locks a topic; whether it needs a yes first, null when there is no such topic. */
export async function lockTopic(tx: Db, key: string): Promise<boolean | null> {
  return (await row<{ optIn: boolean }>(tx, 'select t.opt_in as "optIn" from topic as t where t.key = $1 for update', [key]))?.optIn ?? null;
}
