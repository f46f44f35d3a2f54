import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long what kind of data is kept, and how far its removal has come: work that a killed process goes on with. */
export class Retention1763800000058 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table retention_policy (
        kind text primary key,
        days int not null check (days > 0),
        updated_by text not null,
        updated_at timestamptz not null);
      create table retention_walk (
        part text primary key,
        page bigint not null,
        pages bigint not null,
        removed bigint not null,
        began_at timestamptz not null,
        done_at timestamptz);
      create table retention_work (
        kind text primary key,
        removed bigint not null,
        horizon timestamptz not null,
        at timestamptz not null)`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
