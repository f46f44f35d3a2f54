import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose rows name their campaign and person, and what of a row changes numbers: other updates leave no mark. */
interface Marked { table: string; key: readonly string[]; counted: readonly string[] | null; only?: string }

const OF_PEOPLE: readonly Marked[] = [
  { table: 'assignment', key: [], counted: null },
  { table: 'enrollment', key: ['id'], counted: ['person_id', 'version_id', 'state', 'entered_at'] },
  { table: 'step_visit', key: ['enrollment_id', 'step_id'], counted: ['person_id', 'version_id', '(left_at is null)'] },
  // Refusals before each look again, and of what had its delivery already, count nowhere.
  { table: 'decision', key: [], counted: null, only: `where r.stage = 'entry' or (r.stage in ('step', 'exit') and r.next_check_at is null)` },
  { table: 'delivery', key: ['id'], counted: ['person_id', 'version_id', 'step_id', 'channel', 'variant', 'is_control', 'language', 'reason', `(case state when 'sending' then 'queued' else state end)`, 'sent_at'] },
];

const of = (row: string, columns: readonly string[]) => columns.map((column) => column.replaceAll(/\b(person_id|version_id|step_id|state|entered_at|left_at|channel|variant|is_control|language|reason|sent_at)\b/g, `${row}.$1`)).join(', ');

/** Results are sums over people: what a person has added, the sums, and marks of whose part has to be counted again. */
export class Rollups1763800000024 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Whose part of which campaign's numbers may have changed. Only ever appended to, in the transaction of the change, so that nobody waits.
      -- Without a campaign: all in which these people have a part, or of 'reads' only those whose goals read one of these things.
      create table result_mark (
        id bigint generated always as identity primary key,
        campaign_id uuid,
        person_ids uuid[] not null default '{}',
        delivery_ids uuid[] not null default '{}',
        reads text[],
        people int not null);
      create index result_mark_campaign on result_mark (campaign_id);

      -- One number of the results of a campaign. 'bucket': only what happened in these 15 minutes; null is the total.
      create table result_cell (
        id int generated always as identity primary key,
        campaign_id uuid not null,
        key uuid not null,
        measure text not null,
        version_id uuid,
        step_id text,
        experiment_id uuid,
        variant text,
        channel text,
        language text,
        detail text,
        further text,
        bucket timestamptz,
        count bigint not null,
        amount numeric,
        squares numeric,
        unique (campaign_id, key));
      create index result_cell_totals on result_cell (campaign_id) where bucket is null;

      -- What a person has added to the cells of a campaign. 'counts' null: one to each; 'amounts' null: none.
      create table result_person (
        campaign_id uuid not null,
        person_id uuid not null,
        cells int[] not null,
        counts int[],
        amounts numeric[],
        entered_at timestamptz,
        next_at timestamptz,
        primary key (campaign_id, person_id));
      create index result_person_person on result_person (person_id);
      create index result_person_due on result_person (next_at) where next_at is not null;
      create index result_person_entered on result_person (campaign_id, entered_at);

      -- What the goals of a version read: names of events, 'membership:ID', '$time_zone'.
      create table result_reads (
        version_id uuid primary key,
        campaign_id uuid not null,
        reads text[] not null);
      create index result_reads_campaign on result_reads (campaign_id);

      -- By which goals the people of a campaign are counted, and how far a recount by edited ones has come ('cursor' null: done).
      create table result_goals (
        campaign_id uuid primary key,
        digest text not null,
        cursor uuid,
        people_total int not null default 0,
        people_done int not null default 0,
        started_at timestamptz,
        check_from timestamptz not null);
      create index result_goals_check on result_goals (check_from);
      create index result_goals_going on result_goals (started_at) where cursor is not null;

      -- What became of comparing the sums of a campaign with a recount of its ledger; 'reached': the last person looked at, when there was
      -- no time for all.
      create table result_check (
        id uuid primary key,
        campaign_id uuid not null,
        at timestamptz not null,
        state text not null check (state in ('equal', 'repaired', 'unfinished')),
        people int not null,
        differences jsonb not null default '[]',
        repaired int not null default 0,
        milliseconds int not null,
        reached uuid);
      create index result_check_listed on result_check (at, id);
      create index result_check_campaign on result_check (campaign_id, at);

      -- Until when everything was worked off.
      create table result_state (
        id smallint primary key default 1 check (id = 1),
        worked_at timestamptz not null);

      create function result_mark_old() returns trigger language plpgsql as $$
      begin
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select n.campaign_id, n.person_id, (row_number() over (partition by n.campaign_id) - 1) / 2000 as part
                  from (select distinct r.campaign_id, r.person_id from old_rows as r) as n) as p
         group by p.campaign_id, p.part;
        return null;
      end $$;`);
    for (const { table, key, counted, only = '' } of OF_PEOPLE) {
      const changed = counted === null
        ? 'select n.campaign_id, n.person_id from new_rows as n union select o.campaign_id, o.person_id from old_rows as o'
        : `select distinct n.campaign_id, w.person_id from new_rows as n join old_rows as o on ${key.map((column) => `o.${column} = n.${column}`).join(' and ')}
                    cross join lateral (values (n.person_id), (o.person_id)) as w (person_id)
                   where (${of('n', counted)}) is distinct from (${of('o', counted)})`;
      await runner.query(`
      create function result_mark_new_${table}() returns trigger language plpgsql as $$
      begin
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select n.campaign_id, n.person_id, (row_number() over (partition by n.campaign_id) - 1) / 2000 as part
                  from (select distinct r.campaign_id, r.person_id from new_rows as r ${only}) as n) as p
         group by p.campaign_id, p.part;
        return null;
      end $$;
      create function result_mark_${table}() returns trigger language plpgsql as $$
      begin
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select c.campaign_id, c.person_id, (row_number() over (partition by c.campaign_id) - 1) / 2000 as part
                  from (${changed}) as c) as p
         group by p.campaign_id, p.part;
        return null;
      end $$;
      create trigger result_inserted after insert on ${table} referencing new table as new_rows for each statement execute function result_mark_new_${table}();
      create trigger result_updated after update on ${table} referencing old table as old_rows new table as new_rows for each statement execute function result_mark_${table}();
      create trigger result_deleted after delete on ${table} referencing old table as old_rows for each statement execute function result_mark_old();`);
    }
    await runner.query(`
      create function result_mark_reactions() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' then
          insert into result_mark (delivery_ids, people)
          select array_agg(p.delivery_id), count(*)
            from (select n.delivery_id, (row_number() over () - 1) / 2000 as part from (select distinct r.delivery_id from new_rows as r) as n) as p group by p.part;
        elsif tg_op = 'DELETE' then
          insert into result_mark (delivery_ids, people)
          select array_agg(p.delivery_id), count(*)
            from (select n.delivery_id, (row_number() over () - 1) / 2000 as part from (select distinct r.delivery_id from old_rows as r) as n) as p group by p.part;
        else
          insert into result_mark (delivery_ids, people)
          select array_agg(p.delivery_id), count(*)
            from (select c.delivery_id, (row_number() over () - 1) / 2000 as part
                    from (select distinct n.delivery_id from new_rows as n
                            join old_rows as o on o.delivery_id = n.delivery_id and o.kind = n.kind and o.event_key = n.event_key and o.at = n.at
                           where (n.person_id, n.verdict, n.data) is distinct from (o.person_id, o.verdict, o.data)) as c) as p
           group by p.part;
        end if;
        return null;
      end $$;
      create trigger result_inserted after insert on delivery_event referencing new table as new_rows for each statement execute function result_mark_reactions();
      create trigger result_updated after update on delivery_event referencing old table as old_rows new table as new_rows for each statement execute function result_mark_reactions();
      create trigger result_deleted after delete on delivery_event referencing old table as old_rows for each statement execute function result_mark_reactions();

      -- Whoever writes, moves or erases events of people announces it here in the same transaction. Which goals read them is asked
      -- later, when this is committed: a version that is being published meanwhile misses nothing.
      create function result_mark_news() returns trigger language plpgsql as $$
      begin
        insert into result_mark (person_ids, reads, people)
        select n.person_ids, case when n.kind = 'changed' then n.event_names || case when '$time_zone' = any(n.attribute_keys) then array['$time_zone'] else '{}' end end, cardinality(n.person_ids)
          from new_rows as n
         where n.kind <> 'changed' or cardinality(n.event_names) > 0 or '$time_zone' = any(n.attribute_keys);
        return null;
      end $$;
      create trigger result_inserted after insert on person_change referencing new table as new_rows for each statement execute function result_mark_news();

      -- Goals that are conditions are kept as segments of their campaigns.
      create function result_mark_flips() returns trigger language plpgsql as $$
      begin
        insert into result_mark (person_ids, reads, people)
        select array_agg(p.person_id), array['membership:' || p.segment_id], count(*)
          from (select n.segment_id, n.person_id, (row_number() over (partition by n.segment_id) - 1) / 2000 as part
                  from new_rows as n join segment as s on s.id = n.segment_id and s.purpose = 'campaign') as p
         group by p.segment_id, p.part;
        return null;
      end $$;
      create trigger result_inserted after insert on membership_change referencing new table as new_rows for each statement execute function result_mark_flips();

      create function result_reads_of(definition jsonb) returns text[] language sql immutable as $$
        select coalesce(array_agg(distinct r.name), '{}') from (
          select g -> 'event' ->> 'name' as name from jsonb_array_elements(definition -> 'goals') as g where g ? 'event'
          union select '$time_zone' from jsonb_array_elements(definition -> 'goals') as g where jsonb_array_length(coalesce(g -> 'event' -> 'where', '[]')) > 0
          union select 'membership:' || c.value from jsonb_each_text(coalesce(definition -> 'conditions', '{}')) as c where c.key like 'goal:%') as r $$;
      -- A mark of nobody: by which goals people are counted may have changed.
      create function result_mark_version() returns trigger language plpgsql as $$
      begin
        insert into result_reads (version_id, campaign_id, reads) select n.id, n.campaign_id, result_reads_of(n.definition) from new_rows as n;
        insert into result_mark (campaign_id, people) select n.campaign_id, 0 from new_rows as n;
        return null;
      end $$;
      create trigger result_inserted after insert on campaign_version referencing new table as new_rows for each statement execute function result_mark_version();

      -- What there is already is counted once.
      insert into result_reads (version_id, campaign_id, reads) select v.id, v.campaign_id, result_reads_of(v.definition) from campaign_version as v;
      insert into result_mark (campaign_id, person_ids, people)
      select p.campaign_id, array_agg(p.person_id), count(*)
        from (select a.campaign_id, a.person_id, (row_number() over (partition by a.campaign_id order by a.person_id) - 1) / 2000 as part
                from (select r.campaign_id, r.person_id from assignment as r union select r.campaign_id, r.person_id from enrollment as r
                      union select r.campaign_id, r.person_id from decision as r union select r.campaign_id, r.person_id from delivery as r) as a) as p
       group by p.campaign_id, p.part;`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
