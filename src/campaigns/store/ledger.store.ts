import { rows, type Db } from '../../platform/database/db.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';

/** A run as the ledger tells it. Instants are ISO texts throughout. */
export interface RunRecord {
  id: string;
  campaignId: string;
  campaignName: string;
  versionId: string;
  versionNumber: number;
  state: 'active' | 'completed' | 'exited' | 'cancelled';
  exitCode: ReasonCode | null;
  stepId: string;
  dueAt: string | null;
  enteredAt: string;
  leftAt: string | null;
  /** `version`: the one under which the step was left, or is being waited at. */
  steps: { stepId: string; version: number; arrivedAt: string; leftAt: string | null; outcome: string | null }[];
  /** How its publisher moved it from version to version, and where it stood then. */
  moves: { at: string; from: number; to: number; stepId: string }[];
  deliveries: DeliveryRecord[];
}

export interface DeliveryRecord {
  id: string;
  stepId: string;
  /** Of which it was decided: another, when the run was moved later. */
  version: number;
  channel: string;
  variant: string;
  isControl: boolean;
  state: string;
  reason: ReasonCode | null;
  detail: string | null;
  /** What the gate that put it off or refused it compared; the message that took its place is `winner`. */
  gateFacts: Record<string, unknown> | null;
  queuedAt: string;
  dueAt: string;
  sentAt: string | null;
  settledAt: string | null;
  events: { kind: string; at: string; verdict: string }[];
}

const at = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const numberOf = (versionId: string) => `(select n.number from campaign_version as n where n.id = ${versionId})`;

/** Runs of one person, newest first, with steps, deliveries and what came of those; of one campaign, or of all. */
export function runsOfPerson(db: Db, personId: string, page: { campaignId: string | null; before: string | null; limit: number }): Promise<RunRecord[]> {
  return rows<RunRecord>(db, `
    select e.id, e.campaign_id as "campaignId", c.name as "campaignName", e.version_id as "versionId", v.number as "versionNumber", e.state, e.exit_code as "exitCode",
           e.step_id as "stepId", ${at('e.due_at')} as "dueAt", ${at('e.entered_at')} as "enteredAt", ${at('e.left_at')} as "leftAt",
           coalesce((select jsonb_agg(jsonb_build_object('at', ${at("(m.move ->> 'at')::timestamptz")}, 'from', ${numberOf("(m.move ->> 'from')::uuid")}, 'to', ${numberOf("(m.move ->> 'to')::uuid")}, 'stepId', m.move ->> 'step') order by m.place)
                       from jsonb_array_elements(e.moves) with ordinality as m (move, place)), '[]') as moves,
           coalesce((select jsonb_agg(jsonb_build_object('stepId', s.step_id, 'version', ${numberOf('s.version_id')}, 'arrivedAt', ${at('s.arrived_at')}, 'leftAt', ${at('s.left_at')}, 'outcome', s.outcome) order by s.arrived_at, s.left_at nulls last)
                       from step_visit as s where s.enrollment_id = e.id and s.person_id = e.person_id), '[]') as steps,
           coalesce((select jsonb_agg(jsonb_build_object('id', d.id, 'stepId', d.step_id, 'version', ${numberOf('d.version_id')}, 'channel', d.channel, 'variant', d.variant, 'isControl', d.is_control, 'state', d.state, 'reason', d.reason,
                                      'detail', d.detail, 'gateFacts', d.gate_facts, 'queuedAt', ${at('d.queued_at')}, 'dueAt', ${at('d.due_at')}, 'sentAt', ${at('d.sent_at')}, 'settledAt', ${at('d.settled_at')},
                                      'events', coalesce((select jsonb_agg(jsonb_build_object('kind', x.kind, 'at', ${at('x.at')}, 'verdict', x.verdict) order by x.at)
                                                            from delivery_event as x where x.delivery_id = d.id and x.person_id = d.person_id), '[]')) order by d.queued_at, d.id)
                       from delivery as d where d.enrollment_id = e.id and d.person_id = e.person_id), '[]') as deliveries
      from enrollment as e
      join campaign as c on c.id = e.campaign_id
      join campaign_version as v on v.id = e.version_id
     where e.person_id = $1 and ($2::uuid is null or e.campaign_id = $2) and ($3::uuid is null or e.id < $3)
     order by e.id desc limit $4`, [personId, page.campaignId, page.before, page.limit]);
}

/** One refusal as the ledger tells it. */
export interface DecisionRecord {
  id: string;
  personId: string;
  /** Who it is, for people to read; null where there is none, or the person was erased. */
  externalId: string | null;
  email: string | null;
  at: string;
  versionId: string | null;
  stepId: string | null;
  enrollmentId: string | null;
  variant: string | null;
  stage: string;
  code: ReasonCode;
  facts: Record<string, unknown>;
  nextCheckAt: string | null;
}

const DECISION = `d.id, d.person_id as "personId", p.external_id as "externalId", p.email, ${at('d.at')} as at, d.version_id as "versionId", d.step_id as "stepId", d.enrollment_id as "enrollmentId", d.variant,
  d.stage, d.code, d.facts, ${at('d.next_check_at')} as "nextCheckAt"`;

export interface DecisionQuery {
  personId?: string;
  stepId?: string;
  code?: string;
  stage?: string;
  /** Refusals of [from, to). */
  from?: string;
  to?: string;
  before: string | null;
  limit: number;
}

/** Decisions of a campaign, newest first. */
export function decisionsOf(db: Db, campaignId: string, query: DecisionQuery): Promise<DecisionRecord[]> {
  return rows<DecisionRecord>(db, `
    select ${DECISION}
      from decision as d left join person as p on p.id = d.person_id
     where d.campaign_id = $1 and ($2::uuid is null or d.person_id = $2) and ($3::text is null or d.step_id = $3) and ($4::text is null or d.code = $4)
       and ($5::text is null or d.stage = $5) and ($6::uuid is null or d.id < $6)
       and ($8::timestamptz is null or d.at >= $8) and ($9::timestamptz is null or d.at < $9)
     order by d.id desc limit $7`, [campaignId, query.personId ?? null, query.stepId ?? null, query.code ?? null, query.stage ?? null, query.before, query.limit, query.from ?? null, query.to ?? null]);
}

/** One person in a campaign. */
export interface Participant {
  runId: string;
  personId: string;
  externalId: string | null;
  email: string | null;
  versionId: string;
  state: string;
  exitCode: string | null;
  stepId: string;
  dueAt: string | null;
  enteredAt: string;
  leftAt: string | null;
}

/** Runs of a campaign, newest first; `step` is the step people stand at, or ended at. */
export function participantsOf(db: Db, campaignId: string, query: { stepId?: string; state?: string; before: string | null; limit: number }): Promise<Participant[]> {
  return rows<Participant>(db, `
    select e.id as "runId", e.person_id as "personId", p.external_id as "externalId", p.email, e.version_id as "versionId", e.state, e.exit_code as "exitCode", e.step_id as "stepId",
           ${at('e.due_at')} as "dueAt", ${at('e.entered_at')} as "enteredAt", ${at('e.left_at')} as "leftAt"
      from enrollment as e left join person as p on p.id = e.person_id
     where e.campaign_id = $1 and ($2::text is null or e.step_id = $2) and ($3::text is null or e.state = $3) and ($4::uuid is null or e.id < $4)
     order by e.id desc limit $5`, [campaignId, query.stepId ?? null, query.state ?? null, query.before, query.limit]);
}
