import { announceEngagement } from '../../../people/store/change.store.js';
import { rows, type Db } from '../../../platform/database/db.js';

/** What a dead worker's journal says, as parallel facts about its claims. */
export interface Replay {
  worker: string;
  accepted: { id: string; fence: number; at: Date; relay: string | null }[];
  begun: { id: string; fence: number; relay: string | null }[];
  refused: { id: string; fence: number; relay: string | null }[];
  /** What to do with claims the journal does not mention: `queued` when it is known to be complete, else `uncertain`. */
  unmentioned: 'queued' | 'uncertain';
  /** Transactional topics whose messages are sent once more when nobody knows. */
  resend: readonly string[];
  /** When a message that the server refused, without its answer being stored, is tried again. */
  retryAt: Date;
  now: Date;
}

/**
 * Settles everything a dead worker held, in one statement: accepted is sent, begun without an answer is uncertain, never
 * begun goes back to the queue. Running it twice, or in two processes at once, changes nothing more.
 *
 * @returns how many rows came to each state
 */
export async function replayClaims(tx: Db, replay: Replay): Promise<Map<string, number>> {
  const words = [
    ...replay.accepted.map((each) => ({ ...each, word: 'accepted' })),
    ...replay.begun.map((each) => ({ ...each, word: 'begun', at: null })),
    ...replay.refused.map((each) => ({ ...each, word: 'refused', at: null })),
  ];
  const moved = await rows<{ state: string; personId: string; campaignId: string }>(
    tx,
    `with word as materialized (
       select w."id", w."fence", w."word", w."at", w."relay" from jsonb_to_recordset($2::jsonb) as w("id" uuid, "fence" bigint, "word" text, "at" timestamptz, "relay" text)),
     fate as materialized (
       select d.id, d.person_id, w."at", w."word", w."relay", case w."word" when 'accepted' then 'sent' when 'begun' then case when d.topic = any($6::text[]) and d.uncertain_at is null then 'queued' else 'uncertain' end when 'refused' then 'queued' else $3 end as state
         from delivery as d left join word as w on w."id" = d.id and w."fence" = d.fence
        where d.locked_by = $1 and (d.state = 'sending' or (d.state = 'uncertain' and w."word" = 'accepted'))
        order by d.id for update of d)
       update delivery as d
          set state = f.state, sent_at = coalesce(f."at", d.sent_at), relay = coalesce(f."relay", d.relay),
              reason = case when f.state = 'uncertain' or (f.state = 'queued' and f."word" = 'begun') then 'PROVIDER_UNCERTAIN' end,
              detail = case f.state when 'uncertain' then 'The sender stopped before the mail server''s answer was recorded.' end,
              uncertain_at = case when f.state = 'queued' and f."word" = 'begun' then $5::timestamptz else d.uncertain_at end,
              due_at = case when f.state = 'queued' and f."word" in ('refused', 'begun') then greatest(d.due_at, $4::timestamptz) else d.due_at end,
              attempts = d.attempts + case when f.state = 'queued' and f."word" is null then 0 else 1 end,
              settled_at = case f.state when 'queued' then null else $5::timestamptz end,
              locked_by = case f.state when 'uncertain' then d.locked_by end, lease_until = null
         from fate as f where d.id = f.id and d.person_id = f.person_id
       returning d.state, d.person_id as "personId", d.campaign_id as "campaignId"`,
    [replay.worker, JSON.stringify(words), replay.unmentioned, replay.retryAt, replay.now, replay.resend],
  );
  await announceEngagement(tx, moved.filter(({ state }) => state === 'sent'), replay.now);
  return moved.reduce((counts, { state }) => counts.set(state, (counts.get(state) ?? 0) + 1), new Map<string, number>());
}

/** Whether a worker holds claims whose lease has not passed. */
export async function holdsLease(db: Db, worker: string, now: Date): Promise<boolean> {
  const found = await rows(db, `select 1 from delivery as d where d.state = 'sending' and d.lease_until >= $2::timestamptz and d.locked_by = $1 limit 1`, [worker, now]);
  return found.length > 0;
}

/**
 * Claims of e-mail whose lease has passed, of workers whose journal is not at hand: nobody can say what the server got, so they become
 * `uncertain` and are never sent again.
 *
 * @param spare workers that are known to be alive, or whose journal will tell
 */
export async function expireLeases(tx: Db, spare: readonly string[], now: Date): Promise<number> {
  const expired = await rows(
    tx,
    `update delivery as d
        set state = 'uncertain', reason = 'PROVIDER_UNCERTAIN', detail = 'The sender vanished while it held this message.', attempts = d.attempts + 1, settled_at = $2::timestamptz, lease_until = null
      where d.state = 'sending' and d.channel = 'email' and d.lease_until < $2::timestamptz and not (d.locked_by = any($1::text[]))
     returning 1`,
    [spare, now],
  );
  return expired.length;
}
