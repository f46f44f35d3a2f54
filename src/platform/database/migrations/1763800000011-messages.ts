import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages in several languages. */
export class Messages1763800000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table delivery add column language text;
      comment on column delivery.language is 'the language the message was made in, when its author named one';`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
