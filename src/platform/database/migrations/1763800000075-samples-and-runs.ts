import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the status page draws over time, one row a minute, and how each look at a source on a schedule went. */
export class SamplesAndRuns1763800000075 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table status_sample (at timestamptz primary key, sample jsonb not null);
      comment on column status_sample.sample is 'numbers by name; what could not be said at the moment is left out';
      create table source_pull_run (
        source_id uuid not null references source on delete cascade,
        id uuid not null,
        at timestamptz not null,
        state text not null check (state in ('ok', 'unchanged', 'failed')),
        new_rows int not null,
        error text,
        primary key (source_id, id));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table source_pull_run; drop table status_sample');
  }
}
