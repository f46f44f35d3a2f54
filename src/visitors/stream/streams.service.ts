import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../../kernel/errors.js';
import type { StreamFrame } from '../../contract/visitor-wire.js';
import { Config } from '../../platform/config.js';
import type { Connection } from './connection.js';

/** A person's browsers and devices; each browser has one connection. */
export const MOST_A_PERSON = 20;
/** Each connection hears something this often. */
const HEARTBEAT_SECONDS = 20;
/** Pages that lose their connection with a process come back spread over this time. */
const SPREAD_MS = 30_000;

/** The open pages of this process, by person. One timer keeps all of them alive, a twentieth each second, so that it never stops everything. */
@Injectable()
export class Streams implements OnModuleDestroy {
  private readonly people = new Map<string, Connection[]>();
  private readonly beats: Set<Connection>[] = Array.from({ length: HEARTBEAT_SECONDS }, () => new Set());
  /** Seconds of the heartbeat in which everybody is still to be told that rules have changed. */
  private readonly rulesDue = new Set<number>();
  private count = 0;
  private second = 0;
  private timer: NodeJS.Timeout | null = null;
  private closing = false;
  /** Up to where everybody connected was told. */
  private told: string | null = null;

  constructor(private readonly config: Config) {}

  get size(): number {
    return this.count;
  }

  has(personId: string): boolean {
    return this.people.has(personId);
  }

  /** People who are connected and may read their messages, among these. */
  readersAmong(personIds: Iterable<string>): string[] {
    return [...personIds].filter((id) => this.people.get(id)?.some(({ reads }) => reads) === true);
  }

  /** @throws AppError 429 `stream.too-many-tabs`, 503 `stream.full` */
  admit(personId: string): void {
    if (this.closing || this.count >= this.config.STREAM_CONNECTIONS) throw new AppError('stream.full', 'This process holds as many streams as it may. Try again in a minute.', 'unavailable');
    if ((this.people.get(personId)?.length ?? 0) >= MOST_A_PERSON) throw new AppError('stream.too-many', `One person may have ${MOST_A_PERSON} streams open.`, 'too_many');
  }

  add(connection: Connection): void {
    const others = this.people.get(connection.personId);
    if (others) others.push(connection);
    else this.people.set(connection.personId, [connection]);
    this.count += 1;
    connection.beat = this.count % HEARTBEAT_SECONDS;
    this.beats[connection.beat]!.add(connection);
    this.timer ??= setInterval(() => this.beat(), 1_000).unref();
  }

  remove(connection: Connection): void {
    if (!this.beats[connection.beat]!.delete(connection)) return;
    const others = this.people.get(connection.personId)!.filter((one) => one !== connection);
    if (others.length > 0) this.people.set(connection.personId, others);
    else this.people.delete(connection.personId);
    this.count -= 1;
    if (this.count > 0) return;
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    this.rulesDue.clear();
    this.told = null;
  }

  /** Tells each connection of a person what `frames` makes for it. */
  tell(personId: string, frames: (connection: Connection) => readonly StreamFrame[], after: string): void {
    for (const connection of this.people.get(personId) ?? []) {
      const made = frames(connection);
      if (made.length > 0) connection.tell(made, after);
    }
  }

  /** Everybody boots again, spread over one heartbeat so that they do not all come at once. */
  tellRulesToAll(): void {
    for (let second = 0; second < HEARTBEAT_SECONDS; second += 1) this.rulesDue.add(second);
  }

  /** Everything up to here was handed to {@link tell}. */
  reached(after: string): void {
    this.told = after;
  }

  /** Says goodbye to everybody. What is asked for from now on is refused. */
  onModuleDestroy(): void {
    this.closing = true;
    for (const connections of this.people.values()) for (const connection of connections) connection.end(Math.floor(Math.random() * SPREAD_MS));
  }

  private beat(): void {
    this.second = (this.second + 1) % HEARTBEAT_SECONDS;
    const rules = this.rulesDue.delete(this.second);
    if (this.told === null) return;
    for (const connection of this.beats[this.second]!) {
      if (rules) connection.tell([{ r: 1 }], this.told);
      else connection.touch(this.told);
    }
  }
}
