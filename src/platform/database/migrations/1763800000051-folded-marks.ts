import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Marks that the worker put together from others: it works these off before it puts more together. */
export class FoldedMarks1763800000051 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table result_mark add column folded boolean not null default false;
      comment on column result_mark.folded is 'put together from other marks, with whom they meant: no two such marks name the same person of a campaign';
      create index result_mark_folded on result_mark (id) where folded`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
