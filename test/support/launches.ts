import { expect } from '@jest/globals';
import { launchNext } from '../../src/campaigns/engine/launch.js';
import { SafetySettings } from '../../src/contract/safety.js';
import { inTransaction, row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from './app.js';
import { inApp } from './campaign-definitions.js';
import { makePeople } from './experiments.js';
import { SmtpSink } from './smtp-sink.js';
import { VirtualClock } from './virtual-clock.js';

export const HOUR = 3_600_000;
export const email = (change: object = {}) => ({ id: 'message', type: 'message', channel: 'email', topic: 'account', variants: [{ key: 'A', content: { subject: 'Hello', body: '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>' } }], ...change });
export const note = (change: object = {}) => inApp('message', { topic: 'account', ...change });
export const broadcast = (change: object = {}) => ({ type: 'broadcast', goals: [{ key: 'bought', name: 'Bought', event: { name: 'Order Completed' } }], message: note(), ...change });
export const sorted = (ids: readonly string[]): string[] => [...ids].toSorted();

/** One app with a mail server behind it, and what tests of launches do with it. */
export class LaunchWorld {
  private constructor(readonly app: TestApp, readonly sink: SmtpSink, readonly clock: VirtualClock) {}

  static async start(): Promise<LaunchWorld> {
    const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
    const sink = await new SmtpSink().start();
    const app = await startTestApp({ clock, env: { SMTP_URL: sink.url } });
    await rows(app.db, `insert into topic (key, name, kind, opt_in, created_at) values ('news', 'News', 'marketing', false, $1)`, [clock.now()]);
    return new LaunchWorld(app, sink, clock);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.sink.stop();
  }

  run = () => this.app.runner.runUntilIdle();

  pass(ms: number) {
    this.clock.advance(ms);
    return this.run();
  }

  /** People of one group, and the segment of it. @returns ids in order of making */
  async audience(group: string, count: number): Promise<{ people: string[]; segmentId: string }> {
    const people = await makePeople(this.app, group, count, { group });
    const made = await this.app.api('POST', '/v1/segments', { name: group, definition: { type: 'attribute', key: 'group', op: 'is', value: group } });
    await this.run();
    return { people, segmentId: made.body.id };
  }

  async draft(definition: object): Promise<string> {
    const made = await this.app.api('POST', '/v1/campaigns', { name: `Launch ${Math.random()}`, definition });
    expect([made.status, made.body.problems ?? []]).toEqual([201, []]);
    return made.body.id;
  }

  async publish(definition: object): Promise<string> {
    const id = await this.draft(definition);
    const { status, body } = await this.app.api('POST', `/v1/campaigns/${id}/publish`, {});
    expect([status, body.problems ?? body.code]).toEqual([200, undefined]);
    return id;
  }

  async identify(batch: object[]): Promise<void> {
    await fetch(`${this.app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: this.app.writeKey, batch: batch.map((each) => ({ type: 'identify', ...each })) }) });
    await this.run();
  }

  launchOf = async (id: string) => (await this.app.api('GET', `/v1/campaigns/${id}/launch`)).body;
  campaignOf = async (id: string) => (await this.app.api('GET', `/v1/campaigns/${id}`)).body;
  launchId = async (id: string) => (await row<{ id: string }>(this.app.db, 'select l.id from launch as l where l.campaign_id = $1', [id]))!.id;
  reached = async (id: string) => (await rows<{ id: string }>(this.app.db, 'select d.person_id as id from delivery as d where d.campaign_id = $1 order by 1', [id])).map((each) => each.id);
  states = async (id: string): Promise<Record<string, number>> => Object.fromEntries((await rows<{ state: string; n: number }>(this.app.db, 'select d.state, count(*)::int as n from delivery as d where d.campaign_id = $1 group by 1', [id])).map(({ state, n }) => [state, n]));
  page = (id: string, limit: number) => inTransaction(this.app.db, (tx) => launchNext(tx, id, limit, { now: this.clock.now(), zone: 'UTC' }));
  settings = (change: object = {}) => this.app.api('PUT', '/v1/safety-settings', SafetySettings.parse(change));
  explained = async (id: string, person: string) => (await this.app.api('GET', `/v1/campaigns/${id}/explain?personId=${person}`)).body;

  /** Eligible = delivered + in progress + every refusal, as analytics counts them from the ledger. */
  async reconciles(id: string, eligible: number): Promise<void> {
    await this.run();
    const { entry, steps } = (await this.app.api('GET', `/v1/campaigns/${id}/results`)).body;
    expect(entry.considered).toBe(eligible);
    for (const { reconciliation } of steps) expect(reconciliation).toMatchObject({ difference: 0 });
  }
}
