import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { announceEngagement } from '../../people/store/change.store.js';
import type { AckAnswer, SurveyAnswer } from '../../contract/visitor-wire.js';
import type { InboxAction } from '../../delivery/inbox/domain/display.js';
import { recordTouch } from '../../delivery/inbox/record-touch.js';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { AppError } from '../../kernel/errors.js';
import { NEWS } from '../../people/store/news.store.js';
import { inPeopleTransaction } from '../../people/people-writer.js';
import type { Db } from '../../platform/database/db.js';
import { IdentityGuard } from '../../platform/http/identity-guard.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { displayFacts, mayDisplay } from '../domain/display-frequency.js';
import { openLease } from '../domain/display-line.js';
import { usableZone } from '../engine/people.js';
import { assignVariants } from '../store/assignments.store.js';
import { loadVersion } from '../store/versions.store.js';
import { storeAnswer } from './answers.js';
import { autoMessageOf } from './live-rules.js';
import { variantOf } from './questions.js';
import { holdPerson, lineOf, lockClaim, moveClaim, type ClaimedArm, type DisplayClaim } from './store/claims.store.js';
import { displayedBy, displayedOf, idsOf } from './store/displayed.store.js';
import { insertImpression } from './store/impressions.store.js';
import { findAutoCampaign } from './store/live.store.js';
import { giveBack, takeOne } from './store/tally.store.js';

export type AckDoing = 'shown' | 'back' | 'open' | 'click' | 'reply' | 'dismiss';

/** What a browser says became of a claim, its form checked. */
export interface AckAsk { key: string; doing: AckDoing; button: number | null; answer: SurveyAnswer | null }

interface Acked { tx: Db; now: Date; personId: string; ids: string[]; timeZone: string | null; claim: DisplayClaim; protectedTraits: ReadonlySet<string> }

const OK: AckAnswer = { ok: 1 };
const ENDED = ['stopped', 'archived', 'draft'];

/**
 * Makes impressions of leases, and keeps what was done with what was displayed. Everything of one ack is one transaction; saying
 * it again changes nothing.
 */
@Injectable()
export class DisplayAcks {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly identity: IdentityGuard) {}

  /** @throws AppError `claim.unknown` (404), `claim.invalid-answer`, `inbox.no-button` */
  async ack(personId: string | null, ask: AckAsk): Promise<AckAnswer> {
    const now = this.clock.now();
    if (personId === null) throw unknownClaim();
    // Before the transaction: inside it, a second connection would be waited for while holding one.
    const { protectedTraits } = await this.identity.policy();
    const answer = await inPeopleTransaction(this.db, async (tx): Promise<AckAnswer> => {
      const person = await holdPerson(tx, personId);
      if (!person) return { ok: 0, why: 'PERSON_MERGED' };
      const ids = await idsOf(tx, personId);
      const claim = await lockClaim(tx, ask.key);
      if (!claim || !ids.includes(claim.personId)) throw unknownClaim();
      return this.apply({ tx, now, personId, ids, timeZone: person.timeZone, claim, protectedTraits }, ask);
    });
    for (const worker of ['segments.membership', NEWS]) this.runner.wake(worker);
    return answer;
  }

  private async apply(acked: Acked, ask: AckAsk): Promise<AckAnswer> {
    if (ask.doing === 'back') return back(acked);
    // Whatever is done with a message proves that it was displayed.
    const shown = await confirm(acked);
    if (shown.ok === 0 || ask.doing === 'shown') return shown;
    return touch(acked, ask, ask.doing);
  }
}

const unknownClaim = () => new AppError('claim.unknown', 'There is no such claim of this visitor.', 'not_found');

/** The slot is free at once. What was displayed stays displayed. */
async function back({ tx, now, personId, claim }: Acked): Promise<AckAnswer> {
  if (claim.state === 'shown') return { ok: 0, why: 'NO_LONGER_ELIGIBLE' };
  if (claim.state !== 'open') return OK;
  if (claim.counted) await giveBack(tx, claim.campaignId);
  await moveClaim(tx, { ...claim, personId, state: 'back', counted: false }, now);
  return OK;
}

async function confirm(acked: Acked): Promise<AckAnswer> {
  const { tx, now, personId, claim } = acked;
  if (claim.state === 'shown') return OK;
  if (claim.state === 'recalled') return { ok: 0, why: 'CAMPAIGN_INACTIVE' };
  if (claim.state === 'waiting') return { ok: 0, why: 'LEASE_DENIED' };
  if (claim.kind === 'in_app') return confirmInApp(acked);
  // A stop waits for this transaction, or this one sees it. What was granted before a pause was granted.
  const campaign = await findAutoCampaign(tx, claim.campaignId, true);
  if (!campaign?.versionId || ENDED.includes(campaign.state)) return { ok: 0, why: 'CAMPAIGN_INACTIVE' };
  const { cap } = autoMessageOf(await loadVersion(tx, campaign.versionId)).display;
  if (claim.state !== 'open' && !(await isStillFree(acked))) return { ok: 0, why: 'LEASE_DENIED' };
  // A cap that came with a version published since the claim, or a slot that was taken back: there has to be one now.
  const needsOne = cap !== undefined && !claim.counted && !claim.arm!.isControl;
  if (needsOne && !(await takeOne(tx, claim.campaignId, cap, now))) return { ok: 0, why: 'CAP_DROPPED' };
  const version = await loadVersion(tx, claim.versionId!);
  const { message } = autoMessageOf(version);
  const experiment = version.published.experiments[message.id]!;
  await assignVariants(tx, { experiment, campaignId: claim.campaignId, personIds: [personId], now, shown: claim.arm!.given });
  await announceEngagement(tx, [{ personId, campaignId: claim.campaignId }], now);
  const mine = { ...claim, personId, versionId: version.id, arm: claim.arm as ClaimedArm };
  await insertImpression(tx, { enrollmentId: newId(), claim: mine, stepId: message.id, topic: message.topic, experimentId: experiment.experimentId }, now);
  await moveClaim(tx, { ...mine, state: 'shown', counted: claim.counted || needsOne }, now);
  return OK;
}

/** After the lease: nobody has the place now, and the message has not been displayed to this person by another claim since. */
async function isStillFree({ tx, now, ids, timeZone, claim }: Acked): Promise<boolean> {
  if (openLease(await lineOf(tx, ids), { class: claim.class, except: claim.key }, now)) return false;
  if (claim.kind === 'in_app') return true;
  const definition = autoMessageOf(await loadVersion(tx, claim.versionId!));
  const seen = (await displayedOf(tx, ids, [claim.campaignId], claim.visit)).get(claim.campaignId);
  const displayed = displayedBy(seen, variantOf(definition, claim.arm!).content.until);
  const zone = usableZone(timeZone, (await loadWorkspace(tx)).timeZone);
  return mayDisplay(displayFacts(definition.display.frequency, displayed, zone), now).may;
}

async function confirmInApp(acked: Acked): Promise<AckAnswer> {
  const { tx, now, personId, claim } = acked;
  if (claim.state !== 'open' && !(await isStillFree(acked))) return { ok: 0, why: 'LEASE_DENIED' };
  const seen = await tryTouch(acked, 'seen', null);
  if (seen === null) return { ok: 0, why: 'NO_LONGER_ELIGIBLE' };
  await moveClaim(tx, { ...claim, personId, state: 'shown' }, now);
  return OK;
}

/** Null when nothing can be done with the message any more: it was recalled or has expired. */
async function tryTouch({ tx, now, personId, ids, claim }: Acked, action: InboxAction, button: number | null) {
  for (const id of [personId, ...ids.filter((other) => other !== personId)]) {
    try {
      const touched = await recordTouch(tx, { personId: id, deliveryId: claim.deliveryId, action, button }, now);
      if (touched) return { ...touched, personId: id };
    } catch (error) {
      if (error instanceof AppError && error.kind === 'conflict') return null;
      throw error;
    }
  }
  return null;
}

async function touch(acked: Acked, { button, answer }: AckAsk, action: Exclude<AckDoing, 'shown' | 'back'>): Promise<AckAnswer> {
  if (acked.claim.arm?.isControl) return { ok: 0, why: 'EXPERIMENT_CONTROL' };
  const touched = await tryTouch(acked, action, button);
  if (touched === null) return { ok: 0, why: 'NO_LONGER_ELIGIBLE' };
  if (action === 'reply') await storeAnswer(acked.tx, { personId: touched.personId, content: touched.message.content, isNew: touched.actions.includes('reply'), claim: acked.claim, answer, protectedTraits: acked.protectedTraits }, acked.now);
  return OK;
}
