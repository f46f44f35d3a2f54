import { row, rows, type Db } from '../../../platform/database/db.js';
import type { RequestSigns, Verdict } from '../domain/classify.js';
import type { Judged, Tracked } from '../domain/together.js';

/** Signs of a request as they are kept: what is as usual is left out. */
export interface Evidence {
  reasons: string[];
  userAgent: string;
  network: string;
  address?: string;
  sinceSent: number | null;
  method?: string;
  prefetch?: true;
  noLanguage?: true;
  /** The listed network it came from, as the list was then. */
  scanner?: string;
}

export interface NewEngagement {
  deliveryId: string;
  kind: Tracked['kind'];
  eventKey: string;
  at: Date;
  verdict: Verdict;
  evidence: Evidence;
  data: object;
}

/** What came together with a batch: messages with a burst or a hit on the hidden link, addresses that follow links of many. */
export interface LookAgain { announced: boolean; suspects: string[]; crowded: string[] }

/**
 * Appends opens, clicks and hits to whoever has the deliveries now; those of unknown deliveries are left out. Keys of
 * events are new, and the events ordered by time.
 *
 * @param addresses whose clicks on links of many messages are not known to this process already
 * @param whole     that `db` is no transaction: the events are committed with this one statement
 * @returns null when `whole` and something has to be looked at again: then nothing was recorded, do it in a transaction
 */
export async function recordEngagement(db: Db, events: readonly NewEngagement[], addresses: readonly string[], whole: boolean): Promise<LookAgain | null> {
  const json = JSON.stringify(events.map(({ deliveryId, kind, eventKey, at, verdict, evidence, data }) => ({ delivery_id: deliveryId, kind, event_key: eventKey, at, verdict, evidence, data })));
  const ids = (of: (event: NewEngagement) => boolean) => [...new Set(events.filter(of).map(({ deliveryId }) => deliveryId))];
  const answered = await row<{ found: LookAgain | null }>(db, 'select record_engagement($1::json, $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz, $7::timestamptz, $8::boolean, $9::boolean) as found', [
    json, ids(() => true), ids(({ kind }) => kind === 'click'), ids(({ kind, verdict }) => kind !== 'honeypot' && verdict === 'human'), addresses,
    events[0]!.at, events.at(-1)!.at, events.some(({ kind }) => kind === 'honeypot'), whole,
  ]);
  return answered!.found;
}

/** When the mail server took a message, and since when until when Apple's proxy was seen to load mail of its person. */
export interface SentDelivery { id: string; personId: string; sentAt: Date | null; mppFirst: Date | null; mppLast: Date | null }

export function loadSent(db: Db, deliveryIds: readonly string[]): Promise<SentDelivery[]> {
  return rows<SentDelivery>(db, `
    select d.id, d.person_id as "personId", d.sent_at as "sentAt", r.first_at as "mppFirst", r.last_at as "mppLast"
      from delivery as d left join mpp_recipient as r on r.person_id = d.person_id
     where d.id = any($1::uuid[])`, [deliveryIds]);
}

/** Remembers that Apple's proxy loads the mail of whoever has these deliveries. */
export async function markMppRecipients(tx: Db, deliveryIds: readonly string[], at: Date): Promise<void> {
  await rows(tx, `
    insert into mpp_recipient as r (person_id, first_at, last_at)
    select distinct d.person_id, $2::timestamptz, $2::timestamptz from delivery as d where d.id = any($1::uuid[]) order by d.person_id
    on conflict (person_id) do update set first_at = least(r.first_at, excluded.first_at), last_at = greatest(r.last_at, excluded.last_at)`, [deliveryIds, at]);
}

const TRACKED = `e.delivery_id as "deliveryId", e.person_id as "personId", e.kind, e.event_key as "eventKey", (extract(epoch from e.at) * 1000)::float8 as at,
  coalesce((e.data ->> 'link')::int, -1) as link, e.verdict, e.evidence`;

/** Opens, clicks and hits of these deliveries in `[from, until]`, without those whose signs are gone (in-app, erased). */
export async function loadTracked(tx: Db, deliveryIds: readonly string[], from: Date, until: Date): Promise<Tracked[]> {
  const found = await rows<TrackedRow>(tx, `
    select ${TRACKED} from delivery_event as e
     where e.delivery_id = any($1::uuid[]) and e.kind in ('open', 'click', 'honeypot') and e.at >= $2::timestamptz and e.at <= $3::timestamptz and e.evidence ? 'userAgent'
     order by e.at, e.event_key`, [deliveryIds, from, until]);
  return found.map(trackedOf);
}

/** Clicks from these addresses in `[from, until]`, at most so many: one address can not make us read without end. */
export async function loadClicksFrom(tx: Db, addresses: readonly string[], from: Date, until: Date): Promise<Tracked[]> {
  const found = await rows<TrackedRow>(tx, `
    select ${TRACKED} from delivery_event as e
     where e.kind = 'click' and e.evidence ? 'address' and e.evidence ->> 'address' = any($1::text[]) and e.at >= $2::timestamptz and e.at <= $3::timestamptz
     order by e.at desc, e.event_key limit 20000`, [addresses, from, until]);
  return found.map(trackedOf);
}

interface TrackedRow extends Omit<Tracked, 'signs' | 'network' | 'address' | 'reasons'> { evidence: Evidence }

function trackedOf({ evidence, ...event }: TrackedRow): Tracked {
  const { reasons, userAgent, network, address = null, sinceSent } = evidence;
  return { ...event, network, address, reasons, signs: { userAgent, sinceSent, ...kept(evidence) } };
}

/** Before there were raw signs only the reasons told of them. */
function kept({ reasons, method, prefetch, noLanguage, scanner }: Evidence): Pick<RequestSigns, 'method' | 'prefetch' | 'acceptLanguage' | 'scanner'> {
  return {
    method: method ?? (reasons.includes('method') ? 'HEAD' : 'GET'), prefetch: prefetch ?? reasons.includes('prefetch'),
    acceptLanguage: !(noLanguage ?? reasons.includes('no-language')), scanner: scanner ?? null,
  };
}

/**
 * Gives recorded opens and clicks other verdicts and reasons.
 *
 * @returns whose the deliveries are now, of those changes that make somebody an opener or clicker, or no longer one
 */
export function relabel(tx: Db, changes: readonly Judged[]): Promise<{ personId: string; campaignId: string }[]> {
  const events = changes.map(({ event }) => event);
  return rows(tx, `
    with changed as (
      update delivery_event as e
         set verdict = c.verdict, evidence = jsonb_set(e.evidence, '{reasons}', c.reasons::jsonb)
        from unnest($1::uuid[], $2::text[], $3::text[], $4::float8[], $5::text[], $6::text[], $7::text[]) as c (delivery_id, kind, event_key, at, before, verdict, reasons)
       where e.delivery_id = c.delivery_id and e.kind = c.kind and e.event_key = c.event_key and e.at = to_timestamp(c.at / 1000) and e.evidence ? 'userAgent'
      returning e.delivery_id, e.person_id, c.before, c.verdict)
    select distinct c.person_id as "personId", d.campaign_id as "campaignId"
      from changed as c join delivery as d on d.id = c.delivery_id
     where (c.before = 'human') <> (c.verdict = 'human')`, [
    events.map((event) => event.deliveryId), events.map((event) => event.kind), events.map((event) => event.eventKey), events.map((event) => event.at), events.map((event) => event.verdict),
    changes.map(({ classified }) => classified.verdict), changes.map(({ classified }) => JSON.stringify(classified.reasons)),
  ]);
}
