import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is wrong with the installation or a campaign, one open alarm a thing; who is told of it; and what is told, one row for
 * each alarm, target and occasion, so that nothing is told twice.
 */
export class Alarms1763800000060 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table alarm (
        id uuid primary key,
        key text not null,
        kind text not null,
        level text not null check (level in ('warn', 'bad')),
        facts jsonb not null,
        opened_at timestamptz not null,
        seen_at timestamptz not null,
        told_level text check (told_level in ('warn', 'bad')),
        closed_at timestamptz);
      create unique index alarm_open on alarm (key) where closed_at is null;
      create table alarm_target (
        id uuid primary key,
        endpoint_id uuid references webhook_endpoint on delete cascade,
        email text,
        language text not null check (language in ('en', 'ko')),
        least text not null check (least in ('warn', 'bad')),
        stop_key text not null unique,
        created_by text not null,
        created_at timestamptz not null,
        check ((endpoint_id is null) <> (email is null)));
      create unique index alarm_target_once on alarm_target (coalesce(endpoint_id::text, lower(email)));
      create table alarm_notice (
        id uuid primary key,
        alarm_id uuid not null references alarm on delete cascade,
        target_id uuid not null references alarm_target on delete cascade,
        occasion text not null check (occasion in ('opened', 'worse', 'closed')),
        state text not null check (state in ('waiting', 'sending', 'sent', 'failed', 'uncertain')),
        message_id uuid,
        tries int not null default 0,
        try_at timestamptz not null,
        settled_at timestamptz,
        answer text not null default '',
        unique (alarm_id, target_id, occasion));
      create index alarm_notice_due on alarm_notice (try_at) where state in ('waiting', 'sending');
      create index alarm_notice_target on alarm_notice (target_id, id);
      create table alarm_look (
        only_one boolean primary key default true check (only_one),
        at timestamptz not null)`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
