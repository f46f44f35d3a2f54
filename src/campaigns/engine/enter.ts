import { addDuration } from '../../kernel/local-time.js';
import { newId } from '../../kernel/ids.js';
import type { Db } from '../../platform/database/db.js';
import { firstRefusal, type GateFacts, type ReentryFacts, type Refusal } from '../domain/gates.js';
import type { Reentry } from '../../contract/campaign.js';
import type { SegmentNode } from '../../contract/segment.js';
import { recordDecisions, type NewDecision } from '../store/decisions.store.js';
import { beginRuns, earlierRuns, lockCampaign, type EntryRecord } from '../store/enrollments.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { whoMeets, type Moment } from './conditions.js';
import { endingsOf } from './endings.js';
import { zonesOf } from './people.js';
import type { Entrance } from './watch.js';

/** An entrance, and the segment that people must be in beside its audience. */
type Asked = Entrance & { within?: SegmentNode };

/** Somebody whose entry trigger was met. */
export interface Candidate {
  personId: string;
  entry: EntryRecord;
}

/**
 * Lets candidates into a version through the gates of entry, in the published order; each refusal is one decision row.
 * People that no longer exist are passed over: there is nobody to decide about. Needs the entry lock.
 *
 * @returns how many runs began
 */
export async function enterPeople(tx: Db, entrance: Entrance, candidates: readonly Candidate[], moment: Moment): Promise<number> {
  if (candidates.length === 0) return 0;
  // As it is now and stays until commit: nobody enters behind the back of a pause or a stop.
  const state = (await lockCampaign(tx, entrance.version.campaignId)) ?? 'archived';
  if (state === 'stopped' || state === 'archived') return 0;
  let begun = 0;
  for (const round of oncePerPerson(candidates)) begun += await enterOnce(tx, { ...entrance, state }, round, moment);
  return begun;
}

/** Somebody may be a candidate twice in one batch (two orders): the second time meets what the first one led to. */
function oncePerPerson(candidates: readonly Candidate[]): Candidate[][] {
  const rounds: Candidate[][] = [];
  const times = new Map<string, number>();
  for (const candidate of candidates) {
    const before = times.get(candidate.personId) ?? 0;
    times.set(candidate.personId, before + 1);
    (rounds[before] ??= []).push(candidate);
  }
  return rounds;
}

async function enterOnce(tx: Db, entrance: Entrance, candidates: readonly Candidate[], moment: Moment): Promise<number> {
  const { version } = entrance;
  const { entering, refused } = await judgeEntry(tx, entrance, candidates, moment);
  await recordDecisions(tx, refused, moment.now);
  const place = { id: version.id, campaignId: version.campaignId, start: version.published.start };
  return (await beginRuns(tx, place, entering.map(({ personId, entry }) => ({ id: newId(), personId, entry })), moment.now)).length;
}

/**
 * Who of the candidates passes the gates of entry, and the decision rows of those who do not; nothing is written. Each
 * person is named once. Needs the entry lock, and the campaign's state locked as it was given.
 */
export async function judgeEntry(tx: Db, entrance: Asked, candidates: readonly Candidate[], moment: Moment): Promise<{ entering: Candidate[]; refused: NewDecision[] }> {
  const { version } = entrance;
  const zones = await zonesOf(tx, candidates.map((candidate) => candidate.personId), moment.zone);
  const present = candidates.filter((candidate) => zones.has(candidate.personId));
  if (present.length === 0) return { entering: [], refused: [] };
  const facts = await entryFacts(tx, entrance, zones, moment);
  const refused: NewDecision[] = [];
  const entering: Candidate[] = [];
  for (const candidate of present) {
    const refusal = firstRefusal(facts(candidate.personId));
    if (refusal) refused.push(entryRefusal(version, candidate, refusal));
    else entering.push(candidate);
  }
  return { entering, refused };
}

const entryRefusal = (version: CampaignVersion, { personId, entry }: Candidate, { code, gate, facts, nextCheckAt }: Refusal): NewDecision => ({
  personId, campaignId: version.campaignId, versionId: version.id, stepId: null, enrollmentId: null, variant: null,
  stage: 'entry', code, nextCheckAt, facts: { ...facts, gate, trigger: triggerOf(entry) },
});

/** The trigger without the event's properties, which are personal. */
const triggerOf = (entry: EntryRecord) => ({ ...entry, properties: undefined });

/** Looks up what the gates of entry ask, for all people at once. A closed campaign asks nothing more. */
export async function entryFacts(tx: Db, { version, state, within }: Asked, zones: ReadonlyMap<string, string>, moment: Moment): Promise<(personId: string) => GateFacts> {
  const { now } = moment;
  const campaign = { state, entering: true };
  if (state !== 'active') return () => ({ now, campaign, trigger: { met: true } });
  const people = [...zones.keys()];
  const { audience, reentry } = version.published;
  const wanted: SegmentNode | undefined = audience && within ? { type: 'all', of: [within, audience] } : audience ?? within;
  const inside = wanted ? await whoMeets(tx, wanted, people, moment) : null;
  const earlier = await earlierRuns(tx, version.campaignId, people);
  const endings = await endingsOf(tx, version, people.map((personId) => ({ personId, entry: null })), moment);
  return (personId) => ({
    now, campaign, trigger: { met: true },
    audience: inside ? { inside: inside.has(personId) } : { inside: true },
    reentry: reentryFacts(reentry, earlier.get(personId), zones.get(personId)!),
    exit: endings.get(personId) ?? { goals: [], rules: [] },
  });
}

/** `after_interval` counts from the last entry: "at most once every 30 days". */
function reentryFacts(reentry: Reentry, earlier: { runs: number; active: boolean; lastEnteredAt: Date } | undefined, zone: string): ReentryFacts {
  if (!earlier) return { policy: reentry.policy, runs: 0, active: false, lastEnteredAt: null, allowedFrom: null };
  const allowedFrom = reentry.policy === 'after_interval' ? addDuration(earlier.lastEnteredAt, reentry.interval, zone) : null;
  return { policy: reentry.policy, ...earlier, allowedFrom };
}
