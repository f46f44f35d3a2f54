import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Drafts that an editor saves while they have gaps. */
export class UnfinishedDrafts1763800000039 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table campaign add column draft_unfinished boolean not null default false');
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
