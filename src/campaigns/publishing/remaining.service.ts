import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import type { RemainingView } from '../../contract/live-editing.js';
import { Clock } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { longestBehind } from '../domain/longest.js';
import { drainingSentence, stopSentence } from '../domain/remaining-sentences.js';
import { findCampaign } from '../store/campaigns.store.js';
import { flightsOf, type FlightFacts } from '../store/flights.store.js';
import { underWay } from '../store/remaining.store.js';
import { loadVersion } from '../store/versions.store.js';

/** What of a campaign is still under way: what stopping would take back, and until when draining would take. */
@Injectable()
export class Remaining {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  async of(id: string): Promise<z.infer<typeof RemainingView>> {
    if (!(await findCampaign(this.db, id))) throw notFound('campaign', id);
    const now = this.clock.now();
    const { timeZone } = await loadWorkspace(this.db);
    const flights = await flightsOf(this.db, id, now);
    const { queued, unseen, seen, displays, launches, sending, sent } = await underWay(this.db, id, now);
    const people = flights.reduce((sum, flight) => sum + flight.people, 0);
    const last = Math.max(0, ...(await Promise.all(flights.map((flight) => this.through(flight, now)))));
    const unbounded = last === Infinity;
    const until = people === 0 || unbounded ? null : new Date(last);
    return {
      people, until, unbounded, recallable: { queued, unseen, seen, displays, launches }, handedOver: { sending, sent },
      sentences: { stop: stopSentence({ people, queued, inApp: unseen + seen, displays, launches, sending, sent }), drain: drainingSentence({ people, until, unbounded }, timeZone) },
    };
  }

  /** When the last of them is through at the latest, in milliseconds. */
  private async through({ versionId, stepId, last }: FlightFacts, now: Date): Promise<number> {
    const { published } = await loadVersion(this.db, versionId);
    const step = published.steps[stepId];
    return (last ?? now).getTime() + (step?.type === 'wait' && step.date ? Infinity : 0) + (longestBehind(published.steps).get(stepId) ?? 0);
  }
}
