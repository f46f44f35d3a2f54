import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests to let somebody into a campaign, so that the same one again lets in no second time. */
export class EntryRequests1763800000040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table entry_request (
        person_id uuid not null,
        campaign_id uuid not null,
        request_id text not null,
        at timestamptz not null,
        primary key (person_id, campaign_id, request_id))`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
