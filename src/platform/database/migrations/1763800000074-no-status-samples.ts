import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The table of samples of the status was made with the service levels; nothing has ever written to it or read it. */
export class NoStatusSamples1763800000074 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop table if exists status_sample');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('create table status_sample (at timestamptz primary key, sample jsonb not null)');
  }
}
