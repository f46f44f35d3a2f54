import type { SegmentNode } from '../../contract/segment.js';
import type { CompiledMessage } from '../../delivery/content/compiled.js';
import { loadContents } from '../../delivery/content/store/content.store.js';
import { pacingSettingsOf } from '../../delivery/rules/domain/pacing-settings.js';
import { ruleOf } from '../../delivery/rules/domain/rule-settings.js';
import { quietJudge } from '../../delivery/rules/quiet.js';
import { AppError } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { inMemoryOf } from '../../segments/past-counts.js';
import { readPast, type PastDefinition } from '../../segments/past-questions.js';
import type { DraftByHand } from '../experiments/draft-overrides.js';
import { groupedBy } from '../domain/grouped.js';
import { concerns } from '../domain/holdouts.js';
import { messagesOf } from '../domain/outcome.js';
import { lookBackTo, lookingBack } from '../domain/takes.js';
import { pacingOf, type PublishedDefinition } from '../domain/published.js';
import { ruleOf as eventRuleOf } from '../engine/endings.js';
import type { EventRule } from '../store/events.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import type { Reactions, SimPlan, Watched, WatchedEvent } from './replay/sim-plan.js';
import { holdoutsSince, observedRates, steeringSince, topicsOf } from './store/plan.store.js';

/** A version to be simulated, with its messages when they are not stored and what is given by hand on it (a draft). */
export interface Subject { version: CampaignVersion; contents: ReadonlyMap<string, CompiledMessage> | null; byHand?: readonly DraftByHand[] }

export interface Span { from: Date; to: Date; reactions: Reactions }

/** Everything a simulation needs that is the same for all people. */
export async function planOf(db: Db, { version, contents, byHand = [] }: Subject, { from, to, reactions }: Span): Promise<SimPlan> {
  const workspace = await loadWorkspace(db);
  const { published } = version;
  const conditions = new Conditions();
  const events = new Events(version);
  const parts = watchOf(published, conditions, events);
  const definitions = await conditions.read(db);
  const settings = pacingSettingsOf(workspace);
  const steps = Object.values(published.steps);
  return {
    version, from: from.getTime(), knownFrom: (isJudgedBefore(published) ? lookBackTo(lookingBack(published.entry)!, from).from : from).getTime(), to: to.getTime(), zone: workspace.timeZone, workspace, settings, reactions, pacing: pacingOf(published), quiet: quietJudge(workspace),
    rates: reactions === 'observed_rate' ? await observedRates(db, from, to) : new Map(),
    conditions: definitions, memory: inMemoryOf(definitions), ...parts, rules: events.rules,
    topics: await topicsOf(db), holdouts: await holdoutsOf(db, version, from), steering: await steeringSince(db, Object.values(published.experiments).filter(({ arms }) => arms.length > 1).map(({ experimentId }) => experimentId)),
    byHand: new Map([...groupedBy(byHand, ({ experimentId }) => experimentId)].map(([id, given]) => [id, new Map(given.map(({ personId, variant }) => [personId, variant]))])),
    contents: contents ?? (await storedContents(db, published)),
    asksFrequency: settings.caps.some(({ on }) => on) || ruleOf(workspace, 'frequency_preference').on,
    dateKeys: [...new Set([...(published.entry.type === 'date' ? [published.entry.attribute] : []), ...steps.flatMap((step) => (step.type === 'wait' && step.date ? [step.date.attribute] : []))])],
    hasActions: steps.some((step) => step.type === 'action'),
    readsOwnEngagement: definitions.some((definition) => definition?.engagement),
  };
}

/** Whether conditions are asked about moments before the period: waits that began, and branches that were come to, in what a launch looks back at. */
export const isJudgedBefore = ({ entry, steps }: PublishedDefinition): boolean => lookingBack(entry) !== null && Object.values(steps).some((step) => (step.type === 'wait_until' && step.condition !== undefined) || step.type === 'branch');

/** Every condition of a version once, by its place. */
class Conditions {
  private readonly nodes: SegmentNode[] = [];
  private readonly known = new Map<string, number>();

  place(node: SegmentNode): number {
    const key = JSON.stringify(node);
    const known = this.known.get(key) ?? this.nodes.push(node) - 1;
    this.known.set(key, known);
    return known;
  }

  /** Null for what names a segment that was archived: as in the engine it holds for nobody. */
  async read(db: Db): Promise<(PastDefinition | null)[]> {
    const found: (PastDefinition | null)[] = [];
    for (const node of this.nodes) {
      found.push(await readPast(db, node).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'segment.invalid') return null;
        throw error;
      }));
    }
    return found;
  }
}

class Events {
  readonly rules: EventRule[] = [];
  constructor(private readonly version: CampaignVersion) {}

  place(event: Parameters<typeof eventRuleOf>[0]): number {
    return this.rules.push(eventRuleOf(event, this.version)) - 1;
  }
}

function watchOf({ definition, audience, goals, exitRules, steps }: PublishedDefinition, conditions: Conditions, events: Events): Pick<SimPlan, 'audience' | 'recheck' | 'branches' | 'watched' | 'watchedEvents'> {
  // As the dispatch gate asks it (engine/dispatch-gate.ts).
  const recheck: SegmentNode[] = definition.type === 'broadcast' && definition.recheckAudience ? [...(definition.segmentId ? [{ type: 'segment' as const, op: 'in' as const, segmentId: definition.segmentId }] : []), ...(audience ? [audience] : [])] : [];
  const watched: Watched[] = [];
  const watchedEvents: WatchedEvent[] = [];
  const watch = (said: { condition?: SegmentNode; event?: Parameters<typeof eventRuleOf>[0] }, as: Watched['as']): void => {
    if (said.condition) watched.push({ condition: conditions.place(said.condition), as });
    if (said.event) watchedEvents.push({ rule: events.place(said.event), as });
  };
  for (const goal of goals) if (goal.exits) watch(goal, { kind: 'goal', key: goal.key });
  for (const rule of exitRules) watch(rule, { kind: 'exit', key: rule.key });
  for (const step of Object.values(steps)) if (step.type === 'wait_until') watch(step, { kind: 'wait', stepId: step.id });
  const branches = Object.values(steps).flatMap((step) => (step.type === 'branch' ? [[step.id, step.branches.map(({ condition }) => conditions.place(condition))] as const] : []));
  return { audience: audience ? conditions.place(audience) : null, recheck: recheck.length === 0 ? null : conditions.place({ type: 'all', of: recheck }), branches: new Map(branches), watched, watchedEvents };
}

async function storedContents(db: Db, published: PublishedDefinition): Promise<ReadonlyMap<string, CompiledMessage>> {
  const ids = Object.values(published.contents).flatMap((variants) => Object.values(variants));
  return new Map([...(await loadContents(db, [...new Set(ids)]))].map(([id, { compiled }]) => [id, compiled]));
}

/** As the engine has it: a campaign whose messages are all of transactional topics is never held back. */
async function holdoutsOf(db: Db, version: CampaignVersion, from: Date): Promise<SimPlan['holdouts']> {
  const topics = messagesOf(version.published).flatMap((id) => {
    const step = version.published.steps[id];
    return step?.type === 'message' ? [step.topic] : [];
  });
  const known = await topicsOf(db);
  if (topics.length === 0 || topics.every((topic) => known.get(topic)?.transactional)) return [];
  return (await holdoutsSince(db, from)).filter((holdout) => concerns(holdout, version.campaignId));
}
