import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Published content, deliveries and what came of them, preferences and suppressions, the sandbox mailbox. */
export class DeliveryTables1763800000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table message_content (
        id uuid primary key,
        campaign_id uuid,
        version_id uuid,
        step_id text,
        variant text not null,
        channel text not null check (channel in ('email', 'in_app')),
        language text not null default '',
        source jsonb not null,
        compiled jsonb not null,
        created_at timestamptz not null);
      create unique index message_content_place on message_content (version_id, step_id, variant, channel, language);

      create table delivery (
        id uuid not null,
        person_id uuid not null,
        campaign_id uuid not null,
        version_id uuid not null,
        step_id text not null,
        enrollment_id uuid not null,
        channel text not null,
        content_id uuid,
        experiment_id uuid,
        variant text not null,
        is_control boolean not null default false,
        topic text not null,
        state text not null check (state in ('queued', 'sending', 'sent', 'delivered', 'bounced', 'failed', 'uncertain', 'cancelled', 'recalled', 'ghost')),
        reason text,
        detail text,
        due_at timestamptz not null,
        queued_at timestamptz not null,
        attempts int not null default 0,
        first_attempt_at timestamptz,
        locked_by text,
        lease_until timestamptz,
        fence bigint not null default 0,
        address text,
        sent_at timestamptz,
        settled_at timestamptz,
        primary key (id, person_id),
        unique (enrollment_id, step_id, version_id, channel, person_id));
      create index delivery_due on delivery (channel, campaign_id, due_at, id) where state = 'queued';
      create index delivery_leased on delivery (lease_until) where state = 'sending';
      create index delivery_campaign on delivery (campaign_id, version_id, step_id, variant, state);
      create index delivery_person on delivery (person_id, queued_at);
      create index delivery_listed on delivery (queued_at, id);

      create table in_app_message (
        delivery_id uuid not null,
        person_id uuid not null,
        campaign_id uuid not null,
        content jsonb not null,
        created_at timestamptz not null,
        expires_at timestamptz,
        seen_at timestamptz,
        clicked_at timestamptz,
        dismissed_at timestamptz,
        recalled_at timestamptz,
        primary key (delivery_id, person_id));
      create index in_app_message_person on in_app_message (person_id, created_at);

      create table delivery_event (
        delivery_id uuid not null,
        person_id uuid not null,
        kind text not null check (kind in ('open', 'click', 'unsubscribe', 'bounce', 'complaint', 'impression', 'dismiss', 'reply')),
        event_key text not null,
        at timestamptz not null,
        verdict text not null check (verdict in ('human', 'machine', 'unknown')),
        evidence jsonb not null default '{}',
        data jsonb not null default '{}',
        primary key (delivery_id, person_id, kind, event_key, at)) partition by range (at);
      create index delivery_event_person on delivery_event (person_id, at);
      create table delivery_event_default partition of delivery_event default;

      create table topic (
        key text primary key,
        name text not null,
        name_ko text not null default '',
        kind text not null check (kind in ('marketing', 'transactional')),
        opt_in boolean not null default false,
        created_at timestamptz not null);
      insert into topic (key, name, name_ko, kind, created_at) values
        ('product-updates', 'Product updates', '제품 소식', 'marketing', '2025-11-22T00:00:00Z'),
        ('account', 'Your account', '계정 안내', 'transactional', '2025-11-22T00:00:00Z');

      create table consent (
        person_id uuid not null,
        channel text not null,
        topic text not null,
        state text not null check (state in ('subscribed', 'unsubscribed')),
        at timestamptz not null,
        source text not null,
        primary key (person_id, channel, topic));

      create table suppression (
        channel text not null,
        address_hash text not null,
        reason text not null check (reason in ('bounce', 'complaint', 'manual')),
        at timestamptz not null,
        detail text not null default '',
        primary key (channel, address_hash));

      create table signing_key (
        id smallint generated always as identity primary key,
        secret bytea not null,
        created_at timestamptz not null,
        retired_at timestamptz);

      create table sandbox_mail (
        id uuid primary key,
        received_at timestamptz not null,
        mail_from text not null,
        rcpt_to text not null,
        subject text not null,
        message_id text,
        raw bytea not null);
      create index sandbox_mail_received on sandbox_mail (received_at, id);`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
