import { consentKey } from '../../../people/domain/reserved-keys.js';
import { recordFacts } from '../../../people/store/facts.store.js';
import { rows, row, type Db } from '../../../platform/database/db.js';
import { NIGHT, type ConsentGiven, type ConsentState, type NewConsent } from '../domain/consent.js';
import type { TransactionalReason } from '../domain/transactional.js';
import { addProof } from './consent-proof.store.js';

export type { ConsentState, NewConsent } from '../domain/consent.js';

export interface Topic {
  key: string;
  name: string;
  nameKo: string;
  kind: 'marketing' | 'transactional';
  optIn: boolean;
  /** A subscription counts when the person has confirmed it by e-mail; only with `optIn`. */
  doubleOptIn: boolean;
  /** Why its messages are no advertising; null for marketing, and for transactional topics of before that never said. */
  reason: TransactionalReason | null;
  reasonText: string;
  createdAt: Date;
}

const TOPIC = `t.key, t.name, t.name_ko as "nameKo", t.kind, t.opt_in as "optIn", t.double_opt_in as "doubleOptIn", t.reason, t.reason_text as "reasonText", t.created_at as "createdAt"`;
export type TopicChange = Partial<Pick<Topic, 'name' | 'nameKo' | 'optIn' | 'doubleOptIn' | 'reason' | 'reasonText'>>;

/** All topics by key; there are few. */
export function listTopics(db: Db): Promise<Topic[]> {
  return rows<Topic>(db, `select ${TOPIC} from topic as t order by t.key`);
}

/** Adds a topic; null when its key is taken. */
export function insertTopic(db: Db, topic: Topic): Promise<Topic | null> {
  return row<Topic>(db, `
    insert into topic as t (key, name, name_ko, kind, opt_in, reason, reason_text, created_at, double_opt_in) values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9)
    on conflict do nothing returning ${TOPIC}`, [topic.key, topic.name, topic.nameKo, topic.kind, topic.optIn, topic.reason, topic.reasonText, topic.createdAt, topic.doubleOptIn]);
}

/** Changes the given fields; null when there is no such topic. */
export function updateTopic(db: Db, key: string, change: TopicChange): Promise<Topic | null> {
  return row<Topic>(db, `
    update topic as t set name = coalesce($2, t.name), name_ko = coalesce($3, t.name_ko), opt_in = coalesce($4, t.opt_in), reason = coalesce($5, t.reason), reason_text = coalesce($6, t.reason_text), double_opt_in = coalesce($7, t.double_opt_in)
     where t.key = $1 returning ${TOPIC}`, [key, change.name ?? null, change.nameKo ?? null, change.optIn ?? null, change.reason ?? null, change.reasonText ?? null, change.doubleOptIn ?? null]);
}

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

/** A choice of one of several people; `at` and `source` are those of the giving when absent. */
export interface PersonConsent extends NewConsent { personId: string; at?: Date; source?: string }

/**
 * The one way to write consent: the choices themselves, their proof, the history and the announcement, in one transaction. Answers
 * those that changed something. The first time and source of an unchanged choice are kept. What was
 * said before (`saidAt`) does not undo what was said after it; with `strictest` only a no replaces what was said. Lock the people first; wake `segments.membership` after commit.
 */
export async function writeConsents(tx: Db, consents: readonly PersonConsent[], given: ConsentGiven, { strictest = false } = {}): Promise<PersonConsent[]> {
  const said = consents.map(({ personId, channel, topic, state, at, source }) => ({ personId, channel, topic, state, at: at ?? given.saidAt ?? given.now, source: source ?? given.source }));
  const changed = await rows<PersonConsent>(tx, `
    insert into consent as c (person_id, channel, topic, state, at, source)
    select n."personId", n."channel", n."topic", n."state", n."at", n."source"
      from jsonb_to_recordset($1::jsonb) as n ("personId" uuid, "channel" text, "topic" text, "state" text, "at" timestamptz, "source" text)
     order by n."personId", n."channel", n."topic"
    on conflict (person_id, channel, topic) do update set state = excluded.state, at = excluded.at, source = excluded.source, confirmed_at = null, confirmation_id = null
     where c.state <> excluded.state and (not $2::boolean or excluded.state = 'unsubscribed') and (not $3::boolean or excluded.at >= c.at)
    returning c.person_id as "personId", c.channel, c.topic, c.state`, [JSON.stringify(said), strictest, given.saidAt !== undefined]);
  // Whoever says yes or no themselves has nothing left to confirm.
  await rows(tx, `delete from consent_request as r using jsonb_to_recordset($1::jsonb) as n ("personId" uuid, "channel" text, "topic" text) where r.person_id = n."personId" and r.channel = n."channel" and r.topic = n."topic"`, [JSON.stringify(said)]);
  const keys = new Set(changed.map(keyOfConsent));
  await addProof(tx, said.map((each) => ({ ...each, changed: keys.has(keyOfConsent(each)) })), given);
  await recordFacts(tx, changed.map(({ personId, channel, topic, state }) => ({ personId, key: consentKey(channel, topic), value: state })), given);
  await releaseNight(tx, changed.filter(({ topic, state }) => topic === NIGHT && state === 'subscribed'), given.now);
  return changed;
}

const keyOfConsent = ({ personId, channel, topic }: PersonConsent) => `${personId} ${channel} ${topic}`;

/** Who allows the night gets at once what was waiting for the morning. */
async function releaseNight(tx: Db, allowed: readonly PersonConsent[], now: Date): Promise<void> {
  if (allowed.length === 0) return;
  await rows(tx, `
    update delivery as d set due_at = $3::timestamptz, reason = null, detail = null
      from unnest($1::uuid[], $2::text[]) as a (person_id, channel)
     where d.person_id = a.person_id and d.channel = a.channel and d.state = 'queued' and d.reason = 'QUIET_HOURS_DEFERRED'`,
    [allowed.map(({ personId }) => personId), allowed.map(({ channel }) => channel), now]);
}

/** {@link writeConsents} for one person. */
export async function putConsents(tx: Db, personId: string, consents: readonly NewConsent[], given: ConsentGiven): Promise<NewConsent[]> {
  return writeConsents(tx, consents.map((consent) => ({ ...consent, personId })), given);
}

/**
 * The person and topic of a delivery, in the language to speak to them; null when the delivery or the person is gone. Of people who
 * just merged it is the survivor, although the delivery follows them a moment later.
 */
export interface Recipient { deliveryId: string; personId: string; topic: string; language: string }

export function loadRecipient(db: Db, deliveryId: string): Promise<Recipient | null> {
  return row<Recipient>(db, `
    select d.id as "deliveryId", p.id as "personId", d.topic, coalesce(p.language, w.language, 'en') as language
      from delivery as d
      left join person_merge as m on m.from_id = d.person_id
      join person as p on p.id = coalesce(m.into_id, d.person_id)
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

/** Holds people, one after the other in order of their ids, as {@link lockPerson} holds one. */
export async function lockPeople(tx: Db, personIds: readonly string[]): Promise<void> {
  await rows(tx, 'select p.id from person as p where p.id = any($1::uuid[]) order by p.id for no key update', [personIds]);
}

/** Locks a topic; null when there is none. */
export function lockTopic(tx: Db, key: string): Promise<Topic | null> {
  return row<Topic>(tx, `select ${TOPIC} from topic as t where t.key = $1 for update`, [key]);
}
