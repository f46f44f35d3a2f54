import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { countUnreadOf } from '../../delivery/inbox/store/inbox.store.js';
import { Clock } from '../../kernel/clock.js';
import { NEWS } from '../../people/store/news.store.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import type { Log } from '../../platform/logging.js';
import { LOG } from '../../platform/tokens.js';
import type { Connection, Part } from './connection.js';
import { changesUnread, framesOf } from './domain/frames.js';
import { currentPosition, newsOf, newsSince, type Position, type ReadNews } from './store/news-reads.store.js';
import { Streams } from './streams.service.js';

/** Behind the wake-ups: a lost one costs this long. */
const POLL_MS = 5_000;
/** News is kept for fifteen minutes; whoever has not read for this long may have missed some. */
const BLIND_MS = 10 * 60_000;

/**
 * Reads news for the pages that are open in this process: at once when this process committed it, when another said so
 * (NOTIFY), and every five seconds. Reads nothing while nobody is connected.
 */
@Injectable()
export class NewsFeed implements OnModuleDestroy {
  private position: Position | null = null;
  private starting: Promise<void> | null = null;
  private reading: Promise<void> | null = null;
  private again = false;
  private readAt = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly streams: Streams, runner: WorkerRunner, @Inject(LOG) private readonly log: Log) {
    runner.listen(NEWS, () => this.look());
    this.timer = setInterval(() => this.look(), POLL_MS).unref();
  }

  /** Tells a connection, which must be among the streams already, what it missed since `since`, and everything from then on. */
  async join(connection: Connection, since: Position): Promise<void> {
    await this.start();
    connection.begin(await this.missed(connection, since));
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.position = null;
    await this.reading;
  }

  private async start(): Promise<void> {
    if (this.position !== null) return;
    this.starting ??= currentPosition(this.db).then((position) => this.reached(position)).finally(() => { this.starting = null; });
    await this.starting;
  }

  /** Read after the connection is told of what comes, so nothing falls between; some may come twice. */
  private async missed({ personId, reads }: Connection, since: Position): Promise<Part> {
    const { position, news } = await newsOf(this.db, personId, since);
    const unread = reads && news.some(changesUnread) ? (await countUnreadOf(this.db, [personId], this.clock.now())).get(personId) ?? 0 : undefined;
    return { frames: framesOf(news, { reads }, unread), after: position };
  }

  private look(): void {
    if (this.position === null) return;
    if (this.streams.size === 0) {
      this.position = null;
      return;
    }
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = this.read()
      .catch((error: unknown) => this.log.warn({ err: error }, 'news for open pages could not be read; the next look will bring it'))
      .finally(() => {
        this.reading = null;
        if (this.again) this.look();
      });
  }

  private async read(): Promise<void> {
    this.again = false;
    const { position, news } = await newsSince(this.db, this.position!);
    const blind = performance.now() - this.readAt > BLIND_MS;
    await this.pass(news, position);
    if (blind) this.streams.tellRulesToAll();
    if (this.position !== null) this.reached(position);
  }

  private async pass(news: readonly ReadNews[], position: Position): Promise<void> {
    if (news.some(({ personId, kind }) => personId === null && kind === 'rules')) this.streams.tellRulesToAll();
    const people = new Map<string, ReadNews[]>();
    for (const one of news) {
      if (one.personId === null || !this.streams.has(one.personId)) continue;
      const list = people.get(one.personId);
      if (list) list.push(one);
      else people.set(one.personId, [one]);
    }
    const counted = this.streams.readersAmong([...people].flatMap(([personId, list]) => (list.some(changesUnread) ? [personId] : [])));
    const unread = await countUnreadOf(this.db, counted, this.clock.now());
    for (const [personId, list] of people) {
      const frames = { reads: framesOf(list, { reads: true }, unread.get(personId) ?? 0), rest: framesOf(list, { reads: false }, undefined) };
      this.streams.tell(personId, ({ reads }) => (reads ? frames.reads : frames.rest), position);
    }
  }

  private reached(position: Position): void {
    this.position = position;
    this.readAt = performance.now();
    this.streams.reached(position);
  }
}
