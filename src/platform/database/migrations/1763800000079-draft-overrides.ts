import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions given by hand on a draft, which hold once it is published. */
export class DraftOverrides1763800000079 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table draft_override (
        campaign_id uuid not null references campaign (id) on delete cascade,
        step_id text not null,
        person_id uuid not null,
        variant text not null,
        set_by text not null,
        set_at timestamptz not null,
        primary key (campaign_id, step_id, person_id));
      create index draft_override_person on draft_override (person_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table draft_override');
  }
}
