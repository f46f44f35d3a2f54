import type { ReasonCode } from '../../../kernel/reason-codes.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import type { Asked, Speaker } from '../domain/telling.js';
import { SPEAKER } from './features.store.js';

/** What they said last; null where they only got a tag. */
const LAST_WORDS = `(select r.words from feature_request as r where r.person_id = a.person_id and r.feature_id = a.feature_id and r.words is not null order by r.asked_at desc, r.id desc limit 1)`;

export type Untold = Asked & { personId: string };

const ASKED = `a.person_id as "personId", a.asked_at as "askedAt", ${LAST_WORDS} as words, ${SPEAKER} as taker`;
const FROM = 'feature_asker as a join person as p on p.id = a.person_id left join app_user as u on u.id = a.taken_by';

/** A shipped feature whose campaign runs and who still has somebody to tell. */
export const featuresToTell = (db: Db): Promise<{ key: string; campaignId: string }[]> =>
  rows(db, `
    select f.key, f.campaign_id as "campaignId" from feature as f join campaign as c on c.id = f.campaign_id and c.state = 'active'
     where f.state = 'shipped' and f.archived_at is null
       and exists (select from feature_asker as a where a.feature_id = f.id and a.told_by is null and a.refused_by is null) order by f.id`);

/** Some of those who were not told, for this transaction; who is being merged or erased is left alone. */
export const takeUntold = (tx: Db, featureId: string, limit: number): Promise<Untold[]> =>
  rows<Untold>(tx, `
    select ${ASKED} from ${FROM} where a.feature_id = $1 and a.told_by is null and a.refused_by is null order by a.asked_at, a.person_id limit $2 for update of a skip locked`, [featureId, limit]);

/** One of those who asked as what a message to them may say: the one named, else the last who said something. */
export const someAsker = (db: Db, featureId: string, personId: string | null): Promise<(Untold & { name: string | null }) | null> =>
  row(db, `
    select ${ASKED}, p.attributes ->> 'name' as name from ${FROM}
     where a.feature_id = $1 and ($2::uuid is null or a.person_id = $2) order by ${LAST_WORDS} is null, p.email is null, a.asked_at desc, a.person_id limit 1`, [featureId, personId]);

/** Writes down whom a campaign took in: once, whoever comes first. @throws when somebody else told one of them */
export async function markTold(tx: Db, featureId: string, campaignId: string, personIds: readonly string[], now: Date): Promise<void> {
  const told = await rows(tx, `
    update feature_asker as a set told_by = $2, told_at = $4::timestamptz where a.feature_id = $1 and a.person_id = any($3::uuid[]) and a.told_by is null returning a.person_id`, [featureId, campaignId, personIds, now]);
  if (told.length !== personIds.length) throw new Error(`feature ${featureId}: ${personIds.length} people entered, ${told.length} were still to be told`);
}

export async function markRefused(tx: Db, featureId: string, campaignId: string, refused: readonly { personId: string; code: ReasonCode }[]): Promise<void> {
  if (refused.length === 0) return;
  await rows(tx, `
    update feature_asker as a set refused_by = $2, refused_code = r.code from unnest($3::uuid[], $4::text[]) as r (person_id, code)
     where a.feature_id = $1 and a.person_id = r.person_id`, [featureId, campaignId, refused.map(({ personId }) => personId), refused.map(({ code }) => code)]);
}

/**
 * Those whom an earlier shipping did not reach may be told by the next: its gates refused them, or it was taken back before their
 * message left. What left, whatever became of it, and what is under way stays told.
 */
export async function freeUnreached(tx: Db, featureId: string): Promise<void> {
  await rows(tx, `update feature_asker as a set refused_by = null, refused_code = null where a.feature_id = $1 and a.refused_by is not null`, [featureId]);
  await rows(tx, `
    update feature_asker as a set told_by = null, told_at = null
     where a.feature_id = $1 and a.told_by is not null
       and not exists (select from delivery as d where d.person_id = a.person_id and d.campaign_id = a.told_by and d.state not in ('cancelled', 'failed', 'recalled'))
       and not exists (select from enrollment as e where e.person_id = a.person_id and e.campaign_id = a.told_by and e.state = 'active')`, [featureId]);
}

/** How many would be told now, in whose name; `speaker` null: in nobody's. */
export const untoldBySpeaker = (db: Db, featureId: string): Promise<{ speaker: Speaker | null; people: number; withWords: number }[]> =>
  rows(db, `
    select coalesce(${SPEAKER}, o.owner) as speaker, count(*)::int as people, count(${LAST_WORDS})::int as "withWords"
      from ${FROM}
     cross join (select (select ${SPEAKER} from app_user as u where u.id = f.owner_id) as owner from feature as f where f.id = $1) as o
     where a.feature_id = $1 and (a.told_by is null or not exists (select from delivery as d where d.person_id = a.person_id and d.campaign_id = a.told_by and d.state not in ('cancelled', 'failed', 'recalled')))
     group by 1 order by 2 desc`, [featureId]);

/** How many people a campaign would tell now; null when it is no feature's. */
export async function countUntold(db: Db, campaignId: string): Promise<number | null> {
  const found = await row<{ count: number | null }>(db, `
    select case when f.feature_id is not null then (select count(*)::int from feature_asker as a where a.feature_id = f.feature_id and a.told_by is null) end as count from feature_campaign as f where f.campaign_id = $1`, [campaignId]);
  return found?.count ?? null;
}

/** Gives people to a colleague, or to nobody. @returns who of them asked */
export async function takeAskers(tx: Db, featureId: string, { people, by }: { people: readonly string[] | 'untaken'; by: string | null }, now: Date): Promise<string[]> {
  const taken = await rows<{ id: string }>(tx, `
    update feature_asker as a set taken_by = $2, taken_at = case when $2::uuid is null then null else $4::timestamptz end
     where a.feature_id = $1 and ${people === 'untaken' ? 'a.taken_by is null and $3::uuid[] is null' : 'a.person_id = any($3::uuid[])'} returning a.person_id as id`, [featureId, by, people === 'untaken' ? null : people, now]);
  return taken.map(({ id }) => id);
}
