import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refusals that are told to other systems: those of the person's own, not of the campaign's rules. */
const REFUSALS = `('NO_CONSENT', 'TOPIC_UNSUBSCRIBED', 'NIGHT_CONSENT_MISSING', 'CHANNEL_UNREACHABLE', 'SUPPRESSED_BOUNCE', 'SUPPRESSED_COMPLAINT', 'SUPPRESSED_MANUAL', 'DUPLICATE_ADDRESS', 'CAP_DROPPED', 'EXPIRED', 'RENDER_ERROR', 'RENDER_MISSING_VAR', 'LANGUAGE_MISSING')`;

/**
 * What becomes of messages, told to other systems. Statement triggers note it in the transaction of the change, and only while
 * somebody listens; a worker makes events of the notes and posts them. An endpoint may be switched off for failing too long.
 */
export class OutgoingEvents1763800000072 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table event_subscription (
        endpoint_id uuid primary key references webhook_endpoint on delete cascade,
        format text not null check (format in ('danbi', 'segment')),
        kinds text[] not null,
        -- Null: all of them.
        campaign_ids uuid[],
        since timestamptz not null,
        failing_since timestamptz,
        updated_at timestamptz not null);
      create table outgoing_note (
        id bigint generated always as identity primary key,
        kind text not null,
        delivery_id uuid,
        enrollment_id uuid,
        person_id uuid not null,
        campaign_id uuid,
        step_id text,
        event_key text not null default '',
        at timestamptz not null,
        data jsonb not null default '{}');
      create table outgoing_event (
        id uuid primary key,
        endpoint_id uuid not null references webhook_endpoint on delete cascade,
        kind text not null,
        ref_id uuid not null,
        event_key text not null,
        person_id uuid not null,
        campaign_id uuid,
        at timestamptz not null,
        payload jsonb not null,
        state text not null default 'waiting' check (state in ('waiting', 'sent', 'dead')),
        attempts int not null default 0,
        made_at timestamptz not null,
        due_at timestamptz not null,
        lease_until timestamptz,
        settled_at timestamptz,
        detail text,
        constraint outgoing_event_once unique (endpoint_id, ref_id, kind, event_key));
      create index outgoing_event_due on outgoing_event (endpoint_id, due_at, id) where state = 'waiting';
      create index outgoing_event_list on outgoing_event (endpoint_id, made_at desc, id desc);
      create index outgoing_event_dead on outgoing_event (endpoint_id, made_at desc, id desc) where state = 'dead';
      create index outgoing_event_person on outgoing_event (person_id);
      create index outgoing_event_age on outgoing_event (settled_at) where state <> 'waiting';
      alter table webhook_endpoint drop constraint webhook_endpoint_disabled_because_check, add constraint webhook_endpoint_disabled_because_check check (disabled_because in ('operator', 'gone', 'failing'));

      create function outgoing_of_delivery(state text) returns text language sql immutable as
        $$ select case when state in ('sent', 'delivered', 'uncertain') then state when state in ('failed', 'cancelled', 'recalled') then 'refused' end $$;

      create function outgoing_note_new_delivery() returns trigger language plpgsql as $$
      begin
        if exists (select from event_subscription) then
          insert into outgoing_note (kind, delivery_id, person_id, at, data)
          select outgoing_of_delivery(n.state), n.id, n.person_id, coalesce(n.settled_at, n.sent_at, n.queued_at), jsonb_strip_nulls(jsonb_build_object('reason', n.reason))
            from new_rows as n where outgoing_of_delivery(n.state) is not null and not n.is_control;
        end if;
        return null;
      end $$;
      create function outgoing_note_delivery() returns trigger language plpgsql as $$
      begin
        if exists (select from event_subscription) then
          insert into outgoing_note (kind, delivery_id, person_id, at, data)
          select outgoing_of_delivery(n.state), n.id, n.person_id, coalesce(n.settled_at, n.sent_at, n.queued_at), jsonb_strip_nulls(jsonb_build_object('reason', n.reason))
            from new_rows as n join old_rows as o on o.id = n.id where o.state <> n.state and outgoing_of_delivery(n.state) is not null and not n.is_control;
        end if;
        return null;
      end $$;
      create function outgoing_note_reaction() returns trigger language plpgsql as $$
      begin
        if exists (select from event_subscription) then
          insert into outgoing_note (kind, delivery_id, person_id, event_key, at, data)
          select case n.kind when 'open' then 'opened' when 'click' then 'clicked' when 'unsubscribe' then 'unsubscribed' when 'bounce' then 'bounced' when 'complaint' then 'complained'
                             when 'impression' then 'displayed' when 'dismiss' then 'dismissed' when 'reply' then 'replied' end,
                 n.delivery_id, n.person_id, n.event_key, n.at, n.data || jsonb_build_object('verdict', n.verdict)
            from new_rows as n where n.kind <> 'honeypot';
        end if;
        return null;
      end $$;
      create function outgoing_note_decision() returns trigger language plpgsql as $$
      begin
        if exists (select from event_subscription) then
          insert into outgoing_note (kind, enrollment_id, person_id, campaign_id, step_id, event_key, at, data)
          select case n.code when 'GOAL_REACHED' then 'goal' else 'refused' end, coalesce(n.enrollment_id, n.id), n.person_id, n.campaign_id, n.step_id, coalesce(n.step_id, n.stage), n.at, jsonb_build_object('reason', n.code)
            from new_rows as n
           where (n.code = 'GOAL_REACHED' and n.stage = 'exit')
              or (n.code in ${REFUSALS} and n.stage in ('entry', 'step') and n.next_check_at is null and n.delivery_id is null);
        end if;
        return null;
      end $$;
      create trigger outgoing_inserted after insert on delivery referencing new table as new_rows for each statement execute function outgoing_note_new_delivery();
      create trigger outgoing_updated after update on delivery referencing old table as old_rows new table as new_rows for each statement execute function outgoing_note_delivery();
      create trigger outgoing_inserted after insert on delivery_event referencing new table as new_rows for each statement execute function outgoing_note_reaction();
      create trigger outgoing_inserted after insert on decision referencing new table as new_rows for each statement execute function outgoing_note_decision();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger outgoing_inserted on delivery; drop trigger outgoing_updated on delivery; drop trigger outgoing_inserted on delivery_event; drop trigger outgoing_inserted on decision;
      drop function outgoing_note_new_delivery, outgoing_note_delivery, outgoing_note_reaction, outgoing_note_decision, outgoing_of_delivery;
      drop table outgoing_event, outgoing_note, event_subscription;
    `);
  }
}
