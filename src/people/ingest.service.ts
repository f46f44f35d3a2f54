import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppError } from '../kernel/errors.js';
import type { Log } from '../platform/logging.js';
import { WorkerRunner } from '../platform/jobs/runner.js';
import { isDatabaseAway } from '../platform/database/away.js';
import { LOG } from '../platform/tokens.js';
import type { RejectedMessage } from './domain/segment-message.js';
import { writeUnits, type IngestUnit } from './ingest-writer.js';

/** Most requests and events that share a commit. Larger ones make the last request wait for more than it gains. */
const COMMIT_UNITS = 64;
const COMMIT_EVENTS = 2_000;
/** Events of one request are split so that each part is a commit of this size at most. */
const PART_EVENTS = 2_500;
/** Transactions at once: one is written by the database, one commits, one is being made ready here. */
const IN_FLIGHT = 3;
/** Above this many waiting events new requests are told to come back later. */
const MOST_WAITING = 40_000;
const MOST_WAITING_UNITS = 2_000;

interface Waiting { unit: IngestUnit; resolve: (rejected: RejectedMessage[]) => void; reject: (error: unknown) => void }

/**
 * Group commit for events: requests that arrive while a transaction is being written share the next one, so that each is
 * answered only after its commit and a commit does not cost one request alone. A request that cannot be stored fails alone.
 */
@Injectable()
export class Ingest {
  private readonly waiting: Waiting[] = [];
  private waitingEvents = 0;
  private inFlight = 0;

  constructor(private readonly db: DataSource, private readonly runner: WorkerRunner, @Inject(LOG) private readonly log: Log) {}

  /** True when so much is waiting that a new request would wait for seconds. */
  get isOverloaded(): boolean {
    return this.waitingEvents > MOST_WAITING || this.waiting.length > MOST_WAITING_UNITS;
  }

  /** Resolves after commit with the messages that were refused, those of the unit among them. */
  async store(unit: IngestUnit): Promise<RejectedMessage[]> {
    const parts: IngestUnit[] = [{ ...unit, accepted: unit.accepted.slice(0, PART_EVENTS) }];
    for (let from = PART_EVENTS; from < unit.accepted.length; from += PART_EVENTS) parts.push({ ...unit, rejected: [], accepted: unit.accepted.slice(from, from + PART_EVENTS) });
    const refused: RejectedMessage[] = [];
    // One part after the other: what one says about a person may depend on the part before.
    for (const part of parts) refused.push(...(await this.enqueue(part)));
    return refused;
  }

  private enqueue(unit: IngestUnit): Promise<RejectedMessage[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ unit, resolve, reject });
      this.waitingEvents += unit.accepted.length;
      this.pump();
    });
  }

  private pump(): void {
    while (this.inFlight < IN_FLIGHT && this.waiting.length > 0) {
      const group = this.take();
      this.inFlight += 1;
      void this.commit(group).finally(() => {
        this.inFlight -= 1;
        this.pump();
      });
    }
  }

  private take(): Waiting[] {
    const group: Waiting[] = [];
    for (let events = 0; this.waiting.length > 0 && group.length < COMMIT_UNITS; ) {
      const size = this.waiting[0]!.unit.accepted.length;
      if (group.length > 0 && events + size > COMMIT_EVENTS) break;
      events += size;
      this.waitingEvents -= size;
      group.push(this.waiting.shift()!);
    }
    return group;
  }

  /** Never throws: every request of the group gets its own answer. */
  private async commit(group: Waiting[]): Promise<void> {
    try {
      await this.write(group.map((one) => one.unit));
      for (const { unit, resolve } of group) resolve(unit.rejected);
    } catch (error) {
      if (isAway(error) || group.length === 1) return this.settle(group, error);
      this.log.warn({ err: error, requests: group.length }, 'a shared commit failed; its requests are tried one by one');
      for (const one of group) await this.commit([one]);
    }
  }

  private async settle(group: Waiting[], error: unknown): Promise<void> {
    if (isAway(error)) {
      const away = new AppError('service.database-away', 'The database does not answer. Nothing was lost on your side if you send this again.', 'unavailable', [], { cause: error });
      for (const { reject } of group) reject(away);
      return;
    }
    for (const { unit, resolve, reject } of group) await this.isolate(unit, error).then(resolve, reject);
  }

  /** Halves a request until the one event that the database refuses is alone, and refuses that. */
  private async isolate(unit: IngestUnit, cause: unknown): Promise<RejectedMessage[]> {
    if (!isDataFault(cause)) throw cause;
    if (unit.accepted.length <= 1) {
      const [message] = unit.accepted;
      if (!message) throw cause;
      this.log.warn({ err: cause, messageId: message.messageId }, 'the database refused an event');
      const payload = { type: message.type, name: message.name, ref: message.ref as never };
      const refused: IngestUnit = { ...unit, accepted: [], rejected: [...unit.rejected, { messageId: message.messageId, code: 'not_storable', message: 'the database cannot hold a value of this event', payload }] };
      await this.write([refused]);
      return refused.rejected;
    }
    const half = Math.ceil(unit.accepted.length / 2);
    const refused: RejectedMessage[] = [];
    for (const part of [{ ...unit, accepted: unit.accepted.slice(0, half) }, { ...unit, rejected: [], accepted: unit.accepted.slice(half) }]) {
      refused.push(...(await this.write([part]).then(() => part.rejected, (error: unknown) => this.isolate(part, error))));
    }
    return refused;
  }

  private async write(units: IngestUnit[]): Promise<void> {
    await writeUnits(this.db, units, units.reduce((latest, unit) => (unit.receivedAt > latest ? unit.receivedAt : latest), units[0]!.receivedAt));
    this.runner.wake('segments.membership');
  }
}

const stateOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '');
/** The database is away, or too much was written at the same moment: a retry will help. */
const isAway = (error: unknown): boolean => isDatabaseAway(error) || /^(people\.busy|40)/.test(stateOf(error));
/** The values themselves are at fault (SQLSTATE classes 21, 22, 23 and 54). */
const isDataFault = (error: unknown): boolean => /^(21|22|23|54)\w{3}$/.test(stateOf(error));
