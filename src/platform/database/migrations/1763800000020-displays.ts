import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Claims of displays, caps of auto messages, and what visitors answered. */
export class Displays1763800000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A browser's permission to display one message for some seconds, and what came of it.
      create table display_claim (
        key uuid primary key,
        person_id uuid not null,
        campaign_id uuid not null,
        version_id uuid,
        delivery_id uuid not null,
        kind text not null check (kind in ('auto', 'in_app')),
        class text not null,
        slot text not null,
        priority smallint not null,
        state text not null check (state in ('waiting', 'open', 'shown', 'back', 'lapsed', 'recalled')),
        counted boolean not null default false,
        arm jsonb,
        content jsonb,
        visit uuid not null,
        url text not null,
        created_at timestamptz not null,
        lease_until timestamptz not null,
        shown_at timestamptz);
      comment on column display_claim.key is 'made by the browser';
      comment on column display_claim.delivery_id is 'kind auto: of the delivery there will be; kind in_app: of the one there is';
      comment on column display_claim.state is 'waiting: refused while another lease was open, first in line until lease_until; lapsed: its slot was taken back after the lease';
      comment on column display_claim.counted is 'one of display_tally.taken is this one';
      -- One lease a person and class, whatever the number of tabs and devices.
      create unique index display_claim_open on display_claim (person_id, class) where state = 'open';
      create index display_claim_person on display_claim (person_id, state);
      create index display_claim_lease on display_claim (lease_until) where state in ('open', 'waiting');
      create index display_claim_campaign on display_claim (campaign_id, lease_until) where state in ('open', 'waiting');
      create index display_claim_delivery on display_claim (delivery_id);
      create index display_claim_created on display_claim (created_at);
      create index display_claim_ended on display_claim (created_at) where state in ('back', 'lapsed', 'recalled');

      -- Of auto messages with a cap: impressions, and leases that have not been taken back.
      create table display_tally (
        campaign_id uuid primary key,
        taken bigint not null check (taken >= 0));

      create table message_answer (
        delivery_id uuid not null,
        person_id uuid not null,
        campaign_id uuid not null,
        version_id uuid not null,
        step_id text not null,
        variant text not null,
        kind text not null check (kind in ('reply', 'survey')),
        score smallint,
        choices text[],
        text text,
        at timestamptz not null,
        primary key (delivery_id, person_id));
      create index message_answer_campaign on message_answer (campaign_id, at, delivery_id);
      create index message_answer_person on message_answer (person_id);

      create index campaign_live_auto on campaign (id) where type = 'auto_message' and state = 'active';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table display_claim; drop table display_tally; drop table message_answer; drop index campaign_live_auto;');
  }
}
