import { addDuration } from '../../kernel/local-time.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import { newId } from '../../kernel/ids.js';
import type { Db } from '../../platform/database/db.js';
import { firstRefusal, GATES, type GateFacts, type ReentryFacts, type Refusal } from '../../kernel/gates.js';
import type { SegmentNode } from '../../contract/segment.js';
import type { Sides } from '../domain/holdouts.js';
import { recordDecisions, type NewDecision } from '../store/decisions.store.js';
import { beginRuns, earlierRuns, lockCampaign, LOOP_ENTRIES, type EarlierRuns, type EntryRecord } from '../store/enrollments.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { whoMeets, type Moment } from './conditions.js';
import { endByFound } from './end-early.js';
import { endingsOf, endingsOnTheWay } from './endings.js';
import { pausedByItself } from './halts.js';
import { considerHoldouts, holdoutSides, type Considered } from './holdouts.js';
import { zonesOf } from './people.js';
import type { Entrance } from './watch.js';

/** An entrance, and the segment that people must be in beside its audience. `again`: whoever published lets them start anew, so re-entry is not asked; `frozen`: whether they are in the audience was looked at when the launch started. */
type Asked = Entrance & { within?: SegmentNode; again?: boolean; frozen?: boolean };

/** Somebody whose entry trigger was met. */
export interface Candidate {
  personId: string;
  entry: EntryRecord;
  /** Of somebody a launch looked back for. */
  past?: Past;
}

/**
 * The clock of a run that begins in the past: its steps are timed from the moment that let it in. Those whose time was over at `since`, the start of
 * the launch, are passed by.
 */
export interface Past { at: Date; since: Date }

/**
 * Lets candidates into a version through the gates of entry, in the published order; each refusal is one decision row.
 * People that no longer exist are passed over: there is nobody to decide about. Needs the entry lock.
 *
 * @returns by candidate the code that refused, or null when a run began; without those who no longer exist
 */
export async function enterPeople(tx: Db, entrance: Entrance, candidates: readonly Candidate[], moment: Moment): Promise<Map<Candidate, ReasonCode | null>> {
  const outcomes = new Map<Candidate, ReasonCode | null>();
  if (candidates.length === 0) return outcomes;
  // As it is now and stays until commit: nobody enters behind the back of a pause or a stop.
  const state = (await lockCampaign(tx, entrance.version.campaignId)) ?? 'archived';
  if (state === 'stopped' || state === 'archived') return new Map(candidates.map((candidate) => [candidate, 'CAMPAIGN_INACTIVE']));
  for (const round of oncePerPerson(candidates)) await enterOnce(tx, { ...entrance, state }, round, { moment, outcomes });
  return outcomes;
}

/** Somebody may be a candidate twice in one batch (two orders): the second time meets what the first one led to. */
export function oncePerPerson<C extends { personId: string }>(candidates: readonly C[]): C[][] {
  const rounds: C[][] = [];
  const times = new Map<string, number>();
  for (const candidate of candidates) {
    const before = times.get(candidate.personId) ?? 0;
    times.set(candidate.personId, before + 1);
    (rounds[before] ??= []).push(candidate);
  }
  return rounds;
}

async function enterOnce(tx: Db, entrance: Entrance, candidates: readonly Candidate[], { moment, outcomes }: { moment: Moment; outcomes: Map<Candidate, ReasonCode | null> }): Promise<void> {
  const { version } = entrance;
  const { entering, refused } = await judgeEntry(tx, entrance, candidates, moment);
  await recordDecisions(tx, refused, moment.now);
  const place = { id: version.id, campaignId: version.campaignId, start: version.published.start, byKey: isByKey(version) };
  const runs = entering.map(({ personId, entry }) => ({ id: newId(), personId, entry }));
  await beginRuns(tx, place, runs, moment.now);
  await endByFound(tx, await endingsOnTheWay(tx, version, runs, moment), moment.now);
  const codes = new Map(refused.map(({ personId, code }) => [personId, code]));
  for (const candidate of entering) outcomes.set(candidate, null);
  for (const candidate of candidates) if (codes.has(candidate.personId)) outcomes.set(candidate, codes.get(candidate.personId)!);
}

/**
 * Who of the candidates passes the gates of entry, and the decision rows of those who do not. All that is written is on which
 * side of a holdout people are who are considered for the first time. Each person is named once. Needs the entry lock, and the campaign's state locked as it was given.
 */
export async function judgeEntry(tx: Db, entrance: Asked, candidates: readonly Candidate[], moment: Moment): Promise<{ entering: Candidate[]; refused: NewDecision[] }> {
  const { version } = entrance;
  const zones = await zonesOf(tx, candidates.map((candidate) => candidate.personId), moment.zone);
  const present = candidates.filter((candidate) => zones.has(candidate.personId));
  if (present.length === 0) return { entering: [], refused: [] };
  const facts = await entryFacts(tx, entrance, { zones, candidates: present }, moment);
  const refused: NewDecision[] = [];
  const entering: Candidate[] = [];
  const considered: Considered[] = [];
  for (const candidate of present) {
    const known = facts(candidate);
    const refusal = firstRefusal(known);
    if (known.holdout && known.holdout.sides.length > 0 && cameToHoldouts(refusal)) considered.push({ personId: candidate.personId, ...known.holdout, stays: !endsAtOnce(known) });
    if (refusal) refused.push(entryRefusal(version, candidate, refusal));
    else entering.push(candidate);
  }
  await considerHoldouts(tx, version, considered, moment.now);
  return { entering, refused };
}

const HOLDOUTS = GATES.indexOf('holdout');
const cameToHoldouts = (refusal: Refusal | null): boolean => refusal === null || GATES.indexOf(refusal.gate) >= HOLDOUTS;
const endsAtOnce = ({ exit }: GateFacts): boolean => exit !== undefined && exit.goals.length + exit.rules.length > 0;

const entryRefusal = (version: CampaignVersion, { personId, entry }: Candidate, { code, gate, facts, nextCheckAt }: Refusal): NewDecision => ({
  personId, campaignId: version.campaignId, versionId: version.id, stepId: null, enrollmentId: null, variant: null,
  stage: 'entry', code, nextCheckAt, facts: { ...facts, gate, trigger: triggerOf(entry) },
});

/** The trigger without the event's properties, which are personal, and so without its key. */
const triggerOf = (entry: EntryRecord) => ({ ...entry, properties: undefined, key: undefined });

/** Whether each key has a run of its own. */
export const isByKey = ({ published }: CampaignVersion): boolean => published.reentry.policy === 'concurrent_by_key';

/** Who is asked about: with what let them in, where something did. */
export interface Entering { zones: ReadonlyMap<string, string>; candidates: readonly { personId: string; entry?: EntryRecord; past?: Past }[] }

/** Looks up what the gates of entry ask, for all people at once. A closed campaign asks nothing more. */
export async function entryFacts(tx: Db, { version, state, within, again, frozen }: Asked, { zones, candidates }: Entering, moment: Moment): Promise<(candidate: Entering['candidates'][number]) => GateFacts & { holdout?: Sides }> {
  const { now } = moment;
  const campaign = { state, entering: true, ...(state === 'paused' ? { breaker: await pausedByItself(tx, version.campaignId) } : {}) };
  if (state !== 'active') return () => ({ now, campaign, trigger: { met: true } });
  const people = candidates.map(({ personId }) => personId);
  const audience = frozen ? undefined : version.published.audience;
  const wanted: SegmentNode | undefined = audience && within ? { type: 'all', of: [within, audience] } : audience ?? within;
  const inside = wanted ? await whoMeets(tx, wanted, people, moment) : null;
  const earlier = await earlierRuns(tx, version.campaignId, people, isByKey(version) && candidates.every(({ entry }) => entry) ? candidates.map(({ entry }) => entry!.key ?? '') : null);
  const sides = await holdoutSides(tx, version, people);
  // Whoever is looked back for may have reached the goal since the moment that lets them in; of others nothing has happened since.
  const endings = await endingsOf(tx, version, candidates.map(({ personId, entry, past }) => ({ id: personId, personId, entry: past ? entry! : null })), moment);
  return ({ personId, entry }) => ({
    now, campaign, trigger: triggerFacts(version, entry),
    audience: inside ? { inside: inside.has(personId) } : { inside: true },
    reentry: again ? undefined : reentryFacts(version, earlier.get(personId), zones.get(personId)!, now),
    holdout: sides(personId),
    exit: endings.get(personId) ?? { goals: [], rules: [] },
  });
}

/** An event without the property that tells runs apart lets nobody in. */
export function triggerFacts({ published }: CampaignVersion, entry: EntryRecord | undefined): NonNullable<GateFacts['trigger']> {
  const wanted = 'key' in published.entry ? published.entry.key : undefined;
  return wanted === undefined || entry === undefined || entry.key !== undefined ? { met: true } : { met: false, facts: { missing: wanted } };
}

const LOOP_MS = 86_400_000;

/**
 * `after_interval` counts from the last entry: "at most once every 30 days". A campaign that changes people may let itself, or
 * one that lets it, in again by that: such a loop ends after {@link LOOP_ENTRIES} entries in 24 hours, and goes on no faster.
 */
export function reentryFacts({ published: { reentry, steps } }: CampaignVersion, earlier: EarlierRuns | undefined, zone: string, now: Date): ReentryFacts {
  if (!earlier) return { policy: reentry.policy, runs: 0, active: false, lastEnteredAt: null, allowedFrom: null };
  const { loopSince, ...known } = earlier;
  const loopEnds = loopSince && new Date(loopSince.getTime() + LOOP_MS);
  if (loopEnds && loopEnds > now && Object.values(steps).some((step) => step.type === 'action')) return { policy: reentry.policy, ...known, allowedFrom: loopEnds, loopLimit: LOOP_ENTRIES };
  return { policy: reentry.policy, ...known, allowedFrom: reentry.policy === 'after_interval' ? addDuration(earlier.lastEnteredAt, reentry.interval, zone) : null };
}
