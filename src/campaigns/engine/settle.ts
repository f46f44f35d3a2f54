import type { EntityManager } from 'typeorm';
import { groupBySeparatePeople, type SettledChange } from '../domain/settled.js';
import { takeSettled } from '../store/settled.store.js';
import type { Moment } from './conditions.js';
import type { Apart } from './isolation.js';
import { lockEntry } from './locks.js';
import { workOffNews } from './news.js';
import { followErasure, followMerge } from './people-moves.js';
import { loadWatch, type Watch } from './watch.js';

/**
 * Works off the oldest news in the caller's transaction, in its order.
 *
 * @returns how many were worked off; news that has to wait does not count
 */
export async function settleBatch(tx: EntityManager, limit: number, moment: Moment, apart: Apart): Promise<number> {
  await lockEntry(tx);
  const taken = await takeSettled(tx, limit);
  if (taken.length === 0) return 0;
  const watch = await loadWatch(tx, apart);
  let waiting = 0;
  for (const group of groupBySeparatePeople(taken)) {
    if (!(await follow(tx, watch, group, moment))) waiting += 1;
  }
  return taken.length - waiting;
}

async function follow(tx: EntityManager, watch: Watch, group: readonly SettledChange[], moment: Moment): Promise<boolean> {
  const [first] = group;
  if (first!.kind === 'merged') {
    const followed = await followMerge(tx, first!, moment.now);
    await workOffNews(tx, watch, group, moment);
    return followed;
  }
  if (first!.kind === 'deleted') {
    return followErasure(tx, first!, moment.now);
  }
  await workOffNews(tx, watch, group, moment);
  return true;
}
