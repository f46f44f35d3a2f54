import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Features people ask for: what each of them said, who took it, and which campaign told whom that it is there. */
export class Features1763800000054 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table feature (
        id uuid primary key,
        key text not null,
        name text not null,
        description text not null default '',
        state text not null default 'asked' check (state in ('asked', 'planned', 'shipped')),
        owner_id uuid,
        event text,
        event_where jsonb not null default '[]',
        goal_days integer not null default 30 check (goal_days between 1 and 365),
        topic text not null default 'product-updates',
        tag text,
        campaign_id uuid,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        shipped_at timestamptz,
        shipped_by text,
        archived_at timestamptz);
      comment on column feature.owner_id is 'a colleague, who speaks to whoever nobody else took';
      comment on column feature.campaign_id is 'the message of the next or present shipping';
      comment on column feature.tag is 'whoever gets it asks for the feature';
      create unique index feature_key on feature (key) where archived_at is null;
      create unique index feature_tag on feature (tag) where archived_at is null and tag is not null;

      -- Every campaign a feature ever had, so that nobody is told by two of them.
      create table feature_campaign (
        campaign_id uuid primary key,
        feature_id uuid not null references feature (id));
      create index feature_campaign_feature on feature_campaign (feature_id);

      -- One row a person and feature: whoever is told is told by it, once.
      create table feature_asker (
        person_id uuid not null,
        feature_id uuid not null references feature (id),
        asked_at timestamptz not null,
        taken_by uuid,
        taken_at timestamptz,
        told_by uuid,
        told_at timestamptz,
        refused_by uuid,
        refused_code text,
        primary key (person_id, feature_id));
      comment on column feature_asker.told_by is 'the campaign that took them in; a second one never does';
      comment on column feature_asker.refused_by is 'the campaign whose gates refused them, by refused_code';
      create index feature_asker_feature on feature_asker (feature_id, asked_at, person_id);
      create index feature_asker_untold on feature_asker (feature_id) where told_by is null and refused_by is null;

      -- What they said, each time.
      create table feature_request (
        id uuid not null,
        person_id uuid not null,
        feature_id uuid not null references feature (id),
        words text,
        source text not null check (source in ('survey', 'tag', 'api', 'hand')),
        source_ref text,
        asked_at timestamptz not null,
        recorded_at timestamptz not null,
        recorded_by text not null,
        primary key (person_id, id));
      create unique index feature_request_once on feature_request (person_id, feature_id, source, source_ref) where source_ref is not null;
      create index feature_request_feature on feature_request (feature_id, asked_at, id);
      comment on column feature_request.source_ref is 'the delivery answered, or the id a client gave: the same again is no second request';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table feature_request, feature_asker, feature_campaign, feature');
  }
}
