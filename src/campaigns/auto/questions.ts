import type { AutoMessageDefinition } from '../../contract/campaign.js';
import type { DisplayTrigger } from '../../contract/display.js';
import { displayPlace } from '../../contract/in-app.js';
import { refusals } from '../../delivery/preferences/store/reachability.store.js';
import { ruleOf } from '../../delivery/rules/domain/rule-settings.js';
import { frequencyOf } from '../../delivery/rules/frequency.js';
import { quietOf } from '../../delivery/rules/quiet.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import type { Db } from '../../platform/database/db.js';
import type { Workspace } from '../../platform/workspace.js';
import { displayFacts, repeatOf } from '../domain/display-frequency.js';
import { firstInLine, openLease, type InLine } from '../domain/display-line.js';
import { scheduleAt } from '../domain/display-schedule.js';
import type { GateFacts } from '../../kernel/gates.js';
import { whoMeets } from '../engine/conditions.js';
import { endingsOf } from '../engine/endings.js';
import { considerHoldouts, holdoutSides } from '../engine/holdouts.js';
import { campaignPlaces } from '../engine/kept-places.js';
import { usableZone } from '../engine/people.js';
import { armsWithout, type AssignedOrGiven } from '../store/assignments.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { displayedBy, displayedOf, standardDisplays } from './store/displayed.store.js';
import { isTransactional } from './store/in-app.store.js';
import { tallyOf } from './store/tally.store.js';

/** What a browser says fulfilled the trigger: milliseconds, percent, the event. */
export interface Why { dwell?: number; scroll?: number; event?: string }

/** Who asks for which auto message, and when. */
export interface Asked {
  tx: Db;
  now: Date;
  workspace: Workspace;
  version: CampaignVersion;
  definition: AutoMessageDefinition;
  campaign: { state: string; createdAt: Date };
  personId: string;
  /** The person and those merged into them a moment ago. */
  ids: readonly string[];
  /** What they have open and wait for. */
  line: readonly InLine[];
  /** The person's own zone, if it was told. */
  timeZone: string | null;
  visit: string | null;
  /** Of a claim; null when somebody asks for an explanation: then nothing of the page is known. */
  claim: { key: string; why: Why; trusted: boolean } | null;
}

/** A part of the facts, asked only when every gate before it has let the display pass. */
export type Question = (asked: Asked) => Promise<Partial<GateFacts>>;

/** The clock of a browser and ours: attention is measured there to 50 ms. */
const TOLERANCE_MS = 50;
const DAY_MS = 86_400_000;

const trigger: Question = async ({ definition: { display }, now, timeZone, workspace, claim }) => {
  const zone = timeZone === null ? null : usableZone(timeZone, workspace.timeZone);
  const { open, nextAt } = scheduleAt(display.schedule, now, zone);
  if (!open) return { trigger: { met: false, facts: { schedule: display.schedule, zone }, nextAt } };
  const short = claim ? shortOf(display.trigger, claim.why) : null;
  return { trigger: short ? { met: false, ...short } : { met: true } };
};

/** What a browser reports and the trigger asks for more of; what is not reported was looked at there. */
function shortOf(wanted: DisplayTrigger, why: Why): { code: ReasonCode; facts: Record<string, unknown> } | null {
  if (wanted.type === 'dwell' && why.dwell !== undefined && why.dwell + TOLERANCE_MS < wanted.seconds * 1_000) return { code: 'DWELL_UNMET', facts: { dwell: why.dwell, wanted: wanted.seconds * 1_000 } };
  if (wanted.type === 'scroll' && why.scroll !== undefined && Math.ceil(why.scroll) < wanted.percent) return { code: 'PAGE_RULE_UNMET', facts: { scroll: why.scroll, wanted: wanted.percent } };
  if (wanted.type === 'event' && why.event !== undefined && why.event !== wanted.event) return { code: 'PAGE_RULE_UNMET', facts: { wanted: wanted.event } };
  return null;
}

/** Whether somebody is in an audience is told to nobody who only says to be them. */
const audience: Question = async ({ tx, version, personId, now, workspace, claim }) => {
  const { audience: wanted } = version.published;
  return { audience: { inside: !wanted || (claim?.trusted !== false && (await whoMeets(tx, wanted, [personId], { now, zone: workspace.timeZone })).has(personId)) } };
};

/** Several gates ask the same of one claim, which holds its person meanwhile: it is looked up once. */
function once<T>(look: (asked: Asked) => Promise<T>): (asked: Asked) => Promise<T> {
  const known = new WeakMap<Asked, Promise<T>>();
  return (asked) => {
    const found = known.get(asked) ?? look(asked);
    known.set(asked, found);
    return found;
  };
}

/** The arm a person has or will have; nothing is stored before the impression. */
export const armOf = once(async ({ tx, version, definition, personId }): Promise<AssignedOrGiven> => (await armsWithout(tx, version.published.experiments[definition.message.id]!, [personId])).get(personId)!);

/** The variant of an arm; control stands for the first, whose content it renders too. */
export const variantOf = ({ message }: AutoMessageDefinition, arm: Pick<AssignedOrGiven, 'variant' | 'isControl'>) => message.variants.find(({ key }) => !arm.isControl && key === arm.variant) ?? message.variants[0]!;

const seen = once(async ({ tx, ids, version, visit }) => (await displayedOf(tx, ids, [version.campaignId], visit)).get(version.campaignId));

const display: Question = async (asked) => {
  const { definition, timeZone, workspace, now } = asked;
  const displayed = displayedBy(await seen(asked), variantOf(definition, await armOf(asked)).content.until);
  return { display: repeatOf(displayFacts(definition.display.frequency, displayed, usableZone(timeZone, workspace.timeZone)), now) };
};

/** Whoever comes as far as this is considered: both sides are recorded when a browser asks, not when somebody wants to know why. */
const holdout: Question = async ({ tx, version, personId, now, claim }) => {
  const sides = (await holdoutSides(tx, version, [personId]))(personId);
  if (claim) await considerHoldouts(tx, version, [{ personId, ...sides, stays: true }], now);
  return { holdout: sides };
};

/** Goals that are events count from the first impression. */
const exit: Question = async (asked) => {
  const { tx, version, personId, now, workspace } = asked;
  const first = (await seen(asked))?.firstAt;
  const found = await endingsOf(tx, version, [{ id: personId, personId, entry: first ? { kind: 'display', at: first.toISOString() } : null }], { now, zone: workspace.timeZone });
  return { exit: found.get(personId) ?? { goals: [], rules: [] } };
};

const reach: Question = async ({ tx, personId, definition: { message }, now }) =>
  ({ reach: { code: (await refusals(tx, { personIds: [personId], channel: 'in_app', topic: message.topic, now })).get(personId) ?? null } });

/** Whether the message is of a topic that is no advertising. */
export const isTransactionalOf = once(({ tx, definition: { message } }) => isTransactional(tx, message.topic));

/** The display as pacing knows it; it takes its place now or never. */
const asMessage = async (asked: Asked) => {
  const { definition: { message, display: { class: messageClass, priority } }, version, personId, timeZone, now } = asked;
  return { id: version.id, personId, campaignId: version.campaignId, stepId: message.id, topic: message.topic, class: messageClass, priority, timeZone, transactional: await isTransactionalOf(asked), queuedAt: now, dueAt: now, expiresAt: null };
};

const quiet: Question = async (asked) => {
  const { tx, workspace, now, version } = asked;
  return { quiet: (await quietOf(tx, [await asMessage(asked)], { channel: 'in_app', now, workspace, spreads: false })).get(version.id) ?? null };
};

/** Caps of the workspace, and displays of a person in the last 24 hours; the message that took the place is named. */
const frequency: Question = async (asked) => {
  const { tx, ids, definition, workspace, now, version, claim } = asked;
  const capped = (await frequencyOf(tx, [await asMessage(asked)], { channel: 'in_app', now, workspace, kept: campaignPlaces, take: claim !== null })).get(version.id) ?? null;
  const { on, parameters: { perDay } } = ruleOf(workspace, 'display_limit');
  if (!on || definition.display.class === 'essential') return { frequency: capped };
  const recent = await standardDisplays(tx, ids, new Date(now.getTime() - DAY_MS), perDay);
  if (recent.length < perDay) return { frequency: capped };
  const oldest = recent.at(-1)!;
  const until = new Date(oldest.at.getTime() + DAY_MS);
  if (capped && capped.until > until) return { frequency: capped };
  return { frequency: { until, facts: { rule: 'display_limit', perDay, slot: oldest.campaignId, winner: { campaignId: oldest.campaignId, stepId: null, deliveryId: null, at: oldest.at.toISOString(), kept: false } } } };
};

const cap: Question = async ({ tx, version, definition }) => {
  const most = definition.display.cap;
  if (most === undefined) return { cap: null };
  const { taken, nextBack } = await tallyOf(tx, version.campaignId);
  return { cap: taken < most ? null : exhausted(most, nextBack) };
};

export const exhausted = (most: number, nextBack: Date | null) => ({ until: nextBack, facts: { cap: most } });

const arbitration: Question = async (asked) => {
  const { line, version, definition, campaign, now, claim } = asked;
  const { class: slotClass, priority, slot } = definition.display;
  const lease = openLease(line, { class: slotClass, except: claim?.key ?? null }, now);
  if (lease) return { arbitration: { code: 'LEASE_DENIED', until: lease.leaseUntil, facts: { slot: lease.campaignId, delivery: lease.deliveryId } } };
  const { format, slot: own } = variantOf(definition, await armOf(asked)).content;
  const rival = firstInLine(line, { class: slotClass, slot: displayPlace(format, slot, own), priority, campaignId: version.campaignId, campaignSince: campaign.createdAt }, now);
  return { arbitration: rival ? { code: 'LOST_ARBITRATION', until: rival.leaseUntil, facts: { slot: rival.campaignId, priority: rival.priority } } : null };
};

/** In the one order of the gates. Whether a cap has something left is known before arbitration, and taken behind it. */
export const QUESTIONS: readonly Question[] = [trigger, audience, display, holdout, exit, reach, quiet, frequency, cap, arbitration];
