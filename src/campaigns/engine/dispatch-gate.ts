import { Injectable } from '@nestjs/common';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import { rows, type Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import type { ClaimedForGate, DispatchGate } from '../../delivery/sending/dispatch-gate.js';
import { firstRefusal } from '../domain/gates.js';
import { groupedBy } from '../domain/grouped.js';
import { runsForDispatch, type DispatchRun } from '../store/enrollments.store.js';
import { loadVersion } from '../store/versions.store.js';
import { endingsOf } from './endings.js';

/** The campaigns' last word, seconds before a message leaves: the same gates as at the step, on what is true by then. */
@Injectable()
export class CampaignDispatchGate implements DispatchGate {
  async heldCampaigns(db: Db): Promise<string[]> {
    const held = await rows<{ id: string }>(db, `select c.id from campaign as c where c.state = 'paused'`);
    return held.map(({ id }) => id);
  }

  async recheck(tx: Db, claimed: ClaimedForGate[], now: Date): Promise<{ deliveryId: string; code: ReasonCode }[]> {
    if (claimed.length === 0) return [];
    const runs = await runsForDispatch(tx, claimed.map((delivery) => delivery.enrollmentId));
    const zone = (await loadWorkspace(tx)).timeZone;
    const refusals = new Map<string, ReasonCode>();
    for (const [versionId, group] of groupedBy(runs, (run) => run.versionId)) {
      const version = await loadVersion(tx, versionId);
      const endings = await endingsOf(tx, version, group, { now, zone });
      for (const run of group) {
        // A completed run has left its steps but not its goal: what it queued is still its message.
        const code = endedCode(run) ?? firstRefusal({ now, campaign: { state: stateOf(run), entering: false }, exit: endings.get(run.personId) })?.code;
        if (code) refusals.set(run.id, code);
      }
    }
    return claimed.flatMap(({ deliveryId, enrollmentId }) => {
      const code = refusals.get(enrollmentId);
      return code ? [{ deliveryId, code }] : [];
    });
  }
}

const endedCode = (run: DispatchRun): ReasonCode | null => (run.state === 'exited' || run.state === 'cancelled' ? run.exitCode ?? 'NO_LONGER_ELIGIBLE' : null);

/** A pause holds messages, it refuses none: one that was claimed before the pause still goes. */
const stateOf = (run: DispatchRun): string => (run.campaignState === 'paused' ? 'active' : run.campaignState);
