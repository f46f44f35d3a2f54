import { Inject, Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Channel } from '../../contract/message.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { loadWorkspace, type Workspace } from '../../platform/workspace.js';
import { DISPATCH_GATE, OPEN_GATE, type DispatchGate } from './dispatch-gate.js';
import { PACERS, type PacedDelivery, type Pacer } from './pacing.js';
import { cancelClaimed, claimDue, deferClaimed, mergedAway, nextDue, type ClaimedDelivery, type ClaimRequest } from './store/claims.store.js';
import { refusals } from '../preferences/store/reachability.store.js';

/** A claim as a worker asks for it. */
export interface GatedRequest extends Omit<ClaimRequest, 'held'> {
  /** As read in the claim's own transaction; absent, pacers get it read for them. Never older: a rule that was changed counts at once. */
  workspace?: Workspace;
}

export interface GatedClaims {
  /** Rows taken from the queue, refused ones included. */
  taken: number;
  /** What may be sent. Control deliveries are among them: they pass the same gates. */
  allowed: PacedDelivery[];
}

/** Takes deliveries from the queue and asks every gate once more, seconds before sending, in the transaction of the claim. */
@Injectable()
export class GatedQueue {
  private readonly gate: DispatchGate;

  constructor(private readonly db: DataSource, @Optional() @Inject(DISPATCH_GATE) gate?: DispatchGate, @Optional() @Inject(PACERS) private readonly pacers: readonly Pacer[] = []) {
    this.gate = gate ?? OPEN_GATE;
  }

  /** Claims and commits: the rows are the worker's under a lease. */
  claim(request: GatedRequest): Promise<GatedClaims> {
    return inTransaction(this.db, (tx) => this.claimIn(tx, request));
  }

  /** Claims inside a transaction that also settles. */
  async claimIn(tx: Db, request: GatedRequest): Promise<GatedClaims> {
    const held = await this.gate.heldCampaigns(tx);
    const claimed = await claimDue(tx, { ...request, held });
    if (claimed.length === 0) return { taken: 0, allowed: [] };
    const refused = await this.refuse(tx, claimed, request.channel, request.now);
    await cancelClaimed(tx, claimed.flatMap((each) => {
      const code = refused.get(each.id);
      return code ? [{ deliveryId: each.id, personId: each.personId, code }] : [];
    }), request.now);
    const passed = claimed.filter((each): each is PacedDelivery => each.person !== null && !refused.has(each.id));
    return { taken: claimed.length, allowed: await this.pace(tx, passed, request) };
  }

  /** What may go now; the rest is put back until its time, or has waited too long. */
  private async pace(tx: Db, passed: PacedDelivery[], { channel, now, ...known }: GatedRequest): Promise<PacedDelivery[]> {
    if (passed.length === 0 || this.pacers.length === 0) return passed;
    const workspace = known.workspace ?? (await loadWorkspace(tx));
    let left = passed;
    for (const pacer of this.pacers) {
      const said = await pacer.pace(tx, left, { channel, now, workspace });
      await deferClaimed(tx, said.flatMap((each) => ('until' in each ? [each] : [])));
      await cancelClaimed(tx, said.filter((each) => !('until' in each)), now);
      const stopped = new Set(said.map(({ deliveryId }) => deliveryId));
      left = left.filter(({ id }) => !stopped.has(id));
    }
    return left;
  }

  /** When the next delivery that may be taken falls due. */
  async next(channel: Channel, endpointId?: string): Promise<Date | null> {
    return nextDue(this.db, channel, await this.gate.heldCampaigns(this.db), endpointId);
  }

  /** Reason by delivery: the campaign's own rules before consent, as the decision ledger orders them. */
  private async refuse(tx: Db, claimed: readonly ClaimedDelivery[], channel: Channel, now: Date): Promise<Map<string, ReasonCode>> {
    const refused = new Map<string, ReasonCode>();
    for (const [topic, group] of byTopic(claimed)) {
      const codes = await refusals(tx, { personIds: group.map((each) => each.personId), channel, topic, now });
      for (const each of group) {
        const code = codes.get(each.personId);
        if (code) refused.set(each.id, code);
      }
    }
    const gone = claimed.filter((each) => each.person === null);
    const merged = gone.length > 0 ? await mergedAway(tx, gone.map((each) => each.personId)) : new Set<string>();
    for (const each of gone) refused.set(each.id, merged.has(each.personId) ? 'PERSON_MERGED' : 'PERSON_DELETED');
    const asked = claimed.filter((each) => each.person !== null).map(({ id, enrollmentId, personId, campaignId }) => ({ deliveryId: id, enrollmentId, personId, campaignId }));
    if (asked.length > 0) for (const { deliveryId, code } of await this.gate.recheck(tx, asked, now)) refused.set(deliveryId, code);
    return refused;
  }
}

function byTopic(claimed: readonly ClaimedDelivery[]): Map<string, ClaimedDelivery[]> {
  const groups = new Map<string, ClaimedDelivery[]>();
  for (const each of claimed) {
    const group = groups.get(each.topic);
    if (group) group.push(each);
    else groups.set(each.topic, [each]);
  }
  return groups;
}
