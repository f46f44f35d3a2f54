import { nextAt, refilled, room } from '../../delivery/sending/domain/send-rate.js';
import { waitOf } from '../../delivery/sending/rate-gate.js';
import { openBreaker } from '../../delivery/sending/store/breaker.store.js';
import { readRates, WORKSPACE } from '../../delivery/sending/store/send-rates.store.js';
import { firstRefusal, type GateFacts, type Halted, type Refusal } from '../../kernel/gates.js';
import type { Db } from '../../platform/database/db.js';
import { heldLaunch } from '../store/approvals.store.js';
import { pauseReasonOf } from '../store/campaigns.store.js';
import { CampaignDispatchGate } from './dispatch-gate.js';

const gate = new CampaignDispatchGate();

/** What of the campaign itself keeps its messages back: its own breaker, or that of the workspace; null: nothing. */
export async function haltOfCampaign(db: Db, campaignId: string, state: string): Promise<Halted | null> {
  if (state === 'paused') return pausedByItself(db, campaignId);
  const workspace = await openBreaker(db);
  if (!workspace || !(await gate.limitedCampaigns(db)).includes(campaignId)) return null;
  return { scope: 'workspace', until: workspace.closesAt, facts: { reason: workspace.reason, since: workspace.at.toISOString() } };
}

/** The breaker of the campaign; null when a person paused it. */
export async function pausedByItself(db: Db, campaignId: string): Promise<Halted | null> {
  const why = await pauseReasonOf(db, campaignId);
  return why && { scope: 'campaign', until: null, facts: { reason: why.code, measure: why.measure, percent: why.percent, limit: why.limit, of: why.of } };
}

/** What the first and the last gate are told of a campaign when somebody asks why: breakers, a launch that waits for a second person, send rates. */
export async function campaignHalts(db: Db, campaign: { id: string; state: string }, now: Date): Promise<Pick<GateFacts, 'campaign' | 'rate'>> {
  const held = await heldLaunch(db, campaign.id);
  const unapproved = held && { people: held.people, approved: held.approved };
  return { campaign: { state: campaign.state, entering: true, breaker: await haltOfCampaign(db, campaign.id, campaign.state), unapproved }, ...(await rateOf(db, campaign.id, now)) };
}

/** What the rates say to the next message of a campaign; nothing when none concerns it. */
async function rateOf(db: Db, campaignId: string, now: Date): Promise<Pick<GateFacts, 'rate'>> {
  const limited = (await readRates(db)).filter(({ scope }) => scope === campaignId || scope === WORKSPACE);
  const own = limited.some(({ scope }) => scope === WORKSPACE) && !(await gate.limitedCampaigns(db)).includes(campaignId) ? limited.filter(({ scope }) => scope === campaignId) : limited;
  if (own.length === 0) return {};
  const [slowest] = own.map((bucket) => refilled(bucket, now)).filter((bucket) => room(bucket) < 1).toSorted((a, b) => nextAt(b).getTime() - nextAt(a).getTime());
  return { rate: slowest ? waitOf(slowest) : null };
}

/**
 * Why a message that is queued and due has not gone: its campaign is halted, or waits for its rate. Nothing was written down about it:
 * what a breaker or a rate holds simply stays in the queue. Null: nothing of these.
 */
export async function heldBack(db: Db, campaign: { id: string; state: string }, now: Date): Promise<Refusal | null> {
  const { campaign: state, rate } = await campaignHalts(db, campaign, now);
  return firstRefusal({ now, ...(state?.breaker ? { campaign: state } : {}), rate });
}
