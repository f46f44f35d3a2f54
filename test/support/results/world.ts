import { newId } from '../../../src/kernel/ids.js';
import { insertDeliveryEvents, type NewDeliveryEvent } from '../../../src/delivery/tracking/store/delivery-events.store.js';
import { recordEngagement } from '../../../src/delivery/tracking/store/engagement.store.js';
import { enqueueDeliveries, type NewDelivery } from '../../../src/delivery/sending/store/deliveries.store.js';
import { assignVariants } from '../../../src/campaigns/store/assignments.store.js';
import { recordDecisions, type NewDecision } from '../../../src/campaigns/store/decisions.store.js';
import { write } from '../../../src/platform/database/in-turn.js';
import { insertingStanding, savingArrivals, type Standing, type Visit } from '../../../src/campaigns/store/enrollments.store.js';
import { inTransaction, row, rows } from '../../../src/platform/database/db.js';
import type { TestApp } from '../app.js';

export const STEPS = ['hello', 'nudge', 'last'] as const;
const LATER = new Date('2099-01-01T00:00:00Z');
const HOUR = 3_600_000;

const email = (id: string, next: string | null, keys: string[], control: boolean) => ({
  id, type: 'message', channel: 'email', next, ...(control ? { control: { weight: 1 } } : {}),
  variants: keys.map((key) => ({ key, weight: 2, content: { subject: `Hello ${key}`, body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>' } })),
});

/** A series of three messages whose entry event nobody does: the test itself is the engine that writes its ledger. */
export const chaosSeries = (windowHours: number) => ({
  type: 'series', entry: { type: 'event', event: 'Nobody Does This' }, reentry: { policy: 'after_exit' }, start: 'hello',
  goals: [
    { key: 'bought', name: 'Bought', primary: true, window: { days: 7 }, event: { name: 'Order' }, value: { property: 'total', currency: 'KRW' } },
    { key: 'big', name: 'Bought much', window: { hours: windowHours }, event: { name: 'Order', where: [{ property: 'total', op: 'gt', value: 50 }] } },
    { key: 'pro', name: 'Became a customer', window: { days: 3 }, condition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } },
  ],
  steps: [email('hello', 'nudge', ['A', 'B'], true), { id: 'nudge', type: 'message', channel: 'in_app', next: 'last', variants: [{ key: 'A', content: { body: 'Hi' } }] }, email('last', null, ['A', 'B'], false)],
});

interface Published { id: string; number: number; experiments: Record<string, { experimentId: string; salt: string; arms: { key: string; basisPoints: number; isControl: boolean }[] }> }
const CHANNEL = { hello: 'email', nudge: 'in_app', last: 'email' } as const;

/**
 * Writes what a campaign does to people, through the stores that the engine, the senders and the trackers write by, in an order
 * that life would not dare.
 */
export class ChaosWorld {
  /** Deliveries made, about. */
  private made = 0;

  constructor(readonly app: TestApp, readonly campaignId: string, private readonly random: () => number) {}

  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)]!;
  }

  /** The newest version. */
  async version(): Promise<Published> {
    return (await row<Published>(this.app.db, `select v.id, v.number, v.definition -> 'experiments' as experiments from campaign_version as v where v.campaign_id = $1 order by v.number desc limit 1`, [this.campaignId]))!;
  }

  /** People come in, are assigned, stand at steps, and have messages queued or are refused. Some windows close while the test runs. */
  async enter(personIds: readonly string[]): Promise<void> {
    const version = await this.version();
    const now = new Date();
    const at = new Date(now.getTime() - this.pick([0, HOUR, 30 * HOUR, 48 * HOUR - 15_000, 72 * HOUR - 20_000, 100 * HOUR, 24 * 7 * HOUR - 25_000]) - Math.floor(this.random() * 20_000));
    await inTransaction(this.app.db, async (tx) => {
      const [refused, entered] = [personIds.filter((_, index) => index % 17 === 16), personIds.filter((_, index) => index % 17 !== 16)];
      const decided = (personId: string, more: Partial<NewDecision>): NewDecision => ({ personId, campaignId: this.campaignId, versionId: version.id, stepId: null, enrollmentId: null, variant: null, stage: 'entry', code: 'NOT_IN_AUDIENCE', facts: {}, nextCheckAt: null, ...more });
      const runs = entered.map((personId) => ({ id: newId(), personId }));
      const entries = new Map(runs.map(({ id }) => [id, { kind: 'event', at: at.toISOString() } as never]));
      const standings = runs.map(({ id, personId }): Standing => ({ id, personId, state: 'active', exitCode: null, stepId: 'last', arrivedAt: at, dueAt: LATER, waiting: false }));
      await write(tx, insertingStanding(tx, { id: version.id, campaignId: this.campaignId, byKey: false }, { standings, entries }, at));
      const decisions = refused.map((personId) => decided(personId, {}));
      for (const stepId of STEPS) {
        const experiment = version.experiments[stepId]!;
        const arms = await assignVariants(tx, { experiment, campaignId: this.campaignId, personIds: entered, now: at } as never);
        const stopped = new Set(runs.filter(() => this.random() < 0.08).map(({ id }) => id));
        const fresh = runs.map(({ id, personId }): Visit => ({ enrollmentId: id, personId, stepId, campaignId: this.campaignId, versionId: version.id, arrivedAt: at, leftAt: stopped.has(id) && this.random() < 0.5 ? null : at, outcome: null }));
        await write(tx, savingArrivals(fresh));
        const waits = new Set(fresh.filter(({ leftAt }) => leftAt === null).map(({ enrollmentId }) => enrollmentId));
        decisions.push(...runs.filter(({ id }) => stopped.has(id) && !waits.has(id)).map(({ id, personId }) => decided(personId, { stepId, enrollmentId: id, stage: 'step', code: this.pick(['NO_CONSENT', 'CAP_DROPPED']) })));
        decisions.push(...runs.filter(({ id }) => waits.has(id)).map(({ id, personId }) => decided(personId, { stepId, enrollmentId: id, stage: 'step', code: 'QUIET_HOURS_DEFERRED', nextCheckAt: LATER })));
        const wanted = runs.filter(({ id }) => !stopped.has(id)).map(({ id, personId }): NewDelivery => {
          const arm = arms.get(personId)!;
          return { id: newId(), personId, campaignId: this.campaignId, versionId: version.id, stepId, enrollmentId: id, channel: CHANNEL[stepId], contentId: null, experimentId: experiment.experimentId, variant: arm.variant, isControl: arm.isControl, topic: 'product-updates', dueAt: LATER };
        });
        await enqueueDeliveries(tx, wanted, at);
        this.made += wanted.length;
        // The same step once more, as a retry after a lost connection would.
        await enqueueDeliveries(tx, wanted.slice(0, 5).map((one) => ({ ...one, id: newId() })), at);
      }
      await recordDecisions(tx, decisions, now);
    });
  }

  private deliveries(share: number, where = 'true') {
    const percent = Math.min(20, (600 * share) / Math.max(1, this.made));
    return rows<{ id: string; personId: string; isControl: boolean; state: string }>(this.app.db, `
      select d.id, d.person_id as "personId", d.is_control as "isControl", d.state from delivery as d tablesample bernoulli (${percent}) where d.campaign_id = $1 and ${where} order by random() limit $2`, [this.campaignId, Math.floor(share)]);
  }

  /** Senders take and settle messages; some bounce, some come back later than they were thought delivered. */
  async settle(count: number): Promise<void> {
    const taken = await this.deliveries(count, `d.state in ('queued', 'sending', 'sent')`);
    const ends = taken.map(({ id, personId, isControl, state }) => {
      const draw = this.random();
      const to = isControl ? 'ghost' : state === 'queued' && draw < 0.2 ? 'sending' : draw < 0.75 ? 'sent' : draw < 0.85 ? 'delivered' : draw < 0.93 ? 'bounced' : this.pick(['failed', 'uncertain', 'cancelled']);
      return { id, personId, to, reason: to === 'failed' ? 'RENDER_MISSING_VAR' : to === 'cancelled' ? 'GOAL_REACHED' : null, language: this.pick(['ko', 'en', null]), at: new Date(Date.now() - Math.floor(this.random() * HOUR)) };
    });
    await rows(this.app.db, `
      update delivery as d set state = s."to", reason = s.reason, language = coalesce(s.language, d.language), sent_at = case when s."to" in ('sent', 'delivered', 'bounced') then s.at end, settled_at = s.at
        from jsonb_to_recordset($1::jsonb) as s (id uuid, "to" text, reason text, language text, at timestamptz) where d.id = s.id and d.state in ('queued', 'sending', 'sent')`, [JSON.stringify(ends)]);
    await this.happen(ends.filter(({ to }) => to === 'bounced').map(({ id, personId }) => ({ deliveryId: id, personId, kind: 'bounce', eventKey: `b-${id}`, at: this.someTime(), verdict: 'machine', evidence: {}, data: this.pick([{ kind: 'hard' }, { kind: 'soft' }, {}]) })));
  }

  private someTime = (): Date => new Date(Date.now() - Math.floor(this.random() * 40 * 24 * HOUR));

  /** Stores reactions, and some of them once more. */
  private async happen(events: NewDeliveryEvent[]): Promise<void> {
    await insertDeliveryEvents(this.app.db, events);
    await insertDeliveryEvents(this.app.db, events.filter(() => this.random() < 0.3));
  }

  /** People open, click, answer and complain, in any order and months ago. */
  async react(count: number): Promise<void> {
    const some = await this.deliveries(count);
    await this.happen(some.flatMap(({ id, personId }) => Array.from({ length: 1 + Math.floor(this.random() * 3) }, (): NewDeliveryEvent => ({
      deliveryId: id, personId, kind: this.pick(['open', 'open', 'click', 'unsubscribe', 'complaint', 'dismiss', 'reply', 'impression'] as const), eventKey: `r-${Math.floor(this.random() * 3)}`, at: this.someTime(),
      verdict: this.pick(['human', 'machine', 'unknown'] as const), evidence: { userAgent: 'x' }, data: {},
    }))));
    const opened = some.slice(0, Math.floor(count / 4));
    if (opened.length === 0) return;
    const at = new Date();
    await recordEngagement(this.app.db, opened.map(({ id }) => ({ deliveryId: id, kind: 'open' as const, eventKey: newId(), at, verdict: 'unknown' as const, evidence: { reasons: [], userAgent: 'x', network: '', sinceSent: null }, data: {} })), [], false);
  }

  /** Opens turn out to have been machines, or people after all. */
  async relabel(count: number): Promise<void> {
    const some = await this.deliveries(count);
    await rows(this.app.db, `update delivery_event as e set verdict = (array['human', 'machine', 'unknown'])[1 + floor(random() * 3)::int] where e.delivery_id = any($1::uuid[]) and e.kind in ('open', 'click')`, [some.map(({ id }) => id)]);
  }

  /** Runs end; who stood at a step leaves it. */
  async leave(count: number): Promise<void> {
    const some = await rows<{ id: string }>(this.app.db, `select e.id from enrollment as e where e.campaign_id = $1 and e.state = 'active' order by random() limit $2`, [this.campaignId, Math.floor(count)]);
    const ids = some.map(({ id }) => id);
    await inTransaction(this.app.db, async (tx) => {
      const left = await rows<{ run: string; personId: string; versionId: string; stepId: string }>(tx, `
        update step_visit as v set left_at = now(), outcome = 'EXIT_RULE' where v.enrollment_id = any($1::uuid[]) and v.left_at is null
        returning v.enrollment_id as run, v.person_id as "personId", v.version_id as "versionId", v.step_id as "stepId"`, [ids]);
      await recordDecisions(tx, left.map(({ run, ...at }) => ({ ...at, campaignId: this.campaignId, enrollmentId: run, variant: null, stage: 'exit', code: 'EXIT_RULE', facts: {}, nextCheckAt: null })), new Date());
      await rows(tx, `update enrollment as e set state = (array['completed', 'exited'])[1 + (ascii(right(e.id::text, 1)) % 2)], left_at = now() where e.id = any($1::uuid[]) and e.state = 'active'`, [ids]);
    });
  }
}
