import { row, rows, type Db } from '../../../platform/database/db.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';
import { filters } from '../../store/events.store.js';
import { SPEAKER, type Feature } from './features.store.js';
import type { Speaker } from '../domain/telling.js';

/** What became of the telling of `feature_asker as a`: the delivery that came furthest, and when it left. Control arms get none. */
const TOLD = `
  left join lateral (
    select d.id, d.state, d.reason, case when d.state in ('sent', 'delivered', 'bounced', 'uncertain') and not d.is_control then coalesce(d.sent_at, d.settled_at, d.queued_at) end as left_at
      from delivery as d where d.person_id = a.person_id and d.campaign_id = a.told_by
     order by (d.state in ('sent', 'delivered', 'bounced', 'uncertain')) desc, d.sent_at nulls last, d.queued_at limit 1) as t on true
  left join lateral (
    select e.state as run from enrollment as e where e.person_id = a.person_id and e.campaign_id = a.told_by order by e.entered_at desc limit 1) as r on t.id is null`;

/** asked: nobody told them yet; coming: on its way; not_sent: a gate refused it, or it could not be sent; told: it has left. */
const STATE = `case when t.left_at is not null then 'told'
     when a.told_by is null then case when a.refused_by is not null then 'not_sent' else 'asked' end
     when t.state in ('queued', 'sending') or (t.id is null and r.run = 'active') then 'coming' else 'not_sent' end`;
const REASON = `case when t.left_at is not null then null when a.told_by is null then a.refused_code
     else coalesce(t.reason, (select c.code from decision as c where c.person_id = a.person_id and c.campaign_id = a.told_by order by c.at desc, c.id desc limit 1)) end`;
/** What machines did is nobody's look. */
const OPENED = `(select min(e.at) from delivery_event as e where t.left_at is not null and e.delivery_id = t.id and e.person_id = a.person_id and e.kind in ('open', 'click', 'impression', 'reply') and e.verdict <> 'machine')`;

/** When somebody told first used the feature, within its days; null where no event says so. */
function usedSql({ event, where, goalDays }: Pick<Feature, 'event' | 'where' | 'goalDays'>, zone: string, values: SqlValues): string {
  if (event === null) return 'null::timestamptz';
  return `(select min(e.occurred_at) from event as e
            where t.left_at is not null and e.person_id = a.person_id and e.name = ${values.bind(event, 'text')} and e.occurred_at >= t.left_at
              and e.occurred_at < t.left_at + make_interval(days => ${values.bind(goalDays, 'int')})${filters(where, zone, values)})`;
}

export interface FeatureCounts { asked: number; requests: number; told: number; coming: number; notSent: number; opened: number; used: number | null }

/** How many asked, were told, opened and used it. */
export async function countOutcomes(db: Db, feature: Pick<Feature, 'id' | 'event' | 'where' | 'goalDays'>, zone: string): Promise<FeatureCounts> {
  const values = new SqlValues();
  const id = values.bind(feature.id, 'uuid');
  const found = await row<FeatureCounts>(db, `
    select count(*)::int as asked, (select count(*)::int from feature_request as q where q.feature_id = ${id}) as requests,
           count(*) filter (where o.state = 'told')::int as told, count(*) filter (where o.state = 'coming')::int as coming, count(*) filter (where o.state = 'not_sent')::int as "notSent",
           count(o.opened)::int as opened, ${feature.event === null ? 'null::int' : 'count(o.used)::int'} as used
      from (select ${STATE} as state, ${OPENED} as opened, ${usedSql(feature, zone, values)} as used
              from feature_asker as a join person as p on p.id = a.person_id ${TOLD} where a.feature_id = ${id}) as o`, values.list);
  return found!;
}

export interface Quote { id: string; words: string | null; source: 'survey' | 'tag' | 'api' | 'hand'; askedAt: string }
export interface Outcome {
  personId: string; name: string | null; externalId: string | null; email: string | null; askedAt: Date; cursorAt: string; quotes: Quote[]; requests: number; takenBy: Speaker | null;
  state: 'asked' | 'coming' | 'not_sent' | 'told'; reason: string | null; toldAt: Date | null; openedAt: Date | null; usedAt: Date | null; campaignId: string | null;
}

const QUOTES = `
  coalesce((select jsonb_agg(jsonb_build_object('id', q.id, 'words', q.words, 'source', q.source, 'askedAt', q.asked_at) order by q.asked_at desc, q.id desc)
     from (select q.* from feature_request as q where q.person_id = a.person_id and q.feature_id = a.feature_id order by q.asked_at desc, q.id desc limit 5) as q), '[]') as quotes,
  (select count(*)::int from feature_request as q where q.person_id = a.person_id and q.feature_id = a.feature_id) as requests`;
const outcome = (feature: Pick<Feature, 'event' | 'where' | 'goalDays'>, zone: string, values: SqlValues) => `
  a.person_id as "personId", p.attributes ->> 'name' as name, p.external_id as "externalId", p.email, a.asked_at as "askedAt", a.asked_at::text as "cursorAt", ${QUOTES}, ${SPEAKER} as "takenBy",
  ${STATE} as state, ${REASON} as reason, t.left_at as "toldAt", ${OPENED} as "openedAt", ${usedSql(feature, zone, values)} as "usedAt", a.told_by as "campaignId"`;
const PEOPLE = `feature_asker as a join person as p on p.id = a.person_id left join app_user as u on u.id = a.taken_by ${TOLD}`;

/** Who asked, with what became of it; the last who asked first. `told`: only those whose message has left. */
export function listOutcomes(db: Db, feature: Feature, { told, after, limit }: { told?: boolean; after: { at: string; personId: string } | null; limit: number }, zone: string): Promise<Outcome[]> {
  const values = new SqlValues();
  const from = after ? ` and (a.asked_at, a.person_id) < (${values.bind(after.at, 'timestamptz')}, ${values.bind(after.personId, 'uuid')})` : '';
  return rows<Outcome>(db, `
    select ${outcome(feature, zone, values)} from ${PEOPLE}
     where a.feature_id = ${values.bind(feature.id, 'uuid')}${told ? ' and t.left_at is not null' : ''}${from} order by a.asked_at desc, a.person_id desc limit ${values.bind(limit, 'int')}`, values.list);
}

/** What one person asked of this feature, and what became of it. */
export async function outcomeOf(db: Db, feature: Feature, personId: string, zone: string): Promise<Outcome | null> {
  const values = new SqlValues();
  return row<Outcome>(db, `select ${outcome(feature, zone, values)} from ${PEOPLE} where a.feature_id = ${values.bind(feature.id, 'uuid')} and a.person_id = ${values.bind(personId, 'uuid')}`, values.list);
}

/** Keys of the features somebody asked for, the last asked first. */
export async function featuresAskedBy(db: Db, personId: string): Promise<string[]> {
  const found = await rows<{ key: string }>(db, `
    select f.key from feature_asker as a join feature as f on f.id = a.feature_id and f.archived_at is null where a.person_id = $1 order by a.asked_at desc, f.id limit 50`, [personId]);
  return found.map(({ key }) => key);
}

export interface RequestLine extends Omit<Quote, 'askedAt'> { askedAt: Date; cursorAt: string; personId: string; personName: string | null; externalId: string | null; email: string | null }

/** Every request as it was made, the last first. */
export const listRequests = (db: Db, featureId: string, { words, after, limit }: { words?: boolean; after: { at: string; id: string } | null; limit: number }): Promise<RequestLine[]> =>
  rows<RequestLine>(db, `
    select q.id, q.words, q.source, q.asked_at as "askedAt", q.asked_at::text as "cursorAt", q.person_id as "personId", p.attributes ->> 'name' as "personName", p.external_id as "externalId", p.email
      from feature_request as q join person as p on p.id = q.person_id
     where q.feature_id = $1 and (not $2::boolean or q.words is not null) and ($3::timestamptz is null or (q.asked_at, q.id) < ($3::timestamptz, $4::uuid))
     order by q.asked_at desc, q.id desc limit $5`, [featureId, words ?? false, after?.at ?? null, after?.id ?? null, limit]);
