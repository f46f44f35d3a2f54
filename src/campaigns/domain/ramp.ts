import type { CampaignDefinition } from '../../contract/campaign.js';
import type { RampLimits } from '../../contract/safety.js';
import type { PauseReason } from '../../delivery/sending/domain/error-budget.js';
import { bucketOf, BUCKETS } from '../../kernel/bucket.js';
import type { Duration } from '../../kernel/local-time.js';
import { fault, type Finding } from './finding.js';
import { takesCurrent } from './takes.js';

/** A stage before the last one: up to which bucket, and how long it is watched. */
export interface Stage { basisPoints: number; wait: Duration }

/** The stages a definition asks for, before the last one; null: everybody at once. */
export function plannedRamp(definition: CampaignDefinition): Stage[] | null {
  const ramp = 'ramp' in definition ? definition.ramp : undefined;
  return ramp ? ramp.stages.map(({ percent, wait }) => ({ basisPoints: Math.round(percent * (BUCKETS / 100)), wait })) : null;
}

/** The buckets [from, to) that belong to a stage, counted from 1; the one behind the last stage takes what is left. */
export function bucketsOf(stages: readonly Stage[], stage: number): { from: number; to: number } {
  return { from: stages[stage - 2]?.basisPoints ?? 0, to: stages[stage - 1]?.basisPoints ?? BUCKETS };
}

/** Whether it is the last stage, behind which nothing is watched. */
export const isLastStage = (stages: readonly Stage[], stage: number): boolean => stage > stages.length;

/** Which stage somebody belongs to, counted from 1: by the launch, so that nobody is always the first to get everything. */
export function stageOf(stages: readonly Stage[], launchId: string, personId: string): number {
  const bucket = bucketOf(launchId, personId);
  const found = stages.findIndex(({ basisPoints }) => bucket < basisPoints);
  return (found < 0 ? stages.length : found) + 1;
}

/** What is wrong in a ramp without looking anything up. */
export function rampFaults(definition: CampaignDefinition): Finding[] {
  if (!('ramp' in definition) || !definition.ramp) return [];
  const { stages } = definition.ramp;
  const falling = stages.findIndex(({ percent }, index) => index > 0 && percent <= stages[index - 1]!.percent);
  return [
    ...(falling < 0 ? [] : [fault(`ramp.stages.${falling}.percent`, 'ramp-not-rising', 'Each stage must reach more people than the one before.')]),
    ...(definition.type === 'series' && !takesCurrent(definition.entry)
      ? [fault('ramp', 'ramp-nobody', 'A ramp is for people who are there when it is published; nobody is let in then.')] : []),
    ...(definition.type === 'broadcast' && definition.message?.test?.send ? [fault('ramp', 'ramp-and-test', 'Test-then-send reaches a share first already. Take the ramp away, or send to everybody at once.')] : []),
  ];
}

/** What became of the messages of a ramp since it started, or since somebody resumed it. */
export interface RampCounts {
  /** Accepted, or ended in any way. */
  messages: number;
  hard: number;
  complaints: number;
  blocked: number;
  unsubscribed: number;
  /** Could not be rendered. */
  unrendered: number;
}

export type RampMeasure = 'hard' | 'complaint' | 'block' | 'unsubscribe' | 'render';
export interface Measured { measure: RampMeasure; count: number; of: number; percent: number; limit: number; isOver: boolean }

/** So few of a kind may be chance, whatever share of the messages they are. */
const FEW = 3;

/** Each measure beside its limit, in the order in which one halts. Nothing is over before `atLeast` messages. */
export function measuresOf(counts: RampCounts, limits: RampLimits): Measured[] {
  const of = counts.messages;
  const measured = (measure: RampMeasure, count: number, limit: number): Measured => {
    const percent = of === 0 ? 0 : Math.round((count / of) * 10_000) / 100;
    return { measure, count, of, percent, limit, isOver: of >= limits.atLeast && count >= FEW && (count / of) * 100 > limit };
  };
  return [
    measured('complaint', counts.complaints, limits.complaintPercent),
    measured('hard', counts.hard, limits.hardPercent),
    measured('block', counts.blocked, limits.blockPercent),
    measured('unsubscribe', counts.unsubscribed, limits.unsubscribePercent),
    measured('render', counts.unrendered, limits.renderPercent),
  ];
}

const WORDS: Record<RampMeasure, { en: string; ko: string }> = {
  hard: { en: 'bounced because the address does not exist', ko: '존재하지 않는 주소로 반송되었습니다' },
  complaint: { en: 'were reported as spam', ko: '스팸으로 신고되었습니다' },
  block: { en: 'were refused because of us: reputation, authentication or policy', ko: '평판, 인증 또는 정책 때문에 거부되었습니다' },
  unsubscribe: { en: 'led people to unsubscribe', ko: '수신 거부로 이어졌습니다' },
  render: { en: 'could not be rendered', ko: '메시지를 만들지 못했습니다' },
};

/** Why a ramp halts now; null when it may go on. */
export function haltOf(counts: RampCounts, limits: RampLimits, now: Date): PauseReason | null {
  const over = measuresOf(counts, limits).find(({ isOver }) => isOver);
  if (!over) return null;
  const { measure, count, of, percent, limit } = over;
  return {
    code: 'RAMP_HALTED', measure, percent, limit, of, at: now.toISOString(),
    text: {
      en: `Ramp halted by Danbi: ${count} of ${of} messages (${percent} %, more than ${limit} %) ${WORDS[measure].en}.`,
      ko: `단비가 단계 발송을 멈췄습니다: ${of}건 중 ${count}건(${percent}%, 허용 ${limit}%)이 ${WORDS[measure].ko}.`,
    },
  };
}

/** So many people more than forecast are no surprise, whatever share they are. */
const FEW_PEOPLE = 100;

/** Why a ramp does not even begin: its audience is much larger than when it was published. */
export function volumeHalt({ people, forecast }: { people: number; forecast: number | null }, { volumePercent: limit }: RampLimits, now: Date): PauseReason | null {
  if (forecast === null || people - forecast < FEW_PEOPLE || people <= forecast * (1 + limit / 100)) return null;
  const percent = forecast === 0 ? 10_000 : Math.round((people / forecast - 1) * 10_000) / 100;
  return {
    code: 'RAMP_HALTED', measure: 'volume', percent, limit, of: forecast, at: now.toISOString(),
    text: {
      en: `Ramp halted by Danbi before its first message: ${people} people are meant now, ${forecast} were when it was published (${percent} % more; ${limit} % are allowed).`,
      ko: `단비가 첫 메시지 전에 단계 발송을 멈췄습니다: 게시할 때 ${forecast}명이던 대상이 지금 ${people}명입니다(${percent}% 증가, 허용 ${limit}%).`,
    },
  };
}
