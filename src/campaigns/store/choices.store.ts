import { newId } from '../../kernel/ids.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import { keepPlan } from '../../platform/database/kept-plans.js';
import type { PublishedArm } from '../domain/published.js';
import type { Steering } from '../domain/steering.js';

/** What a choice says of its arm: proven by the verdict, in front but not proven, or just chosen by a person. */
export type Claim = 'winner' | 'leader' | 'none';

/** The arm that new people get. */
export interface Choice {
  id: string;
  experimentId: string;
  variant: string;
  /** Basis points of them who go on being split by the arms. */
  keep: number;
  claim: Claim;
  /** `verdict` or `wait` when Danbi did it by itself, else the name of the actor. */
  chosenBy: string;
  since: Date;
  endedAt: Date | null;
  endedBy: string | null;
  endReason: 'undone' | 'replaced' | 'guardrail' | null;
}

const CHOICE = `c.id, c.experiment_id as "experimentId", c.variant, c.keep, c.claim, c.chosen_by as "chosenBy", c.since, c.ended_at as "endedAt", c.ended_by as "endedBy", c.end_reason as "endReason"`;

const steering = keepPlan(`
  select (select jsonb_build_object('variant', c.variant, 'keep', c.keep) from experiment_choice as c where c.experiment_id = $1 and c.ended_at is null) as choice,
         array(select d.variant from experiment_drop as d where d.experiment_id = $1 order by d.at, d.variant) as dropped`);

/** What was decided about people an experiment has not assigned yet. */
export async function loadSteering(db: Db, experimentId: string): Promise<Steering> {
  return (await row<Steering>(db, steering, [experimentId]))!;
}

/** The choice in force; null when there is none. */
export function activeChoice(db: Db, experimentId: string): Promise<Choice | null> {
  return row(db, `select ${CHOICE} from experiment_choice as c where c.experiment_id = $1 and c.ended_at is null`, [experimentId]);
}

/** All choices of an experiment, newest first. */
export function choicesOf(db: Db, experimentId: string): Promise<Choice[]> {
  return rows(db, `select ${CHOICE} from experiment_choice as c where c.experiment_id = $1 order by c.since desc, c.id desc limit 100`, [experimentId]);
}

/** The experiment must be locked, and nothing else chosen. */
export async function insertChoice(tx: Db, choice: Pick<Choice, 'experimentId' | 'variant' | 'keep' | 'claim' | 'chosenBy'> & { campaignId: string }, now: Date): Promise<void> {
  await rows(tx, `
    insert into experiment_choice (id, experiment_id, campaign_id, variant, keep, claim, chosen_by, since)
    values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz)`, [newId(), choice.experimentId, choice.campaignId, choice.variant, choice.keep, choice.claim, choice.chosenBy, now]);
}

/** From then on new people are split again. @returns the choice that ended, or null when there was none */
export function endChoice(tx: Db, experimentId: string, { by, reason }: { by: string; reason: NonNullable<Choice['endReason']> }, now: Date): Promise<Choice | null> {
  return row(tx, `
    update experiment_choice as c set ended_at = $2::timestamptz, ended_by = $3, end_reason = $4
     where c.experiment_id = $1 and c.ended_at is null returning ${CHOICE}`, [experimentId, now, by, reason]);
}

/** An experiment as those who steer it see it. */
export interface SteeredExperiment {
  id: string;
  campaignId: string;
  stepId: string;
  origin: 'danbi' | 'external';
  salt: string;
  arms: PublishedArm[];
  /** The attribute that names accounts, where arms are drawn for them; null: for people. */
  account: string | null;
  campaignType: 'series' | 'broadcast' | 'auto_message';
  campaignState: string;
}

/** @param lock lets choices of one experiment take turns, and keeps the campaign's state until commit */
export function findExperiment(db: Db, id: string, lock = false): Promise<SteeredExperiment | null> {
  return row(db, `
    select e.id, e.campaign_id as "campaignId", e.step_id as "stepId", e.origin, e.salt, e.arms, (select v.definition -> 'experiments' -> e.step_id ->> 'account' from campaign_version as v where v.id = e.version_id) as account, c.type as "campaignType", c.state as "campaignState"
      from experiment as e join campaign as c on c.id = e.campaign_id
     where e.id = $1 ${lock ? 'for no key update of e for share of c' : ''}`, [id]);
}

export async function insertDrop(tx: Db, drop: { experimentId: string; campaignId: string; variant: string; by: string }, now: Date): Promise<void> {
  await rows(tx, 'insert into experiment_drop (experiment_id, variant, campaign_id, dropped_by, at) values ($1, $2, $3, $4, $5::timestamptz)', [drop.experimentId, drop.variant, drop.campaignId, drop.by, now]);
}

/** Arms that get nobody any more, in the order they were dropped. */
export function dropsOf(db: Db, experimentId: string): Promise<{ variant: string; by: string; at: Date }[]> {
  return rows(db, `select d.variant, d.dropped_by as by, d.at from experiment_drop as d where d.experiment_id = $1 order by d.at, d.variant`, [experimentId]);
}

/**
 * Whom a choice or a drop concerns: people on the way to the experiment without an arm, those who have one and keep it, and how many
 * got one in the last seven days, as a measure of those to come.
 */
export async function peopleConcerned(db: Db, { id, campaignId, stepId }: Pick<SteeredExperiment, 'id' | 'campaignId' | 'stepId'>, now: Date): Promise<{ onTheWay: number; keepTheirs: number; lastWeek: number }> {
  return (await row(db, `
    select (select count(*)::int from enrollment as r join campaign_version as v on v.id = r.version_id
             where r.campaign_id = $2 and r.state = 'active' and v.definition -> 'experiments' -> $3 ->> 'experimentId' = $1::text
               and not exists (select from assignment as a where a.experiment_id = $1::uuid and a.person_id = r.person_id)
               and not exists (select from step_visit as s where s.enrollment_id = r.id and s.person_id = r.person_id and s.step_id = $3)) as "onTheWay",
           (select count(*)::int from assignment as a where a.experiment_id = $1::uuid) as "keepTheirs",
           (select count(*)::int from assignment as a where a.experiment_id = $1::uuid and a.assigned_at > $4::timestamptz - interval '7 days' and a.assigned_at <= $4::timestamptz) as "lastWeek"`, [id, campaignId, stepId, now]))!;
}
