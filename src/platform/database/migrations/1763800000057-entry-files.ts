import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files by which people are let into a campaign: how far each has come, and what was wrong with which line. */
export class EntryFiles1763800000057 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table entry_file (
        id uuid primary key,
        campaign_id uuid not null references campaign on delete cascade,
        request text not null,
        name text,
        created_by text not null,
        created_at timestamptz not null,
        received int not null default 0,
        entered int not null default 0,
        repeated int not null default 0,
        refused int not null default 0,
        rejected int not null default 0,
        digest text not null default '',
        moved_at timestamptz not null,
        ended_at timestamptz,
        unique (campaign_id, request));
      comment on column entry_file.digest is 'of the rows taken so far, so that only the same file goes on';

      -- Rows that did not let anybody in, by line. No ids of people: those are in the file.
      create table entry_file_row (
        file_id uuid not null references entry_file on delete cascade,
        line int not null,
        kind text not null check (kind in ('refused', 'rejected')),
        code text not null,
        message text,
        primary key (file_id, line));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table entry_file_row, entry_file');
  }
}
