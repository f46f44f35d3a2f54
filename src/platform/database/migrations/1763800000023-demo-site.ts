import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which key and campaigns the demo site uses. */
export class DemoSite1763800000023 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table demo_site (
        id smallint primary key default 1 check (id = 1),
        write_key_id uuid not null,
        campaign_ids uuid[] not null,
        set_up_by text not null,
        set_up_at timestamptz not null)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table demo_site');
  }
}
