import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which people of a test by account belong together: a verdict counts accounts, also after somebody has changed theirs. */
export class AccountUnits1763800000067 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table assignment add column unit bigint;
      comment on column assignment.unit is 'draw of the account an arm was drawn for (first 8 bytes of SHA-256 of salt:value): equal for its people, and says not which account; null where arms are drawn for people, and in rows from before it was kept';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table assignment drop column unit');
  }
}
