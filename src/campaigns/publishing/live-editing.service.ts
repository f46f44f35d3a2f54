import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import type { DraftDefinition } from '../../contract/campaign-draft.js';
import type { MigrationView, PublishPreview } from '../../contract/live-editing.js';
import { Clock } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { CampaignCheck } from './check.service.js';
import { planExperiments } from '../domain/experiments.js';
import { drainSentence, experimentSentence, keepSentence, migrateSentence, restartSentence, type Flight, type FlightTimes } from '../domain/flight-sentences.js';
import { nextStops, wayChange } from '../domain/landing.js';
import { moveAt } from '../domain/migration-plan.js';
import { migrationSentence } from '../domain/migration-sentences.js';
import { normalise, type RunPlan } from '../domain/normalise.js';
import type { Sentence } from '../domain/sentences.js';
import { stepLabels } from '../domain/step-labels.js';
import { placeKey, standsAt, stopsOf, timesNow, timesRecounted, wayAfter } from './flight-preview.js';
import { findCampaign, type Campaign } from '../store/campaigns.store.js';
import { countQueued, flightsOf, type FlightFacts } from '../store/flights.store.js';
import { migrationsOf, placesInFlight, runningMigration, type Migration } from '../store/migrations.store.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';

type View = z.infer<typeof MigrationView>;
type Preview = z.infer<typeof PublishPreview>;

/** Places told one by one; a campaign has more only with very many versions in flight. */
const MOST_PLACES = 200;

/** People in flight when a campaign is published again: what would become of them, and what was chosen. */
@Injectable()
export class LiveEditing {
  constructor(@Inject(DataSource) private readonly db: Db, private readonly clock: Clock, private readonly checks: CampaignCheck) {}

  /** The same inside a transaction: it sees what is not committed yet. */
  inside(tx: Db): LiveEditing {
    return new LiveEditing(tx, this.clock, this.checks.inside(tx));
  }

  /**
   * What publishing the draft would mean for everybody on an earlier version, under each choice. Throws `campaign.invalid` as publishing does.
   *
   * @param instead what the draft is about to be
   */
  async preview(id: string, instead?: DraftDefinition): Promise<Preview> {
    const campaign = await findCampaign(this.db, id);
    if (!campaign) throw notFound('campaign', id);
    const { definition } = await this.checks.sound(instead ?? campaign.definition);
    const moment = { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone };
    const plan = normalise(definition);
    const all = await flightsOf(this.db, id, moment.now);
    const told = all.toSorted((a, b) => b.people - a.people).slice(0, MOST_PLACES);
    const running = await runningMigration(this.db, id);
    return {
      revision: campaign.revision, version: (campaign.currentVersion?.number ?? 0) + 1, people: sum(all), queued: await countQueued(this.db, id),
      places: await this.places(told, { plan, number: (campaign.currentVersion?.number ?? 0) + 1 }, moment),
      more: { places: all.length - told.length, people: sum(all) - sum(told) },
      experiments: await this.experiments(campaign, plan),
      running: running && (await this.view(running)),
    };
  }

  private async places(flights: readonly FlightFacts[], { plan, number }: { plan: RunPlan; number: number }, moment: { now: Date; zone: string }): Promise<Preview['places']> {
    const versions = new Map<string, CampaignVersion>();
    for (const { versionId } of flights) if (!versions.has(versionId)) versions.set(versionId, await loadVersion(this.db, versionId));
    const ways = new Map(flights.map((flight) => [placeKey(flight), wayAfter(versions.get(flight.versionId)!.published.steps, plan.steps, flight.stepId)]));
    const recounted = flights.filter((flight) => {
      const { landing } = ways.get(placeKey(flight))!;
      return landing.kind === 'here' && landing.wait !== 'same' && landing.wait !== 'look';
    });
    const times = await timesRecounted(this.db, recounted.map((flight) => ({ flight, step: plan.steps[flight.stepId]! })), moment);
    const order = (flight: FlightFacts) => [...stepLabels(versions.get(flight.versionId)!.published).keys()].indexOf(flight.stepId);
    return flights.toSorted((a, b) => b.number - a.number || order(a) - order(b)).map((flight) => {
      const way = ways.get(placeKey(flight))!;
      const after = { ...way, plan, number, times: times.get(placeKey(flight)) ?? timesNow(flight) };
      return placeOf(flight, versions.get(flight.versionId)!, after, moment);
    });
  }

  private async experiments(campaign: Campaign, plan: RunPlan): Promise<Preview['experiments']> {
    if (!campaign.currentVersion) return [];
    const { published: before } = await loadVersion(this.db, campaign.currentVersion.id);
    const planned = planExperiments(plan, before, campaign.currentVersion.number + 1, newId);
    const [labels, earlier] = [stepLabels(plan), stepLabels(before)];
    const tested = (stepId: string) => (before.experiments[stepId]?.arms.length ?? 0) > 1;
    const kept = planned.filter(({ stepId, experiment }) => experiment.arms.length > 1 && labels.has(stepId)).map(({ stepId, isNew }) => ({ stepId, label: labels.get(stepId)!, becomes: isNew ? 'anew' as const : 'continues' as const }));
    const gone = Object.keys(before.experiments).filter((stepId) => tested(stepId) && earlier.has(stepId) && !kept.some((one) => one.stepId === stepId)).map((stepId) => ({ stepId, label: earlier.get(stepId)!, becomes: 'ends' as const }));
    // One that was never there is not told of as beginning anew.
    return [...kept.filter(({ stepId, becomes }) => becomes === 'continues' || tested(stepId)), ...gone].map((one) => ({ ...one, sentence: experimentSentence(one.label, one.becomes) }));
  }

  /** What was chosen for people in flight at each publishing, newest first. */
  async list(id: string): Promise<View[]> {
    if (!(await findCampaign(this.db, id))) throw notFound('campaign', id);
    return Promise.all((await migrationsOf(this.db, id, 100)).map((migration) => this.view(migration)));
  }

  async view(migration: Migration): Promise<View> {
    const { campaignId: _campaign, versionId, plan, number, ...told } = migration;
    const left = migration.state === 'running' ? (await placesInFlight(this.db, migration.campaignId, versionId)).filter((place) => moveAt(plan, place).move !== 'keep').reduce((all, { people }) => all + people, 0) : null;
    return { ...told, version: number, move: plan.move, exceptions: plan.steps.length, left, sentence: migrationSentence({ ...migration, left }) };
  }
}

const sum = (flights: readonly { people: number }[]): number => flights.reduce((all, { people }) => all + people, 0);

/** A step that is gone may be called as one that is there now: then its version is said. */
function goneName(label: Sentence, now: ReadonlyMap<string, Sentence>, number: number): Sentence {
  return [...now.values()].some(({ en }) => en === label.en) ? { en: `${label.en} (version ${number})`, ko: `${label.ko}(버전 ${number})` } : label;
}

interface After { plan: RunPlan; number: number; landing: ReturnType<typeof wayAfter>['landing']; next: (string | null)[]; times: FlightTimes }

function placeOf(flight: FlightFacts, { published: before }: CampaignVersion, { plan, number, landing, next, times }: After, { now, zone }: { now: Date; zone: string }): Preview['places'][number] {
  const [old, labels] = [stepLabels(before), stepLabels(plan)];
  const nameOf = (id: string): Sentence => labels.get(id) ?? goneName(old.get(id) ?? { en: id, ko: id }, labels, flight.number);
  const named = (ids: readonly (string | null)[]) => ids.flatMap((id) => (id === null ? [] : [{ stepId: id, label: nameOf(id) }]));
  const change = wayChange(before.steps, plan.steps, flight.stepId, landing, [...labels.keys()]);
  const keeping = nextStops(before.steps, flight.stepId, standsAt(before.steps[flight.stepId]));
  const told = { people: flight.people, label: old.get(flight.stepId) ?? nameOf(flight.stepId), number: flight.number };
  const asNow: Flight = { ...told, times: timesNow(flight), stops: stopsOf(before.steps, old, keeping), hoping: flight.hoping > 0 };
  const asNext: Flight = { ...told, times, stops: stopsOf(plan.steps, labels, next), hoping: flight.hoping > 0 && landing.kind === 'here' };
  return {
    version: flight.number, stepId: flight.stepId, label: told.label, people: flight.people,
    keep: { times: asNow.times, next: named(keeping), sentence: keepSentence(asNow, now, zone) },
    migrate: {
      landing: landing.kind, to: landing.kind === 'before' ? landing.stepId : null, times, next: named(next),
      added: named(change.added), removed: named(change.removed), changed: named(change.changed),
      sentence: migrateSentence(asNext, { to: number, landing, change, labels: nameOf }, now, zone),
    },
    restart: { sentence: restartSentence(asNow, number) },
    drain: { sentence: drainSentence(asNow) },
  };
}
