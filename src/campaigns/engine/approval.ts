import { safetyOf } from '../../delivery/sending/domain/safety-settings.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { covers, needsApproval } from '../domain/approval.js';
import { approvalFor, holdLaunch } from '../store/approvals.store.js';
import type { Launch } from '../store/launches.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { countMeant, meantByLaunch } from './meant.js';

/**
 * Whether a due launch may begin: its audience as it is now is small enough, or a second person has approved one nearly as large.
 * Else it is held until somebody approves it, or the workspace asks for no approval any more. The rest of a test was approved with it.
 */
export async function isApproved(tx: Db, { launch, version }: { launch: Launch; version: CampaignVersion }, now: Date): Promise<boolean> {
  const { above } = safetyOf(await loadWorkspace(tx)).approval;
  if (above === null || launch.part === 'rest') return true;
  const people = await countMeant(tx, meantByLaunch(launch, version), now);
  if (!needsApproval(above, people)) return true;
  const given = launch.revision === null ? null : await approvalFor(tx, launch.campaignId, launch.revision);
  const approved = given?.state === 'approved' ? given : null;
  if (approved && covers(approved.people, people)) return true;
  await holdLaunch(tx, launch.id, { people, approved: approved?.people ?? null, above });
  return false;
}
