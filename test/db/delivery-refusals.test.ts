import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 } from 'uuid';
import { addressHash } from '../../src/delivery/preferences/domain/address.js';
import { refusals } from '../../src/delivery/preferences/store/reachability.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const NOW = new Date('2026-03-02T09:00:00Z');
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.query(`insert into topic (key, name, kind, opt_in, created_at) values ('club', 'Club', 'marketing', true, $1)`, [NOW]);
});
afterAll(() => database.drop());

interface Case { name: string; email?: string | null; consent?: 'subscribed' | 'unsubscribed'; suppressed?: string; topic?: string; channel?: 'email' | 'in_app'; expected: string | undefined }

const cases: Case[] = [
  { name: 'nothing said, no opt-in needed', expected: undefined },
  { name: 'nothing said, opt-in needed', topic: 'club', expected: 'NO_CONSENT' },
  { name: 'said yes', topic: 'club', consent: 'subscribed', expected: undefined },
  { name: 'said no', consent: 'unsubscribed', expected: 'TOPIC_UNSUBSCRIBED' },
  { name: 'said no, opt-in topic', topic: 'club', consent: 'unsubscribed', expected: 'TOPIC_UNSUBSCRIBED' },
  { name: 'said no to a transactional topic', topic: 'account', consent: 'unsubscribed', expected: undefined },
  { name: 'an unknown topic', topic: 'nowhere', expected: 'NO_CONSENT' },
  { name: 'no address', email: null, expected: 'CHANNEL_UNREACHABLE' },
  { name: 'an address that is none', email: 'a@x.org\r\nBcc: e@y', expected: 'CHANNEL_UNREACHABLE' },
  { name: 'no address, in-app', email: null, channel: 'in_app', expected: undefined },
  { name: 'consent comes before reachability', email: null, consent: 'unsubscribed', expected: 'TOPIC_UNSUBSCRIBED' },
  { name: 'consent comes before suppression', suppressed: 'bounce', consent: 'unsubscribed', expected: 'TOPIC_UNSUBSCRIBED' },
  { name: 'bounced', suppressed: 'bounce', expected: 'SUPPRESSED_BOUNCE' },
  { name: 'bounced, transactional', suppressed: 'bounce', topic: 'account', expected: 'SUPPRESSED_BOUNCE' },
  { name: 'complained', suppressed: 'complaint', expected: 'SUPPRESSED_COMPLAINT' },
  { name: 'complained, transactional', suppressed: 'complaint', topic: 'account', expected: undefined },
  { name: 'blocked by hand, transactional', suppressed: 'manual', topic: 'account', expected: 'SUPPRESSED_MANUAL' },
  { name: 'paused after soft bounces', suppressed: 'soft_bounce', expected: 'SUPPRESSED_BOUNCE' },
  { name: 'bounced, in-app', suppressed: 'bounce', channel: 'in_app', expected: undefined },
  { name: 'bounced, written differently', email: 'Kim.Haneul@MÜNCHEN.example', suppressed: 'bounce', expected: 'SUPPRESSED_BOUNCE' },
];

test.each(cases)('$name', async ({ email, consent, suppressed, topic = 'product-updates', channel = 'email', expected }) => {
  const id = v7();
  const address = email === undefined ? `${id}@example.org` : email;
  await database.db.query(`insert into person (id, kind, email, first_seen_at, last_seen_at, created_at, updated_at) values ($1, 'user', $2, $3, $3, $3, $3)`, [id, address, NOW]);
  if (consent) await database.db.query(`insert into consent (person_id, channel, topic, state, at, source) values ($1, $2, $3, $4, $5, 'test')`, [id, channel, topic, consent, NOW]);
  if (suppressed) await database.db.query(`insert into suppression (channel, address_hash, reason, at) values ('email', $1, $2, $3)`, [addressHash(address!.toLowerCase()), suppressed, NOW]);
  const free = v7();
  await database.db.query(`insert into person (id, kind, email, first_seen_at, last_seen_at, created_at, updated_at) values ($1, 'user', 'free@example.org', $2, $2, $2, $2)`, [free, NOW]);
  const found = await refusals(database.db, { personIds: [id, free], channel, topic, now: NOW });
  expect(found.get(id)).toBe(expected);
  expect(await refusals(database.db, { personIds: [], channel, topic, now: NOW })).toEqual(new Map());
});

test('a person who is gone is refused, not forgotten', async () => {
  const gone = v7();
  expect((await refusals(database.db, { personIds: [gone], channel: 'email', topic: 'account', now: NOW })).get(gone)).toBe('PERSON_DELETED');
});
