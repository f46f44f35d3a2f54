import { Injectable } from '@nestjs/common';
import { authoredStep, rungsOf } from '../../contract/campaign-steps.js';
import type { GateFacts } from '../../kernel/gates.js';
import { rows, type Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import type { CampaignWord, ClaimedForGate, DispatchGate } from '../../delivery/sending/dispatch-gate.js';
import { groupedBy } from '../domain/grouped.js';
import { pacingAt, type PublishedDefinition } from '../domain/published.js';
import type { SegmentNode } from '../../contract/segment.js';
import { messagesOf } from '../domain/outcome.js';
import { runsForDispatch, type DispatchRun } from '../store/enrollments.store.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';
import { whoMeets, type Moment } from './conditions.js';
import { endingsOf, whoReached, type Endings } from './endings.js';

const HELD = `select c.id from campaign as c where c.state = 'paused' union all select null from workspace_breaker as b where b.id = 1 and b.state = 'open'`;

/** The campaigns' last word, seconds before a message leaves: the same gates as at the step, on what is true by then. */
@Injectable()
export class CampaignDispatchGate implements DispatchGate {
  async heldCampaigns(db: Db): Promise<string[]> {
    // One question: a row without an id says that the breaker of the workspace is open.
    const held = (await rows<{ id: string | null }>(db, HELD)).map(({ id }) => id);
    const paused = held.filter((id) => id !== null);
    return held.length > paused.length ? [...paused, ...(await this.limitedCampaigns(db))] : paused;
  }

  async limitedCampaigns(db: Db): Promise<string[]> {
    const running = await rows<{ id: string; versionId: string }>(db, `select c.id, c.current_version_id as "versionId" from campaign as c where c.state in ('active', 'draining') and c.current_version_id is not null`);
    if (running.length === 0) return [];
    const transactional = new Set((await rows<{ key: string }>(db, `select t.key from topic as t where t.kind = 'transactional'`)).map(({ key }) => key));
    const limited: string[] = [];
    for (const { id, versionId } of running) if (!topicsOf(await loadVersion(db, versionId)).every((topic) => transactional.has(topic))) limited.push(id);
    return limited;
  }

  async recheck(tx: Db, claimed: ClaimedForGate[], now: Date): Promise<ReadonlyMap<string, CampaignWord>> {
    const words = new Map<string, CampaignWord>();
    if (claimed.length === 0) return words;
    const runs = await runsForDispatch(tx, claimed.map((delivery) => delivery.enrollmentId));
    const zone = (await loadWorkspace(tx)).timeZone;
    const byRun = groupedBy(claimed, ({ enrollmentId }) => enrollmentId);
    for (const [versionId, group] of groupedBy(runs, (run) => run.versionId)) {
      const version = await loadVersion(tx, versionId);
      const endings = await endingsOf(tx, version, group, { now, zone });
      const inside = await stillInside(tx, version, group.map(({ personId }) => personId), { now, zone });
      const forGoal = group.filter(({ id }) => (byRun.get(id) ?? []).some(({ stepId }) => asksForGoal(version, stepId)));
      const goal = version.published.goals.find(({ primary }) => primary);
      const reached = new Set(forGoal.length > 0 && goal ? await whoReached(tx, version, goal, forGoal, { now, zone }) : []);
      for (const run of group) {
        const audience = inside ? { audience: { inside: inside.has(run.personId) } } : {};
        for (const { deliveryId, stepId } of byRun.get(run.id) ?? []) {
          const facts = { ...factsOf(run, reached.has(run.id) && asksForGoal(version, stepId) ? { goals: [goal!.key], rules: [] } : endings.get(run.id)), ...audience };
          words.set(deliveryId, { facts, pacing: { sendWindow: pacingAt(version.published, stepId).sendWindow } });
        }
      }
    }
    return words;
  }
}

const topics = new WeakMap<CampaignVersion, readonly string[]>();

/** Topics of all messages of a version, which never changes. */
function topicsOf(version: CampaignVersion): readonly string[] {
  const known = topics.get(version);
  if (known) return known;
  const { published } = version;
  const found = messagesOf(published).map((id) => (published.steps[id] as { topic: string }).topic);
  topics.set(version, found);
  return found;
}

/** Who is meant still, of a broadcast that asks again before it sends; null: it does not. */
async function stillInside(tx: Db, { published: { definition } }: CampaignVersion, people: readonly string[], moment: Moment): Promise<Set<string> | null> {
  if (definition.type !== 'broadcast' || !definition.recheckAudience) return null;
  const { segmentId, audience } = definition;
  const nodes: SegmentNode[] = [...(segmentId ? [{ type: 'segment' as const, op: 'in' as const, segmentId }] : []), ...(audience ? [audience] : [])];
  return nodes.length === 0 ? null : whoMeets(tx, nodes.length === 1 ? nodes[0]! : { type: 'all', of: nodes }, people, moment);
}

/** A rung that is not needed once the goal is reached, its own or that of a rung before it. */
function asksForGoal({ published }: { published: PublishedDefinition }, stepId: string): boolean {
  const step = published.steps[authoredStep(stepId)];
  const rungs = step?.type === 'message' && stepId !== step.id ? rungsOf(step) : [];
  return rungs.slice(0, rungs.findIndex((rung) => rung.stepId === stepId) + 1).some(({ wait }) => 'unless' in wait && wait.unless === 'goal');
}

/** A completed run has left its steps but not its goal: what it queued is still its message. */
function factsOf(run: DispatchRun, { goals, rules }: Endings = { goals: [], rules: [] }): Pick<GateFacts, 'campaign' | 'exit'> {
  const ended = run.state === 'exited' || run.state === 'cancelled' ? run.exitCode ?? 'NO_LONGER_ELIGIBLE' : null;
  // Whatever ended the run is told before the state of its campaign, which may have ended since.
  return { campaign: ended ? undefined : { state: stateOf(run), entering: false }, exit: { goals, rules, ended } };
}

/** A pause holds messages, it refuses none: one that was claimed before the pause still goes. */
const stateOf = (run: DispatchRun): string => (run.campaignState === 'paused' ? 'active' : run.campaignState);
