import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sample people: whether they are there, how far their making or removing has come, and whom they were. The home page asks for the sums of a week. */
export class SampleData1763800000032 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sample_data (
        id smallint primary key default 1 check (id = 1),
        run uuid not null,
        state text not null check (state in ('making', 'there', 'removing')),
        done int not null default 0,
        total int not null,
        -- The end of their history.
        anchor timestamptz not null,
        -- Erased, but for what campaigns did to them.
        removed uuid[] not null default '{}',
        requested_by text not null,
        requested_at timestamptz not null)`);
    await runner.query('create index result_cell_bucket on result_cell (bucket) where bucket is not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index result_cell_bucket');
    await runner.query('drop table sample_data');
  }
}
