import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { attentionNow } from '../../../analytics/home/attention.read.js';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { keepSample } from '../../history/history.store.js';
import { sampleOf } from '../../history/sample.js';
import { StatusReader } from '../../status.service.js';
import { ServiceLevels } from '../../levels/levels.service.js';
import { conditionsOf, LOOK_MS, stepsOf, UNREADABLE, type Condition } from '../domain/condition.js';
import { AlarmMessenger } from '../messenger.js';
import { lastLook, openAlarms, purgeAlarms, takeLook, takeSteps } from '../store/alarms.store.js';
import { abandonNotices, nextNotice, settleParcel, takeParcel, type Parcel } from '../store/notices.store.js';

/** The worker that looks for alarms and tells of them. */
export const ALARMS = 'operations.alarms';

const LEASE_MS = 5 * 60_000;
const TRIES = 8;
const RETRY_MS = 30_000;
const KEPT_MS = 400 * 86_400_000;
const PURGED = 100;

/**
 * Looks twice a minute what is wrong, and tells each target what is new to it, everything of a moment in one message. Rows decide: any number of
 * processes may run it, one of them looks, and a notice is taken before a byte leaves.
 */
@Injectable()
export class AlarmsWorker extends Worker {
  readonly name = ALARMS;
  /** Until then this process need not ask whether somebody looked. */
  private lookAt = new Date(0);

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly status: StatusReader, private readonly levels: ServiceLevels, private readonly messenger: AlarmMessenger, @Inject(LOG) private readonly log: Log) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    if (now >= this.lookAt) this.lookAt = await this.lookOrWait(now);
    const next = await nextNotice(this.db);
    // The next look needs no alarm of its own: the runner looks around more often than that.
    if (next === null || next > now) return { done: 0, next };
    const abandoned = await abandonNotices(this.db, now);
    const parcel = await inTransaction(this.db, (tx) => takeParcel(tx, now, new Date(now.getTime() + LEASE_MS)));
    if (parcel) await this.send(parcel, now);
    return { done: abandoned + (parcel ? 1 : 0) };
  }

  /**
   * Looks, unless another process has just done so: what a look reads is much for each of them to read. One that fails is made again later
   * and must not keep what is found already from being told.
   * @returns when to look next
   */
  private async lookOrWait(now: Date): Promise<Date> {
    const last = await lastLook(this.db);
    if (last !== null && last.getTime() + LOOK_MS > now.getTime()) return new Date(last.getTime() + LOOK_MS);
    await this.look(now).catch((err: unknown) => { this.log.warn({ err }, 'it could not be looked at what is wrong; alarms that are found already are told'); });
    return new Date(now.getTime() + LOOK_MS);
  }

  private async look(now: Date): Promise<void> {
    const { found, sample } = await this.looked(now);
    await inTransaction(this.db, async (tx) => {
      if (!(await takeLook(tx, now, new Date(now.getTime() - LOOK_MS)))) return;
      const open = await openAlarms(tx);
      // Of what can not be read nobody knows whether it is over.
      await takeSteps(tx, found === null ? stepsOf(open.filter(({ key }) => key === UNREADABLE.key), [UNREADABLE], now) : stepsOf(open, found, now), now);
      await purgeAlarms(tx, new Date(now.getTime() - KEPT_MS), PURGED);
      if (sample) await keepSample(tx, sample, now);
    });
  }

  /** Everything that is wrong, and the numbers to be drawn over time; both null when they can not be read. */
  private async looked(now: Date): Promise<{ found: Condition[]; sample: Record<string, number> } | { found: null; sample: null }> {
    try {
      const status = await this.status.read();
      return { found: conditionsOf(status.findings, await attentionNow(this.db, now), await this.levels.list()), sample: sampleOf(status) };
    } catch (err) {
      this.log.warn({ err }, 'the status can not be read');
      return { found: null, sample: null };
    }
  }

  private async send(parcel: Parcel, now: Date): Promise<void> {
    const { kind, answer } = await this.messenger.send(parcel, now);
    const again = kind === 'later' && parcel.tries < TRIES;
    if (kind !== 'accepted') this.log.warn({ alarmMessage: parcel.messageId, kind, again }, 'an alarm was not told');
    await settleParcel(this.db, parcel.messageId, {
      state: kind === 'accepted' ? 'sent' : again ? 'waiting' : kind === 'uncertain' ? 'uncertain' : 'failed', answer,
      tryAt: again ? new Date(now.getTime() + RETRY_MS * 2 ** (parcel.tries - 1)) : null, now,
    });
  }
}
