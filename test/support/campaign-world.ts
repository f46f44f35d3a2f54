import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { SeriesDefinition } from '../../src/contract/campaign.js';
import { ExitRule, Goal } from '../../src/contract/campaign-goals.js';
import { Step } from '../../src/contract/campaign-steps.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import { basisPoints } from '../../src/kernel/bucket.js';
import { newId } from '../../src/kernel/ids.js';
import { WorkerRunner } from '../../src/platform/jobs/runner.js';
import { ManualAlarms } from '../../src/platform/jobs/alarms.js';
import { createLog } from '../../src/platform/logging.js';
import { rows } from '../../src/platform/database/db.js';
import { AdvanceWorker } from '../../src/campaigns/jobs/advance.job.js';
import { DatesWorker } from '../../src/campaigns/jobs/dates.job.js';
import { EntryWorker } from '../../src/campaigns/jobs/entry.job.js';
import { LaunchWorker } from '../../src/campaigns/jobs/launch.job.js';
import type { PublishedDefinition, PublishedEntry } from '../../src/campaigns/domain/published.js';
import { changeState, insertDraft } from '../../src/campaigns/store/campaigns.store.js';
import { insertVersion } from '../../src/campaigns/store/versions.store.js';
import type { CampaignState } from '../../src/campaigns/domain/state.js';
import { VirtualClock } from './virtual-clock.js';

type Input<T> = T extends z.ZodType ? z.input<T> : never;

export interface PlannedCampaign {
  entry: PublishedEntry;
  steps: Input<typeof Step>[];
  reentry?: PublishedDefinition['reentry'];
  audience?: SegmentNode;
  goals?: Input<typeof Goal>[];
  exitRules?: Input<typeof ExitRule>[];
  conditions?: Record<string, string>;
}

const MESSAGE = { type: 'message', channel: 'in_app', topic: 'news', variants: [{ key: 'a', content: { body: 'Hi' } }] } as const;

/** An in-app message step in one variant. */
export const message = (id: string, next: string | null, more: object = {}): Input<typeof Step> => ({ id, ...MESSAGE, next, ...more }) as unknown as Input<typeof Step>;

/** Campaigns, people and news written straight into the tables, and the four workers over them. */
export class CampaignWorld {
  readonly clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
  readonly runner = new WorkerRunner(new ManualAlarms(), createLog('error'));

  constructor(readonly db: DataSource) {
    this.runner.add(this.workers());
  }

  /** A set of workers as a further process would have. */
  workers() {
    return [new EntryWorker(this.db, this.clock, this.runner, createLog('silent')), new DatesWorker(this.db, this.clock, this.runner), new LaunchWorker(this.db, this.clock, this.runner), new AdvanceWorker(this.db, this.clock, this.runner)];
  }

  async topic(key = 'news', kind: 'marketing' | 'transactional' = 'marketing', optIn = false): Promise<void> {
    await rows(this.db, `insert into topic (key, name, kind, opt_in, created_at) values ($1, $1, $2, $3, $4) on conflict (key) do nothing`, [key, kind, optIn, this.clock.now()]);
  }

  async people(count: number, given: { zone?: string; email?: string | null; attributes?: object } = {}): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newId());
    await rows(this.db, `
      insert into person (id, kind, email, time_zone, attributes, first_seen_at, last_seen_at, created_at, updated_at)
      select p.id, 'user', coalesce($2, p.id || '@example.test'), $3, $4::jsonb, $5, $5, $5, $5 from unnest($1::uuid[]) as p (id)`,
    [ids, given.email ?? null, given.zone ?? null, JSON.stringify(given.attributes ?? {}), this.clock.now()]);
    for (const [key, value] of Object.entries(given.attributes ?? {})) {
      if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) await rows(this.db, `insert into person_date (person_id, key, at) select p.id, $2, $3::timestamptz from unnest($1::uuid[]) as p (id)`, [ids, key, value]);
    }
    return ids;
  }

  async person(given: { zone?: string; email?: string | null; attributes?: object } = {}): Promise<string> {
    return (await this.people(1, given))[0]!;
  }

  async campaign(plan: PlannedCampaign, state: CampaignState = 'active'): Promise<{ campaignId: string; versionId: string; published: PublishedDefinition }> {
    const definition = SeriesDefinition.parse({ type: 'series', entry: { type: 'event', event: 'unused' }, start: plan.steps[0]!.id, steps: plan.steps, goals: plan.goals ?? [], exitRules: plan.exitRules ?? [] });
    const campaignId = await insertDraft(this.db, { name: 'Test', definition, by: 'test', now: this.clock.now() });
    const versionId = await this.version(campaignId, 1, plan, definition);
    await changeState(this.db, { id: campaignId, from: ['draft'], to: state, now: this.clock.now() });
    return { campaignId, ...versionId };
  }

  async version(campaignId: string, number: number, plan: PlannedCampaign, definition: SeriesDefinition): Promise<{ versionId: string; published: PublishedDefinition }> {
    const published: PublishedDefinition = {
      definition, entry: plan.entry, reentry: plan.reentry ?? { policy: 'never' }, audience: plan.audience, start: definition.start,
      steps: Object.fromEntries(definition.steps.map((step) => [step.id, step])),
      contents: {}, experiments: {}, conditions: plan.conditions ?? {}, goals: definition.goals, exitRules: definition.exitRules,
    };
    for (const step of definition.steps) {
      if (step.type !== 'message' && step.type !== 'split') continue;
      const arms = step.type === 'split' ? step.arms : [...step.variants, ...(step.control ? [{ key: 'control', weight: step.control.weight }] : [])];
      const points = basisPoints(arms.map((arm) => arm.weight));
      published.experiments[step.id] = { experimentId: newId(), salt: newId(), arms: arms.map((arm, index) => ({ key: arm.key, basisPoints: points[index]!, isControl: arm.key === 'control' })) };
      if (step.type === 'message') published.contents[step.id] = Object.fromEntries(step.variants.map((variant) => [variant.key, newId()]));
    }
    const versionId = newId();
    await insertVersion(this.db, { id: versionId, campaignId, number, published, by: 'test', now: this.clock.now() });
    if (plan.entry.type === 'date') await rows(this.db, 'insert into date_entry_tick (version_id, evaluated_to) values ($1, $2)', [versionId, this.clock.now()]);
    return { versionId, published };
  }

  /** Records events and tells the campaigns, as one settled batch. */
  async events(list: { personId: string; name: string; properties?: object; at?: Date }[], flips: { segmentId: string; personId: string }[] = []): Promise<string[]> {
    const ids = list.map(() => newId());
    await rows(this.db, `
      insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id)
      select e.id, e.person_id, 'track', e.name, e.properties, e.at, e.at, e.id::text from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::timestamptz[]) as e (id, person_id, name, properties, at)`,
    [ids, list.map((e) => e.personId), list.map((e) => e.name), list.map((e) => JSON.stringify(e.properties ?? {})), list.map((e) => e.at ?? this.clock.now())]);
    const now = this.clock.now();
    await rows(this.db, `insert into settled_change (kind, at, person_ids, event_names, event_ids, event_persons, flip_segments, flip_persons, flip_entered, flip_at)
      values ('changed', $1, $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::boolean[], $9::timestamptz[])`,
    [now, [...new Set(list.map((e) => e.personId))], [...new Set(list.map((e) => e.name))], ids, list.map((e) => e.personId), flips.map((f) => f.segmentId), flips.map((f) => f.personId), flips.map(() => true), flips.map(() => now)]);
    return ids;
  }

  async event(personId: string, name: string, properties: object = {}, at?: Date): Promise<string> {
    return (await this.events([{ personId, name, properties, at }]))[0]!;
  }

  /** Puts people into a segment that is maintained elsewhere, and tells the campaigns unless `silent`. */
  async enterSegment(segmentId: string, personIds: string[], options: { silent?: boolean } = {}): Promise<void> {
    await rows(this.db, `insert into segment_member (segment_id, person_id, since) select $1, p.id, $3 from unnest($2::uuid[]) as p (id) on conflict do nothing`, [segmentId, personIds, this.clock.now()]);
    if (!options.silent) await this.flipped(segmentId, personIds, true);
  }

  async leaveSegment(segmentId: string, personIds: string[]): Promise<void> {
    await rows(this.db, 'delete from segment_member as m where m.segment_id = $1 and m.person_id = any($2::uuid[])', [segmentId, personIds]);
    await this.flipped(segmentId, personIds, false);
  }

  private async flipped(segmentId: string, personIds: string[], entered: boolean): Promise<void> {
    await rows(this.db, `insert into settled_change (kind, at, person_ids, flip_segments, flip_persons, flip_entered, flip_at)
      select 'flips', $3, $2::uuid[], array_agg($1::uuid), array_agg(p.id), array_agg($4::boolean), array_agg($3::timestamptz) from unnest($2::uuid[]) as p (id)`, [segmentId, personIds, this.clock.now(), entered]);
  }

  async segment(definition: SegmentNode = { type: 'attribute', key: 'x', op: 'exists' }, state = 'live'): Promise<string> {
    const id = newId();
    await rows(this.db, `insert into segment (id, name, definition, state, created_by, created_at, updated_at) values ($1, $2, $3::jsonb, $4, 'test', $5, $5)`, [id, `S ${id}`, JSON.stringify(definition), state, this.clock.now()]);
    return id;
  }

  async setAttributes(personId: string, attributes: object): Promise<void> {
    await rows(this.db, `update person as p set attributes = p.attributes || $2::jsonb where p.id = $1`, [personId, JSON.stringify(attributes)]);
  }

  run(): Promise<Date | null> {
    return this.runner.runUntilIdle();
  }

  /** Sets the clock and runs. */
  async at(moment: string | Date): Promise<Date | null> {
    this.clock.set(new Date(moment));
    return this.run();
  }

  runs(campaignId: string) {
    return rows<{ personId: string; state: string; exitCode: string | null; stepId: string; dueAt: Date | null; entry: { properties?: object } }>(this.db, `
      select e.person_id as "personId", e.state, e.exit_code as "exitCode", e.step_id as "stepId", e.due_at as "dueAt", e.entry from enrollment as e where e.campaign_id = $1 order by e.entered_at, e.id`, [campaignId]);
  }

  decisions(campaignId: string) {
    return rows<{ personId: string; stage: string; code: string; stepId: string | null; nextCheckAt: Date | null; facts: Record<string, unknown> }>(this.db, `
      select d.person_id as "personId", d.stage, d.code, d.step_id as "stepId", d.next_check_at as "nextCheckAt", d.facts from decision as d where d.campaign_id = $1 order by d.at, d.id`, [campaignId]);
  }

  deliveries(campaignId: string) {
    return rows<{ personId: string; stepId: string; state: string; reason: string | null; variant: string; isControl: boolean; contentId: string; queuedAt: Date }>(this.db, `
      select d.person_id as "personId", d.step_id as "stepId", d.state, d.reason, d.variant, d.is_control as "isControl", d.content_id as "contentId", d.queued_at as "queuedAt" from delivery as d where d.campaign_id = $1 order by d.queued_at, d.id`, [campaignId]);
  }

  visits(campaignId: string) {
    return rows<{ personId: string; stepId: string; outcome: string | null; arrivedAt: Date; leftAt: Date | null }>(this.db, `
      select v.person_id as "personId", v.step_id as "stepId", v.outcome, v.arrived_at as "arrivedAt", v.left_at as "leftAt" from step_visit as v where v.campaign_id = $1 order by v.arrived_at, v.step_id`, [campaignId]);
  }

  /** Message steps whose arrivals are not deliveries plus refusals, exactly. Must be empty, always. */
  async unaccounted(): Promise<unknown[]> {
    return rows(this.db, `
      with message_step as (
        select v.id as version_id, s.key as step_id from campaign_version as v cross join lateral jsonb_each(v.definition -> 'steps') as s where s.value ->> 'type' = 'message'),
      counted as (
        select m.version_id, m.step_id,
               (select count(*) from step_visit as v where v.version_id = m.version_id and v.step_id = m.step_id) as arrivals,
               (select count(*) from delivery as d where d.version_id = m.version_id and d.step_id = m.step_id) as deliveries,
               (select count(*) from decision as d where d.version_id = m.version_id and d.step_id = m.step_id and d.stage = 'step') as refusals
          from message_step as m)
      select * from counted as c where c.arrivals <> c.deliveries + c.refusals`);
  }
}
