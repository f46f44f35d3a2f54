import { exists, row, rows, type Db } from '../../../platform/database/db.js';
import { NOTICES } from '../../../people/domain/reserved-keys.js';
import { NIGHT } from '../../preferences/domain/consent.js';

/** The step of their deliveries. */
export const CONFIRMATION_STEP = 'consent_confirmation';

/** How long a consent lasts without word, and how long before its end the notice goes. */
export interface Term { now: Date; everyMonths: number; aheadDays: number }

const ADVERTISING = `(c.topic = '${NIGHT}' or exists (select from topic as t where t.key = c.topic and t.kind = 'marketing'))`;
/** The end of the term of what was agreed to then, brought forward to the day of the notice; the moment is a parameter. */
const endOf = (moment: string) => `($${moment}::timestamptz + make_interval(days => $3::int) - make_interval(months => $2::int))`;
const DUE = `c.state = 'subscribed' and c.confirmation_id is null and ${ADVERTISING}
  and coalesce(c.confirmed_at, c.at) <= ${endOf('1')}`;
const termOf = ({ now, everyMonths, aheadDays }: Term) => [now, everyMonths, aheadDays];

/** Whether a consent came into its term after `since`, and until now: a walk along the index over what is new alone. */
export const newlyDue = (db: Db, term: Term, since: Date): Promise<boolean> =>
  exists(db, `select from consent as c where ${DUE} and coalesce(c.confirmed_at, c.at) > ${endOf('4')}`, [...termOf(term), since]);

/** Whether a notice of this campaign ended after `since`. */
export const newlySent = (db: Db, campaignId: string, since: Date): Promise<boolean> =>
  exists(db, `select from delivery as d where d.campaign_id = $1 and d.channel = 'email' and d.attempts > 0 and d.settled_at > $2::timestamptz`, [campaignId, since]);

export interface DuePerson { personId: string; since: Date }

/** People whose oldest unconfirmed consent is due, the longest first; only those who have an address when `reachable`. */
export function duePeople(db: Db, term: Term, page: { limit: number; after: { at: string; id: string } | null; reachable: boolean }): Promise<DuePerson[]> {
  return rows<DuePerson>(db, `
    select d.person_id as "personId", d.since
      from (select c.person_id, min(coalesce(c.confirmed_at, c.at)) as since from consent as c where ${DUE} group by c.person_id) as d
      join person as p on p.id = d.person_id
     where (not $7::boolean or p.email is not null) and ($5::timestamptz is null or (d.since, d.person_id) > ($5::timestamptz, $6::uuid))
     order by d.since, d.person_id limit $4`, [...termOf(term), page.limit, page.after?.at ?? null, page.after?.id ?? null, page.reachable]);
}

export interface ConfirmationCounts { due: number; overdue: number; unreachable: number; queued: number; failed: number }

/** People by where their confirmation stands. */
export async function confirmationCounts(db: Db, term: Term): Promise<ConfirmationCounts> {
  const counted = await row<ConfirmationCounts>(db, `
    with due as (
      select c.person_id, bool_or(coalesce(c.confirmed_at, c.at) <= $1::timestamptz - make_interval(months => $2::int)) as overdue from consent as c where ${DUE} group by c.person_id),
    noticed as (
      select distinct c.person_id, d.state in ('queued', 'sending', 'sent', 'delivered') as waits from consent as c join delivery as d on d.id = c.confirmation_id and d.person_id = c.person_id where c.confirmation_id is not null)
    select count(*)::int as due, (count(*) filter (where due.overdue))::int as overdue, (count(*) filter (where p.email is null))::int as unreachable,
           (select (count(*) filter (where n.waits))::int from noticed as n) as queued, (select (count(*) filter (where not n.waits))::int from noticed as n) as failed
      from due join person as p on p.id = due.person_id`, termOf(term));
  return counted!;
}

export interface AgreedTo { personId: string; channel: string; topic: string; en: string; ko: string; at: Date; zone: string | null }

/** Everything advertising that these people agreed to. Holds the rows until commit, so that two workers do not tell one person twice. */
export function agreedTo(tx: Db, personIds: readonly string[]): Promise<AgreedTo[]> {
  return rows<AgreedTo>(tx, `
    select c.person_id as "personId", c.channel, c.topic, coalesce(t.name, 'Advertising at night') as en, coalesce(nullif(t.name_ko, ''), t.name, '야간 광고') as ko, c.at, p.time_zone as zone
      from consent as c join person as p on p.id = c.person_id left join topic as t on t.key = c.topic
     where c.person_id = any($1::uuid[]) and c.state = 'subscribed' and c.confirmation_id is null and ${ADVERTISING}
     order by c.person_id, c.channel, c.topic for update of c`, [personIds]);
}

export interface Notice { deliveryId: string; runId: string; personId: string; consents: object[] }

/** Keeps what each notice says as a run that is over (no campaign has it), and which consents it confirms. */
export async function keepNotices(tx: Db, notices: readonly Notice[], place: { campaignId: string; versionId: string }, now: Date): Promise<void> {
  const said = JSON.stringify(notices);
  await rows(tx, `
    insert into enrollment (id, person_id, campaign_id, version_id, state, entered_at, left_at, entry)
    select n."runId", n."personId", $2, $3, 'completed', $4::timestamptz, $4::timestamptz, jsonb_build_object('kind', 'notice', 'at', $4::timestamptz, 'properties', jsonb_build_object('consents', n."consents"))
      from jsonb_to_recordset($1::jsonb) as n ("runId" uuid, "personId" uuid, "consents" jsonb)`, [said, place.campaignId, place.versionId, now]);
  await rows(tx, `
    update consent as c set confirmation_id = n."deliveryId" from jsonb_to_recordset($1::jsonb) as n ("deliveryId" uuid, "personId" uuid)
     where c.person_id = n."personId" and c.state = 'subscribed' and c.confirmation_id is null and ${ADVERTISING}`, [said]);
}

/** Confirms the consents whose notice has gone, with proof; answers how many. */
export async function confirmSent(tx: Db, limit: number, now: Date): Promise<number> {
  const confirmed = await row<{ count: number }>(tx, `
    with gone as materialized (
      select c.person_id, c.channel, c.topic, d.id, d.sent_at from consent as c join delivery as d on d.id = c.confirmation_id and d.person_id = c.person_id
       where c.confirmation_id is not null and d.state in ('sent', 'delivered') limit $1 for update of c skip locked),
    marked as (
      update consent as c set confirmed_at = g.sent_at, confirmation_id = null from gone as g where c.person_id = g.person_id and c.channel = g.channel and c.topic = g.topic
      returning c.person_id, c.channel, c.topic, g.id, g.sent_at),
    proved as (
      insert into consent_proof (id, person_id, channel, topic, state, at, recorded_at, method, source, actor, delivery_id)
      select gen_random_uuid(), m.person_id, m.channel, m.topic, 'confirmation_sent', m.sent_at, $2::timestamptz, 'confirmation', 'consent_confirmation', 'system', m.id from marked as m returning 1)
    select count(*)::int as count from proved`, [limit, now]);
  return confirmed!.count;
}

/**
 * Gives survivors what the people who became part of them were told, and the notices on their way, so that nobody is told twice of
 * one consent. A later notice of either counts for both; a notice in the queue that then says nothing new is named for cancelling.
 *
 * @param sides ids of the merged people, and those of their survivors in the same order
 * @returns runs of the notices to cancel
 */
export async function carryConfirmations(tx: Db, sides: readonly [string[], string[]]): Promise<string[]> {
  await rows(tx, `
    with told as (
      select m.into_id, c.channel, c.topic, max(c.confirmed_at) as confirmed_at, max(coalesce(c.confirmed_at, c.at)) as fresh, (array_agg(d.id order by d.id) filter (where d.id is not null))[1] as pending
        from unnest($1::uuid[], $2::uuid[]) as m (from_id, into_id) join consent as c on c.person_id = m.from_id and c.state = 'subscribed'
        left join delivery as d on d.id = c.confirmation_id and d.state in ('queued', 'sending', 'sent', 'delivered')
       group by m.into_id, c.channel, c.topic)
    update consent as c
       set confirmed_at = case when t.confirmed_at > coalesce(c.confirmed_at, c.at) then t.confirmed_at else c.confirmed_at end,
           confirmation_id = case when t.pending is null and t.confirmed_at > coalesce(c.confirmed_at, c.at) then null
                                  when c.confirmation_id is null and c.confirmed_at > t.fresh then null
                                  else coalesce(c.confirmation_id, t.pending) end
      from told as t
     where c.person_id = t.into_id and c.channel = t.channel and c.topic = t.topic and c.state = 'subscribed'`, [...sides]);
  const needless = await rows<{ id: string }>(tx, `
    select d.enrollment_id as id from delivery as d
     where d.person_id = any($1::uuid[] || $2::uuid[]) and d.topic = '${NOTICES}' and d.step_id = '${CONFIRMATION_STEP}' and d.state = 'queued'
       and not exists (select from consent as c where c.confirmation_id = d.id and c.person_id = any($2::uuid[]))`, [...sides]);
  return needless.map(({ id }) => id);
}
