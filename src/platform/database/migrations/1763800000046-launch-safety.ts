import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Launches in stages, what they were expected to be, and the approval of a second person. */
export class LaunchSafety1763800000046 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table launch
        add column ramp jsonb,
        add column stage smallint not null default 0,
        add column resume_at timestamptz,
        add column counted_from timestamptz,
        add column copied boolean not null default false,
        add column forecast integer,
        add column revision integer,
        add column unapproved jsonb;
      comment on column launch.ramp is 'stages before the last one: [{"basisPoints", "wait"}], rising; null: everybody at once';
      comment on column launch.stage is 'stages begun; people belong to one by bucket of launch id and person id';
      comment on column launch.resume_at is 'of a ramp: the stage is through, the next one not before this';
      comment on column launch.counted_from is 'of a ramp: messages that ended since then can halt it; its start, or when somebody last resumed it';
      comment on column launch.copied is 'who is left of the audience stands in launch_person, because only a look at its start could tell';
      comment on column launch.forecast is 'people meant when it was published, as far as known';
      comment on column launch.revision is 'of the draft that was published: what an approval was given for';
      comment on column launch.unapproved is 'it is due and waits for a second person: {"people", "approved", "above"}';

      create table campaign_approval (
        id uuid primary key,
        campaign_id uuid not null references campaign (id),
        revision integer not null,
        state text not null check (state in ('requested', 'approved', 'rejected')),
        people integer,
        authors text[] not null,
        requested_by text not null,
        requested_at timestamptz not null,
        request_note text not null,
        decided_by text,
        decided_at timestamptz,
        decision_note text,
        is_alone boolean not null default false,
        check ((state = 'requested') = (decided_at is null)));
      comment on table campaign_approval is 'asked for and given for one revision of a draft; another revision needs another one';
      comment on column campaign_approval.people is 'audience as counted when it was asked for, then when it was decided; null: nobody can say';
      comment on column campaign_approval.authors is 'who wrote the draft or asked: none of them may approve';
      comment on column campaign_approval.is_alone is 'there was nobody else who may launch';
      create index campaign_approval_campaign on campaign_approval (campaign_id, requested_at desc);
      create unique index campaign_approval_open on campaign_approval (campaign_id) where state = 'requested';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table campaign_approval;
      alter table launch drop column ramp, drop column stage, drop column resume_at, drop column counted_from, drop column copied, drop column forecast, drop column revision, drop column unapproved;
    `);
  }
}
