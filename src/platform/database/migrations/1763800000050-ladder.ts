import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rungs of a message: what goes when the one before had no success. A success ends the rest in the statement that stores it. */
export class Ladder1763800000050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table delivery
        add column rung_unless text check (rung_unless in ('displayed', 'opened', 'clicked', 'answered', 'goal')),
        add column rung_seconds int;
      comment on column delivery.rung_unless is 'of a rung: it goes unless this became of the delivery fallback_of within rung_seconds';
      comment on column delivery.fallback_of is 'the delivery it stands in for: an in-app message not seen within fallback_hours, or the rung before';
      create index delivery_rung on delivery (fallback_of) where rung_unless is not null`);
    await runner.query(`
      create function end_ladders(at timestamptz, deliveries uuid[], people uuid[], kinds text[], verdicts text[]) returns bigint language sql as $$
        with won as materialized (
          select n.enrollment_id, n.person_id, n.version_id, split_part(n.step_id, '~', 1) as step
            from unnest(deliveries, people, kinds, verdicts) as e (delivery_id, person_id, kind, verdict)
            join delivery as n on n.fallback_of = e.delivery_id and n.person_id = e.person_id and n.rung_unless is not null
           where e.verdict <> 'machine'
             and n.rung_unless = any (case e.kind when 'impression' then '{displayed}'::text[] when 'open' then '{opened}' when 'click' then '{displayed,opened,clicked}' when 'reply' then '{displayed,answered}' else '{}' end)),
        ended as (
          update delivery as d
             set state = 'cancelled', reason = 'NO_LONGER_ELIGIBLE', settled_at = end_ladders.at, detail = 'An earlier rung of the ladder had success.'
            from won as w
           where d.enrollment_id = w.enrollment_id and d.person_id = w.person_id and d.version_id = w.version_id and split_part(d.step_id, '~', 1) = w.step
             and d.rung_unless is not null and d.state = 'queued'
          returning 1)
        select count(*) from ended
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
