import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What things are called in files, the same in every environment. */
export class FileKeys1763800000052 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table file_key (
        kind text not null check (kind in ('segment', 'list', 'campaign', 'endpoint')),
        key text not null,
        id uuid not null,
        primary key (kind, key),
        unique (kind, id));
      comment on table file_key is 'what has an id of its own in each environment, and the key that files name it by; given when files are first asked for';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table file_key');
  }
}
