import { addressHash } from '../../delivery/preferences/domain/address.js';
import { writeConsents, type PersonConsent } from '../../delivery/preferences/store/preferences.store.js';
import { carryConfirmations } from '../../delivery/rules/store/confirmations.store.js';
import { cancelPending } from '../../delivery/sending/store/deliveries.store.js';
import { recallInApp } from '../../delivery/inbox/store/inbox.store.js';
import { announceEngagement, type Engaged } from '../../people/store/change.store.js';
import { rows, type Db } from '../../platform/database/db.js';
import { takeTurns } from '../auto/store/claims.store.js';
import type { SettledChange } from '../domain/settled.js';

const PAIRS = 'unnest($1::uuid[], $2::uuid[]) as m (from_id, into_id)';

/** A person that became part of another. */
export interface Merged { from: string; into: string }

/**
 * Active runs of merged people that their survivors cannot take over: the survivor is in the campaign now, or was and may
 * not enter again. And runs of either that tell of a feature which another campaign has told one of them of.
 */
export function runsInTheWay(tx: Db, merges: readonly Merged[]): Promise<{ id: string; into: string }[]> {
  return rows(tx, `
    select e.id, m.into_id as "into"
      from ${PAIRS}
      join enrollment as e on e.person_id = m.from_id and e.state = 'active'
      join campaign_version as v on v.id = e.version_id
     where exists (
       select from enrollment as own
        where own.person_id = m.into_id and own.campaign_id = e.campaign_id
          and case when v.definition -> 'reentry' ->> 'policy' = 'concurrent_by_key' then own.state = 'active' and own.entry_key = e.entry_key
                   else own.state = 'active' or coalesce(v.definition -> 'reentry' ->> 'policy', 'never') = 'never' end)
    union
    select e.id, m.into_id
      from ${PAIRS}
      join enrollment as e on e.person_id in (m.from_id, m.into_id) and e.state = 'active'
      join feature_campaign as f on f.campaign_id = e.campaign_id
      join feature_asker as a on a.person_id = m.into_id and a.feature_id = f.feature_id and a.told_by <> e.campaign_id
     order by id`, sides(merges));
}

/**
 * Moves what campaigns hold of merged people to their survivors. One person has one assignment of an experiment: the
 * survivor's own stays.
 */
const MOVES = [
  // By their runs, which are found by person: no index of the visits begins with one, and most merged people have none.
  `update step_visit as v set person_id = m.into_id from ${PAIRS} join enrollment as e on e.person_id = m.from_id where v.enrollment_id = e.id and v.person_id = e.person_id`,
  `update enrollment as e set person_id = m.into_id from ${PAIRS} where e.person_id = m.from_id`,
  // An arm given by hand goes with its assignment.
  `delete from experiment_override as o using ${PAIRS}
    where o.person_id = m.from_id and exists (select from assignment as own where own.person_id = m.into_id and own.experiment_id = o.experiment_id)`,
  `update experiment_override as o set person_id = m.into_id from ${PAIRS} where o.person_id = m.from_id`,
  `insert into draft_override (campaign_id, step_id, person_id, variant, set_by, set_at)
   select distinct on (o.campaign_id, o.step_id, m.into_id) o.campaign_id, o.step_id, m.into_id, o.variant, o.set_by, o.set_at from ${PAIRS} join draft_override as o on o.person_id = m.from_id order by o.campaign_id, o.step_id, m.into_id, o.set_at desc on conflict do nothing`,
  `insert into canary_person (person_id, added_by, added_at) select distinct on (m.into_id) m.into_id, k.added_by, k.added_at from ${PAIRS} join canary_person as k on k.person_id = m.from_id order by m.into_id, k.added_at on conflict do nothing`,
  `insert into canary_check (campaign_id, person_id, expected, expected_by)
   select distinct on (c.campaign_id, m.into_id) c.campaign_id, m.into_id, c.expected, c.expected_by from ${PAIRS} join canary_check as c on c.person_id = m.from_id order by c.campaign_id, m.into_id, c.expected = 'observe' on conflict do nothing`,
  ...['canary_note', 'canary_check', 'canary_person', 'draft_override'].map((table) => `delete from ${table} as c using ${PAIRS} where c.person_id = m.from_id`),
  `delete from assignment as a using ${PAIRS}
    where a.person_id = m.from_id and exists (select from assignment as own where own.person_id = m.into_id and own.experiment_id = a.experiment_id)`,
  `update assignment as a set person_id = m.into_id from ${PAIRS} where a.person_id = m.from_id`,
  // One side of a holdout a person, by the same rule.
  `delete from holdout_person as h using ${PAIRS}
    where h.person_id = m.from_id and exists (select from holdout_person as own where own.person_id = m.into_id and own.holdout_id = h.holdout_id)`,
  `update holdout_person as h set person_id = m.into_id from ${PAIRS} where h.person_id = m.from_id`,
  // Frozen for the rest of a test: once, whoever of them was.
  `insert into launch_person (launch_id, person_id) select distinct f.launch_id, m.into_id from ${PAIRS} join launch_person as f on f.person_id = m.from_id on conflict do nothing`,
  `delete from launch_person as f using ${PAIRS} where f.person_id = m.from_id`,
  `insert into entry_request (person_id, campaign_id, request_id, at) select m.into_id, r.campaign_id, r.request_id, r.at from ${PAIRS} join entry_request as r on r.person_id = m.from_id on conflict do nothing`,
  `delete from entry_request as r using ${PAIRS} where r.person_id = m.from_id`,
  // Before its delivery, as everybody who reports what was done with a message.
  `update in_app_message as i set person_id = m.into_id from ${PAIRS} where i.person_id = m.from_id`,
  `update delivery as d set person_id = m.into_id from ${PAIRS} where d.person_id = m.from_id`,
  `update delivery_event as e set person_id = m.into_id from ${PAIRS} where e.person_id = m.from_id`,
  `delete from consent as c using ${PAIRS} where c.person_id = m.from_id`,
  `insert into consent_request select (r).* from (select jsonb_populate_record(o, jsonb_build_object('person_id', m.into_id)) as r from ${PAIRS} join consent_request as o on o.person_id = m.from_id) as moved on conflict do nothing`,
  `delete from consent_request as r using ${PAIRS} where r.person_id = m.from_id`,
  `delete from person_preference as r using ${PAIRS} where r.person_id = m.from_id`,
  `insert into mpp_recipient as r (person_id, first_at, last_at)
   select m.into_id, min(old.first_at), max(old.last_at) from ${PAIRS} join mpp_recipient as old on old.person_id = m.from_id group by m.into_id
   on conflict (person_id) do update set first_at = least(r.first_at, excluded.first_at), last_at = greatest(r.last_at, excluded.last_at)`,
  `delete from mpp_recipient as r using ${PAIRS} where r.person_id = m.from_id`,
  `update consent_proof as p set person_id = m.into_id, from_id = coalesce(p.from_id, m.from_id) from ${PAIRS} where p.person_id = m.from_id`,
  `update decision as d set person_id = m.into_id from ${PAIRS} where d.person_id = m.from_id`,
  `update message_answer as a set person_id = m.into_id from ${PAIRS} where a.person_id = m.from_id`,
  `update outgoing_event as o set person_id = m.into_id from ${PAIRS} where o.person_id = m.from_id`,
  `update outgoing_note as n set person_id = m.into_id from ${PAIRS} where n.person_id = m.from_id`,
  // One lease a person and class: the survivor's own stays, else the last one; what the others held of a cap goes back.
  `with leased as (
     select c.key, c.campaign_id, c.counted, row_number() over (partition by m.into_id, c.class order by c.person_id = m.into_id desc, c.lease_until desc) as place
       from (select m.into_id, m.from_id as id from ${PAIRS} union select m.into_id, m.into_id from ${PAIRS}) as m
       join display_claim as c on c.person_id = m.id and c.state = 'open'),
   ended as (
     update display_claim as c set state = 'lapsed', counted = false from leased where leased.place > 1 and c.key = leased.key)
   update display_tally as t set taken = t.taken - g.count
     from (select l.campaign_id, count(*) as count from leased as l where l.place > 1 and l.counted group by l.campaign_id) as g where t.campaign_id = g.campaign_id`,
  `update display_claim as c set person_id = m.into_id from ${PAIRS} where c.person_id = m.from_id`,
];

/** The survivors were judged when the people merged; what comes to them here may change the answer again. */
export async function moveToSurvivors(tx: Db, merges: readonly Merged[], now: Date): Promise<void> {
  // Waits for opens and clicks that are being written, and lets later ones see whose the deliveries are then (record_engagement).
  await rows(tx, 'select pg_advisory_xact_lock(7305006)');
  // Waits for claims of displays that are being decided.
  await takeTurns(tx, merges.map(({ into }) => into));
  const moving = await campaignsOf(tx, merges);
  for (const move of MOVES) await rows(tx, move, sides(merges));
  await announceEngagement(tx, moving, now);
}

/** The survivors and the campaigns that had to do with those who became part of them. */
function campaignsOf(tx: Db, merges: readonly Merged[]): Promise<Engaged[]> {
  return rows<Engaged>(tx, `
    select m.into_id as "personId", d.campaign_id as "campaignId" from ${PAIRS} join delivery as d on d.person_id = m.from_id
    union
    select m.into_id, a.campaign_id from ${PAIRS} join assignment as a on a.person_id = m.from_id
    union
    select m.into_id, c.campaign_id from ${PAIRS} join decision as c on c.person_id = m.from_id`, sides(merges));
}

/** How seldom each choice lets us write; the larger wins. */
const SELDOM = (frequency: string) => `array_position(array['all', 'weekly', 'monthly'], ${frequency})`;

/**
 * Gives survivors the subscriptions of those who became part of them, and announces what is new to them. The strictest wins: whoever
 * said no once is not written to, and whoever asked for less e-mail gets less.
 */
export async function carryConsent(tx: Db, merges: readonly Merged[], now: Date): Promise<void> {
  // Notices that are being queued for them are seen or wait (agreedTo).
  await rows(tx, `select from consent as c where c.person_id = any($1::uuid[] || $2::uuid[]) order by c.person_id, c.channel, c.topic for update`, sides(merges));
  await rows(tx, `
    insert into person_preference as r (person_id, email_frequency, updated_at, source)
    select distinct on (m.into_id) m.into_id, old.email_frequency, old.updated_at, old.source
      from ${PAIRS} join person_preference as old on old.person_id = m.from_id
     order by m.into_id, ${SELDOM('old.email_frequency')} desc, old.updated_at desc
    on conflict (person_id) do update set email_frequency = excluded.email_frequency, updated_at = excluded.updated_at, source = excluded.source
     where ${SELDOM('excluded.email_frequency')} > ${SELDOM('r.email_frequency')}`, sides(merges));
  const carried = await rows<PersonConsent>(tx, `
    select distinct on (m.into_id, c.channel, c.topic) m.into_id as "personId", c.channel, c.topic, c.state, c.at, c.source
      from ${PAIRS} join consent as c on c.person_id = m.from_id
     order by m.into_id, c.channel, c.topic, c.state = 'unsubscribed' desc, c.at desc`, sides(merges));
  await writeConsents(tx, carried, { now, source: 'merge', method: 'merge', actor: 'system' }, { strictest: true });
  await cancelPending(tx, { enrollmentIds: await carryConfirmations(tx, sides(merges)) }, 'PERSON_MERGED', now);
}

const sides = (merges: readonly Merged[]): [string[], string[]] => [merges.map((merge) => merge.from), merges.map((merge) => merge.into)];

/** Active runs of people in any campaign, locked in one order. */
export async function activeRunsOf(tx: Db, personIds: readonly string[]): Promise<string[]> {
  const found = await rows<{ id: string }>(tx, `
    select e.id from enrollment as e where e.person_id = any($1::uuid[]) and e.state = 'active' order by e.id for update`, [personIds]);
  return found.map(({ id }) => id);
}

const WORDLESS = `(select coalesce(jsonb_agg(n.notice || '{"recipient": null, "diagnostic": ""}' order by n.place), '[]') from jsonb_array_elements(e.notices) with ordinality as n (notice, place))`;

/** Where an erased person's messages went, and what the test mailbox kept of them, is gone before the deliveries forget the address. */
const FORGETS = [
  ...['canary_note', 'canary_check', 'canary_person', 'experiment_override', 'draft_override'].map((table) => `delete from ${table} as c where c.person_id = any($1::uuid[])`),
  'delete from simulation_person as s where s.person_id = any($1::uuid[])',
  'delete from entry_request as r where r.person_id = any($1::uuid[])',
  'delete from launch_person as f where f.person_id = any($1::uuid[])',
  'delete from in_app_message as i where i.person_id = any($1::uuid[])',
  'delete from message_answer as a where a.person_id = any($1::uuid[])',
  'delete from outgoing_note as n where n.person_id = any($1::uuid[])',
  'delete from outgoing_event as o where o.person_id = any($1::uuid[])',
  // A lease that counts is taken back when it is over; then nothing of it is left to be known.
  `update display_claim as c set content = null, url = '', visit = '00000000-0000-0000-0000-000000000000', state = case when c.state = 'waiting' then 'recalled' else c.state end where c.person_id = any($1::uuid[])`,
  `delete from sandbox_mail as s
    where lower(s.rcpt_to) in (select lower(d.address) from delivery as d where d.person_id = any($1::uuid[]) and d.address is not null)`,
  // What came back about them: that it came stays, in no words. What nobody understood yet is found by the address it names.
  `update inbound_event as e set body = '', envelope = null, notices = ${WORDLESS}
    where e.state <> 'pending' and e.delivery_ids && (select coalesce(array_agg(d.id), '{}') from delivery as d where d.person_id = any($1::uuid[]))`,
  `update inbound_event as e set body = '', envelope = null, notices = ${WORDLESS}, state = 'ignored', detail = 'The person was erased.'
    where e.state in ('review', 'failed') and exists (
      select from jsonb_array_elements(e.notices) as n (notice) join delivery as d on d.person_id = any($1::uuid[]) and lower(d.address) = lower(n.notice ->> 'recipient'))`,
  // Words that somebody sent us by themselves, from an address we wrote to.
  `with own as materialized (select distinct lower(d.address) as address from delivery as d where d.person_id = any($1::uuid[]) and d.address <> '')
   update inbound_event as e set body = '', envelope = null, notices = ${WORDLESS}
    where e.state <> 'pending' and octet_length(e.body) > 0 and exists (select from own as o where strpos(lower(encode(e.body, 'escape')), o.address) > 0)`,
  'update delivery as d set address = null, detail = null, gate_facts = null where d.person_id = any($1::uuid[]) and (d.address is not null or d.detail is not null or d.gate_facts is not null)',
  `update delivery_event as e set evidence = '{}' where e.person_id = any($1::uuid[]) and e.evidence <> '{}'`,
  `update webhook_attempt as w set response = '', error = null from delivery as d where d.person_id = any($1::uuid[]) and w.delivery_id = d.id and (w.response <> '' or w.error is not null)`,
  'delete from consent as c where c.person_id = any($1::uuid[])',
  'delete from consent_request as r where r.person_id = any($1::uuid[])',
  'delete from person_preference as r where r.person_id = any($1::uuid[])',
  'delete from mpp_recipient as r where r.person_id = any($1::uuid[])',
  // That and when they agreed or refused stays as proof; what they agreed to only as a hash (docs/decisions/proof-after-erasure.md).
  `update consent_proof as p set source = 'erased', network = null, user_agent = null, wording = 'sha256:' || encode(sha256(convert_to(p.wording, 'UTF8')), 'hex')
    where p.person_id = any($1::uuid[]) and p.source <> 'erased'`,
];

/**
 * Forgets what erased people's runs, decisions and messages say of them; that they happened stays, so that totals keep adding
 * up. Doing it again changes nothing.
 */
export async function forgetDetails(tx: Db, personIds: readonly string[], now: Date): Promise<void> {
  await recallInApp(tx, { personIds }, 'PERSON_DELETED', now);
  await rows(tx, `update enrollment as e set entry_key = '', entry = jsonb_build_object('kind', e.entry ->> 'kind', 'at', e.entry ->> 'at') where e.person_id = any($1::uuid[]) and e.entry ?| array['properties', 'visit', 'key']`, [personIds]);
  // That nothing is sent there stays, by the hash; what a server or a colleague said of it may name them.
  const written = await rows<{ address: string }>(tx, 'select distinct d.address from delivery as d where d.person_id = any($1::uuid[]) and d.address is not null', [personIds]);
  await rows(tx, `update suppression as s set detail = '' where s.address_hash = any($1::text[]) and s.detail <> ''`, [written.map(({ address }) => addressHash(address))]);
  for (const forget of FORGETS) await rows(tx, forget, [personIds]);
}

/** Of whom a sender holds a message right now. */
export async function heldByDispatch(tx: Db, personIds: readonly string[]): Promise<Set<string>> {
  const found = await rows<{ id: string }>(tx, `select distinct d.person_id as id from delivery as d where d.person_id = any($1::uuid[]) and d.state = 'sending'`, [personIds]);
  return new Set(found.map(({ id }) => id));
}

/** Puts the news of a merge back at the end of the queue. */
export async function postpone(tx: Db, change: SettledChange, now: Date): Promise<void> {
  await rows(tx, `insert into settled_change (kind, at, person_ids, merged_into) values ($1, $2::timestamptz, $3::uuid[], $4)`, [change.kind, now, change.personIds, change.mergedInto]);
}
