import type { RunEvent } from '../../../contract/campaign-goals.js';
import type { Step } from '../../../contract/campaign-steps.js';
import type { CompiledMessage } from '../../../delivery/content/compiled.js';
import type { QuietJudge } from '../../../delivery/rules/quiet.js';
import type { PacingSettings } from '../../../contract/pacing.js';
import type { CampaignPacing } from '../../../contract/pacing.js';
import type { Workspace } from '../../../platform/workspace.js';
import type { InMemory } from '../../../segments/past-counts.js';
import type { PastDefinition } from '../../../segments/past-questions.js';
import type { ActiveHoldout } from '../../domain/holdouts.js';
import type { Steering } from '../../domain/steering.js';
import type { EventRule } from '../../store/events.store.js';
import type { CampaignVersion } from '../../store/versions.store.js';

/** What is supposed of people who get messages that were never sent. */
export type Reactions = 'none' | 'observed_rate' | 'worst_case';

/** Shares of sent messages of a channel, 0 to 1. */
export interface Rates { open: number; click: number; unsubscribe: number; seen: number }

/** A condition that ends runs or that people wait for, kept under watch. */
export interface Watched {
  condition: number;
  /** What coming true means. */
  as: { kind: 'goal' | 'exit'; key: string } | { kind: 'wait'; stepId: string };
}

/** An event that ends runs or that people wait for. */
export interface WatchedEvent {
  rule: number;
  as: { kind: 'goal' | 'exit'; key: string } | { kind: 'wait'; stepId: string };
}

export type TimedSteering = { choices: readonly { variant: string; keep: number; since: number; endedAt: number | null }[]; drops: readonly { variant: string; at: number }[] };

/** A version made ready to be run through by people one by one. */
export interface SimPlan {
  version: CampaignVersion;
  /** Virtual clock, in milliseconds: (from, to]; the campaign begins at `from` with nobody in it. */
  from: number;
  /** What people did and were is known from then on: earlier than `from` where a launch looks back. */
  knownFrom: number;
  to: number;
  zone: string;
  workspace: Workspace;
  settings: PacingSettings;
  pacing: CampaignPacing;
  quiet: QuietJudge;
  reactions: Reactions;
  /** By channel. */
  rates: ReadonlyMap<string, Rates>;
  /** Every condition of the version, each once; null: it names a segment that was archived, and holds for nobody. */
  conditions: readonly (PastDefinition | null)[];
  /** Those of them that are judged in memory. */
  memory: InMemory;
  audience: number | null;
  /** Of a broadcast that asks again before it sends: who is meant still. */
  recheck: number | null;
  /** Step id → its conditions, in the order written. */
  branches: ReadonlyMap<string, readonly number[]>;
  watched: readonly Watched[];
  rules: readonly EventRule[];
  watchedEvents: readonly WatchedEvent[];
  topics: ReadonlyMap<string, { transactional: boolean; optIn: boolean }>;
  holdouts: readonly (ActiveHoldout & { since: number; endedAt: number | null })[];
  /** By experiment. */
  steering: ReadonlyMap<string, TimedSteering>;
  /** Of a draft: the versions given by hand on it, by experiment and person; they hold from the beginning. */
  byHand: ReadonlyMap<string, ReadonlyMap<string, string>>;
  contents: ReadonlyMap<string, CompiledMessage>;
  /** Caps or personal frequencies are asked. */
  asksFrequency: boolean;
  /** Keys of dates that the version asks for. */
  dateKeys: readonly string[];
  hasActions: boolean;
  readsOwnEngagement: boolean;
}

/** What was decided about new people of an experiment at a moment. */
export function steeringAt(timed: TimedSteering | undefined, at: number): Steering {
  if (!timed) return { choice: null, dropped: [] };
  const choice = timed.choices.find(({ since, endedAt }) => since <= at && (endedAt === null || endedAt > at));
  return { choice: choice ? { variant: choice.variant, keep: choice.keep } : null, dropped: timed.drops.filter((drop) => drop.at <= at).map(({ variant }) => variant) };
}

export type MessageStep = Extract<Step, { type: 'message' }>;
export type { RunEvent };
