import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How soon e-mails are to be handed over, for the workspace and for single campaigns; how soon they were, counted by campaign and
 * quarter of an hour; and what the status page said every five minutes of the last week.
 */
export class ServiceLevels1763800000069 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table service_level (
        id uuid primary key,
        campaign_id uuid unique references campaign on delete cascade,
        target jsonb,
        updated_by text not null,
        updated_at timestamptz not null);
      create unique index service_level_standard on service_level ((true)) where campaign_id is null;
      comment on column service_level.target is 'null: none, whatever the workspace says';
      create table service_level_cell (
        campaign_id uuid not null references campaign on delete cascade,
        at timestamptz not null,
        counts int[] not null,
        primary key (campaign_id, at));
      create index service_level_cell_age on service_level_cell (at);
      comment on column service_level_cell.counts is 'e-mails handed over within 5, 10, 30, 60, 120, 300, 600, 1800, 3600 and 14400 seconds of being due, and later';
      create table service_level_walk (
        only_one boolean primary key default true check (only_one),
        until timestamptz not null);
      create table status_sample (
        at timestamptz primary key,
        sample jsonb not null);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table status_sample, service_level_walk, service_level_cell, service_level');
  }
}
