import { newId } from '../../kernel/ids.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import type { Stage } from '../domain/ramp.js';

export interface NewLaunch {
  campaignId: string;
  versionId: string;
  /** Null: everybody in the audience. */
  segmentId: string | null;
  dueAt: Date;
  /** `test`: a share gets it first, the others are frozen. */
  part?: 'all' | 'test';
  /** Stages before the last one; null: everybody at once. */
  ramp?: Stage[] | null;
  /** People meant by now, when it is known. */
  forecast?: number | null;
  /** Of the draft that is published. */
  revision?: number | null;
}

/** Plans the entry of everybody who is in the segment at `dueAt`. Wake `campaigns.launch` after commit. */
export async function insertLaunch(tx: Db, { campaignId, versionId, segmentId, dueAt, part = 'all', ramp = null, forecast = null, revision = null }: NewLaunch): Promise<void> {
  await rows(tx, `
    insert into launch (id, campaign_id, version_id, segment_id, due_at, state, part, ramp, forecast, revision)
    values ($1, $2, $3, $4, $5::timestamptz, 'waiting', $6, $7::jsonb, $8, $9)`, [newId(), campaignId, versionId, segmentId, dueAt, part, ramp && JSON.stringify(ramp), forecast, revision]);
}

/** Ends launches that have not finished; who they took in stays in. @returns how many */
export async function cancelLaunches(tx: Db, campaignId: string, states: readonly ('waiting' | 'running')[], now: Date): Promise<number> {
  const cancelled = await rows(tx, `
    update launch as l set state = 'cancelled', finished_at = $3::timestamptz
     where l.campaign_id = $1 and l.state = any($2::text[]) returning l.id`, [campaignId, states, now]);
  return cancelled.length;
}

/** People not yet taken in by an open launch get the new version. */
export async function moveLaunches(tx: Db, campaignId: string, versionId: string): Promise<void> {
  await rows(tx, `update launch as l set version_id = $2 where l.campaign_id = $1 and l.state in ('waiting', 'running')`, [campaignId, versionId]);
}

/** True once a launch of the campaign has begun. */
export async function hasLaunched(tx: Db, campaignId: string): Promise<boolean> {
  const found = await row<{ begun: boolean }>(tx, `select exists (select from launch as l where l.campaign_id = $1 and l.state in ('running', 'done')) as begun`, [campaignId]);
  return found!.begun;
}

/**
 * Entry by a date attribute starts at `now`; with the same date entry in the version before, it goes on from where that one
 * had come to, so that nobody is missed or taken twice.
 */
export async function startDateTick(tx: Db, versionId: string, continued: string | null, now: Date): Promise<void> {
  await rows(tx, `
    insert into date_entry_tick (version_id, evaluated_to)
    values ($1, coalesce((select t.evaluated_to from date_entry_tick as t where t.version_id = $2), $3::timestamptz))`, [versionId, continued, now]);
}

/** The versions before no longer take anybody in. */
export async function endDateTick(tx: Db, versionId: string): Promise<void> {
  await rows(tx, 'delete from date_entry_tick as t where t.version_id = $1', [versionId]);
}
