import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks, team chats, and the last words of the in-app inbox. */
export class ChannelTables1763800000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook_endpoint (
        id uuid primary key,
        kind text not null check (kind in ('standard', 'jandi', 'slack')),
        name text not null,
        description text not null default '',
        url text not null,
        headers jsonb not null default '{}',
        enabled boolean not null default true,
        -- 'operator', or 'gone': it answered 410.
        disabled_because text check (disabled_because in ('operator', 'gone')),
        failures int not null default 0,
        trips int not null default 0,
        open_until timestamptz,
        -- Not before: what the receiver asked for by Retry-After, or the pace of a chat.
        next_at timestamptz,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (enabled = (disabled_because is null)));

      -- Of endpoints of kind 'standard'. The newest signs first; the others sign beside it until they expire.
      create table webhook_secret (
        id uuid primary key,
        endpoint_id uuid not null references webhook_endpoint (id),
        secret text not null,
        created_at timestamptz not null,
        expires_at timestamptz);
      create index webhook_secret_endpoint on webhook_secret (endpoint_id, id);

      -- Each POST, for thirty days. A test has no delivery.
      create table webhook_attempt (
        id uuid primary key,
        endpoint_id uuid not null,
        delivery_id uuid,
        at timestamptz not null,
        attempt int not null,
        fate text not null check (fate in ('delivered', 'retry', 'dead', 'uncertain', 'test')),
        status int,
        error text,
        response text not null default '',
        duration_ms int not null,
        next_at timestamptz);
      create index webhook_attempt_endpoint on webhook_attempt (endpoint_id, at, id);
      create index webhook_attempt_delivery on webhook_attempt (delivery_id, at) where delivery_id is not null;
      create index webhook_attempt_at on webhook_attempt (at);

      alter table message_content drop constraint message_content_channel_check;
      alter table message_content add constraint message_content_channel_check check (channel in ('email', 'in_app', 'webhook', 'chat'));
      alter table delivery add column endpoint_id uuid;
      create index delivery_endpoint_due on delivery (endpoint_id, campaign_id, due_at, id) where state = 'queued' and endpoint_id is not null;
      create index delivery_endpoint_listed on delivery (endpoint_id, queued_at, id) where endpoint_id is not null;
      create index delivery_endpoint_dead on delivery (endpoint_id, settled_at, id) where state in ('failed', 'uncertain') and endpoint_id is not null;

      -- Opened: unfolded or looked at closely; replied: answered, or reached the goal it asked for (inbox/domain/display.ts).
      alter table in_app_message add column opened_at timestamptz;
      alter table in_app_message add column replied_at timestamptz;
      alter table in_app_message add column goal_at timestamptz;
      alter table in_app_message add column expired_at timestamptz;
      -- From then on it is no longer displayed unasked.
      alter table in_app_message add column stopped_at timestamptz;
      create index in_app_message_expiring on in_app_message (expires_at) where expires_at is not null and seen_at is null and recalled_at is null and expired_at is null;`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
