import type { SimulationResult } from '../../contract/simulation.js';
import type { Db } from '../../platform/database/db.js';
import { testThenSendOf } from '../domain/test-then-send.js';
import { loadVersion } from '../store/versions.store.js';
import { Tally, type SamplePerson } from './domain/tally.js';
import { unknownsOf } from './domain/unknowns.js';
import { isJudgedBefore, planOf, type Subject } from './plan.js';
import type { SimPlan } from './replay/sim-plan.js';
import { simulate } from './simulator.js';
import type { DraftSubject } from './simulations.service.js';
import { campaignNames, recordingSince, type TakenRow } from './store/simulations.store.js';
import { lostSince } from './triggers.js';

type Read = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

export interface Found { result: SimulationResult; people: { side: 'subject' | 'running'; samples: readonly SamplePerson[] }[] }

/** Runs what was asked for: the version or draft, then the running version over the same period. */
export async function runSimulation(taken: TakenRow, read: Read, progress: (done: number, total: number) => Promise<void>): Promise<Found> {
  const subject = await read((db) => subjectOf(db, taken));
  const compared = taken.comparedId === null ? null : await read((db) => loadVersion(db, taken.comparedId!));
  const sides = compared ? 2 : 1;
  const first = await sideOf(taken, subject, read, (done, total) => progress(Math.floor(done / sides), total));
  const second = compared ? await sideOf(taken, { version: compared, contents: null }, read, (done, total) => progress(Math.floor((total + done) / sides), total)) : null;
  const result = await read(async (db): Promise<SimulationResult> => {
    const [told, other] = [first.tally.side(), second?.tally.side() ?? null];
    const collided = [...told.collisions, ...(other?.collisions ?? [])].map(({ campaignId }) => campaignId);
    return { subject: told, running: other, considered: first.people, campaigns: await campaignNames(db, collided), unknown: unknownsOf(await factsOf(db, taken, first)) };
  });
  return { result, people: [{ side: 'subject', samples: first.tally.samples() }, ...(second ? [{ side: 'running' as const, samples: second.tally.samples() }] : [])] };
}

async function subjectOf(db: Db, { campaignId, versionId, draft }: TakenRow): Promise<Subject> {
  if (versionId !== null) return { version: await loadVersion(db, versionId), contents: null };
  const { published, contents, byHand } = draft as DraftSubject;
  return { version: { id: campaignId, campaignId, number: 0, published }, contents: new Map(contents), byHand: byHand ?? [] };
}

async function sideOf(taken: TakenRow, subject: Subject, read: Read, progress: (done: number, total: number) => Promise<void>) {
  const plan = await read((db) => planOf(db, subject, taken));
  const tally = new Tally({ ...taken, zone: plan.zone });
  const { people, source } = await simulate(plan, read, (personId, lines) => tally.add(personId, lines), progress);
  return { plan, tally, people, computed: source.definition !== null };
}

async function factsOf(db: Db, taken: TakenRow, { plan, computed }: { plan: SimPlan; computed: boolean }) {
  const { published } = plan.version;
  const steps = Object.values(published.steps);
  return {
    reactions: taken.reactions, from: taken.from, newTests: (taken.draft as DraftSubject | null)?.newTests ?? false, testFirst: testThenSendOf(published) !== null, inStages: published.definition.type === 'broadcast' && published.definition.ramp !== undefined,
    byName: published.entry.type === 'api', sendsToSystems: steps.some((step) => step.type === 'message' && (step.channel === 'webhook' || step.channel === 'chat')), readsEngagement: plan.readsOwnEngagement,
    computedSegment: computed, looksBack: isJudgedBefore(published), ...(await lostSince(db, taken.from)), historySince: await recordingSince(db),
  };
}
