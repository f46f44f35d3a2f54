import type { Attention } from '../../../analytics/home/domain/attention.js';
import type { Finding } from '../../domain/status.js';

export type AlarmLevel = 'warn' | 'bad';

/** What an alarm is about, as it is kept: enough to say it without asking again. */
export interface AlarmFacts {
  name?: string;
  campaignId?: string;
  segmentId?: string;
  endpointId?: string;
  domainId?: string;
  check?: Finding['check'];
  value?: number | null;
  unit?: Finding['unit'];
  count?: number;
  of?: number;
  expected?: number;
  since?: string;
  /** What was promised: share (0 to 1), seconds and hours. */
  share?: number | null;
  target?: { share: number; seconds: number; hours: number };
  text?: { en: string; ko: string };
}

/** Something that is wrong now. */
export interface Condition {
  /** The same as long as it is the same thing: at most one alarm is open for it. */
  key: string;
  kind: AlarmKind;
  level: AlarmLevel;
  facts: AlarmFacts;
}

/** Part of what needs somebody that is no fault: the day it is read is early enough. */
const NO_FAULTS = ['approval', 'readout_due', 'readout_done'] as const satisfies readonly Attention['kind'][];
type Fault = Exclude<Attention['kind'], (typeof NO_FAULTS)[number]>;

/** `check` is one of the status page, `level` a service level that is missed, `unreadable` that none of it can be known; the others are those of home. */
export type AlarmKind = 'check' | 'level' | 'unreadable' | Fault;
export const ALARM_KINDS = ['check', 'level', 'unreadable', 'breaker', 'paused', 'stuck', 'canary', 'zero', 'collapse', 'surge', 'split', 'bounces', 'complaints', 'relay', 'domain', 'segment', 'webhook_off', 'webhook_resting', 'webhook_lost', 'silent'] as const satisfies readonly AlarmKind[];

/** How bad each is. What stops messages or makes results wrong is to mend now; the rest is to look at today. */
const LEVELS: Record<Fault, AlarmLevel> = {
  breaker: 'bad', paused: 'bad', stuck: 'bad', canary: 'warn', zero: 'bad', collapse: 'warn', surge: 'warn', split: 'bad', bounces: 'warn', complaints: 'bad', relay: 'bad', domain: 'warn', segment: 'warn',
  webhook_off: 'warn', webhook_resting: 'warn', webhook_lost: 'warn', silent: 'warn',
};

const isFault = (attention: Attention): attention is Attention & { kind: Fault } => !(NO_FAULTS as readonly string[]).includes(attention.kind);

/** A campaign that misses, or soon misses, what was promised of it. */
export interface LevelFound { campaignId: string; name: string; target: { share: number; seconds: number; hours: number }; measured: { share: number | null; level: 'ok' | AlarmLevel } }

/** Nothing else can be said while it holds. */
export const UNREADABLE: Condition = { key: 'unreadable', kind: 'unreadable', level: 'bad', facts: {} };

/** Everything that is wrong, from the checks of the status page, from what home says needs somebody, and from the service levels. Pure. */
export function conditionsOf(findings: readonly Finding[], attention: readonly Attention[], levels: readonly LevelFound[] = []): Condition[] {
  const checks = findings.flatMap(({ check, level, value, unit }): Condition[] => (level === 'ok' ? [] : [{ key: `check:${check}`, kind: 'check', level, facts: { check, value, unit } }]));
  const others = attention.filter(isFault).map(({ kind, ...facts }): Condition => {
    const known = facts as AlarmFacts;
    const about = known.campaignId ?? known.segmentId ?? known.endpointId ?? known.domainId ?? known.name ?? '';
    return { key: about === '' ? kind : `${kind}:${about}`, kind, level: LEVELS[kind], facts: known };
  });
  const missed = levels.flatMap(({ campaignId, name, target, measured: { share, level } }): Condition[] => (level === 'ok' ? [] : [{ key: `level:${campaignId}`, kind: 'level', level, facts: { campaignId, name, target, share } }]));
  return [...new Map([...checks, ...missed, ...others].map((condition) => [condition.key, condition])).values()];
}

/** How long something must last before anybody is told: what mends itself within a minute is no news. */
export const LASTS_MS = 60_000;
/** How long it must be gone before it is over: what comes and goes around its limit would be told and taken back each minute. */
export const CALM_MS = 5 * 60_000;
/** Time between two looks. */
export const LOOK_MS = 30_000;

export interface OpenAlarm { id: string; key: string; level: AlarmLevel; openedAt: Date; /** When it held last. */ seenAt: Date; toldLevel: AlarmLevel | null }

export interface Steps {
  open: Condition[];
  /** Open ones that still hold, with what is known of them now, and whether somebody is to be told. */
  keep: { id: string; condition: Condition; tell: 'opened' | 'worse' | null }[];
  /** Over: gone for {@link CALM_MS}. Whoever was told of them is told of that; what nobody was told of is forgotten at once. */
  close: { id: string; wasTold: boolean }[];
}

/** What to do with the alarms that are open, given what is wrong now. Pure. */
export function stepsOf(alarms: readonly OpenAlarm[], conditions: readonly Condition[], now: Date): Steps {
  const known = new Map(conditions.map((condition) => [condition.key, condition]));
  const steps: Steps = { open: conditions.filter(({ key }) => !alarms.some((alarm) => alarm.key === key)), keep: [], close: [] };
  for (const { id, key, openedAt, seenAt, toldLevel } of alarms) {
    const condition = known.get(key);
    if (!condition && toldLevel !== null && now.getTime() - seenAt.getTime() < CALM_MS) continue;
    if (!condition) steps.close.push({ id, wasTold: toldLevel !== null });
    else if (toldLevel === null) steps.keep.push({ id, condition, tell: now.getTime() - openedAt.getTime() >= LASTS_MS ? 'opened' : null });
    else steps.keep.push({ id, condition, tell: toldLevel === 'warn' && condition.level === 'bad' ? 'worse' : null });
  }
  return steps;
}
