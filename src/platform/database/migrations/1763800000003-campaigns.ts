import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Campaign definitions and versions, runs of people through them, stored assignments, and the decision ledger. */
export class CampaignTables1763800000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table campaign (
        id uuid primary key,
        type text not null check (type in ('series', 'broadcast', 'auto_message')),
        name text not null,
        state text not null check (state in ('draft', 'active', 'paused', 'draining', 'stopped', 'archived')),
        draft jsonb not null,
        draft_revision int not null default 1,
        current_version_id uuid,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        state_at timestamptz not null,
        closing boolean not null default false);
      create index campaign_created on campaign (created_at, id);
      create index campaign_closing on campaign (state_at) where closing;

      create table campaign_version (
        id uuid primary key,
        campaign_id uuid not null references campaign (id),
        number int not null,
        definition jsonb not null,
        published_by text not null,
        published_at timestamptz not null,
        unique (campaign_id, number));
      create function refuse_version_change() returns trigger language plpgsql as $$
      begin raise exception 'campaign versions are immutable'; end $$;
      create trigger campaign_version_immutable before update or delete on campaign_version for each row execute function refuse_version_change();

      create table experiment (
        id uuid primary key,
        campaign_id uuid not null references campaign (id),
        step_id text not null,
        version_id uuid not null,
        salt text not null unique,
        arms jsonb not null,
        origin text not null default 'danbi' check (origin in ('danbi', 'external')),
        created_at timestamptz not null);
      create index experiment_campaign on experiment (campaign_id);

      create table assignment (
        experiment_id uuid not null,
        person_id uuid not null,
        campaign_id uuid not null,
        variant text not null,
        is_control boolean not null,
        bucket int,
        source text not null check (source in ('hash', 'external', 'override')),
        assigned_at timestamptz not null,
        primary key (experiment_id, person_id));
      create index assignment_person on assignment (person_id);

      create table launch (
        id uuid primary key,
        campaign_id uuid not null references campaign (id),
        version_id uuid not null,
        segment_id uuid,
        due_at timestamptz not null,
        state text not null check (state in ('waiting', 'running', 'done', 'cancelled')),
        cursor uuid,
        people_total int,
        people_done int not null default 0,
        started_at timestamptz,
        finished_at timestamptz);
      create index launch_due on launch (due_at) where state in ('waiting', 'running');

      create table date_entry_tick (
        version_id uuid primary key,
        evaluated_to timestamptz not null);

      create table enrollment (
        id uuid not null,
        person_id uuid not null,
        campaign_id uuid not null,
        version_id uuid not null,
        entry_key text not null default '',
        state text not null check (state in ('active', 'completed', 'exited', 'cancelled')),
        exit_code text,
        step_id text,
        step_arrived_at timestamptz,
        due_at timestamptz,
        waiting boolean not null default false,
        entered_at timestamptz not null,
        left_at timestamptz,
        entry jsonb not null default '{}',
        primary key (id, person_id));
      create unique index enrollment_active on enrollment (campaign_id, person_id, entry_key) where state = 'active';
      create index enrollment_due on enrollment (campaign_id, due_at, id) where state = 'active' and due_at is not null;
      create index enrollment_person on enrollment (person_id, campaign_id, entered_at);
      create index enrollment_version on enrollment (version_id, step_id) where state = 'active';

      create table step_visit (
        enrollment_id uuid not null,
        person_id uuid not null,
        step_id text not null,
        campaign_id uuid not null,
        version_id uuid not null,
        arrived_at timestamptz not null,
        left_at timestamptz,
        outcome text,
        primary key (enrollment_id, person_id, step_id));
      create index step_visit_version on step_visit (version_id, step_id);

      create table decision (
        id uuid not null,
        person_id uuid not null,
        at timestamptz not null,
        campaign_id uuid not null,
        version_id uuid,
        step_id text,
        enrollment_id uuid,
        delivery_id uuid,
        variant text,
        stage text not null,
        code text not null,
        facts jsonb not null default '{}',
        next_check_at timestamptz,
        primary key (person_id, at, id)) partition by range (at);
      create index decision_campaign on decision (campaign_id, step_id, code);
      create index decision_person on decision (person_id, campaign_id, at);
      create table decision_default partition of decision default;`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
