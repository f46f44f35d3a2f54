import { newId } from '../../kernel/ids.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import { announceEngagement } from '../../people/store/change.store.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { Gate } from '../../kernel/gates.js';

/** Where in a campaign's life a decision was taken. */
export type Stage = 'entry' | 'step' | 'exit' | 'dispatch';

export interface NewDecision {
  personId: string;
  campaignId: string;
  versionId: string | null;
  stepId: string | null;
  enrollmentId: string | null;
  variant: string | null;
  stage: Stage;
  code: ReasonCode;
  /** What the gate saw. No personal data: it outlives what it was taken from. */
  facts: Record<string, unknown> & { gate?: Gate };
  nextCheckAt: Date | null;
}

/** Appends to the ledger of why a message did not go. */
export async function recordDecisions(tx: Db, decisions: readonly NewDecision[], now: Date): Promise<void> {
  if (decisions.length === 0) return;
  const given = <K extends keyof NewDecision>(key: K) => decisions.map((decision) => decision[key]);
  await rows(tx, `
    insert into decision (id, person_id, at, campaign_id, version_id, step_id, enrollment_id, variant, stage, code, facts, next_check_at)
    select d.id, d.person_id, $1::timestamptz, d.campaign_id, d.version_id, d.step_id, d.enrollment_id, d.variant, d.stage, d.code, d.facts, d.next_check_at
      from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::jsonb[], $12::timestamptz[])
        as d (id, person_id, campaign_id, version_id, step_id, enrollment_id, variant, stage, code, facts, next_check_at)`, [
    now, decisions.map(() => newId()), given('personId'), given('campaignId'), given('versionId'), given('stepId'), given('enrollmentId'),
    given('variant'), given('stage'), given('code'), decisions.map(({ facts }) => JSON.stringify(facts)), given('nextCheckAt'),
  ]);
  await announceEngagement(tx, decisions.filter(({ code }) => code === 'HOLDOUT'), now);
}

/**
 * Writes a refusal of an auto message once in a time: a browser that asks again each second is told again, and the ledger has one row for
 * a person, version and code until `again` milliseconds have passed. Those who ask for one person have to take turns.
 */
export async function recordEntryRefusalOnce(tx: Db, decision: NewDecision, now: Date, again: number): Promise<void> {
  const { personId, campaignId, versionId, code } = decision;
  const said = await rows(tx, `
    select 1 from decision as d
     where d.person_id = $1 and d.campaign_id = $2 and d.version_id = $3 and d.code = $4 and d.stage = 'entry' and d.at > $5::timestamptz limit 1`,
  [personId, campaignId, versionId, code, new Date(now.getTime() - again)]);
  if (said.length === 0) await recordDecisions(tx, [decision], now);
}
