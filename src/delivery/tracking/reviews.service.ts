import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { announceEngagement } from '../../people/store/change.store.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { CROWD_MS, crowdedIn } from './domain/crowd.js';
import { grouped } from './domain/grouped.js';
import { AROUND_MS, changedOf, isMppRecipient, judgeTogether, type Judged, type Tracked } from './domain/together.js';
import { ScannerNetworks } from './scanner-networks.service.js';
import { loadClicksFrom, loadTracked, relabel } from './store/engagement.store.js';
import { addReview, advanceReview, findReview, listReviews, loadMppRecipients, nextTracked, reviewWaits, takeReview, type VerdictReview } from './store/reviews.store.js';

/** Opens and clicks of one step of a review; a step is one transaction. */
const STEP = 500;
/** Name of the worker that goes through waiting reviews. */
export const REVIEW_WORKER = 'delivery.verdict-review';

/** Judges recorded opens and clicks anew: by the rules, the list of scanners and the marks of today, from the signs kept with them. */
@Injectable()
export class VerdictReviews {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner, private readonly scanners: ScannerNetworks) {}

  /** Has a period `[from, until)` judged again in the background. */
  async request({ from, until }: { from: Date; until: Date }, actor: Actor): Promise<VerdictReview> {
    if (from >= until) throw new AppError('verdict-review.period', '"from" must be before "until".', 'invalid', [{ path: 'until', code: 'verdict-review.period', message: 'not after "from"' }]);
    const now = this.clock.now();
    const review = await inTransaction(this.db, async (tx) => {
      const added = await addReview(tx, { id: newId(), from, until, now });
      await this.audit.record(tx, { actor, action: 'verdict-review.request', subject: `verdict-review:${added.id}`, detail: { from: from.toISOString(), until: until.toISOString() } }, now);
      return added;
    });
    this.runner.wake(REVIEW_WORKER);
    return review;
  }

  async one(id: string): Promise<VerdictReview> {
    const review = await findReview(this.db, id);
    if (!review) throw notFound('verdict review', id);
    return review;
  }

  list(page: { limit: number; before: { at: string; id: string } | null }): Promise<VerdictReview[]> {
    return listReviews(this.db, page);
  }

  /** One step of the oldest review that waits; how many opens and clicks it looked at, null when none waits. */
  async step(): Promise<number | null> {
    if (!(await reviewWaits(this.db))) return null;
    const scanners = await this.scanners.current();
    const stepped = await inTransaction(this.db, async (tx) => {
      const review = await takeReview(tx);
      if (!review) return null;
      const found = await nextTracked(tx, review, STEP);
      const last = found.at(-1) ?? null;
      const changes = found.length === 0 ? [] : await judgeAgain(tx, found, (event) => scanners.find(event.network) ?? (event.signs.scanner === null ? null : scanners.find(event.signs.scanner)));
      const announced = changes.length > 0 && (await announceEngagement(tx, await relabel(tx, changes), this.clock.now()));
      await advanceReview(tx, review.id, { place: last, examined: found.length, changed: changes.length, now: this.clock.now() });
      return { examined: found.length, announced };
    });
    if (stepped?.announced) this.runner.wake('segments.membership');
    return stepped && stepped.examined;
  }
}

/** The changes in what stands between the first and the last of these; what lies around it is read too, because it tells. */
async function judgeAgain(tx: Db, found: readonly { deliveryId: string; at: Date }[], scannerOf: (event: Tracked) => string | null): Promise<Judged[]> {
  const [first, last] = [found[0]!.at.getTime(), found.at(-1)!.at.getTime()];
  const [from, until] = [new Date(first - AROUND_MS), new Date(last + AROUND_MS)];
  const known = await loadTracked(tx, [...new Set(found.map(({ deliveryId }) => deliveryId))], from, until);
  const addresses = [...new Set(known.flatMap(({ address }) => address ?? []))];
  const inCrowd = crowdedIn(addresses.length === 0 ? [] : await loadClicksFrom(tx, addresses, new Date(first - CROWD_MS), new Date(last + CROWD_MS)));
  const marks = await loadMppRecipients(tx, [...new Set(known.map(({ personId }) => personId))]);
  const around = {
    // Clicks of before addresses were told apart keep what was seen at the time.
    manyPeople: ({ address, eventKey, reasons }: Tracked) => (address === null ? reasons.includes('many-people') : inCrowd.has(eventKey)),
    mppRecipient: ({ personId, at }: Tracked) => isMppRecipient(marks.get(personId) ?? { first: null, last: null }, new Date(at)),
  };
  const asListed = known.map((event) => ({ ...event, signs: { ...event.signs, scanner: scannerOf(event) } }));
  return [...grouped(asListed, ({ deliveryId }) => deliveryId).values()]
    .flatMap((own) => changedOf(judgeTogether(own, around)))
    .filter(({ event }) => event.at >= first && event.at <= last + 1);
}
