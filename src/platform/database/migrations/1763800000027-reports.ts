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

      create schema analytics;
      comment on schema analytics is 'what analysts may read with tools of their own; stable, see docs/analyst-views.md';
    `);
    for (const view of ANALYST_VIEWS) await runner.query(viewStatements(view));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema analytics cascade; drop table display_claim_past; alter table display_claim drop column dwell_ms;');
  }
}
