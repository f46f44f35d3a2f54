import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { purgeNews } from '../../../people/store/news.store.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';

const EVERY_MS = 60_000;
/** Three times as long as a ticket is good. */
const KEPT_MS = 15 * 60_000;

/** Forgets news that no stream can ask for any more. */
@Injectable()
export class NewsUpkeep extends Worker {
  readonly name = 'visitors.news_upkeep';
  private ranAt = -Infinity;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now().getTime();
    if (now >= this.ranAt && now - this.ranAt < EVERY_MS) return { done: 0 };
    await purgeNews(this.db, new Date(now - KEPT_MS));
    this.ranAt = now;
    return { done: 0 };
  }
}
