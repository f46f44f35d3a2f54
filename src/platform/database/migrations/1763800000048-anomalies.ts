import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notes that a campaign takes far fewer or more people than it should; one that is open for a campaign at a time. */
export class Anomalies1763800000048 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table anomaly_note (
        id uuid primary key,
        campaign_id uuid not null references campaign on delete cascade,
        kind text not null check (kind in ('zero', 'collapse', 'surge')),
        seen int not null,
        expected double precision not null,
        window_end timestamptz not null,
        opened_at timestamptz not null,
        closed_at timestamptz,
        acknowledged_by text,
        acknowledged_at timestamptz,
        snoozed_until timestamptz);
      create unique index anomaly_note_open on anomaly_note (campaign_id) where closed_at is null;
      create index anomaly_note_campaign on anomaly_note (campaign_id, id);
      create table anomaly_look (
        only_one boolean primary key default true check (only_one),
        window_end timestamptz not null)`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
