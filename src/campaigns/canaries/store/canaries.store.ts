import { newId } from '../../../kernel/ids.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import type { Sentence } from '../../domain/sentences.js';
import type { CanaryAnswer, CanaryNoteKind, Expectation } from '../../domain/canary.js';

const PERSON = `k.person_id as "personId", p.external_id as "externalId", p.email, coalesce(p.attributes ->> 'name', nullif(concat_ws(' ', p.attributes ->> 'firstName', p.attributes ->> 'lastName'), '')) as name`;

interface Named { personId: string; externalId: string | null; email: string | null; name: string | null }

export interface Canary extends Named { addedBy: string; addedAt: Date; /** Campaigns in which they were asked about. */ checked: number; /** Open notes nobody has acknowledged. */ notes: number }

/** All of them; there are few. */
export const listCanaries = (db: Db): Promise<Canary[]> => rows(db, `
  select ${PERSON}, k.added_by as "addedBy", k.added_at as "addedAt",
         (select count(*)::int from canary_check as c join campaign as a on a.id = c.campaign_id and a.state = 'active' where c.person_id = k.person_id and c.checked_at is not null) as checked,
         (select count(*)::int from canary_note as n where n.person_id = k.person_id and n.closed_at is null and n.acknowledged_at is null) as notes
    from canary_person as k join person as p on p.id = k.person_id order by k.added_at, k.person_id`);

/** Whether it was not one before. The rows of all are locked, so that their number is known until commit. */
export async function insertCanary(tx: Db, personId: string, by: string, { now, most }: { now: Date; most: number }): Promise<'added' | 'known' | 'too-many'> {
  await rows(tx, 'lock table canary_person in share row exclusive mode');
  if (await row(tx, 'select 1 from canary_person as k where k.person_id = $1', [personId])) return 'known';
  const { count } = (await row<{ count: number }>(tx, 'select count(*)::int as count from canary_person as k'))!;
  if (count >= most) return 'too-many';
  await rows(tx, 'insert into canary_person (person_id, added_by, added_at) values ($1, $2, $3::timestamptz)', [personId, by, now]);
  return 'added';
}

/** Forgets a canary with what was asked about them. @returns whether it was one */
export async function deleteCanary(tx: Db, personId: string): Promise<boolean> {
  const gone = await rows(tx, 'delete from canary_person as k where k.person_id = $1 returning 1', [personId]);
  await rows(tx, 'delete from canary_note as n where n.person_id = $1', [personId]);
  await rows(tx, 'delete from canary_check as c where c.person_id = $1', [personId]);
  return gone.length > 0;
}

/** A canary and a live campaign whose turn it is. */
export interface DueCheck { campaignId: string; personId: string; checkedAt: Date | null }

/** Whom to ask about now, those never asked about first: every canary in every campaign that is live and assigns people itself. */
export const dueChecks = (db: Db, before: Date, limit: number): Promise<DueCheck[]> => rows(db, `
  select a.id as "campaignId", k.person_id as "personId", c.checked_at as "checkedAt"
    from canary_person as k
    join campaign as a on a.state = 'active' and a.current_version_id is not null
    left join canary_check as c on c.campaign_id = a.id and c.person_id = k.person_id
   where c.checked_at is null or c.checked_at <= $1::timestamptz
   order by c.checked_at nulls first, a.id, k.person_id limit $2`, [before, limit]);

export interface CheckState { expected: Expectation; verdict: CanaryAnswer['verdict'] | null; code: string | null; checkedAt: Date | null }

/** The row of one canary in one campaign, locked; made when there is none. Null: the person is no canary any more, or the campaign is gone. */
export async function lockCheck(tx: Db, { campaignId, personId }: Pick<DueCheck, 'campaignId' | 'personId'>): Promise<CheckState | null> {
  await rows(tx, `
    insert into canary_check (campaign_id, person_id) select a.id, k.person_id from canary_person as k join campaign as a on a.id = $1 where k.person_id = $2 on conflict do nothing`, [campaignId, personId]);
  return row(tx, `select c.expected, c.verdict, c.code, c.checked_at as "checkedAt" from canary_check as c where c.campaign_id = $1 and c.person_id = $2 for update`, [campaignId, personId]);
}

/** Keeps an answer; null: it could not be had this time, and what was known stays. */
export async function keepAnswer(tx: Db, { campaignId, personId }: Pick<DueCheck, 'campaignId' | 'personId'>, answer: (CanaryAnswer & { said: Sentence; isNews: boolean }) | null, now: Date): Promise<void> {
  await rows(tx, `
    update canary_check as c set checked_at = $3::timestamptz, verdict = coalesce($4, c.verdict), code = case when $4::text is null then c.code else $5 end, said = coalesce($6::jsonb, c.said),
           changed_at = case when $7::boolean then $3::timestamptz else c.changed_at end
     where c.campaign_id = $1 and c.person_id = $2`, [campaignId, personId, now, answer?.verdict ?? null, answer?.code ?? null, answer ? JSON.stringify(answer.said) : null, answer?.isNews ?? false]);
}

export async function setExpectation(tx: Db, { campaignId, personId, expected, by }: { campaignId: string; personId: string; expected: Expectation; by: string }): Promise<void> {
  await rows(tx, 'update canary_check as c set expected = $3, expected_by = $4 where c.campaign_id = $1 and c.person_id = $2', [campaignId, personId, expected, by]);
}

export interface OpenNote { id: string; kind: CanaryNoteKind; wasVerdict: CanaryAnswer['verdict'] | null; wasCode: string | null; acknowledgedAt: Date | null }

export const openNoteOf = (db: Db, campaignId: string, personId: string): Promise<OpenNote | null> => row(db, `
  select n.id, n.kind, n.was_verdict as "wasVerdict", n.was_code as "wasCode", n.acknowledged_at as "acknowledgedAt" from canary_note as n where n.campaign_id = $1 and n.person_id = $2 and n.closed_at is null`, [campaignId, personId]);

export async function insertNote(tx: Db, note: { campaignId: string; personId: string; kind: CanaryNoteKind; expected: Expectation; was: CanaryAnswer | null; is: CanaryAnswer }, now: Date): Promise<void> {
  await rows(tx, `
    insert into canary_note (id, campaign_id, person_id, kind, expected, was_verdict, was_code, verdict, code, opened_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::timestamptz)`,
  [newId(), note.campaignId, note.personId, note.kind, note.expected, note.was?.verdict ?? null, note.was?.code ?? null, note.is.verdict, note.is.code, now]);
}

export const updateNote = (tx: Db, id: string, is: CanaryAnswer): Promise<unknown> => rows(tx, 'update canary_note as n set verdict = $2, code = $3 where n.id = $1', [id, is.verdict, is.code]);

export const closeNote = (tx: Db, id: string, now: Date): Promise<unknown> => rows(tx, 'update canary_note as n set closed_at = $2::timestamptz where n.id = $1', [id, now]);

/** Says that somebody has seen it; what only changed is over with that. */
export const acknowledgeNote = (tx: Db, id: string, by: string, now: Date): Promise<{ campaignId: string; personId: string; kind: CanaryNoteKind } | null> => row(tx, `
  update canary_note as n set acknowledged_by = $2, acknowledged_at = $3::timestamptz, closed_at = case when n.kind = 'changed' then $3::timestamptz end
   where n.id = $1 and n.closed_at is null returning n.campaign_id as "campaignId", n.person_id as "personId", n.kind`, [id, by, now]);

export interface CanaryCheck extends Named, CheckState {
  campaignId: string; campaignName: string; said: Sentence | null; changedAt: Date | null;
  note: { id: string; kind: CanaryNoteKind; wasVerdict: CanaryAnswer['verdict'] | null; wasCode: string | null; openedAt: string; acknowledgedAt: string | null } | null;
}

export interface ChecksQuery { personId: string | null; campaignId: string | null; noted: boolean; after: { campaignId: string; personId: string } | null; limit: number }

/** What is known of canaries in live campaigns, by campaign and person. @param noted only those with an open note */
export const listChecks = (db: Db, { personId, campaignId, noted, after, limit }: ChecksQuery): Promise<CanaryCheck[]> => rows(db, `
  select a.id as "campaignId", a.name as "campaignName", ${PERSON}, coalesce(c.expected, 'observe') as expected, c.verdict, c.code, c.said, c.checked_at as "checkedAt", c.changed_at as "changedAt",
         case when n.id is not null then jsonb_build_object('id', n.id, 'kind', n.kind, 'wasVerdict', n.was_verdict, 'wasCode', n.was_code, 'openedAt', to_json(n.opened_at), 'acknowledgedAt', to_json(n.acknowledged_at)) end as note
    from canary_person as k join person as p on p.id = k.person_id join campaign as a on a.state = 'active' and a.current_version_id is not null
    left join canary_check as c on c.campaign_id = a.id and c.person_id = k.person_id
    left join canary_note as n on n.campaign_id = a.id and n.person_id = k.person_id and n.closed_at is null
   where ($1::uuid is null or k.person_id = $1) and ($2::uuid is null or a.id = $2) and (not $3::boolean or n.id is not null) and ($4::uuid is null or (a.id, k.person_id) > ($4::uuid, $5::uuid))
   order by a.id, k.person_id limit $6`, [personId, campaignId, noted, after?.campaignId ?? null, after?.personId ?? null, limit]);
