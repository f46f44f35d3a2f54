import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the whole vocabulary of segments needs: lists, history of merges, calendars, readers of change, and indexes in order of (instant, person). */
export class SegmentVocabulary1763800000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A quarter of everybody in an order that has nothing to do with them: its beginning is a random sample of any size.
      create index person_sample on person (substring(uuid_send(id) from 12)) where get_byte(uuid_send(id), 15) < 64;
      drop index person_date_at;
      create index person_date_at on person_date (key, at, person_id);
      drop index person_signed_up;
      drop index person_first_seen;
      drop index person_last_seen;
      create index person_signed_up on person (signed_up_at, id) where signed_up_at is not null;
      create index person_first_seen on person (first_seen_at, id);
      create index person_last_seen on person (last_seen_at, id);
      drop index segment_member_person;
      create index segment_member_person on segment_member (person_id, segment_id);

      create table list (
        id uuid primary key,
        name text not null,
        description text not null default '',
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        archived_at timestamptz);
      create unique index list_name on list (lower(name)) where archived_at is null;

      create table list_member (
        list_id uuid not null,
        person_id uuid not null,
        added_at timestamptz not null,
        primary key (list_id, person_id));
      create index list_member_person on list_member (person_id);

      alter table event add column from_id uuid;
      comment on column event.from_id is 'the merged person who did this before the two were known to be one';
      alter table person_change add column other_keys text[] not null default '{}';
      comment on column person_change.other_keys is 'what else changed: list:ID, consent:CHANNEL:TOPIC, campaign (any), campaign:ID, membership:SEGMENT';

      create table change_reader (key text primary key);
      comment on table change_reader is 'kinds of change that are announced only because somebody reads them; none is ever taken back';

      -- Tells of a campaign's dealings with people, if anybody reads that (people/store/change.store.ts). A volatile function
      -- looks anew at each statement: whoever waited here for a reader that was about to begin finds its row.
      create function announce_engagement(at timestamptz, people uuid[], campaigns uuid[]) returns boolean language plpgsql volatile as $$
      begin
        if cardinality(people) = 0 then return false; end if;
        perform pg_advisory_xact_lock_shared(7305003);
        if not exists (select from change_reader as r where r.key = 'campaign') then return false; end if;
        insert into person_change (kind, at, person_ids, other_keys)
        values ('changed', at, array(select distinct p.id from unnest(people) as p (id)), array['campaign'] || array(select distinct 'campaign:' || c.id from unnest(campaigns) as c (id)));
        return true;
      end $$;`);
    await runner.query(`
      alter table segment
        add column last_revision int not null default 1,
        add column member_count int not null default 0,
        add column time_zone text,
        add column evaluated_person uuid,
        add column stalled_at timestamptz,
        add column stalls int not null default 0;
      comment on column segment.evaluated_person is 'at the instant evaluated_to, boundaries were followed for people up to this one; null: for everybody';
      comment on column segment.stalled_at is 'since when the definition cannot be evaluated and the membership is not kept true; a build that succeeds ends it';
      comment on column segment.last_revision is 'the highest ever given to an edit, cancelled ones included: no number stands for two edits';
      comment on column segment.stalls is 'how often in a row this revision stalled: each time the next build waits longer';
      alter table segment_build
        add column renews boolean not null default false,
        add column evaluated_person uuid,
        add column time_zone text;
      update segment as s set member_count = (select count(*) from segment_member as m where m.segment_id = s.id),
        last_revision = greatest(s.revision, (select b.revision from segment_build as b where b.segment_id = s.id));

      drop function segment_day(timestamptz, text, text);
      -- A zone that this server does not know is that of the workspace.
      create function segment_zone(zone text, fallback text) returns text language plpgsql stable parallel safe as $$
      begin
        perform now() at time zone zone;
        return coalesce(zone, fallback);
      exception when invalid_parameter_value then return fallback;
      end $$;
      create function segment_local(instant timestamptz, zone text, fallback text) returns timestamp language plpgsql stable parallel safe as $$
      begin
        return instant at time zone coalesce(zone, fallback);
      exception when invalid_parameter_value then return instant at time zone fallback;
      end $$;

      -- The first anniversary of a day from another day on: in a later year than its own, that of 29 February on 28 February where there is none.
      create function segment_anniversary(of_day date, from_day date) returns date language plpgsql immutable parallel safe as $$
      declare
        years int := greatest(extract(year from from_day)::int - extract(year from of_day)::int, 1);
        found date := of_day + make_interval(years => years);
      begin
        if found < from_day then found := of_day + make_interval(years => years + 1); end if;
        return found;
      end $$;
      create function segment_month_day(day timestamp) returns int language sql immutable parallel safe return extract(month from day)::int * 100 + extract(day from day)::int;
      -- The days of the year (in UTC) on which dates can lie whose anniversary is on a day, wherever that is.
      create function segment_month_days(day date) returns int[] language sql immutable parallel safe return
        array[segment_month_day((day - 1)::timestamp), segment_month_day(day::timestamp), segment_month_day((day + 1)::timestamp)]
          || case when segment_month_day(day::timestamp) in (228, 229, 301) then array[228, 229] else array[]::int[] end;
      create index person_date_month_day on person_date (key, segment_month_day(at at time zone 'UTC'));
      create index person_time_zone on person (time_zone);

      -- When the clocks of a zone change between two moments: by halves, to the second.
      create function segment_zone_change(zone text, after timestamptz, up_to timestamptz) returns timestamptz language plpgsql stable parallel safe as $$
      declare
        before interval := (after at time zone zone) - (after at time zone 'UTC');
        middle timestamptz;
      begin
        after := date_trunc('second', after);
        up_to := date_trunc('second', up_to) + interval '1 second';
        while up_to - after > interval '1 second' loop
          middle := date_trunc('second', after + (up_to - after) / 2);
          if (middle at time zone zone) - (middle at time zone 'UTC') = before then after := middle; else up_to := middle; end if;
        end loop;
        return up_to;
      end $$;
      -- The moments in (after, up_to] at which the calendar of a zone turns to another day, and the day that begins (or ends, where a clock is set back over midnight).
      create function segment_day_starts(zone text, after timestamptz, up_to timestamptz) returns table (at timestamptz, day date) language plpgsql stable parallel safe rows 1 as $$
      begin
        -- Nearly always no day begins: that must cost nothing.
        if up_to <= after or (up_to - after < interval '12 hours' and (after at time zone zone)::date = (up_to at time zone zone)::date
           and (after at time zone zone) - (after at time zone 'UTC') = (up_to at time zone zone) - (up_to at time zone 'UTC')) then return; end if;
        return query
          with mark as materialized (
            select m.at, lead(m.at) over (order by m.at) as next, (m.at at time zone zone) - (m.at at time zone 'UTC') as ahead
              from generate_series(after - interval '1 day', up_to + interval '36 hours', interval '12 hours') as m (at)),
          candidate as (
            select (d.day - a.ahead) at time zone 'UTC' as at
              from generate_series((after at time zone zone)::date - 1, (up_to at time zone zone)::date + 1, interval '1 day') as d (day) cross join (select distinct m.ahead from mark as m) as a
            union
            select segment_zone_change(zone, m.at, m.next) from mark as m where (m.next at time zone zone) - (m.next at time zone 'UTC') <> m.ahead)
          select c.at, least(t.old, t.new) + s.step
            from candidate as c
            cross join lateral (select ((c.at - interval '1 microsecond') at time zone zone)::date as old, (c.at at time zone zone)::date as new) as t
            cross join lateral generate_series(1, abs(t.new - t.old)) as s (step)
           where c.at > after and c.at <= up_to;
      end $$;

      create index assignment_control on assignment (campaign_id, assigned_at) where is_control;
      create index decision_holdout on decision (campaign_id, at) where code = 'HOLDOUT';
      -- "Received within 30 days": an e-mail when the server took it, an in-app message when it was first seen.
      create index delivery_received on delivery (campaign_id, (case when channel = 'in_app' then settled_at else sent_at end))
        where not is_control and (state = 'delivered' or (channel = 'email' and state = 'sent'));
      create index delivery_event_human on delivery_event (kind, at) where verdict = 'human' and kind in ('open', 'click');
      create index consent_topic on consent (channel, topic, state);`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
