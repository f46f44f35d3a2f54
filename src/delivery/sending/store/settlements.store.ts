import type { ReasonCode } from '../../../kernel/reason-codes.js';
import { recordNews } from '../../../people/store/news.store.js';
import { announceEngagement } from '../../../people/store/change.store.js';
import { rows, type Db } from '../../../platform/database/db.js';
import { leaveTrail } from '../../../platform/tracing/trail.js';
import { addressHash } from '../../preferences/domain/address.js';
import { suppressFor } from '../../preferences/store/suppression.store.js';
import { kindOf } from '../../returns/domain/classify.js';
import type { BounceCategory } from '../../returns/domain/notice.js';
import { countSoftRefusal } from '../../returns/store/softness.store.js';

/** How one claim ended. */
export interface Settlement {
  id: string;
  personId: string;
  fence: number;
  state: 'sent' | 'queued' | 'bounced' | 'failed' | 'uncertain' | 'ghost';
  reason?: ReasonCode;
  /** For people: the server's words or the missing variable. Never content. */
  detail?: string;
  /** With `queued`: when to try again. Absent, it stays due as it was. */
  dueAt?: Date;
  sentAt?: Date;
  address?: string;
  /** The language of the message made, when its author named one. */
  language?: string | null;
  /** What a final refusal was about. */
  refusal?: string;
  /** Nobody knows whether it was accepted, and it is queued once more. */
  uncertainAt?: Date;
  /** The relay that took or judged it. */
  relay?: string;
  /** The server has judged this message: the try counts. */
  attempted: boolean;
  /** With `bounced`: a permanent refusal of the address. */
  bounce?: { refusal: BounceCategory; suppress: boolean };
}

/** What {@link settle} wrote. */
export interface Settled {
  /** Ids really settled. */
  ids: string[];
  /** Somebody reads what was received: wake `segments.membership` after commit. */
  announced: boolean;
}

/**
 * Writes the ends of claims, only where the worker still holds the row under the same fence: a late writer changes
 * nothing. A claim that ran out and became `uncertain` meanwhile may still be settled by its holder, who knows better.
 */
export async function settle(tx: Db, worker: string, settlements: readonly Settlement[], now: Date): Promise<Settled> {
  if (settlements.length === 0) return { ids: [], announced: false };
  // `coalesce`: an index on states must not tempt the planner to compare each claim with each settlement; they are found by their ids.
  const settled = await rows<{ id: string; personId: string; campaignId: string; received: boolean }>(
    tx,
    `update delivery as d
        set state = s."state", reason = s."reason", detail = s."detail", due_at = coalesce(s."dueAt", d.due_at), sent_at = coalesce(s."sentAt", d.sent_at),
            address = coalesce(s."address", case when s."attempted" or d.attempts > 0 then d.address end), language = coalesce(s."language", d.language), relay = coalesce(s."relay", d.relay), refusal = coalesce(s."refusal", d.refusal), uncertain_at = coalesce(s."uncertainAt", d.uncertain_at), attempts = d.attempts + case when s."attempted" then 1 else 0 end,
            first_attempt_at = case when s."state" = 'queued' and not s."attempted" and d.attempts = 0 then null else d.first_attempt_at end,
            settled_at = case when s."state" = 'queued' then null else $3::timestamptz end, locked_by = null, lease_until = null
       from jsonb_to_recordset($1::jsonb) as s("id" uuid, "personId" uuid, "fence" bigint, "state" text, "reason" text, "detail" text, "dueAt" timestamptz, "sentAt" timestamptz, "address" text, "language" text, "relay" text, "refusal" text, "uncertainAt" timestamptz, "attempted" boolean)
      where d.id = s."id" and d.person_id = s."personId" and d.locked_by = $2 and d.fence = s."fence" and coalesce(d.state) in ('sending', 'uncertain')
     returning d.id, d.person_id as "personId", d.campaign_id as "campaignId", d.channel = 'email' and d.state = 'sent' as received`,
    [JSON.stringify(settlements), worker, now],
  );
  const ids = new Set(settled.map(({ id }) => id));
  await recordBounces(tx, settlements.filter((each) => each.bounce && ids.has(each.id)), now);
  // No end but this one makes anybody a receiver, and none takes it back: a claim that bounced was never sent before.
  const announced = await announceEngagement(tx, settled.filter(({ received }) => received), now);
  return { ids: [...ids], announced };
}

/** A refused address becomes an event of its delivery, and is suppressed when the refusal says that it does not exist. */
async function recordBounces(tx: Db, bounced: readonly Settlement[], now: Date): Promise<void> {
  if (bounced.length === 0) return;
  const facts = bounced.map((each) => ({ id: each.id, personId: each.personId, key: `smtp:${each.fence}`, detail: each.detail ?? '', kind: kindOf(each.bounce!.refusal), refusal: each.bounce!.refusal }));
  await rows(
    tx,
    `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, evidence, data)
     select b."id", b."personId", 'bounce', b."key", $2::timestamptz, 'machine', jsonb_build_object('reply', b."detail"), jsonb_build_object('kind', b."kind", 'class', b."refusal")
       from jsonb_to_recordset($1::jsonb) as b("id" uuid, "personId" uuid, "key" text, "detail" text, "kind" text, "refusal" text)
     on conflict do nothing`,
    [JSON.stringify(facts), now],
  );
  for (const each of bounced) await judgeAddress(tx, each, now);
}

async function judgeAddress(tx: Db, { id, address, detail = '', bounce }: Settlement, now: Date): Promise<void> {
  const hash = address === undefined ? null : addressHash(address);
  if (address === undefined || hash === null) return;
  const { refusal, suppress } = bounce!;
  const consequence = suppress ? ({ reason: 'bounce', until: null } as const) : kindOf(refusal) === 'soft' ? await countSoftRefusal(tx, { hash, address, deliveryId: id, sentAt: now }, now) : null;
  if (consequence) await suppressFor(tx, { addressHash: hash, ...consequence, at: now, detail, evidence: { deliveryId: id, category: refusal } });
}

/** An in-app message ready to be shown, with the delivery it fulfils. */
export interface InAppInsert {
  deliveryId: string;
  personId: string;
  campaignId: string;
  content: unknown;
  expiresAt: Date | null;
}

/** Puts rendered messages into people's inboxes. Wake `NEWS` after commit. */
export async function insertInApp(tx: Db, messages: readonly InAppInsert[], now: Date): Promise<void> {
  if (messages.length === 0) return;
  const inserted = await rows<{ personId: string; ref: string }>(
    tx,
    `insert into in_app_message (delivery_id, person_id, campaign_id, content, created_at, expires_at)
     select m."deliveryId", m."personId", m."campaignId", m."content", $2::timestamptz, m."expiresAt"
       from jsonb_to_recordset($1::jsonb) as m("deliveryId" uuid, "personId" uuid, "campaignId" uuid, "content" jsonb, "expiresAt" timestamptz)
     on conflict (delivery_id, person_id) do nothing
     returning person_id as "personId", delivery_id as ref`,
    [JSON.stringify(messages), now],
  );
  leaveTrail(tx, () => inserted.map(({ ref, personId }) => ({ kind: 'handover', id: ref, personId, from: now, until: now, to: null, outcome: 'accepted' })));
  await recordNews(tx, inserted.map((each) => ({ ...each, kind: 'message' })), now);
}
