import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users and their sessions, keys, the one-time set-up link, and the audit log. */
export class AccessTables1763800000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table app_user (
        id uuid primary key,
        email text not null,
        name text not null,
        role text not null check (role in ('owner', 'marketer', 'analyst')),
        password_hash text,
        created_at timestamptz not null,
        disabled_at timestamptz);
      create unique index app_user_email on app_user (lower(email));

      create table session (
        token_hash text primary key,
        user_id uuid not null references app_user (id) on delete cascade,
        created_at timestamptz not null,
        last_seen_at timestamptz not null,
        expires_at timestamptz not null,
        user_agent text not null default '');
      create index session_user_id on session (user_id);

      create table one_time_link (
        token_hash text primary key,
        kind text not null check (kind in ('setup', 'invite')),
        user_id uuid references app_user (id) on delete cascade,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz);
      create index one_time_link_user_id on one_time_link (user_id);

      -- Failed sign-ins of the current window, by hash of (address, e-mail) and of the address alone.
      create table login_failure (
        key_hash text primary key,
        failures integer not null,
        since timestamptz not null);
      create index login_failure_since on login_failure (since);

      create table api_key (
        id uuid primary key,
        kind text not null check (kind in ('server', 'write')),
        name text not null,
        role text not null check (role in ('owner', 'marketer', 'analyst', 'ingest')),
        secret_hash text not null unique,
        public_value text,
        allowed_origins text[] not null default '{}',
        created_by text not null,
        created_at timestamptz not null,
        last_used_at timestamptz,
        revoked_at timestamptz);

      create table audit_entry (
        id bigint generated always as identity primary key,
        at timestamptz not null,
        actor text not null,
        action text not null,
        subject text not null,
        detail jsonb not null default '{}');
      create index audit_entry_at on audit_entry (at);`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
