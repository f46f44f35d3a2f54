import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Simulations of campaigns over recorded history, and sample people of them. */
export class Simulations1763800000049 implements MigrationInterface {
  name = 'Simulations1763800000049';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table simulation (
        id uuid primary key,
        campaign_id uuid not null references campaign (id) on delete cascade,
        state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
        version_id uuid,
        compared_id uuid,
        revision int,
        draft jsonb,
        from_at timestamptz not null,
        to_at timestamptz not null,
        reactions text not null check (reactions in ('none', 'observed_rate', 'worst_case')),
        done int not null default 0,
        total int,
        tries int not null default 0,
        lease_until timestamptz,
        problem jsonb,
        result jsonb,
        created_by text not null,
        created_at timestamptz not null,
        started_at timestamptz,
        finished_at timestamptz,
        check (from_at < to_at),
        check ((version_id is null) = (revision is not null)));
      comment on column simulation.draft is 'of a draft: what would be published, with its compiled messages, as it was when the simulation was asked for; gone when it is over';
      comment on column simulation.tries is 'how often it was begun: also the fence of whoever runs it';
      create index simulation_listed on simulation (campaign_id, created_at, id);
      create index simulation_open on simulation (created_at, id) where state in ('waiting', 'running');
      create index simulation_over on simulation (finished_at) where finished_at is not null;
      create table simulation_person (
        simulation_id uuid not null references simulation (id) on delete cascade,
        side text not null check (side in ('subject', 'running')),
        person_id uuid not null,
        outcome text not null,
        lines jsonb not null,
        primary key (simulation_id, side, person_id));
      create index simulation_person_person on simulation_person (person_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table simulation_person, simulation');
  }
}
