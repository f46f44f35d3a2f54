import { row, type Db } from '../../platform/database/db.js';
import { byHandSentence, canarySentence, chosenSentence } from '../domain/choice-sentences.js';
import type { PublishedExperiment } from '../domain/published.js';
import { spoken, type Sentence } from '../domain/sentences.js';
import { armsWithout } from '../store/assignments.store.js';
import { activeChoice, type Choice } from '../store/choices.store.js';
import { openOverride, type Override } from '../store/overrides.store.js';

/** How a person came to an arm, for the gate of assignment, and what is to be said about it. */
export interface ExplainedArm {
  facts: { variant: string; source: string; choice?: Pick<Choice, 'variant' | 'claim' | 'chosenBy' | 'since'> & { keep: number }; override?: Pick<Override, 'setBy' | 'setAt'>; apart?: true };
  /** Only where the arm was chosen, or is in no comparison. */
  told: Sentence | null;
}

type ChoiceFacts = Pick<Choice, 'variant' | 'claim' | 'chosenBy' | 'since' | 'keep'>;

/** The stored assignment with the choice that was in force at its moment. */
function storedArm(db: Db, experimentId: string, personId: string): Promise<{ variant: string; source: string; choice: (Omit<ChoiceFacts, 'since'> & { since: string }) | null } | null> {
  return row(db, `
    select a.variant, a.source,
           (select jsonb_build_object('variant', c.variant, 'claim', c.claim, 'chosenBy', c.chosen_by, 'since', c.since, 'keep', c.keep)
              from experiment_choice as c
             where a.source = 'choice' and c.experiment_id = a.experiment_id and c.variant = a.variant and c.since <= a.assigned_at
             order by c.since desc limit 1) as choice
      from assignment as a where a.experiment_id = $1 and a.person_id = $2`, [experimentId, personId]);
}

/**
 * The arm a person has, or would get now.
 *
 * @param zone IANA zone in which instants are said
 */
export async function explainArm(db: Db, experiment: PublishedExperiment, personId: string, zone: string): Promise<ExplainedArm> {
  const arm = (await armsWithout(db, experiment, [personId])).get(personId)!;
  if (arm.given) return told(arm.variant, arm.given.source, arm.given.source === 'choice' ? await activeChoice(db, experiment.experimentId) : null, zone);
  // Looked up after it: an assignment that is being written meanwhile is seen by both.
  const stored = await storedArm(db, experiment.experimentId, personId);
  if (stored?.source === 'override') return apart(stored.variant, await openOverride(db, experiment.experimentId, personId), zone);
  return told(arm.variant, stored?.source ?? 'hash', stored?.choice ? { ...stored.choice, since: new Date(stored.choice.since) } : null, zone);
}

/** Of an arm that was given by hand, or is a canary's. */
function apart(variant: string, override: Override | null, zone: string): ExplainedArm {
  if (!override) return { facts: { variant, source: 'override', apart: true }, told: canarySentence(variant) };
  return { facts: { variant, source: 'override', apart: true, override: { setBy: override.setBy, setAt: override.setAt } }, told: byHandSentence(variant, spoken(override.setAt.toISOString(), zone)) };
}

function told(variant: string, source: string, choice: ChoiceFacts | null, zone: string): ExplainedArm {
  if (!choice) return { facts: { variant, source }, told: null };
  const { claim, chosenBy, since, keep } = choice;
  return { facts: { variant, source, choice: { variant: choice.variant, claim, chosenBy, since, keep: keep / 10_000 } }, told: chosenSentence(variant, claim, spoken(since.toISOString(), zone)) };
}
