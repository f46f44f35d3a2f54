import { row, rows, type Db } from '../../platform/database/db.js';

export interface SampleRun { run: string; state: 'making' | 'there' | 'removing'; done: number; total: number; anchor: Date; removed: string[]; requestedBy: string; requestedAt: Date }

const COLUMNS = `s.run, s.state, s.done, s.total, s.anchor, s.removed, s.requested_by as "requestedBy", s.requested_at as "requestedAt"`;

export const findSample = (db: Db): Promise<SampleRun | null> => row(db, `select ${COLUMNS} from sample_data as s`);

/** The samples that somebody works on, unless another process does: locked until the transaction ends. */
export const lockOpenSample = (tx: Db): Promise<SampleRun | null> => row(tx, `select ${COLUMNS} from sample_data as s where s.state <> 'there' for update skip locked`);

export const hasOpenSample = async (db: Db): Promise<boolean> => (await row(db, `select from sample_data as s where s.state <> 'there'`)) !== null;

/** Makes `done` people known; the last of them end the making. */
export async function advanceMaking(tx: Db, done: number): Promise<void> {
  await rows(tx, `update sample_data as s set done = $1, state = case when $1 >= s.total then 'there' else s.state end where s.state = 'making'`, [done]);
}

/** From now on they are removed, also when they were not all made yet. False: there are none, or they are being removed already. */
export async function beginRemoval(tx: Db, by: string, now: Date): Promise<boolean> {
  return (await row(tx, `update sample_data as s set state = 'removing', requested_by = $1, requested_at = $2::timestamptz where s.state <> 'removing' returning s.run`, [by, now])) !== null;
}

/** Those of the ids that somebody has now. */
export function samplePeople(db: Db, ids: readonly string[], limit: number): Promise<{ id: string }[]> {
  return rows(db, `select distinct i.person_id as id from person_identity as i where i.kind = 'user_id' and i.value = any($1::text[]) limit $2`, [ids, limit]);
}

export async function noteRemoved(tx: Db, ids: readonly string[]): Promise<void> {
  await rows(tx, `update sample_data as s set removed = s.removed || $1::uuid[], done = greatest(s.done - cardinality($1::uuid[]), 0)`, [ids]);
}

/** Whether a message to one of them is being handed over this moment. */
export const isSendingTo = async (db: Db, people: readonly string[]): Promise<boolean> =>
  (await row(db, `select from delivery as d where d.person_id = any($1::uuid[]) and d.state = 'sending' limit 1`, [people])) !== null;

/** What other modules keep of somebody, by the column that names them; each has an index that begins with it. */
const LEDGER = ['delivery_event', 'in_app_message', 'message_answer', 'display_claim', 'decision', 'assignment', 'launch_person', 'enrollment', 'delivery', 'segment_member', 'segment_build_member', 'mpp_recipient', 'person_news', 'erased_person', 'feature_request', 'feature_asker', 'outgoing_event'];

/**
 * Forgets what campaigns did to people who never were: their messages, reactions, runs, arms and decisions, which a real person's
 * erasure leaves as numbers. The rows deleted mark the results that rest on them, which are counted again.
 */
export async function forgetLedger(tx: Db, people: readonly string[], addresses: readonly string[]): Promise<void> {
  await rows(tx, `delete from webhook_attempt as a using delivery as d where d.person_id = any($1::uuid[]) and a.delivery_id = d.id`, [people]);
  await rows(tx, `delete from step_visit as v using enrollment as e where e.person_id = any($1::uuid[]) and v.enrollment_id = e.id and v.person_id = e.person_id`, [people]);
  await rows(tx, `delete from membership_change as m where m.segment_id in (select s.id from segment as s) and m.person_id = any($1::uuid[])`, [people]);
  for (const table of LEDGER) await rows(tx, `delete from ${table} as x where x.person_id = any($1::uuid[])`, [people]);
  await rows(tx, `delete from sandbox_mail as m where m.rcpt_to = any($1::text[])`, [addresses]);
}

/** Forgets that their messages were seen: another making has messages of other ids. */
export async function forgetReceipts(tx: Db, keys: readonly string[]): Promise<void> {
  await rows(tx, 'delete from event_receipt as r where r.message_key = any($1::uuid[])', [keys]);
}

export async function forgetSample(tx: Db): Promise<void> {
  await rows(tx, 'delete from sample_data');
}
