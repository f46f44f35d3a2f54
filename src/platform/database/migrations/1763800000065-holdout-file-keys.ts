import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Holdouts have keys in files as well. */
export class HoldoutFileKeys1763800000065 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table file_key drop constraint file_key_kind_check;
      alter table file_key add constraint file_key_kind_check check (kind in ('segment', 'list', 'campaign', 'endpoint', 'holdout'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from file_key as k where k.kind = 'holdout';
      alter table file_key drop constraint file_key_kind_check;
      alter table file_key add constraint file_key_kind_check check (kind in ('segment', 'list', 'campaign', 'endpoint'));
    `);
  }
}
