import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sources that are asked on a schedule: a CSV file at an address, or a query of a PostgreSQL database with a cursor. */
export class SourcePulls1763800000073 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table source_pull (
        id uuid primary key,
        source_id uuid not null unique references source on delete cascade,
        kind text not null check (kind in ('csv', 'postgres')),
        address text not null,
        shown text not null,
        query text,
        cursor_column text,
        cursor text,
        every_minutes int not null,
        etag text,
        modified text,
        next_at timestamptz not null,
        lease_until timestamptz,
        last_at timestamptz,
        last_state text check (last_state in ('ok', 'unchanged', 'failed')),
        last_rows int not null default 0,
        last_error text,
        check ((kind = 'postgres') = (query is not null and cursor_column is not null)));
      create index source_pull_due on source_pull (next_at);
      comment on column source_pull.shown is 'the address without what is secret in it';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table source_pull');
  }
}
