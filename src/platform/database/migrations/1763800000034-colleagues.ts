import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The language a colleague reads the dashboard in, and what the audit is asked for: by whom, about what, of which kind. */
export class Colleagues1763800000034 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table app_user add column language text constraint app_user_language check (language in ('en', 'ko'))`);
    await runner.query('create index audit_entry_actor on audit_entry (actor, id)');
    await runner.query('create index audit_entry_subject on audit_entry (subject, id)');
    await runner.query(`create index audit_entry_kind on audit_entry (split_part(action, '.', 1), id)`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
