import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Systems that send us what happens there (Shopify, Stripe, any JSON): how each proves itself, how its bodies become people and
 * events, and every body of the last week with what was made of it.
 */
export class Sources1763800000064 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table source (
        id uuid primary key,
        kind text not null check (kind in ('shopify', 'stripe', 'json')),
        name text not null,
        enabled boolean not null default true,
        proof jsonb not null,
        mapping jsonb not null,
        revision int not null default 1,
        created_at timestamptz not null,
        last_at timestamptz,
        refused_count bigint not null default 0,
        last_refused_at timestamptz,
        last_refused_reason text);
      create table source_secret (
        id uuid primary key,
        source_id uuid not null references source on delete cascade,
        value text not null,
        hint text not null,
        added_at timestamptz not null);
      create index source_secret_source on source_secret (source_id);
      create table source_delivery (
        id uuid primary key,
        source_id uuid not null references source on delete cascade,
        dedupe text,
        topic text not null,
        headers jsonb not null,
        body jsonb not null,
        received_at timestamptz not null,
        state text not null check (state in ('waiting', 'taken', 'ignored', 'failed')),
        messages int not null default 0,
        rules text[] not null default '{}',
        problems jsonb not null default '[]',
        handles text[] not null default '{}',
        read_at timestamptz);
      create unique index source_delivery_once on source_delivery (source_id, dedupe) where dedupe is not null;
      create index source_delivery_list on source_delivery (source_id, received_at desc, id desc);
      create index source_delivery_waiting on source_delivery (received_at) where state = 'waiting';
      create index source_delivery_age on source_delivery (received_at);
      create index source_delivery_handles on source_delivery using gin (handles);
      comment on column source_delivery.handles is 'user ids, browser ids and addresses that this body named, by which an erasure finds it';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table source_delivery, source_secret, source');
  }
}
