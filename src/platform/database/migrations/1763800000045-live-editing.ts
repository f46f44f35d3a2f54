import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What becomes of people in flight when a version is published over the one they are on. */
export class LiveEditing1763800000045 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table version_migration (
        id uuid primary key,
        campaign_id uuid not null references campaign (id),
        version_id uuid not null references campaign_version (id),
        plan jsonb not null,
        state text not null check (state in ('running', 'done', 'replaced', 'cancelled')),
        people integer not null,
        kept integer not null,
        migrated integer not null default 0,
        restarted integer not null default 0,
        drained integer not null default 0,
        ended integer not null default 0,
        refused integer not null default 0,
        chosen_by text not null,
        started_at timestamptz not null,
        finished_at timestamptz);
      comment on column version_migration.plan is 'the choice for everybody, and for single steps of single versions; read when it is their turn';
      comment on column version_migration.people is 'in flight on earlier versions when it was chosen';
      comment on column version_migration.kept is 'of them, those whose choice was to keep their version';
      comment on column version_migration.ended is 'moved, and ended at once by a goal or an exit rule of the new version, or with nothing of their way left';
      comment on column version_migration.refused is 'to be started again, and refused by a gate of entry';
      create unique index version_migration_running on version_migration (campaign_id) where state = 'running';
      create index version_migration_campaign on version_migration (campaign_id, started_at);

      alter table enrollment add column moves jsonb;
      comment on column enrollment.moves is 'from which version to which the run was moved, and when; null: never. Steps it has visited are not repeated';

      -- The version may change under a run: what it was sent at a step is not sent again by another version.
      alter table delivery add constraint delivery_once_a_step unique (enrollment_id, step_id, channel, person_id);
      alter table delivery drop constraint delivery_enrollment_id_step_id_version_id_channel_person_id_key;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table delivery add constraint delivery_enrollment_id_step_id_version_id_channel_person_id_key unique (enrollment_id, step_id, version_id, channel, person_id);
      alter table delivery drop constraint delivery_once_a_step;
      alter table enrollment drop column moves;
      drop table version_migration`);
  }
}
