import { exists, row, rows, type Db } from '../../../platform/database/db.js';

export type SourceDeliveryState = 'waiting' | 'taken' | 'ignored' | 'failed';
export interface SourceProblem { path: string; message: string }

/** A body as it came, and what was made of it. */
export interface SourceDelivery {
  id: string;
  sourceId: string;
  topic: string;
  headers: Record<string, string>;
  body: unknown;
  receivedAt: Date;
  state: SourceDeliveryState;
  messages: number;
  rules: string[];
  problems: SourceProblem[];
  readAt: Date | null;
}

const WITHOUT_BODY = `d.id, d.source_id as "sourceId", d.topic, d.received_at as "receivedAt", d.state, d.messages, d.rules, d.problems, d.read_at as "readAt"`;
const SELECT = `select ${WITHOUT_BODY}, d.headers, d.body from source_delivery as d`;
/** Bodies that one statement forgets. */
const CHUNK = 1_000;

export type NewSourceDelivery = Pick<SourceDelivery, 'id' | 'sourceId' | 'topic' | 'headers' | 'receivedAt'> & { dedupe: string | null; /** JSON */ body: string };

/** Keeps a body that is waiting to be read; false when it was here already. The source is marked as heard, at most once a minute. */
export async function fileSourceDelivery(db: Db, { id, sourceId, dedupe, topic, headers, body, receivedAt }: NewSourceDelivery): Promise<boolean> {
  const found = await row(db, `
    with heard as (update source as s set last_at = $7::timestamptz where s.id = $2 and (s.last_at is null or s.last_at < $7::timestamptz - interval '1 minute'))
    insert into source_delivery (id, source_id, dedupe, topic, headers, body, received_at, state) values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7::timestamptz, 'waiting')
    on conflict (source_id, dedupe) where dedupe is not null do nothing returning 1`, [id, sourceId, dedupe, topic, JSON.stringify(headers), body, receivedAt]);
  return found !== null;
}

export const anyWaiting = (db: Db): Promise<boolean> => exists(db, `select from source_delivery as d where d.state = 'waiting'`);

/** The oldest that wait to be read, locked. */
export function claimSourceDeliveries(tx: Db, limit: number): Promise<SourceDelivery[]> {
  return rows<SourceDelivery>(tx, `${SELECT} where d.state = 'waiting' order by d.received_at, d.id limit $1 for update skip locked`, [limit]);
}

export interface SourceOutcome { state: Exclude<SourceDeliveryState, 'waiting'>; messages: number; rules: string[]; problems: SourceProblem[]; handles: string[]; readAt: Date }

export async function settleSourceDelivery(tx: Db, id: string, { state, messages, rules, problems, handles, readAt }: SourceOutcome): Promise<void> {
  await rows(tx, 'update source_delivery as d set state = $2, messages = $3, rules = $4::text[], problems = $5::jsonb, handles = $6::text[], read_at = $7::timestamptz where d.id = $1', [id, state, messages, rules, JSON.stringify(problems), handles, readAt]);
}

/** Newest first, after the cursor of a page before; without bodies. */
export function listSourceDeliveries(db: Db, sourceId: string, { state, limit, after }: { state: SourceDeliveryState | null; limit: number; after: { at: string; id: string } | null }): Promise<Omit<SourceDelivery, 'headers' | 'body'>[]> {
  return rows(db, `
    select ${WITHOUT_BODY} from source_delivery as d
     where d.source_id = $1 and ($2::text is null or d.state = $2) and ($3::timestamptz is null or (d.received_at, d.id) < ($3::timestamptz, $4::uuid))
     order by d.received_at desc, d.id desc limit $5`, [sourceId, state, after?.at ?? null, after?.id ?? null, limit]);
}

export const loadSourceDelivery = (db: Db, sourceId: string, id: string): Promise<SourceDelivery | null> => row<SourceDelivery>(db, `${SELECT} where d.source_id = $1 and d.id = $2`, [sourceId, id]);

/** Reads a body again with the mapping of now. @returns false when it waits already or is gone */
export async function readAgain(db: Db, sourceId: string, id: string): Promise<boolean> {
  return (await row(db, `update source_delivery as d set state = 'waiting' where d.source_id = $1 and d.id = $2 and d.state <> 'waiting' returning 1`, [sourceId, id])) !== null;
}

/** Forgets a bounded number of bodies that came before. @returns how many went */
export async function purgeSourceDeliveries(db: Db, before: Date): Promise<number> {
  return (await rows(db, `
    delete from source_delivery as d
     where d.id in (select old.id from source_delivery as old where old.received_at < $1::timestamptz order by old.received_at limit ${CHUNK} for update skip locked)
    returning 1`, [before])).length;
}

/** Whom an address means: ids under which exactly one person with this address is known. Addresses in lower case. */
export function identitiesOfEmails(db: Db, emails: readonly string[]): Promise<{ email: string; people: number; kind: 'user_id' | 'anonymous_id' | null; value: string | null }[]> {
  return rows(db, `
    select w.email, count(distinct p.id)::int as people, (array_agg(i.kind order by i.kind desc, i.value))[1] as kind, (array_agg(i.value order by i.kind desc, i.value))[1] as value
      from unnest($1::text[]) as w (email) join person as p on lower(p.email) = w.email left join person_identity as i on i.person_id = p.id
     group by w.email`, [emails]);
}
