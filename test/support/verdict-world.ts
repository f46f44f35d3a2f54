import { expect } from '@jest/globals';
import type { ExperimentResult } from '../../src/contract/experiment.js';
import { startTestApp, type TestApp } from './app.js';
import { drawnPeople, testOf } from './experiments.js';
import { VirtualClock } from './virtual-clock.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** An app with a clock of its own, people who do things, and what the API says of tests. */
export class VerdictWorld {
  private constructor(readonly app: TestApp, readonly clock: VirtualClock, private sent = 0) {}

  static async start(now: string): Promise<VerdictWorld> {
    const clock = new VirtualClock(new Date(now));
    return new VerdictWorld(await startTestApp({ clock }), clock);
  }

  /** @param before what is done between publishing and the first work, as: writing the people whom a launch will find */
  async publish(definition: object, before: (campaignId: string) => Promise<void> = async () => {}): Promise<string> {
    const { body } = await this.app.api('POST', '/v1/campaigns', { name: `Test ${(this.sent += 1)}`, definition });
    const published = await this.app.api('POST', `/v1/campaigns/${body.id}/publish`, {});
    expect({ status: published.status, problems: published.body.problems }).toEqual({ status: 200, problems: undefined });
    await before(body.id as string);
    await this.app.runner.runUntilIdle();
    return body.id as string;
  }

  /** New people of whom each arm of a step's test will have exactly so many. @returns their external ids by arm */
  async drawn<K extends string>(campaignId: string, step: string, prefix: string, perArm: Record<K, number>): Promise<Record<K, string[]>> {
    return drawnPeople(this.app, await testOf(this.app, campaignId, step), { prefix, now: this.clock.now(), perArm });
  }

  /** Each of these people does something, now or (late) at an earlier moment. */
  async do(userIds: readonly string[], event: string, { at = this.clock.now(), properties = {}, traits }: { at?: Date; properties?: object; traits?: (id: string) => object } = {}): Promise<void> {
    const type = traits ? 'identify' : 'track';
    const batch = userIds.map((userId) => ({ type, userId, messageId: `m-${(this.sent += 1)}`, timestamp: at.toISOString(), ...(traits ? { traits: traits(userId) } : { event, properties }) }));
    for (let from = 0; from < batch.length; from += 1_000) {
      const answer = await fetch(`${this.app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: this.app.key, batch: batch.slice(from, from + 1_000) }) });
      expect(await answer.json()).toEqual({ success: true });
    }
    await this.app.runner.runUntilIdle();
  }

  async assign(campaignId: string, arms: Record<string, readonly string[]>, at = this.clock.now()): Promise<void> {
    const assignments = Object.entries(arms).flatMap(([variant, ids]) => ids.map((externalId) => ({ externalId, variant, at: at.toISOString() })));
    const { body } = await this.app.api('POST', `/v1/campaigns/${campaignId}/assignments`, { assignments });
    expect(body).toMatchObject({ assigned: assignments.length, rejectedTotal: 0 });
  }

  /** Time passes, and whatever falls due is done. */
  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    await this.app.runner.runUntilIdle();
  }

  /** The one experiment of a campaign as its results say. */
  async result(campaignId: string): Promise<ExperimentResult> {
    const { status, body } = await this.app.api('GET', `/v1/campaigns/${campaignId}/results`);
    expect({ status, experiments: body.experiments?.length }).toEqual({ status: 200, experiments: 1 });
    return body.experiments[0] as ExperimentResult;
  }

  /** Stored looks, oldest first. */
  async looks(experimentId: string): Promise<{ at: string; state: string; phase: string; reason: string; winner: string | null; multiplier: number | null }[]> {
    const { body } = await this.app.api('GET', `/v1/experiments/${experimentId}/evaluations?limit=200`);
    return body.items.toReversed();
  }
}

export const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
export const ORDER = { key: 'bought', name: 'Order', window: { days: 1 }, event: { name: 'Order Completed' } };
export const twoArms = (test: object = {}, change: object = {}) => ({ variants: ['A', 'B'].map((key) => ({ key, content: { body: key } })), test, ...change });
