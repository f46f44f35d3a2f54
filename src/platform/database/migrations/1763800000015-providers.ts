import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connections to services that report by webhook, their secrets, and the proofs that were used up. */
export class ProviderTables1763800000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table provider_connection (
        id uuid primary key,
        provider text not null check (provider in ('ses', 'sendgrid', 'mailgun', 'postmark')),
        name text not null,
        enabled boolean not null default true,
        topic_arns text[] not null default '{}',
        networks text[] not null default '{}',
        created_at timestamptz not null,
        last_event_at timestamptz,
        refused_count bigint not null default 0,
        last_refused_at timestamptz,
        last_refused_reason text);
      comment on column provider_connection.id is 'random, never in order: it is part of the secret address of the webhook';
      comment on column provider_connection.topic_arns is 'of ses: the topics whose messages are believed';
      comment on column provider_connection.networks is 'where requests may come from; empty: anywhere';
      create index provider_connection_listed on provider_connection (created_at, id);

      create table provider_secret (
        id uuid primary key,
        connection_id uuid not null references provider_connection (id) on delete cascade,
        value text not null,
        hint text not null,
        added_at timestamptz not null,
        unique (connection_id, value));
      comment on column provider_secret.value is 'sendgrid: public key; mailgun: signing key; postmark: SHA-256 of user:password';

      create table provider_token (
        connection_id uuid not null,
        token_key uuid not null,
        seen_at timestamptz not null,
        primary key (connection_id, token_key));
      comment on table provider_token is 'proofs that count once (mailgun); kept for longer than a proof is valid';
      create index provider_token_seen on provider_token (seen_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table provider_token; drop table provider_secret; drop table provider_connection;');
  }
}
