import { ADDRESSEE, type Channel } from '../../../contract/message.js';
import type { ReasonCode } from '../../../kernel/reason-codes.js';
import { rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';
import { addressHash } from '../domain/address.js';
import { judgeReach, type ReachFacts } from '../domain/reach.js';

export interface ReachQuestion {
  personIds: readonly string[];
  channel: Channel;
  /** Key of a topic. */
  topic: string;
  now: Date;
}

interface Found {
  id: string;
  kind: string;
  email: string | null;
  topicKind: 'marketing' | 'transactional' | null;
  optIn: boolean | null;
  consent: 'subscribed' | 'unsubscribed' | null;
}

const findAmong = (asked: string) => `
  select asked.id, p.kind, p.email, t.kind as "topicKind", t.opt_in as "optIn", c.state as consent
    from ${asked} as asked (id)
    left join person as p on p.id = asked.id
    left join topic as t on t.key = $3
    left join consent as c on c.person_id = asked.id and c.channel = $2 and c.topic = $3 and c.at <= $4::timestamptz`;
const FIND = findAmong('unnest($1::uuid[])');
const FIND_ONE = keepPlan(findAmong('(values ($1::uuid))'));

/**
 * Why a message may not go to each of these people now, in the published gate order: consent and topic, then channel
 * reachable, then suppression. People who may be reached are absent from the answer. Two statements, whatever the number.
 *
 * A person without a row is `PERSON_DELETED`; an unknown topic refuses as `NO_CONSENT`. Transactional topics ask no
 * consent and heed no unsubscription or complaint, but a bounced address stays closed to them too. What does not go to the
 * person at all ({@link ADDRESSEE}) only asks that they exist.
 */
export async function refusals(db: Db, { personIds, channel, topic, now }: ReachQuestion): Promise<Map<string, ReasonCode>> {
  if (personIds.length === 0) return new Map();
  if (ADDRESSEE[channel] !== 'person') return goneAmong(db, personIds);
  const answer = new Map<string, ReasonCode>();
  for (const [personId, facts] of await reachFacts(db, { personIds, channel, topic, now })) {
    const code = judgeReach(facts);
    if (code !== null) answer.set(personId, code);
  }
  return answer;
}

/** What {@link refusals} judges, of each of these people. */
export async function reachFacts(db: Db, { personIds, channel, topic, now }: ReachQuestion): Promise<Map<string, ReachFacts>> {
  const found = await (personIds.length === 1 ? rows<Found>(db, FIND_ONE, [personIds[0], channel, topic, now]) : rows<Found>(db, FIND, [personIds, channel, topic, now]));
  const hashes = channel === 'email' ? new Map(found.map((person) => [person.id, person.email === null ? null : addressHash(person.email)])) : null;
  const suppressed = hashes === null ? new Map<string, string>() : await suppressions(db, channel, [...hashes.values()].filter((hash) => hash !== null), now);
  return new Map(found.map((person) => {
    const hash = hashes?.get(person.id) ?? null;
    // Into the row itself: a copy for each of a page of people is nothing but garbage.
    return [person.id, Object.assign(person, { addressMissing: hashes !== null && hash === null, blockedBy: (hash === null ? undefined : suppressed.get(hash)) ?? null })];
  }));
}

async function goneAmong(db: Db, personIds: readonly string[]): Promise<Map<string, ReasonCode>> {
  const gone = await rows<{ id: string }>(db, 'select asked.id from unnest($1::uuid[]) as asked (id) where not exists (select from person as p where p.id = asked.id)', [personIds]);
  return new Map(gone.map(({ id }) => [id, 'PERSON_DELETED']));
}

/** Reason by address hash, of those that are suppressed. */
async function suppressions(db: Db, channel: Channel, hashes: readonly string[], now: Date): Promise<Map<string, string>> {
  if (hashes.length === 0) return new Map();
  const found = await rows<{ hash: string; reason: string }>(db, `
    select s.address_hash as hash, s.reason from suppression as s where s.channel = $1 and s.address_hash = any($2::text[])
       and (s.until is null or s.until > $3::timestamptz)`, [channel, hashes, now]);
  return new Map(found.map((entry) => [entry.hash, entry.reason]));
}
