import type { EntityManager } from 'typeorm';
import { groupBySeparatePeople, type SettledChange } from '../domain/settled.js';
import { takeSettled } from '../store/settled.store.js';
import type { Moment } from './conditions.js';
import type { Apart } from './isolation.js';
import { lockEntry } from './locks.js';
import { eventsHeard, peopleConcerned } from './heard.js';
import { workOffNews, type Listening } from './news.js';
import { followErasure, followMerges } from './people-moves.js';
import { loadWatch } from './watch.js';

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
  const heard = await eventsHeard(tx, watch, taken);
  for (const group of groupBySeparatePeople(taken, (change) => peopleConcerned(watch, heard, change))) waiting += await follow(tx, { watch, heard }, group, moment);
  return taken.length - waiting;
}

/** @returns how many of the group have to wait */
async function follow(tx: EntityManager, listening: Listening, group: readonly SettledChange[], moment: Moment): Promise<number> {
  const [first] = group;
  if (first!.kind === 'deleted') return (await followErasure(tx, first!, moment.now)) ? 0 : 1;
  const waiting = first!.kind === 'merged' ? await followMerges(tx, group, moment.now) : 0;
  await workOffNews(tx, listening, group, moment);
  return waiting;
}
