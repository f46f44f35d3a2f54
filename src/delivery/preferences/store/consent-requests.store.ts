import { NOTICES } from '../../../people/domain/reserved-keys.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import type { ConsentGiven, NewConsent } from '../domain/consent.js';

/** A subscription that the person has not confirmed. */
export interface ConsentRequest { channel: string; topic: string; askedAt: Date; expiresAt: Date; source: string }

/** What waits for a person's confirmation now. */
export function listRequests(db: Db, personId: string, now: Date): Promise<ConsentRequest[]> {
  return rows(db, `
    select r.channel, r.topic, r.asked_at as "askedAt", r.expires_at as "expiresAt", r.source from consent_request as r
     where r.person_id = $1 and r.expires_at > $2::timestamptz order by r.channel, r.topic`, [personId, now]);
}

export interface Asked { personId: string; deliveryId: string; consents: readonly NewConsent[]; expiresAt: Date }

/** Keeps subscriptions that the mail `deliveryId` asks to confirm; they take the place of earlier ones. */
export async function keepRequests(tx: Db, { personId, deliveryId, consents, expiresAt }: Asked, { now, source, wording, policyVersion }: ConsentGiven): Promise<void> {
  await rows(tx, `
    insert into consent_request as r (person_id, channel, topic, asked_at, expires_at, delivery_id, source, wording, policy_version)
    select $1, n."channel", n."topic", $3::timestamptz, $4::timestamptz, $5, $6, $7, $8 from jsonb_to_recordset($2::jsonb) as n ("channel" text, "topic" text)
    on conflict (person_id, channel, topic) do update
       set asked_at = excluded.asked_at, expires_at = excluded.expires_at, delivery_id = excluded.delivery_id, source = excluded.source, wording = excluded.wording, policy_version = excluded.policy_version`,
    [personId, JSON.stringify(consents), now, expiresAt, deliveryId, source, wording ?? null, policyVersion ?? null]);
}

export interface OpenRequest extends NewConsent { state: 'subscribed'; source: string; wording: string | null; policyVersion: string | null }

const OPEN = `r.delivery_id = $1 and r.expires_at > $2::timestamptz`;

/** What the mail `deliveryId` asks to confirm and nobody has confirmed, withdrawn or let run out. */
export function openRequests(db: Db, deliveryId: string, now: Date): Promise<OpenRequest[]> {
  return rows(db, `
    select r.channel, r.topic, 'subscribed' as state, r.source, r.wording, r.policy_version as "policyVersion" from consent_request as r where ${OPEN} order by r.channel, r.topic`, [deliveryId, now]);
}

/** Takes them out, so that of several who confirm at once one does. */
export function takeRequests(tx: Db, deliveryId: string, now: Date): Promise<OpenRequest[]> {
  return rows(tx, `
    delete from consent_request as r where ${OPEN} returning r.channel, r.topic, 'subscribed' as state, r.source, r.wording, r.policy_version as "policyVersion"`, [deliveryId, now]);
}

/** Whether the link of this mail has been used. */
export async function wasConfirmed(db: Db, deliveryId: string): Promise<boolean> {
  return (await row(db, `select 1 as found from consent_proof as p where p.delivery_id = $1 and p.method = 'double_opt_in' limit 1`, [deliveryId])) !== null;
}

/** Forgets requests that ran out; the proof log knows of them. */
export async function forgetRequests(tx: Db, now: Date): Promise<void> {
  await rows(tx, 'delete from consent_request as r where r.expires_at <= $1::timestamptz', [now]);
}

/** The address a person is asked at, and the language of the mail's topics. */
export function addressOf(tx: Db, personId: string): Promise<{ email: string | null } | null> {
  return row(tx, 'select p.email from person as p where p.id = $1', [personId]);
}

/** A mail of no campaign, as a run that is over: its delivery reads what it says from there. */
export async function keepNoticeRun(tx: Db, run: { id: string; personId: string; campaignId: string; versionId: string; properties: object }, now: Date): Promise<void> {
  await rows(tx, `
    insert into enrollment (id, person_id, campaign_id, version_id, state, entered_at, left_at, entry)
    values ($1, $2, $3, $4, 'completed', $5::timestamptz, $5::timestamptz, jsonb_build_object('kind', 'notice', 'at', $5::timestamptz, 'properties', $6::jsonb))`,
    [run.id, run.personId, run.campaignId, run.versionId, now, JSON.stringify(run.properties)]);
}

/** Makes the topic of notices; there is one from then on. */
export async function makeNoticeTopic(tx: Db, now: Date): Promise<void> {
  await rows(tx, `
    insert into topic (key, name, name_ko, kind, reason, reason_text, created_at) values ('${NOTICES}', 'Notices required by law', '법정 안내', 'transactional', 'legal_notice', 'Confirmation of consent', $1::timestamptz)
    on conflict (key) do nothing`, [now]);
}
