import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LIVE_LIMIT } from '../../contract/live-events.js';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { inTransaction, rows, type Db } from '../../platform/database/db.js';
import { personIdOf } from '../person-handle.js';
import { arrived, refused, type LiveEvent, type LiveQuery } from './store/live.store.js';

/** Events are dated when their request came and seen when its transaction ended: answers reach back so far. */
const OVERLAP_MS = 10_000;
/** Who asks after a longer pause gets the newest of this time. */
const FURTHEST_MS = 60_000;
/** Who begins to look gets the newest events there are, for which longer and longer times are looked through. */
const FIRST_LOOKS_MS = [60_000, 3_600_000, 86_400_000];
const ENOUGH = 20;
const ANSWER_MS = 2_000;

export interface Live { at: Date; items: LiveEvent[]; came: number; sampled: boolean }

/** Events as they come in, for whoever watches. Bounded whatever comes: a short time, a hundred events, two seconds of the database. */
@Injectable()
export class LiveEvents {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /** @throws AppError `events.too-busy` when the database did not answer within two seconds */
  async since(since: Date | null, filter: { name?: string | undefined; person?: string | undefined }): Promise<Live> {
    const now = this.clock.now();
    const personId = filter.person === undefined ? undefined : await personIdOf(this.db, filter.person);
    const look = (tx: Db, from: number) => came(tx, { from: new Date(from), to: now, limit: LIVE_LIMIT, name: filter.name, personId });
    return this.within(async (tx) => {
      if (since) return { at: now, ...(await look(tx, Math.max(since.getTime() - OVERLAP_MS, now.getTime() - FURTHEST_MS))) };
      let found: Omit<Live, 'at'> = { items: [], came: 0, sampled: false };
      for (const back of FIRST_LOOKS_MS) {
        found = await look(tx, now.getTime() - back);
        if (found.items.length >= ENOUGH) break;
      }
      return { at: now, ...found };
    });
  }

  private async within<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    try {
      return await inTransaction(this.db, async (tx) => {
        await rows(tx, `set local statement_timeout = ${ANSWER_MS}`);
        return work(tx);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== '57014') throw error;
      throw new AppError('events.too-busy', 'So much comes in that it cannot be shown live. Narrow it to one event or one person, or look again in a moment.', 'unavailable', [], { cause: error });
    }
  }
}

async function came(tx: Db, query: LiveQuery): Promise<Omit<Live, 'at'>> {
  const [stored, not] = [await arrived(tx, query), await refused(tx, query)];
  const all = [...stored.events, ...not.events].toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1));
  const items = all.slice(0, query.limit);
  return { items, came: stored.count + not.count, sampled: stored.count + not.count > items.length };
}
