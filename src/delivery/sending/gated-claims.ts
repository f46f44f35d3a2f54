import { Inject, Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Channel } from '../../contract/message.js';
import { firstRefusal, isDeferral, type GateFacts, type Refusal } from '../../kernel/gates.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { loadWorkspace, type Workspace } from '../../platform/workspace.js';
import { refusals } from '../preferences/store/reachability.store.js';
import { DISPATCH_GATE, OPEN_GATE, type DispatchGate } from './dispatch-gate.js';
import { CLAIM_QUESTIONS, PACERS, type ClaimMoment, type ClaimQuestion, type PacedDelivery, type Pacer } from './pacing.js';
import { RateGate, ratesFrom } from './rate-gate.js';
import { cancelClaimed, CAMPAIGNS_AT_ONCE, claimDue, deferClaimed, mergedAway, nextDue, type ClaimedDelivery, type ClaimRequest } from './store/claims.store.js';

/** A claim as a worker asks for it. */
export interface GatedRequest extends Omit<ClaimRequest, 'held'> {
  /** As read in the claim's own transaction; absent, it is read when it is needed. Never older: a rule that was changed counts at once. */
  workspace?: Workspace;
}

export interface GatedClaims {
  /** Rows taken from the queue, refused ones included. */
  taken: number;
  /** What may be sent. Control deliveries are among them: they pass the same gates. */
  allowed: PacedDelivery[];
}

/** A claimed delivery with what the judge has been told of it so far. */
interface Judged { delivery: PacedDelivery; facts: GateFacts }

/** Takes deliveries from the queue and asks every gate once more, seconds before sending, in the transaction of the claim. */
@Injectable()
export class GatedQueue {
  private readonly gate: DispatchGate;

  constructor(
    private readonly db: DataSource,
    @Optional() @Inject(DISPATCH_GATE) gate?: DispatchGate,
    @Optional() @Inject(PACERS) private readonly pacers: readonly Pacer[] = [],
    @Optional() @Inject(CLAIM_QUESTIONS) private readonly questions: readonly ClaimQuestion[] = [],
  ) {
    this.gate = gate ?? OPEN_GATE;
  }

  /** Claims and commits: the rows are the worker's under a lease. */
  claim(request: GatedRequest): Promise<GatedClaims> {
    return inTransaction(this.db, (tx) => this.claimIn(tx, request));
  }

  /** Claims inside a transaction that also settles. */
  async claimIn(tx: Db, request: GatedRequest): Promise<GatedClaims> {
    const rates = await RateGate.open(tx, this.gate, { now: request.now, share: CAMPAIGNS_AT_ONCE });
    const held = [...(await this.gate.heldCampaigns(tx)), ...rates.held];
    const claimed = await claimDue(tx, { ...request, held, rooms: rates.rooms });
    if (claimed.length === 0) return { taken: 0, allowed: [] };
    const { channel, now } = request;
    let left = await this.keepPassing(tx, await this.reached(tx, claimed, channel, now), now);
    if (left.length > 0 && this.pacers.length + this.questions.length > 0) {
      const at = { channel, now, workspace: request.workspace ?? (await loadWorkspace(tx)) };
      left = await this.keepNeeded(tx, left, at);
      for (const question of this.questions) {
        if (left.length === 0) break;
        const told = await question.ask(tx, left.map(({ delivery }) => delivery), at);
        left = await this.keepPassing(tx, left.map(({ delivery, facts }) => ({ delivery, facts: { ...facts, ...told.get(delivery.id) } })), now);
      }
    }
    // Asked last: what another gate puts off takes no place.
    const waits = rates.take(left.map(({ delivery }) => delivery));
    left = await this.keepPassing(tx, left.map(({ delivery, facts }) => ({ delivery, facts: { ...facts, ...waits.get(delivery.id) } })), now);
    await rates.close(tx);
    return { taken: claimed.length, allowed: left.map(({ delivery }) => delivery) };
  }

  /** When the next delivery that may be taken falls due. */
  async next(channel: Channel, endpointId?: string): Promise<Date | null> {
    const asked = { channel, held: await this.gate.heldCampaigns(this.db), ...(endpointId === undefined ? {} : { endpointId }) };
    const next = await nextDue(this.db, { ...asked, from: {} });
    if (next === null) return null;
    const from = await ratesFrom(this.db, this.gate);
    return Object.keys(from).length === 0 ? next : nextDue(this.db, { ...asked, from });
  }

  /** What the judge lets pass by what it knows by now; the rest is put back until its time, or is over. */
  private async keepPassing(tx: Db, judged: readonly Judged[], now: Date): Promise<Judged[]> {
    const refused = new Map<string, Refusal>();
    for (const { delivery, facts } of judged) {
      const refusal = firstRefusal(facts);
      if (refusal) refused.set(delivery.id, refusal);
    }
    if (refused.size === 0) return [...judged];
    const stopped = judged.flatMap(({ delivery: { id, personId } }) => {
      const refusal = refused.get(id);
      return refusal ? [{ deliveryId: id, personId, ...saidOf(refusal) }] : [];
    });
    await deferClaimed(tx, stopped.flatMap((each) => (each.until ? [{ ...each, until: each.until }] : [])));
    await cancelClaimed(tx, stopped.filter(({ until }) => until === null), now);
    return judged.filter(({ delivery }) => !refused.has(delivery.id));
  }

  private async keepNeeded(tx: Db, left: Judged[], at: ClaimMoment): Promise<Judged[]> {
    for (const pacer of this.pacers) {
      const said = await pacer.pace(tx, left.map(({ delivery }) => delivery), at);
      await deferClaimed(tx, said.flatMap((each) => ('until' in each ? [{ ...each, facts: null }] : [])));
      await cancelClaimed(tx, said.filter((each) => !('until' in each)).map((each) => ({ ...each, facts: null })), at.now);
      const stopped = new Set(said.map(({ deliveryId }) => deliveryId));
      left = left.filter(({ delivery }) => !stopped.has(delivery.id));
    }
    return left;
  }

  /** What the gates up to suppression are told. A person who is gone is said to be, and is asked nothing more. */
  private async reached(tx: Db, claimed: readonly ClaimedDelivery[], channel: Channel, now: Date): Promise<Judged[]> {
    const gone = claimed.filter(({ person }) => person === null).map(({ personId }) => personId);
    const merged = gone.length > 0 ? await mergedAway(tx, gone) : new Set<string>();
    const present = claimed.filter(({ person }) => person !== null);
    const codes = await this.codesOf(tx, present, channel, now);
    const words = present.length > 0 ? await this.gate.recheck(tx, present.map(({ id, enrollmentId, personId, campaignId, stepId }) => ({ deliveryId: id, enrollmentId, personId, campaignId, stepId })), now) : new Map<string, never>();
    return claimed.map((each): Judged => {
      const word = words.get(each.id);
      const code = each.person ? codes.get(each.id) ?? null : merged.has(each.personId) ? 'PERSON_MERGED' : 'PERSON_DELETED';
      return { delivery: { ...(each as PacedDelivery), pacing: word?.pacing ?? {} }, facts: { now, ...word?.facts, reach: { code } } };
    });
  }

  private async codesOf(tx: Db, claimed: readonly ClaimedDelivery[], channel: Channel, now: Date): Promise<Map<string, ReasonCode>> {
    const found = new Map<string, ReasonCode>();
    for (const [topic, group] of byTopic(claimed)) {
      const codes = await refusals(tx, { personIds: group.map((each) => each.personId), channel, topic, now });
      for (const each of group) {
        const code = codes.get(each.personId);
        if (code) found.set(each.id, code);
      }
    }
    return found;
  }
}

/** How the ledger keeps what the judge said: in words, and as facts. Without a moment it is over. */
function saidOf({ code, facts, nextCheckAt }: Refusal) {
  const { detail, ...rest } = facts;
  return { code, until: isDeferral(code) ? nextCheckAt : null, detail: typeof detail === 'string' ? detail : null, facts: Object.keys(rest).length > 0 ? rest : null };
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
