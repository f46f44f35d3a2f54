import type { SimulationSide } from '../../../contract/simulation.js';
import { BUCKETS, bucketOf } from '../../../kernel/bucket.js';
import { bucketStarts, localDate } from '../../../kernel/local-time.js';
import type { Line } from './line.js';

/** Of each outcome so many people are kept with their timeline. */
const SAMPLE = 25;
const MOST_LINES = 200;

/** A person that is kept to be looked at. */
export interface SamplePerson { personId: string; outcome: string; lines: readonly Line[] }

type Winner = { campaignId: string; kept: boolean };

/** Adds up what came of people, and keeps some of each outcome: the same ones each time. */
export class Tally {
  private readonly days: { day: string; from: number; entered: number; sent: number; deferred: number; ended: number }[];
  private readonly counts = new Map<string, number>();
  private readonly messages = new Map<string, number>();
  private readonly people = new Map<string, { people: Ranked[]; /** Who has this rank or a larger one is not kept. */ limit: number }>();
  private readonly totals = { triggered: 0, entered: 0, people: 0, messaged: 0, sent: 0, ghosts: 0, deferred: 0, refused: 0, cancelled: 0, completed: 0, exited: 0, underWay: 0, waiting: 0 };

  constructor({ from, to, zone }: { from: Date; to: Date; zone: string }) {
    this.days = bucketStarts(from, to, 'day', zone, 800).filter((at) => at < to).map((at) => ({ day: localDate(at, zone), from: at.getTime(), entered: 0, sent: 0, deferred: 0, ended: 0 }));
  }

  add(personId: string, lines: readonly Line[]): void {
    const { totals } = this;
    let runs = 0;
    let open = 0;
    let isMessaged = false;
    for (const line of lines) {
      const day = this.dayOf(line.at);
      switch (line.kind) {
        case 'entered': totals.triggered += 1; totals.entered += 1; day.entered += 1; runs += 1; open += 1; break;
        case 'refused':
          if (line.stage === 'entry') totals.triggered += 1;
          totals.refused += 1;
          this.count('refused', line.stage, line.stepId ?? '', line.code);
          break;
        case 'sent': case 'ghost':
          if (line.kind === 'sent') { totals.sent += 1; day.sent += 1; isMessaged = true; } else totals.ghosts += 1;
          addTo(this.messages, [day.day, line.stepId, line.variant, line.language ?? '', line.channel, line.kind].join(APART));
          break;
        case 'deferred': totals.deferred += 1; day.deferred += 1; this.count('deferred', line.stepId, line.code, line.rule); this.collide(line.winner); break;
        case 'cancelled': case 'failed': totals.cancelled += 1; this.count('stopped', line.stepId, line.code); this.collide(line.winner); break;
        case 'ended': totals[line.state] += 1; day.ended += 1; open -= 1; this.count('ended', line.state, line.code ?? '', line.stepId); break;
        default: break;
      }
    }
    if (runs > 0) totals.people += 1;
    if (isMessaged) totals.messaged += 1;
    totals.underWay += open;
    totals.waiting += waitingOf(lines);
    this.keep(personId, outcomeOf(lines), lines);
  }

  side(): SimulationSide {
    const list = <T>(kind: string, read: (...parts: string[]) => T) => [...this.counts].flatMap(([key, count]) => {
      const [of, ...parts] = key.split(APART);
      return of === kind ? [{ ...read(...parts), count }] : [];
    }).toSorted((one, other) => other.count - one.count || (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
    return {
      totals: this.totals, days: this.days.map(({ from: _from, ...day }) => day),
      messages: [...this.messages].map(([key, count]) => {
        const [day, stepId, variant, language, channel, kind] = key.split(APART);
        return { day: day!, stepId: stepId!, variant: variant!, language: language === '' ? null : language!, channel: channel!, kind: kind as 'sent' | 'ghost', count };
      }).toSorted((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
      refusals: list('refused', (stage, stepId, code) => ({ stage: stage as 'entry' | 'step', stepId: stepId === '' ? null : stepId!, code: code! })),
      deferrals: list('deferred', (stepId, code, rule) => ({ stepId: stepId!, code: code!, rule: rule! })),
      stopped: list('stopped', (stepId, code) => ({ stepId: stepId!, code: code! })),
      exits: list('ended', (state, code, stepId) => ({ state: state as 'completed' | 'exited', code: code === '' ? null : code!, stepId: stepId! })),
      collisions: list('collided', (campaignId, kept) => ({ campaignId: campaignId!, kept: kept === 'kept' })),
      outcomes: [...this.people.keys()].toSorted(),
    };
  }

  samples(): SamplePerson[] {
    return [...this.people.values()].flatMap(({ people }) => smallest(people).map(({ person }) => person));
  }

  private dayOf(at: number) {
    let low = 0;
    for (let high = this.days.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (this.days[middle]!.from <= at) low = middle;
      else high = middle - 1;
    }
    return this.days[low]!;
  }

  private count(...parts: string[]): void {
    addTo(this.counts, parts.join(APART));
  }

  private collide(winner: Winner | null): void {
    if (winner) this.count('collided', winner.campaignId, winner.kept ? 'kept' : 'taken');
  }

  /** Those with the smallest buckets: no matter in which order they come. */
  private keep(personId: string, outcome: string, lines: readonly Line[]): void {
    const group = this.people.get(outcome) ?? { people: [], limit: Infinity };
    this.people.set(outcome, group);
    const rank = rankOf(personId);
    if (rank >= group.limit) return;
    group.people.push({ rank, person: { personId, outcome, lines: lines.slice(0, MOST_LINES) } });
    if (group.people.length <= SAMPLE * 2) return;
    group.people = smallest(group.people);
    group.limit = group.people.at(-1)!.rank;
  }
}

interface Ranked { rank: number; person: SamplePerson }

/** Between the parts of a key: no name, key or code has it. */
const APART = '\u0000';
const addTo = (counts: Map<string, number>, key: string): void => { counts.set(key, (counts.get(key) ?? 0) + 1); };
const smallest = (people: readonly Ranked[]): Ranked[] => people.toSorted((one, other) => one.rank - other.rank).slice(0, SAMPLE);
const rankOf = (personId: string): number => bucketOf('simulation-sample', personId) + Number.parseInt(personId.slice(-6), 16) / 16 ** 6 / BUCKETS;

/** Messages put off that had not gone by the end. */
function waitingOf(lines: readonly Line[]): number {
  const open = new Map<string, number>();
  for (const line of lines) {
    if (line.kind === 'queued') open.set(line.stepId, (open.get(line.stepId) ?? 0) + 1);
    if (line.kind === 'sent' || line.kind === 'ghost' || line.kind === 'cancelled' || line.kind === 'failed') open.set(line.stepId, (open.get(line.stepId) ?? 0) - 1);
  }
  return [...open.values()].reduce((sum, count) => sum + Math.max(0, count), 0);
}

/** What the person is an example of: the most telling thing that happened to them. */
function outcomeOf(lines: readonly Line[]): string {
  const last = (kind: Line['kind']) => lines.findLast((line) => line.kind === kind) as { code?: string | null } | undefined;
  const deferred = last('deferred');
  const stopped = last('cancelled') ?? last('failed');
  if (!lines.some(({ kind }) => kind === 'entered')) return `refused:${last('refused')?.code ?? ''}`;
  if (stopped) return `stopped:${stopped.code}`;
  if (deferred) return `deferred:${deferred.code}`;
  const refused = last('refused');
  if (refused) return `refused:${refused.code}`;
  const ended = last('ended');
  return ended ? (ended.code ? `exited:${ended.code}` : 'completed') : 'under_way';
}

