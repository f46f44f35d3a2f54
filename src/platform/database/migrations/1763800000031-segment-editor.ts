import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who changed a segment last, so that somebody whose edit comes second is told by whom. */
export class SegmentEditor1763800000031 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table segment add column updated_by text');
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
