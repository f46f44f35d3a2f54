import type { CampaignDefinition } from '../../contract/campaign.js';
import type { InFlightChoice } from '../../contract/live-editing.js';
import { AppError, type Problem } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { moveAt, movesSomebody, type MigrationPlan } from '../domain/migration-plan.js';
import { normalise } from '../domain/normalise.js';
import { stepLabels } from '../domain/step-labels.js';
import { endMigration, insertMigration, placesInFlight, runningMigration } from '../store/migrations.store.js';
import { findVersion, loadVersion } from '../store/versions.store.js';

/**
 * Keeps what the publisher chose for people in flight, in the transaction that publishes; the worker carries it out. A choice that moves
 * nobody leaves an earlier one to be carried out to its end, any other takes its place. The campaign must be locked, and the entry too when
 * somebody is moved: nobody enters the version before behind its back.
 */
export async function chooseMigration(tx: Db, to: { campaignId: string; versionId: string; definition: CampaignDefinition }, choice: InFlightChoice, by: { name: string; now: Date }): Promise<{ people: number; kept: number } | null> {
  const plan = await planOf(tx, to, choice);
  const places = await placesInFlight(tx, to.campaignId, to.versionId);
  const people = places.reduce((all, place) => all + place.people, 0);
  if (people === 0) return null;
  const kept = places.filter((place) => moveAt(plan, place).move === 'keep').reduce((all, place) => all + place.people, 0);
  const running = movesSomebody(plan);
  const earlier = running ? await runningMigration(tx, to.campaignId) : null;
  if (earlier) await endMigration(tx, earlier.id, 'replaced', by.now);
  await insertMigration(tx, { campaignId: to.campaignId, versionId: to.versionId, plan, people, kept, by: by.name, running }, by.now);
  return { people, kept };
}

/** Throws `campaign.bad-choice` with each place that names a step that is not there. */
async function planOf(tx: Db, { campaignId, definition }: { campaignId: string; definition: CampaignDefinition }, { move, steps }: InFlightChoice): Promise<MigrationPlan> {
  const plan = normalise(definition);
  const known = stepLabels(plan);
  const problems: Problem[] = [];
  const fault = (path: string, message: string) => problems.push({ path, code: 'campaign.bad-choice', message });
  const planned: MigrationPlan['steps'] = [];
  for (const [index, { version, step, move: own, to }] of steps.entries()) {
    const path = `inFlight.steps.${index}`;
    const from = await findVersion(tx, campaignId, version);
    const has = from && (await loadVersion(tx, from.id)).published.steps[step] !== undefined;
    if (!has) fault(`${path}.step`, `version ${version} has no step "${step}"`);
    else if (to !== undefined && own !== 'migrate') fault(`${path}.to`, 'only "migrate" goes to a step');
    else if (to !== undefined && !known.has(to)) fault(`${path}.to`, `the new version has no step "${to}"`);
    else planned.push({ versionId: from.id, stepId: step, move: own, ...(to === undefined ? {} : { to }) });
  }
  if (problems.length > 0) throw new AppError('campaign.bad-choice', 'The choice for people in flight does not fit the versions.', 'invalid', problems);
  return { move, steps: planned };
}
