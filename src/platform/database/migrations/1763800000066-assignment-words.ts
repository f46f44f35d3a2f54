import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Says of the analysts' view of assignments what changes one: a version by hand. */
export class AssignmentWords1763800000066 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`comment on view analytics.assignment is 'Which arm of a test a person is in. What was drawn never changes; somebody who was given a version by hand has that one, with source override, and is in no comparison for good.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`comment on view analytics.assignment is 'Which arm of a test a person is in; it never changes.'`);
  }
}
