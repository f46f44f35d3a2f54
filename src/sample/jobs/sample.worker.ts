import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { keyOf } from '../../kernel/ids.js';
import { Ingest } from '../../people/ingest.service.js';
import { readMessage, type AcceptedMessage, type Envelope } from '../../people/domain/segment-message.js';
import { inPeopleTransaction, writePeople } from '../../people/people-writer.js';
import { erasePerson } from '../../people/store/erase.store.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { sampleAddress, sampleHistory, sampleId, SAMPLE_TAG } from '../domain/history.js';
import { SAMPLE_WORKER } from '../sample-worker-name.js';
import { advanceMaking, forgetLedger, forgetReceipts, forgetSample, hasOpenSample, isSendingTo, lockOpenSample, noteRemoved, samplePeople, type SampleRun } from '../store/sample.store.js';

/** People of one round. */
const BATCH = 20;
/** When to look again for a message that is just being handed over. */
const AGAIN_MS = 5_000;

/**
 * Makes the sample people through the same door as everybody's events, or removes them. A round killed at any place is done again:
 * its messages have the same ids and are stored once, and whoever is erased is not found again.
 */
@Injectable()
export class SampleWorker extends Worker {
  readonly name = SAMPLE_WORKER;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly ingest: Ingest, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    if (!(await hasOpenSample(this.db))) return { done: 0 };
    const round = await inPeopleTransaction(this.db, async (tx): Promise<Round> => {
      const run = await lockOpenSample(tx);
      if (!run) return { done: 0 };
      return run.state === 'making' ? this.make(tx, run) : this.remove(tx, run);
    });
    this.runner.wake('segments.membership');
    return round;
  }

  private async make(tx: EntityManager, { run, done, total, anchor }: SampleRun): Promise<Round> {
    const people = Array.from({ length: Math.min(BATCH, total - done) }, (_, index) => done + index);
    const now = this.clock.now();
    const accepted = people.flatMap((index) => sampleHistory(index, run, anchor).map((message) => accept(message, now)));
    await this.ingest.store({ accepted, rejected: [], receivedAt: now });
    const tags = people.map((index) => ({ ref: { userId: sampleId(index) }, at: now, addTags: [SAMPLE_TAG] }));
    await inPeopleTransaction(this.db, (own) => writePeople(own, tags, { now, source: 'sample' }));
    await advanceMaking(tx, done + people.length);
    return { done: people.length };
  }

  private async remove(tx: EntityManager, { run, anchor, total, removed }: SampleRun): Promise<Round> {
    const ids = Array.from({ length: total }, (_, index) => sampleId(index));
    const found = (await samplePeople(tx, ids, BATCH)).map(({ id }) => id);
    if (found.length > 0) {
      const now = this.clock.now();
      for (const id of found.toSorted()) await erasePerson(tx, id, now);
      await noteRemoved(tx, found);
      return { done: found.length };
    }
    if (await isSendingTo(tx, removed)) return { done: 0, next: new Date(this.clock.now().getTime() + AGAIN_MS) };
    await forgetLedger(tx, removed, ids.map((_, index) => sampleAddress(index)));
    await forgetReceipts(tx, ids.flatMap((_, index) => sampleHistory(index, run, anchor).map(({ messageId }) => keyOf(messageId))));
    await forgetSample(tx);
    return { done: 1 };
  }
}

/** @throws what a sample message has that real ones may not have: a mistake in the histories */
function accept(message: object, receivedAt: Date): AcceptedMessage {
  const envelope: Envelope = { receivedAt, mayBeLarge: false, unstorable: false, ip: 'full' };
  const read = readMessage(message, envelope, () => { throw new Error('a sample message has no id'); });
  if ('rejected' in read) throw new Error(`a sample message was refused: ${read.rejected.message}`);
  return read.accepted;
}
