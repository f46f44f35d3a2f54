import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The domains we send from, and the keys that sign for them. */
export class SendingDomainTables1763800000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sending_domain (
        id uuid primary key,
        domain text not null unique,
        from_name text not null default '',
        from_local text not null,
        bounce_domain text,
        is_default boolean not null default false,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        checked_at timestamptz,
        checks jsonb,
        verified_at timestamptz);
      create unique index sending_domain_default on sending_domain (is_default) where is_default;
      comment on column sending_domain.domain is 'as A-labels, lower case';
      comment on column sending_domain.verified_at is 'since when checks have found the key that signs in DNS; null when the last one did not';

      create table dkim_key (
        id uuid primary key,
        domain_id uuid not null references sending_domain (id),
        selector text not null,
        private_key text not null,
        public_key text not null,
        state text not null check (state in ('next', 'active', 'retired')),
        created_at timestamptz not null,
        retired_at timestamptz,
        unique (domain_id, selector));
      create unique index dkim_key_state on dkim_key (domain_id, state) where state <> 'retired';
      comment on column dkim_key.private_key is 'PKCS #8 PEM; never leaves the process';
      comment on column dkim_key.public_key is 'base64 of the DER, as p= in DNS';`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
