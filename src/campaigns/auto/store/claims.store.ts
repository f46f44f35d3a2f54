import type { ClaimedPerson } from '../../../delivery/sending/store/claims.store.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';
import type { InLine } from '../../domain/display-line.js';
import type { GivenArm } from '../../domain/steering.js';

/** First key of the advisory locks that let the claims and acks of one person take turns. */
const PERSON = 7_103;

export type ClaimState = 'waiting' | 'open' | 'shown' | 'back' | 'lapsed' | 'recalled';

/** Which arm a claim displays; `given` when the person had none before. */
export interface ClaimedArm { variant: string; isControl: boolean; given?: GivenArm; contentId: string | null; language: string | null }

/** A browser's permission to display one message until `leaseUntil`. */
export interface DisplayClaim {
  /** Made by the browser. */
  key: string;
  personId: string;
  campaignId: string;
  /** Null for an in-app message of another campaign, which has its delivery already. */
  versionId: string | null;
  deliveryId: string;
  kind: 'auto' | 'in_app';
  class: string;
  slot: string;
  priority: number;
  state: ClaimState;
  /** It holds one of the campaign's cap. */
  counted: boolean;
  arm: ClaimedArm | null;
  content: unknown;
  visit: string;
  url: string;
  /** Attention before the display as the browser measured it, in milliseconds; null when it did not say. */
  dwellMs: number | null;
  createdAt: Date;
  leaseUntil: Date;
}

const TURN = keepPlan('select pg_advisory_xact_lock($1, hashtext($2))');
const PERSON_ROW = keepPlan(`
  select p.external_id as "externalId", p.email, p.time_zone as "timeZone", p.language, p.attributes from person as p where p.id = $1 for key share`);

/** The person as templates see them, held against being merged or erased until commit; null when nobody has this id any more. */
export async function holdPerson(tx: Db, personId: string): Promise<ClaimedPerson | null> {
  await rows(tx, TURN, [PERSON, personId]);
  return row<ClaimedPerson>(tx, PERSON_ROW, [personId]);
}

/** Takes the same turns for several people, in one order. */
export async function takeTurns(tx: Db, personIds: readonly string[]): Promise<void> {
  for (const id of [...new Set(personIds)].toSorted()) await rows(tx, TURN, [PERSON, id]);
}

const COLUMNS = `c.key, c.person_id as "personId", c.campaign_id as "campaignId", c.version_id as "versionId", c.delivery_id as "deliveryId", c.kind, c.class, c.slot, c.priority, c.state,
  c.counted, c.arm, c.content, c.visit, c.url, c.dwell_ms as "dwellMs", c.created_at as "createdAt", c.lease_until as "leaseUntil"`;

const BY_KEY = keepPlan(`select ${COLUMNS} from display_claim as c where c.key = $1 for update`);

/** The claim with this key, locked. */
export const lockClaim = (tx: Db, key: string): Promise<DisplayClaim | null> => row(tx, BY_KEY, [key]);

const LINE = keepPlan(`
  select c.key, c.campaign_id as "campaignId", k.created_at as "campaignSince", c.delivery_id as "deliveryId", c.kind, c.class, c.slot, c.priority, c.state, c.lease_until as "leaseUntil"
    from display_claim as c join campaign as k on k.id = c.campaign_id
   where c.person_id = any($1::uuid[]) and c.state in ('open', 'waiting')`);

/** What these people have open, over but not taken back, and waiting. */
export const lineOf = (db: Db, personIds: readonly string[]): Promise<InLine[]> => rows(db, LINE, [personIds]);

const ADD = keepPlan(`
  insert into display_claim (key, person_id, campaign_id, version_id, delivery_id, kind, class, slot, priority, state, counted, arm, content, visit, url, created_at, lease_until, dwell_ms)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14, $15, $16::timestamptz, $17::timestamptz, $18)
  on conflict (key) do nothing returning 1`);

/** False when somebody has a claim with this key. */
export async function insertClaim(tx: Db, claim: DisplayClaim): Promise<boolean> {
  const { key, personId, campaignId, versionId, deliveryId, kind, slot, priority, state, counted, arm, content, visit, url, dwellMs, createdAt, leaseUntil } = claim;
  const added = await rows(tx, ADD, [
    key, personId, campaignId, versionId, deliveryId, kind, claim.class, slot, priority, state, counted, arm && JSON.stringify(arm), content === null ? null : JSON.stringify(content), visit, url, createdAt, leaseUntil, dwellMs]);
  return added.length === 1;
}

export async function dropClaims(tx: Db, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await rows(tx, 'delete from display_claim as c where c.key = any($1::uuid[])', [keys]);
}

const MOVE = keepPlan(`
  update display_claim as c set person_id = $2, state = $3, counted = $4, shown_at = case when $3 = 'shown' then coalesce(c.shown_at, $5::timestamptz) else c.shown_at end
   where c.key = $1`);

/** Moves a locked claim on; it belongs to this person from now on. */
export async function moveClaim(tx: Db, { key, personId, state, counted }: Pick<DisplayClaim, 'key' | 'personId' | 'state' | 'counted'>, now: Date): Promise<void> {
  await rows(tx, MOVE, [key, personId, state, counted, now]);
}

/** What the claims in `due` hold of caps goes back. */
const GIVEN_BACK = `
  given as (
    update display_tally as t set taken = t.taken - g.count
      from (select due.campaign_id, count(*) as count from due where due.counted group by due.campaign_id) as g where t.campaign_id = g.campaign_id)`;
const GIVE_BACK = `
  gone as (
    update display_claim as c set state = 'lapsed', counted = false from due where c.key = due.key), ${GIVEN_BACK}
  select count(*)::int as count from due`;

/** Takes back those of these leases that are over, of one person. */
export async function lapse(tx: Db, keys: readonly string[], now: Date): Promise<void> {
  if (keys.length === 0) return;
  await rows(tx, `
    with due as materialized (
      select c.key, c.campaign_id, c.counted from display_claim as c
       where c.key = any($1::uuid[]) and c.state = 'open' and c.lease_until <= $2::timestamptz order by c.key for update), ${GIVE_BACK}`, [keys, now]);
}

/** Takes back leases that are over, of one campaign or of all; those that somebody is just confirming are left to them. @returns how many */
export async function lapseOver(tx: Db, campaignId: string | null, limit: number, now: Date): Promise<number> {
  const done = await row<{ count: number }>(tx, `
    with due as materialized (
      select c.key, c.campaign_id, c.counted from display_claim as c
       where c.state = 'open' and c.lease_until <= $2::timestamptz and ($1::uuid is null or c.campaign_id = $1) order by c.lease_until limit $3 for update skip locked), ${GIVE_BACK}`, [campaignId, now, limit]);
  return done!.count;
}

/** Whether this in-app message was displayed in this visit. */
export async function shownInVisit(db: Db, deliveryId: string, visit: string): Promise<boolean> {
  return (await rows(db, `select 1 from display_claim as c where c.delivery_id = $1 and c.visit = $2 and c.state = 'shown' limit 1`, [deliveryId, visit])).length > 0;
}

/** Ends what is open and waiting of a stopped campaign. @returns whom to tell, and of which delivery */
export function recallClaims(tx: Db, scope: { campaignId: string } | { deliveryId: string }): Promise<{ personId: string; ref: string }[]> {
  const [column, value] = 'campaignId' in scope ? ['campaign_id', scope.campaignId] : ['delivery_id', scope.deliveryId];
  return rows(tx, `
    with due as materialized (
      select c.key, c.campaign_id, c.counted, c.person_id, c.delivery_id from display_claim as c where c.${column} = $1 and c.state in ('open', 'waiting') order by c.key for update),
    gone as (
      update display_claim as c set state = 'recalled', counted = false from due where c.key = due.key), ${GIVEN_BACK}
    select due.person_id as "personId", due.delivery_id as ref from due`, [value]);
}

const DAY_MS = 86_400_000;
/** What was displayed is answered and dismissed for weeks; the rest only has to outlive a browser that was offline. */
const KEPT_DAYS = { shown: 30, ended: 1 };

/** Removes claims that nobody will ask about any more; how many were granted and what became of them stays in `display_claim_past`. @returns how many */
export async function purgeClaims(tx: Db, limit: number, now: Date): Promise<number> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const gone = await row<{ count: number }>(tx, `
    with gone as (
      delete from display_claim as c where c.key in (
        (select o.key from display_claim as o where o.created_at < $1::timestamptz limit $3)
        union all
        (select o.key from display_claim as o where o.state in ('back', 'lapsed', 'recalled') and o.created_at < $2::timestamptz limit $3)
        union all
        (select o.key from display_claim as o where o.state = 'waiting' and o.lease_until <= $4::timestamptz limit $3))
      returning c.campaign_id, c.version_id, c.arm, c.state, c.kind, c.created_at),
    kept as (
      insert into display_claim_past as p (campaign_id, version_id, variant, is_control, state, hour, claims)
      select g.campaign_id, g.version_id, coalesce(g.arm ->> 'variant', ''), coalesce((g.arm ->> 'isControl')::boolean, false), g.state, date_trunc('hour', g.created_at), count(*)
        from gone as g where g.kind = 'auto' and g.state <> 'waiting' group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
      on conflict (campaign_id, hour, version_id, variant, is_control, state) do update set claims = p.claims + excluded.claims)
    select count(*)::int as count from gone`, [before(KEPT_DAYS.shown), before(KEPT_DAYS.ended), limit, now]);
  return gone!.count;
}

/** When the next lease ends. */
export async function nextLeaseEnd(db: Db): Promise<Date | null> {
  return (await row<{ at: Date | null }>(db, `select min(c.lease_until) as at from display_claim as c where c.state in ('open', 'waiting')`))!.at;
}
