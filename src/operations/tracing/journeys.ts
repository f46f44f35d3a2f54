import type { DataSource } from 'typeorm';
import type { Clock } from '../../kernel/clock.js';
import type { Log } from '../../platform/logging.js';
import { spanOf, traceOf } from '../../platform/tracing/trace-ids.js';
import type { PastSpan, Tracer } from '../../platform/tracing/tracer.js';
import { followTrail, type Step } from '../../platform/tracing/trail.js';
import { tracedDeliveries, tracedEvents, tracedRuns, type TracedDelivery } from './store/journeys.read.js';

/** Steps that wait to be read; more are left out, and that is said. */
const MOST_WAITING = 20_000;
/** Read in one statement. */
const BATCH = 1_000;
const EVERY_MS = 1_000;
/** A transaction that has not ended by then has most likely come to nothing. */
const GIVEN_UP_MS = 60_000;

type Of<K extends Step['kind']> = Extract<Step, { kind: K }>;
type Waiting = { step: Step; since: number };

/**
 * Makes one trace of each message's way: event, run, delivery, handover, report, each told by the process that did it. The trace is the event's id
 * (the run's when no event let somebody in) and each span's id follows from its row, so nothing is kept or passed on for it. What spans tell is
 * read from the committed rows, a second later and in batches: what was rolled back is never told.
 */
export class JourneyTraces {
  private waiting: Waiting[] = [];
  private leftOut = 0;
  private reading: Promise<void> = Promise.resolve();
  private readonly unfollow: () => void;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly db: DataSource, private readonly tracer: Tracer, private readonly clock: Clock, private readonly log: Log) {
    this.unfollow = followTrail(db, (steps) => this.note(steps));
    this.timer = setInterval(() => void this.flush(), EVERY_MS);
    this.timer.unref();
  }

  /** Reads what was told so far, and stops listening. */
  async close(): Promise<void> {
    this.unfollow();
    clearInterval(this.timer);
    await this.flush();
  }

  private note(steps: readonly Step[]): void {
    const since = this.clock.now().getTime();
    for (const step of steps) {
      if (step.kind === 'event' && !this.tracer.keeps(traceOf(step.id))) continue;
      if (this.waiting.length < MOST_WAITING) this.waiting.push({ step, since });
      else this.leftOut += 1;
    }
  }

  private flush(): Promise<void> {
    this.reading = this.reading.then(() => this.readAll()).catch((err: unknown) => { this.log.warn({ err }, 'spans of messages could not be read'); });
    return this.reading;
  }

  private async readAll(): Promise<void> {
    if (this.leftOut > 0) this.log.warn({ leftOut: this.leftOut }, 'more was done than can be traced; lower OTEL_TRACES_SAMPLER_ARG');
    this.leftOut = 0;
    const all = this.waiting.splice(0);
    const later: Waiting[] = [];
    const horizon = this.clock.now().getTime() - GIVEN_UP_MS;
    for (let from = 0; from < all.length; from += BATCH) {
      const batch = all.slice(from, from + BATCH);
      const found = new Set(await this.tell(batch));
      later.push(...batch.filter((one) => !found.has(one) && one.since > horizon));
    }
    this.waiting.unshift(...later);
  }

  /** @returns what was found in the tables */
  private async tell(batch: readonly Waiting[]): Promise<Waiting[]> {
    const stepsOf = <K extends Step['kind']>(...kinds: K[]) => batch.flatMap(({ step }) => ((kinds as string[]).includes(step.kind) ? [step as Of<K>] : []));
    const [events, runs, about] = [stepsOf('event'), stepsOf('run'), stepsOf('queued', 'handover', 'report')];
    const foundEvents = new Map((events.length > 0 ? await tracedEvents(this.db, events) : []).map((one) => [one.id, one]));
    const foundRuns = new Map((runs.length > 0 ? await tracedRuns(this.db, runs) : []).map((one) => [one.id, one]));
    const deliveries = new Map((about.length > 0 ? await tracedDeliveries(this.db, [...new Map(about.map((step) => [step.id, step])).values()]) : []).map((one) => [one.id, one]));
    return batch.filter(({ step, since }) => {
      const span = this.spanOf(step, since, { event: foundEvents.get(step.id), run: foundRuns.get(step.id), delivery: deliveries.get(step.id) });
      if (span) this.tracer.record(span);
      return span !== null;
    });
  }

  private spanOf(step: Step, since: number, { event, run, delivery }: { event?: Awaited<ReturnType<typeof tracedEvents>>[number] | undefined; run?: Awaited<ReturnType<typeof tracedRuns>>[number] | undefined; delivery?: TracedDelivery | undefined }): PastSpan | null {
    if (step.kind === 'event') return event ? { name: 'event accepted', from: event.receivedAt.getTime(), until: since, attributes: { 'danbi.event.id': event.id, 'danbi.event.name': event.name, 'danbi.event.type': event.type }, place: { traceId: traceOf(event.id), spanId: spanOf('event', event.id) } } : null;
    if (step.kind === 'run') return run ? { name: 'run begun', from: (run.receivedAt ?? run.enteredAt).getTime(), until: run.enteredAt.getTime(), attributes: { 'danbi.campaign.id': run.campaignId, 'danbi.run.id': run.id }, place: { traceId: traceOf(run.eventId ?? run.id), spanId: spanOf('run', run.id), ...(run.eventId && { parentId: spanOf('event', run.eventId) }) } } : null;
    return delivery ? spanOfDelivery(step, delivery) : null;
  }
}

function spanOfDelivery(step: Of<'queued' | 'handover' | 'report'>, { id, runId, eventId, campaignId, stepId, channel, enteredAt, queuedAt, sentAt }: TracedDelivery): PastSpan {
  const traceId = traceOf(eventId ?? runId);
  const attributes = { 'danbi.delivery.id': id, 'danbi.campaign.id': campaignId, 'danbi.step': stepId, 'danbi.channel': channel };
  const queued = spanOf('queued', id);
  const handedOver = spanOf('handover', id);
  switch (step.kind) {
    case 'queued': return { name: 'message queued', from: enteredAt.getTime(), until: queuedAt.getTime(), attributes, place: { traceId, spanId: queued, parentId: spanOf('run', runId) } };
    case 'handover': {
      const isOver = step.outcome === 'accepted';
      // Only one try can succeed; those before it are its siblings.
      return { name: `hand over ${channel}`, kind: 'client', from: step.from.getTime(), until: step.until.getTime(), attributes: { ...attributes, 'danbi.outcome': step.outcome, ...(step.to && { 'danbi.to': step.to }) }, failed: !isOver, place: { traceId, parentId: queued, ...(isOver && { spanId: handedOver }) } };
    }
    case 'report': return { name: `report ${step.what}`, from: Math.min(step.at.getTime(), sentAt?.getTime() ?? Infinity), until: step.at.getTime(), attributes: { ...attributes, 'danbi.report': step.what }, place: { traceId, spanId: spanOf(`report ${step.what} ${step.at.getTime()}`, id), parentId: sentAt ? handedOver : queued } };
  }
}
