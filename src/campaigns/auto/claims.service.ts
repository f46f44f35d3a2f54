import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { displayPlace, type DisplayPlace } from '../../contract/in-app.js';
import type { ClaimAnswer } from '../../contract/visitor-wire.js';
import { RenderFailure, type LinkSigner, type RenderedInApp } from '../../delivery/content/compiled.js';
import { ContentCache } from '../../delivery/content/content-cache.js';
import { layOut } from '../../delivery/content/display-layout.js';
import { displayMessage } from '../../delivery/content/display-message.js';
import { renderInApp } from '../../delivery/content/render.js';
import { contentFor, contextOf } from '../../delivery/sending/render-context.js';
import type { ClaimedPerson } from '../../delivery/sending/store/claims.store.js';
import { LinkKeys } from '../../delivery/tracking/link-keys.service.js';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import { inPeopleTransaction } from '../../people/people-writer.js';
import type { Db } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { firstInLine, leasesOver, openLease, waitingFor, type InLine } from '../domain/display-line.js';
import { firstRefusal, type GateFacts, type Refusal } from '../../kernel/gates.js';
import { haltOfCampaign } from '../engine/halts.js';
import { recordEntryRefusalOnce } from '../store/decisions.store.js';
import { loadVersion } from '../store/versions.store.js';
import { autoMessageOf } from './live-rules.js';
import { armOf, exhausted, isTransactionalOf, QUESTIONS, variantOf, type Asked, type Why } from './questions.js';
import { dropClaims, holdPerson, insertClaim, lapse, lineOf, lockClaim, shownInVisit, type ClaimedArm, type DisplayClaim } from './store/claims.store.js';
import { idsOf } from './store/displayed.store.js';
import { inAppToDisplay } from './store/in-app.store.js';
import { findAutoCampaign } from './store/live.store.js';
import { takeOne, tallyOf } from './store/tally.store.js';

/** How long a browser may take to display what it was granted. */
export const LEASE_MS = 15_000;
/** How long whoever was refused because of another's lease stays first in line after that lease: the time of a request. */
const LINE_MS = 2_000;
/** One refusal of a person by one code of one version is written down once in this time. */
const SAID_AGAIN_MS = 24 * 3_600_000;

/** What a browser asks, its form checked. */
export interface ClaimAsk {
  /** A new UUID of the browser for this attempt. */
  key: string;
  visit: string;
  url: string;
  why: Why;
  /** Whoever asks may read what is meant for this person alone: else it is only what any visitor could get, with nothing of the person in it. */
  trusted: boolean;
  /** What the browser likes to read, the dearest first: for people who have not said what they like. */
  languages: readonly string[];
  /** An auto message, or an in-app message by its delivery. */
  what: { campaignId: string } | { deliveryId: string };
}

const no = (why: ReasonCode, until: Date | null, now: Date): ClaimAnswer => ({ ok: 0, why, ...(until ? { n: Math.max(0, until.getTime() - now.getTime()) } : {}) });

/**
 * Permission to display, exact over tabs, devices and processes: one lease a person and class at a time, as many in all as the cap
 * of the campaign has left. Nothing of a lease is an impression: that is made by its ack, so a browser or a server that dies
 * in between has displayed nothing, and the slot comes back with the end of the lease.
 */
@Injectable()
export class DisplayClaims {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly contents: ContentCache, private readonly links: LinkKeys, private readonly runner: WorkerRunner) {}

  /** Asking again with the same key during the lease answers the same. */
  async claim(personId: string, ask: ClaimAsk): Promise<ClaimAnswer> {
    const now = this.clock.now();
    // Before the transaction: inside it, a second connection would be waited for while holding one.
    const links = await this.links.signer();
    const answer = await inPeopleTransaction(this.db, (tx) => this.decide(tx, { personId, ask, links }, now));
    if (answer.ok === 1) this.runner.wake('campaigns.displays');
    return answer;
  }

  private async decide(tx: Db, { personId, ask, links }: { personId: string; ask: ClaimAsk; links: LinkSigner }, now: Date): Promise<ClaimAnswer> {
    const known = await holdPerson(tx, personId);
    // Merged or erased since they were looked up: asked again, the browser speaks for whoever they are now.
    if (!known) return no('PERSON_MERGED', now, now);
    const nobody = { externalId: null, email: null, attributes: {} };
    const person = { ...known, ...(ask.trusted ? {} : nobody), language: known.language ?? ask.languages[0] ?? null };
    const ids = await idsOf(tx, personId);
    const before = await lockClaim(tx, ask.key);
    if (before && !ids.includes(before.personId)) return no('LEASE_DENIED', null, now);
    if (before?.state === 'open' && before.leaseUntil > now) return grant(before, now);
    if (before?.state === 'shown') return no('REENTRY_BLOCKED', null, now);
    const line = await lineOf(tx, ids);
    await lapse(tx, leasesOver(line, now).map(({ key }) => key), now);
    // What waits for this display is asked for anew: one place in line a person and message.
    await dropClaims(tx, [...(before ? [ask.key] : []), ...waitingFor(line, ask.what).map(({ key }) => key)]);
    return 'campaignId' in ask.what ? this.autoMessage(tx, { personId, ids, line, person, ask, links, campaignId: ask.what.campaignId }, now) : this.inApp(tx, { personId, ids, line, ask, deliveryId: ask.what.deliveryId }, now);
  }

  private async autoMessage(tx: Db, { personId, ids, line, person, ask, links, campaignId }: Held & { person: ClaimedPerson; links: LinkSigner; campaignId: string }, now: Date): Promise<ClaimAnswer> {
    const campaign = await findAutoCampaign(tx, campaignId);
    if (campaign?.type !== 'auto_message' || !campaign.versionId) return no('CAMPAIGN_INACTIVE', null, now);
    const version = await loadVersion(tx, campaign.versionId);
    const definition = autoMessageOf(version);
    const asked: Asked = { tx, now, workspace: await loadWorkspace(tx), version, definition, campaign, personId, ids, line, timeZone: person.timeZone, visit: ask.visit, claim: { key: ask.key, why: ask.why, trusted: ask.trusted } };
    const refusal = await judge(asked);
    const arm = refusal?.gate === 'campaign' || refusal?.gate === 'trigger' ? null : await armOf(asked);
    const variant = variantOf(definition, arm ?? { variant: '', isControl: false });
    const place = displayPlace(variant.content.format, definition.display.slot, variant.content.slot);
    const claim = claimOf(asked, ask, place);
    if (refusal) return this.refuse(asked, { refusal, variant: arm?.variant ?? null, claim });
    const contentId = version.published.contents[definition.message.id]?.[variant.key] ?? null;
    const rendered = await this.render(asked, { person, contentId, links, deliveryId: claim.deliveryId });
    if ('code' in rendered) return this.refuse(asked, { refusal: renderRefusal(asked, rendered), variant: arm!.variant, claim });
    const { cap } = definition.display;
    const counted = cap !== undefined && !arm!.isControl;
    if (counted && !(await takeOne(tx, campaignId, cap, now))) {
      const { nextBack } = await tallyOf(tx, campaignId);
      return this.refuse(asked, { refusal: firstRefusal({ now, cap: exhausted(cap, nextBack) })!, variant: arm!.variant, claim });
    }
    const held: DisplayClaim = { ...claim, counted, content: rendered, arm: { ...arm!, contentId, language: rendered.language } satisfies ClaimedArm };
    return (await insertClaim(tx, held)) ? grant(held, now) : no('LEASE_DENIED', null, now);
  }

  /** Control is rendered too, with its first variant's content, so that both sides pass the same gates. */
  private async render(asked: Asked, { person, contentId, links, deliveryId }: { person: ClaimedPerson; contentId: string | null; links: LinkSigner; deliveryId: string }): Promise<RenderedInApp | { code: ReasonCode; detail: string }> {
    const { tx, personId, workspace } = asked;
    try {
      const compiled = contentFor('in_app', await this.contents.load(tx, contentId ? [contentId] : []), contentId);
      const transactional = await isTransactionalOf(asked);
      const rendered = renderInApp(compiled, contextOf({ id: deliveryId, personId, transactional, event: null }, person, workspace), links);
      // How often is said by the campaign; the inbox must not begin to display it by itself again.
      const { until: _until, ...kept } = rendered;
      return kept;
    } catch (error) {
      if (error instanceof RenderFailure) return { code: error.code, detail: error.detail };
      throw error;
    }
  }

  /** Whoever is refused because of another's lease is first in line when it ends. */
  private async refuse(asked: Asked, { refusal, variant, claim }: { refusal: Refusal; variant: string | null; claim: DisplayClaim }): Promise<ClaimAnswer> {
    const { tx, now, version, personId } = asked;
    const { code, gate, facts, nextCheckAt } = refusal;
    if (code === 'LEASE_DENIED') await insertClaim(tx, { ...claim, state: 'waiting', leaseUntil: new Date(nextCheckAt!.getTime() + LINE_MS) });
    await recordEntryRefusalOnce(tx, { personId, campaignId: version.campaignId, versionId: version.id, stepId: null, enrollmentId: null, variant, stage: 'entry', code, nextCheckAt, facts: { ...facts, gate } }, now, SAID_AGAIN_MS);
    return no(code, nextCheckAt, now);
  }

  /** A message that a campaign has put into the inbox has passed its gates; here it only finds its tab. */
  private async inApp(tx: Db, { personId, ids, line, ask, deliveryId }: Held & { deliveryId: string }, now: Date): Promise<ClaimAnswer> {
    const message = await inAppToDisplay(tx, ids, deliveryId, now);
    if (!message) return no('NO_LONGER_ELIGIBLE', null, now);
    if (message.campaignState === 'paused') return no('CAMPAIGN_INACTIVE', null, now);
    if (await shownInVisit(tx, deliveryId, ask.visit)) return no('REENTRY_BLOCKED', null, now);
    const { campaignId, campaignSince, content } = message;
    const claim: DisplayClaim = { ...base(personId, ask, now), campaignId, versionId: null, deliveryId, kind: 'in_app', class: 'standard', slot: displayPlace(content.format, content.slot), priority: 50, content };
    const lease = openLease(line, { class: claim.class, except: ask.key }, now);
    if (lease) {
      await insertClaim(tx, { ...claim, state: 'waiting', leaseUntil: new Date(lease.leaseUntil.getTime() + LINE_MS) });
      return no('LEASE_DENIED', lease.leaseUntil, now);
    }
    const rival = firstInLine(line, { ...claim, campaignSince }, now);
    if (rival) return no('LOST_ARBITRATION', rival.leaseUntil, now);
    return (await insertClaim(tx, claim)) ? grant(claim, now) : no('LEASE_DENIED', null, now);
  }
}

/** Whoever claims, held, with what they have and wait for. */
interface Held { personId: string; ids: string[]; line: readonly InLine[]; ask: ClaimAsk }

/** A browser's word, so no more of it is kept than a visit can have. */
const MOST_DWELL_MS = 86_400_000;
const dwellOf = ({ dwell }: Why): number | null => (dwell === undefined ? null : Math.round(Math.min(dwell, MOST_DWELL_MS)));

const base = (personId: string, { key, visit, url, why }: ClaimAsk, now: Date) => ({ key, personId, visit, url, dwellMs: dwellOf(why), state: 'open' as const, counted: false, arm: null, createdAt: now, leaseUntil: new Date(now.getTime() + LEASE_MS) });

function claimOf({ personId, version, definition: { display }, now }: Asked, ask: ClaimAsk, slot: DisplayPlace): DisplayClaim {
  return { ...base(personId, ask, now), campaignId: version.campaignId, versionId: version.id, deliveryId: newId(), kind: 'auto', class: display.class, slot, priority: display.priority, content: null };
}

/** Asks gate after gate, and nothing behind the one that refuses. */
async function judge(asked: Asked): Promise<Refusal | null> {
  const breaker = asked.campaign.state === 'active' ? await haltOfCampaign(asked.tx, asked.version.campaignId, asked.campaign.state) : null;
  let facts: GateFacts = { now: asked.now, campaign: { state: asked.campaign.state, entering: true, breaker } };
  for (const question of QUESTIONS) {
    const refusal = firstRefusal(facts);
    if (refusal) return refusal;
    facts = { ...facts, ...(await question(asked)) };
  }
  return firstRefusal(facts);
}

const renderRefusal = ({ now }: Asked, { code, detail }: { code: ReasonCode; detail: string }): Refusal => firstRefusal({ now, render: { code, facts: { detail } } })!;

function grant({ leaseUntil, arm, content, campaignId, deliveryId, slot }: DisplayClaim, now: Date): ClaimAnswer {
  const ms = leaseUntil.getTime() - now.getTime();
  return arm?.isControl ? { ok: 1, ms, g: 1 } : { ok: 1, ms, m: layOut(displayMessage(content as RenderedInApp, { campaignId, deliveryId, slot: slot as DisplayPlace })) };
}
