import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people choose about e-mail as a whole, who reads through Apple's proxy, networks of scanners, and verdicts made anew. */
export class TrackingTables1763800000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- At most one marketing e-mail a week or a month, as the person chose; no row is 'all'.
      create table person_preference (
        person_id uuid primary key,
        email_frequency text not null check (email_frequency in ('all', 'weekly', 'monthly')),
        updated_at timestamptz not null,
        source text not null);

      -- People whose messages Apple's proxy has loaded: what looks like an open of theirs says nothing.
      create table mpp_recipient (
        person_id uuid primary key,
        first_at timestamptz not null,
        last_at timestamptz not null);

      create table scanner_network (
        network cidr primary key,
        note text not null default '',
        added_at timestamptz not null);

      create table verdict_review (
        id uuid primary key,
        from_at timestamptz not null,
        until_at timestamptz not null,
        state text not null check (state in ('waiting', 'done')),
        reached_at timestamptz not null,
        reached_delivery uuid,
        examined bigint not null default 0,
        changed bigint not null default 0,
        requested_at timestamptz not null,
        finished_at timestamptz,
        check (from_at < until_at));
      create index verdict_review_waiting on verdict_review (requested_at, id) where state = 'waiting';
      create index verdict_review_listed on verdict_review (requested_at, id);

      -- 'honeypot': the link that no person can see was followed.
      alter table delivery_event drop constraint delivery_event_kind_check;
      alter table delivery_event add constraint delivery_event_kind_check
        check (kind in ('open', 'click', 'honeypot', 'unsubscribe', 'bounce', 'complaint', 'impression', 'dismiss', 'reply'));
      -- Clicks from one address within seconds, whichever process took them. The address is a keyed hash that changes daily.
      create index delivery_event_address on delivery_event ((evidence ->> 'address'), at) where kind = 'click' and evidence ? 'address';
      create index delivery_event_honeypot on delivery_event (at) where kind = 'honeypot';
      -- Reviews read opens and clicks in order of time.
      create index delivery_event_tracked on delivery_event (at, delivery_id) where kind in ('open', 'click');

      -- Appends what people did with deliveries to whoever has them now. Merges of people hold this lock alone while they move deliveries
      -- and events; a statement that begins after the lock sees what they did, so no event is left with somebody who is gone. A batch
      -- with a hit on a hidden link holds it alone too: nothing of its message is being written beside it, unseen.
      -- Answers which deliveries and addresses have to be looked at again because of what came together with these hits. 'whole': this
      -- statement is the whole transaction; when there is something to look at again, nothing is kept and the answer is null.
      create function record_engagement(events json, touched uuid[], clicked uuid[], engaged uuid[], addresses text[], first_at timestamptz, last_at timestamptz, alone boolean, whole boolean)
        returns jsonb language plpgsql as $$
      declare
        announced boolean := false;
        suspects uuid[];
        crowded text[];
      begin
        if alone then perform pg_advisory_xact_lock(7305006); else perform pg_advisory_xact_lock_shared(7305006); end if;
        insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, evidence, data)
        select d.id, d.person_id, e.kind, e.event_key, e.at, e.verdict, e.evidence, e.data
          from json_to_recordset(events) as e (delivery_id uuid, kind text, event_key text, at timestamptz, verdict text, evidence jsonb, data jsonb)
          join delivery as d on d.id = e.delivery_id;
        -- announce_engagement asks the same; whose the deliveries are is looked up only when somebody wants to know.
        perform pg_advisory_xact_lock_shared(7305003);
        if cardinality(engaged) > 0 and exists (select from change_reader as r where r.key = 'campaign') then
          announced := announce_engagement(last_at, array(select d.person_id from delivery as d where d.id = any(engaged)), array(select distinct d.campaign_id from delivery as d where d.id = any(engaged)));
        end if;
        suspects := array(
          select e.delivery_id from delivery_event as e
           where e.delivery_id = any(clicked) and e.kind = 'click' and e.at >= first_at - interval '2 seconds' and e.at <= last_at + interval '2 seconds'
           group by e.delivery_id having count(*) >= 3 and count(distinct e.data -> 'link') >= 3
          union
          select h.delivery_id from delivery_event as h
           where h.kind = 'honeypot' and h.at >= first_at - interval '60 seconds' and h.at <= last_at + interval '60 seconds' and h.delivery_id = any(touched));
        crowded := array(
          select a.address from unnest(addresses) as a (address)
           where (select count(distinct c.delivery_id) from (
             select e.delivery_id from delivery_event as e
              where e.kind = 'click' and e.evidence ? 'address' and e.evidence ->> 'address' = a.address and e.at > last_at - interval '10 seconds' and e.at <= last_at limit 1000) as c) >= 10);
        if whole and (cardinality(suspects) > 0 or cardinality(crowded) > 0) then raise sqlstate 'DN001'; end if;
        return jsonb_build_object('announced', announced, 'suspects', suspects, 'crowded', crowded);
      exception when sqlstate 'DN001' then return null;
      end $$;`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
