import type { Goal } from '../../contract/campaign.js';
import { rows, type Db } from '../../platform/database/db.js';
import { conditionPlace } from '../domain/published.js';
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
  /** Entry segment → versions it lets people into. */
  segments: Map<string, Entrance[]>;
  /** Event name → versions it lets people into. */
  events: Map<string, Entrance[]>;
  /** Hidden segment → runs it ends. */
  endings: Map<string, { version: CampaignVersion; code: 'GOAL_REACHED' | 'EXIT_RULE'; key: string }[]>;
  /** Event name → goals it reaches that end runs. */
  goalEvents: Map<string, { version: CampaignVersion; goal: Goal }[]>;
  /** Hidden segments that say who may get an auto message: browsers ask anew when an answer changes. */
  audiences: Set<string>;
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
  const watch: Watch = { apart, entrances: [], segments: new Map(), events: new Map(), endings: new Map(), goalEvents: new Map(), audiences: new Set(), waits: new Map() };
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
  if (entry.type === 'segment' && entry.take !== 'current_only') append(watch.segments, entry.segmentId, entrance);
  if (entry.type === 'event') append(watch.events, entry.event, entrance);
}

function addConditions(watch: Watch, version: CampaignVersion): void {
  const { conditions, goals, exitRules, steps } = version.published;
  const audience = conditions[conditionPlace.audience];
  if (audience) watch.audiences.add(audience);
  for (const goal of goals.filter(({ exits }) => exits)) {
    const segment = conditions[conditionPlace.goal(goal.key)];
    if (segment) append(watch.endings, segment, { version, code: 'GOAL_REACHED', key: goal.key });
    if (goal.event) append(watch.goalEvents, goal.event.name, { version, goal });
  }
  for (const { key } of exitRules) {
    const segment = conditions[conditionPlace.exit(key)];
    if (segment) append(watch.endings, segment, { version, code: 'EXIT_RULE', key });
  }
  for (const stepId of Object.keys(steps)) {
    const segment = conditions[conditionPlace.wait(stepId)];
    if (segment) append(watch.waits, segment, { version, stepId });
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
