import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What browsers may say and must prove, the secrets that prove it, and what was said without a proof. */
export class VisitorIdentity1763800000022 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table visitor_settings (
        id smallint primary key default 1 check (id = 1),
        identity_mode text not null default 'off' check (identity_mode in ('off', 'warn', 'enforce')),
        protected_traits text[] not null default '{}',
        site jsonb not null default '{}',
        updated_at timestamptz not null);
      comment on column visitor_settings.site is 'site settings that differ from their defaults (src/visitors/site/domain/site-settings.ts)';

      create table identity_secret (
        id uuid primary key,
        kind text not null check (kind in ('shared', 'ed25519')),
        name text not null,
        value text,
        hint text not null,
        created_by text not null,
        created_at timestamptz not null,
        revoked_at timestamptz,
        check ((value is null) = (revoked_at is not null)));
      comment on column identity_secret.value is 'shared: the secret itself, which an HMAC needs; ed25519: the public key as PEM; forgotten when it is revoked';

      create table unproven_identity (
        day date not null,
        key_id uuid not null,
        origin text not null,
        reason text not null,
        seen integer not null,
        last_at timestamptz not null,
        last_user text not null,
        primary key (day, key_id, origin, reason));
      comment on table unproven_identity is 'user ids that browsers named without proof, counted by day; kept for a month. last_user is its first four characters';

      create index erased_person_hashes on erased_person using gin (identity_hashes);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index erased_person_hashes; drop table unproven_identity; drop table identity_secret; drop table visitor_settings;');
  }
}
