import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import type { ConsentCondition } from '../../src/contract/segment-conditions.js';
import { Preferences } from '../../src/delivery/preferences/preferences.service.js';
import { DoubleOptIn } from '../../src/delivery/preferences/double-opt-in.service.js';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { PublicUrl } from '../../src/platform/public-url.js';
import { rows } from '../../src/platform/database/db.js';
import { ManualAlarms } from '../../src/platform/jobs/alarms.js';
import { WorkerRunner } from '../../src/platform/jobs/runner.js';
import type { Happening } from './segment-leaves.js';
import { VirtualClock } from './virtual-clock.js';
import fc from './fast-check.js';

/** Topics that worlds have: the two that every database begins with, and one that needs a yes first. */
export const TOPICS = { 'product-updates': { kind: 'marketing', optIn: false }, account: { kind: 'transactional', optIn: false }, offers: { kind: 'marketing', optIn: true } } as const;

const place = fc.constantFrom({ channel: 'email', topic: 'product-updates' } as const, { channel: 'email', topic: 'offers' } as const, { channel: 'email', topic: 'account' } as const, { channel: 'in_app', topic: 'offers' } as const);
export const consentLeaf: fc.Arbitrary<ConsentCondition> = fc
  .record({ place, state: fc.constantFrom('subscribed' as const, 'unsubscribed' as const, 'unset' as const, 'allowed' as const) })
  .map(({ place: where, state }) => ({ type: 'consent', ...where, state }));

export async function storeTopics(db: DataSource, now: Date): Promise<void> {
  for (const [key, { kind, optIn }] of Object.entries(TOPICS)) await rows(db, `insert into topic (key, name, kind, opt_in, created_at) values ($1, $1, $2, $3, $4) on conflict do nothing`, [key, kind, optIn, now]);
}

const quiet = pino({ level: 'silent' });

/** People say yes or no. What a merged person said is carried over by campaigns, which worlds do not have. */
export const consenting: Happening<{ place: { channel: 'email' | 'in_app'; topic: string }; state: 'subscribed' | 'unsubscribed' }> = {
  arbitrary: fc.record({ place, state: fc.constantFrom('subscribed' as const, 'unsubscribed' as const) }),
  async write(db, person, { place: { channel, topic }, state }, now) {
    const clock = new VirtualClock(now);
    const audit = { record: async () => undefined, lastChange: async () => null };
    const links = new LinkKeys(db, clock, new PublicUrl(), audit);
    await new Preferences(db, clock, new WorkerRunner(new ManualAlarms(), quiet), new DoubleOptIn(db, clock, links), audit).putConsents(person.id, [{ channel, topic, state }], { source: 'test', method: 'api', actor: 'test' });
    person.consents.set(`${channel}:${topic}`, state);
  },
};
