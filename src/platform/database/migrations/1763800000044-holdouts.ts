import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Holdouts: who is kept out of many campaigns, and on which side everybody is who was considered. */
export class Holdouts1763800000044 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table holdout (
        id uuid primary key,
        name text not null,
        basis_points integer not null check (basis_points > 0 and basis_points <= 5000),
        salt text not null unique,
        campaign_ids uuid[],
        except_ids uuid[] not null default '{}',
        goal jsonb not null,
        since timestamptz not null,
        created_by text not null,
        ended_at timestamptz,
        ended_by text);
      comment on column holdout.campaign_ids is 'null: every campaign, now and later';
      comment on column holdout.basis_points is 'of people considered; fixed, like the salt, from the first of them on';

      -- First consideration of a person: it wins over the hash, and is what both sides are compared from.
      create table holdout_person (
        holdout_id uuid not null references holdout (id),
        person_id uuid not null,
        held boolean not null,
        open boolean not null,
        source text not null check (source in ('hash', 'override')),
        campaign_id uuid,
        at timestamptz not null,
        primary key (holdout_id, person_id));
      comment on column holdout_person.open is 'the first message of the campaign could have gone to them then, as far as consent, address, blocks and exit rules say; asked of both sides alike';
      create index holdout_person_person on holdout_person (person_id);
      create index holdout_person_at on holdout_person (holdout_id, at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table holdout_person, holdout');
  }
}
