import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What colleagues call events and attributes, beside the names that code gave them; and events by when they came in, to be watched. */
export class Labels1763800000036 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table data_label (
        kind text not null check (kind in ('event', 'attribute')), key text not null,
        name_en text not null default '', name_ko text not null default '', description text not null default '',
        updated_by text not null, updated_at timestamptz not null, primary key (kind, key))`);
    // The times of blocks: a few bytes a megabyte, and next to nothing for whoever writes events.
    await runner.query('create index event_received on event using brin (received_at) with (pages_per_range = 32, autosummarize = on)');
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
