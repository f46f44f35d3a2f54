import { newId } from '../../../kernel/ids.js';
import { rows, type Db } from '../../../platform/database/db.js';
import type { ConsentGiven, NewConsent, PROVED_STATES } from '../domain/consent.js';

/** A row of the proof log. */
export interface ConsentProof {
  id: string;
  personId: string;
  fromId: string | null;
  channel: string;
  topic: string;
  state: (typeof PROVED_STATES)[number];
  at: Date;
  recordedAt: Date;
  method: string;
  source: string;
  actor: string;
  wording: string | null;
  policyVersion: string | null;
  network: string | null;
  userAgent: string | null;
  deliveryId: string | null;
}

export interface Stated extends Omit<NewConsent, 'state'> { state: ConsentProof['state']; personId: string; at: Date; source: string; changed: boolean }

/**
 * Adds what was said to the proof log: every change, and of what changed nothing only that which proves more (another wording,
 * policy version or moment), so that a system that reports the same choices every night adds nothing.
 */
export async function addProof(tx: Db, stated: readonly Stated[], given: ConsentGiven): Promise<void> {
  const { wording = null, policyVersion = null } = given;
  const provesMore = wording !== null || policyVersion !== null || given.saidAt !== undefined;
  const kept = stated.filter(({ changed }) => changed || provesMore);
  if (kept.length === 0) return;
  await rows(tx, `
    insert into consent_proof (id, person_id, channel, topic, state, at, recorded_at, method, source, actor, wording, policy_version, network, user_agent, delivery_id)
    select n."id", n."personId", n."channel", n."topic", n."state", n."at", $2::timestamptz, $3, n."source", $4, $5::text, $6::text, $7, $8, $9::uuid
      from jsonb_to_recordset($1::jsonb) as n ("id" uuid, "personId" uuid, "channel" text, "topic" text, "state" text, "at" timestamptz, "source" text, "changed" boolean)
     where n."changed" or not exists (
       select from consent_proof as p
        where p.person_id = n."personId" and p.channel = n."channel" and p.topic = n."topic" and p.state = n."state"
          and p.wording is not distinct from $5::text and p.policy_version is not distinct from $6::text and ($10::boolean is false or p.at = n."at"))`,
    [JSON.stringify(kept.map((each) => ({ ...each, id: newId() }))), given.now, given.method, given.actor, wording, policyVersion, given.network ?? null, given.userAgent ?? null, given.deliveryId ?? null, given.saidAt !== undefined]);
}

export interface ProofQuery {
  personId?: string;
  topic?: string;
  limit: number;
  before: { at: string; id: string } | null;
}

/** Newest first, in the order of learning; one more than asked when there are more. */
export function listProof(db: Db, { personId, topic, limit, before }: ProofQuery): Promise<ConsentProof[]> {
  return rows<ConsentProof>(db, `
    select p.id, p.person_id as "personId", p.from_id as "fromId", p.channel, p.topic, p.state, p.at, p.recorded_at as "recordedAt", p.method, p.source, p.actor,
           p.wording, p.policy_version as "policyVersion", p.network, p.user_agent as "userAgent", p.delivery_id as "deliveryId"
      from consent_proof as p
     where ($2::uuid is null or p.person_id = $2) and ($3::text is null or p.topic = $3)
       and ($4::timestamptz is null or (p.recorded_at, p.id) < ($4::timestamptz, $5::uuid))
     order by p.recorded_at desc, p.id desc limit $1`, [limit + 1, personId ?? null, topic ?? null, before?.at ?? null, before?.id ?? null]);
}
