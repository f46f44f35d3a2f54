import type { z } from 'zod';
import { AppError } from '../../kernel/errors.js';
import { bucketStarts, localDate, localTimeOfDay } from '../../kernel/local-time.js';
import { MAX_DAYS, type PeriodQuery } from '../../contract/reports/common.js';
import type { Db } from '../../platform/database/db.js';
import { goalOf } from '../reads/goal-of.js';
import type { CampaignFacts, VersionFacts } from '../reads/campaign.read.js';

/** What a column of an export holds. `decimal` is an exact number written as text, `instant` an ISO 8601 text in UTC. */
export type ColumnType = 'text' | 'integer' | 'number' | 'decimal' | 'boolean' | 'instant' | 'json';
export interface Column { name: string; type: ColumnType }
export type Cell = string | number | boolean | Date | object | null;
export type Row = Record<string, Cell>;

/** Everything a report may ask about, read in one snapshot. */
export interface Asked { tx: Db; now: Date; timeZone: string }
export interface AskedCampaign extends Asked { campaign: CampaignFacts; versions: VersionFacts[] }

/** One report: its question, its answer, and the same answer as rows of a table. */
export interface Report<Scope extends Asked, Query extends z.ZodType, Answer> {
  /** As in its address. */
  name: string;
  query: Query;
  columns: Column[];
  read(asked: Scope, query: z.output<Query>): Promise<Answer>;
  rows(answer: Answer): Row[];
}

/** Keeps the types of a definition together. */
export const campaignReport = <Query extends z.ZodType, Answer>(report: Report<AskedCampaign, Query, Answer>) => report;
export const workspaceReport = <Query extends z.ZodType, Answer>(report: Report<Asked, Query, Answer>) => report;

/** @throws report.unknown-goal when versions were published and none of them has it */
export function refuseUnknownGoal(versions: readonly VersionFacts[], key: string | undefined): void {
  if (key === undefined || versions.length === 0 || versions.some((version) => goalOf(version, key) !== null)) return;
  throw new AppError('report.unknown-goal', `No version asked about has a goal "${key}".`, 'invalid', [{ path: 'goal', code: 'report.unknown-goal', message: 'is no goal of this campaign' }]);
}

export interface Period { from: Date; to: Date; zone: string }

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

/** @throws report.bad-period */
export function periodOf(query: PeriodQuery, { now, timeZone }: Asked): Period {
  const to = query.to === undefined ? now : new Date(query.to);
  const from = query.from === undefined ? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS) : new Date(query.from);
  const bad = (path: string, message: string) => new AppError('report.bad-period', `${path} ${message}`, 'invalid', [{ path, code: 'report.bad-period', message }]);
  if (from >= to) throw bad('from', 'must be before "to"');
  if (to.getTime() - from.getTime() > MAX_DAYS * DAY_MS) throw bad('from', `must be at most ${MAX_DAYS} days before "to"`);
  return { from, to, zone: query.zone ?? timeZone };
}

export const periodView = ({ from, to, zone }: Period) => ({ from: from.toISOString(), to: to.toISOString(), zone });

/** Pieces of one series: a request never asks for more. */
export const MAX_BUCKETS = 2_000;

export interface Bucket { start: string; end: string; local: string }

/** The hours or days of a period with both ends; the first begins before `from` when that lies inside it. @throws report.too-fine */
export function bucketsOf(period: Period, by: 'hour' | 'day'): { starts: Date[]; buckets: Bucket[] } {
  const marks = bucketStarts(period.from, period.to, by, period.zone, MAX_BUCKETS + 2);
  if (marks.length > MAX_BUCKETS + 1) throw new AppError('report.too-fine', `The period has more than ${MAX_BUCKETS} ${by}s. Ask for days, or for less.`);
  const starts = marks.slice(0, -1);
  const local = (at: Date) => `${localDate(at, period.zone)}${by === 'day' ? '' : `T${localTimeOfDay(at, period.zone).slice(0, 5)}`}`;
  return { starts, buckets: starts.map((start, index) => ({ start: start.toISOString(), end: marks[index + 1]!.toISOString(), local: local(start) })) };
}

export const rateOf = (count: number, of: number): number | null => (of === 0 ? null : count / of);
