import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ANALYST_VIEWS, viewStatements } from './1763800000027-analyst-views.js';

/** What reports ask beyond the ledger. */
export class Reports1763800000027 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table display_claim add column dwell_ms integer;
      comment on column display_claim.dwell_ms is 'attention before the display as the browser measured it, milliseconds';

      create table display_claim_past (
        campaign_id uuid not null,
        hour timestamptz not null,
        version_id uuid not null,
        variant text not null,
        is_control boolean not null,
        state text not null,
        claims bigint not null,
        primary key (campaign_id, hour, version_id, variant, is_control, state));
      comment on table display_claim_past is 'claims of auto messages that were forgotten, by the hour they were granted and what became of them';

      create table digest_setting (
        user_id uuid primary key references app_user (id) on delete cascade,
        cadence text not null check (cadence in ('daily', 'weekly')),
        weekday text not null,
        at_time text not null,
        time_zone text,
        language text check (language in ('en', 'ko')),
        when_empty boolean not null,
        unsubscribe_key uuid not null unique,
        covered_to timestamptz not null,
        next_at timestamptz not null,
        updated_at timestamptz not null);
      comment on column digest_setting.covered_to is 'what happened before was told';
      create index digest_setting_due on digest_setting (next_at);

      create table digest_send (
        id uuid primary key,
        user_id uuid not null references app_user (id) on delete cascade,
        from_at timestamptz not null,
        to_at timestamptz not null,
        state text not null check (state in ('waiting', 'sending', 'sent', 'empty', 'failed', 'uncertain')),
        tries int not null default 0,
        try_at timestamptz not null,
        settled_at timestamptz,
        answer text not null default '',
        unique (user_id, to_at));
      comment on table digest_send is 'one digest a user and period: the row that can not exist twice';
      create index digest_send_open on digest_send (try_at) where state in ('waiting', 'sending');

      create table result_goal (
        campaign_id uuid not null,
        id text not null,
        goal text not null,
        primary key (campaign_id, id));
      comment on table result_goal is 'which goal the digests of result_cell.detail mean';

      create schema analytics;
      comment on schema analytics is 'what analysts may read with tools of their own; stable, see docs/analyst-views.md';
    `);
    for (const view of ANALYST_VIEWS) await runner.query(viewStatements(view));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema analytics cascade; drop table digest_send, digest_setting, result_goal; drop table display_claim_past; alter table display_claim drop column dwell_ms;');
  }
}
