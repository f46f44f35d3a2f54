import { rows, type Db } from '../../platform/database/db.js';

/** Somebody named from outside. */
export interface NamedPerson { index: number; personId?: string; externalId?: string }

/** Who is meant, by index; who was merged is their survivor, and unknown people are absent. */
export async function namedPeople(db: Db, named: readonly NamedPerson[]): Promise<Map<number, string>> {
  const found = await rows<{ index: number; personId: string }>(db, `
    select g.index, coalesce(p.id, m.into_id, i.person_id) as "personId"
      from unnest($1::int[], $2::uuid[], $3::text[]) as g (index, person_id, external_id)
      left join person as p on p.id = g.person_id
      left join person_merge as m on m.from_id = g.person_id and p.id is null
      left join person_identity as i on i.kind = 'user_id' and i.value = g.external_id
     where coalesce(p.id, m.into_id, i.person_id) is not null`, [named.map(({ index }) => index), named.map(({ personId }) => personId ?? null), named.map(({ externalId }) => externalId ?? null)]);
  return new Map(found.map(({ index, personId }) => [index, personId]));
}

export interface EntryRequest { personId: string; requestId: string }
export const requestKey = ({ personId, requestId }: EntryRequest): string => `${personId} ${requestId}`;

/** Notes requests; answers the keys of those that are new. */
export async function noteRequests(tx: Db, campaignId: string, requests: readonly EntryRequest[], now: Date): Promise<Set<string>> {
  if (requests.length === 0) return new Set();
  const fresh = await rows<EntryRequest>(tx, `
    insert into entry_request (person_id, campaign_id, request_id, at)
    select r.person_id, $1, r.request_id, $4::timestamptz from unnest($2::uuid[], $3::text[]) as r (person_id, request_id)
    on conflict (person_id, campaign_id, request_id) do nothing
    returning person_id as "personId", request_id as "requestId"`, [campaignId, requests.map(({ personId }) => personId), requests.map(({ requestId }) => requestId), now]);
  return new Set(fresh.map(requestKey));
}
