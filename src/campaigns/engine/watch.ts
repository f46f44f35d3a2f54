import type { RunEvent } from '../../contract/campaign-goals.js';
import { rows, type Db } from '../../platform/database/db.js';
import { conditionPlace } from '../domain/published.js';
import { takesFuture } from '../domain/takes.js';
import type { Apart } from './isolation.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';

/** A version that people can enter, with the state of its campaign. */
export interface Entrance {
  version: CampaignVersion;
  state: string;
}

/** What campaigns want to hear of: for each kind of news, who is concerned. */
export interface Watch {
  /** How one campaign's part of the work is run. */
  apart: Apart;
  entrances: Entrance[];
  /** Entry segment → versions that coming into it lets people into. */
  segments: Map<string, Entrance[]>;
  /** Entry segment → versions that leaving it lets people into. */
  leaving: Map<string, Entrance[]>;
  /** Event name → versions it lets people into. */
  events: Map<string, Entrance[]>;
  /** Hidden segment → runs it ends. */
  endings: Map<string, { version: CampaignVersion; code: 'GOAL_REACHED' | 'EXIT_RULE'; key: string }[]>;
  /** Event name → runs it ends, as goal or by an exit rule. */
  endingEvents: Map<string, { version: CampaignVersion; code: 'GOAL_REACHED' | 'EXIT_RULE'; key: string; event: RunEvent }[]>;
  /** Event name → steps at which people wait for it. */
  waitEvents: Map<string, { version: CampaignVersion; stepId: string; event: RunEvent }[]>;
  /** Hidden segments that say who may get an auto message: browsers ask anew when an answer changes. */
  audiences: Set<string>;
  /** Steps at which people wait for a date of their own, which may change. */
  dateWaits: { version: CampaignVersion; stepId: string }[];
  /** Hidden segment → steps at which people wait for it. */
  waits: Map<string, { version: CampaignVersion; stepId: string }[]>;
}

/** Collects what campaigns in progress listen to: current versions for entries, every version with people in it for the rest. */
export async function loadWatch(db: Db, apart: Apart): Promise<Watch> {
  const found = await rows<{ id: string; campaignId: string; state: string; isCurrent: boolean }>(db, `
    select v.id, c.id as "campaignId", c.state, v.id = c.current_version_id as "isCurrent"
      from campaign as c join campaign_version as v on v.campaign_id = c.id
     where c.state in ('active', 'paused', 'draining')
       and (v.id = c.current_version_id or exists (select from enrollment as e where e.version_id = v.id and e.state = 'active'))
     order by v.id`);
  const watch: Watch = { apart, entrances: [], segments: new Map(), leaving: new Map(), events: new Map(), endings: new Map(), endingEvents: new Map(), waitEvents: new Map(), audiences: new Set(), waits: new Map(), dateWaits: [] };
  for (const { id, campaignId, state, isCurrent } of found) {
    await apart(db, campaignId, async () => {
      const version = await loadVersion(db, id);
      if (isCurrent) addEntrance(watch, { version, state });
      addConditions(watch, version);
    });
  }
  return watch;
}

function addEntrance(watch: Watch, entrance: Entrance): void {
  const { entry } = entrance.version.published;
  watch.entrances.push(entrance);
  if (!takesFuture(entry)) return;
  if (entry.type === 'segment') append(entry.on === 'left' ? watch.leaving : watch.segments, entry.segmentId, entrance);
  if (entry.type === 'event') append(watch.events, entry.event, entrance);
}

function addConditions(watch: Watch, version: CampaignVersion): void {
  const { conditions, goals, exitRules, steps } = version.published;
  const audience = conditions[conditionPlace.audience];
  if (audience) watch.audiences.add(audience);
  for (const goal of goals.filter(({ exits }) => exits)) {
    const segment = conditions[conditionPlace.goal(goal.key)];
    if (segment) append(watch.endings, segment, { version, code: 'GOAL_REACHED', key: goal.key });
    if (goal.event) append(watch.endingEvents, goal.event.name, { version, code: 'GOAL_REACHED', key: goal.key, event: goal.event });
  }
  for (const { key, event } of exitRules) {
    if (event) append(watch.endingEvents, event.name, { version, code: 'EXIT_RULE', key, event });
    const segment = conditions[conditionPlace.exit(key)];
    if (segment) append(watch.endings, segment, { version, code: 'EXIT_RULE', key });
  }
  for (const [stepId, step] of Object.entries(steps)) {
    if (step.type === 'wait' && step.date) watch.dateWaits.push({ version, stepId });
    if (step.type === 'wait_until' && step.event) append(watch.waitEvents, step.event.name, { version, stepId, event: step.event });
    const segment = conditions[conditionPlace.wait(stepId)];
    if (segment) append(watch.waits, segment, { version, stepId });
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
