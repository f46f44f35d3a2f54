import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../ormconfig.js';
import { listPeople } from '../../src/people/store/people-read.store.js';
import { migrations } from '../../src/platform/database/migrations.js';
import { prepareDatabase } from '../../src/platform/database/prepare-db.js';
import { rows } from '../../src/platform/database/db.js';
import { createTestDatabase } from '../support/database.js';

/** A database as it was before these migrations is brought up to date with what it holds. */
const LAST_BEFORE = 1763800000027;
const NOW = new Date('2026-11-22T12:00:00Z');
const NAME = `upgrade_${process.pid}`;
const ID = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [PERSON, CAMPAIGN, VERSION, RUN, DELIVERY, SEGMENT, USER] = [1, 2, 3, 4, 5, 6, 7].map(ID) as [string, string, string, string, string, string, string];

/** One row of each main table, in the columns that they had then. */
const OLD: [string, Record<string, unknown>][] = [
  ['person', { id: PERSON, external_id: 'mina', kind: 'user', email: 'Mina@Example.org', attributes: { name: '김미나', plan: 'trial' }, first_seen_at: NOW, last_seen_at: NOW, created_at: NOW, updated_at: NOW }],
  ['person_identity', { kind: 'user_id', value: 'mina', person_id: PERSON, linked_at: NOW }],
  ['person_tag', { person_id: PERSON, tag: 'vip', added_at: NOW }],
  ['attribute_history', { person_id: PERSON, key: 'plan', at: NOW, id: ID(20), value: '"trial"', last_at: NOW, source: 'api', recorded_at: NOW }],
  ['event', { id: ID(21), person_id: PERSON, type: 'track', name: 'Paid', occurred_at: NOW, received_at: NOW, message_id: 'm' }],
  ['event_tally', { name: 'Paid', events: 1, last_at: NOW }],
  ['app_user', { id: USER, email: 'a@example.org', name: 'A', role: 'owner', created_at: NOW }],
  ['segment', { id: SEGMENT, name: 'Trial', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' }, state: 'live', created_by: `user:${USER}`, created_at: NOW, updated_at: NOW }],
  ['segment_member', { segment_id: SEGMENT, person_id: PERSON, since: NOW }],
  ['campaign', { id: CAMPAIGN, type: 'broadcast', name: 'Hello', state: 'active', draft: {}, created_by: `user:${USER}`, created_at: NOW, updated_at: NOW, state_at: NOW }],
  ['campaign_version', { id: VERSION, campaign_id: CAMPAIGN, number: 1, definition: { goals: [], steps: {}, experiments: {}, conditions: {}, definition: { type: 'broadcast' } }, published_by: `user:${USER}`, published_at: NOW }],
  ['enrollment', { id: RUN, person_id: PERSON, campaign_id: CAMPAIGN, version_id: VERSION, state: 'completed', entered_at: NOW }],
  ['step_visit', { enrollment_id: RUN, person_id: PERSON, step_id: 'message', campaign_id: CAMPAIGN, version_id: VERSION, arrived_at: NOW }],
  ['delivery', { id: DELIVERY, person_id: PERSON, campaign_id: CAMPAIGN, version_id: VERSION, step_id: 'message', enrollment_id: RUN, channel: 'email', variant: 'A', topic: 'news', state: 'sent', due_at: NOW, queued_at: NOW, sent_at: NOW }],
  ['delivery_event', { delivery_id: DELIVERY, person_id: PERSON, kind: 'click', event_key: 'first', at: NOW, verdict: 'human' }],
  ['consent', { person_id: PERSON, channel: 'email', topic: 'news', state: 'subscribed', at: NOW, source: 'api' }],
  ['audit_entry', { at: NOW, actor: `user:${USER}`, action: 'campaign.publish', subject: `campaign:${CAMPAIGN}` }],
];

let db: DataSource;
const admin = async (sql: string) => {
  const client = new pg.Client({ connectionString: process.env.DANBI_TEST_SERVER });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

beforeAll(async () => {
  await admin(`create database ${NAME}`);
  db = await createDataSource(process.env.DANBI_TEST_SERVER!.replace(/\/danbi$/, `/${NAME}`), 4).initialize();
});
afterAll(async () => {
  await db.destroy();
  await admin(`drop database ${NAME} with (force)`);
});

test('an older database is brought up to date, and what it held is there and found', async () => {
  const older = migrations.filter(({ name }) => Number(name.slice(-13)) <= LAST_BEFORE);
  expect(migrations.length - older.length).toBeGreaterThan(5);
  const all = [...db.migrations];
  db.migrations.splice(0, db.migrations.length, ...all.filter((one) => Number(one.constructor.name.slice(-13)) <= LAST_BEFORE));
  // The months are made by a function that came later, so only the schema is that of then.
  await db.runMigrations();
  expect(await rows(db, 'select from migration')).toHaveLength(older.length);
  for (const [table, row] of OLD) {
    const values = Object.values(row).map((value) => (value !== null && typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : value));
    await rows(db, `insert into ${table} (${Object.keys(row).join(', ')}) values (${values.map((_, place) => `$${place + 1}`).join(', ')})`, values);
  }
  db.migrations.splice(0, db.migrations.length, ...all);
  await prepareDatabase(db, NOW);
  expect(await rows(db, 'select from migration')).toHaveLength(migrations.length);
  for (const [table] of OLD) expect([table, (await rows(db, `select from ${table}`)).length]).toEqual([table, 1]);
  // What is new knows what was there before.
  for (const q of ['미나', 'mina@ex', 'MIN']) expect([q, (await listPeople(db, { q }, { limit: 10, after: null })).map(({ id }) => id)]).toEqual([q, [PERSON]]);
  expect(await rows(db, 'select l.name from person_name as l')).toEqual([{ name: '김미나' }]);
  expect(await rows(db, 'select c.draft_unfinished as unfinished from campaign as c')).toEqual([{ unfinished: false }]);
  // A second start changes nothing.
  await prepareDatabase(db, NOW);
  expect(await rows(db, 'select from migration')).toHaveLength(migrations.length);
});

test('it has the columns and indexes of a fresh one', async () => {
  const shape = `
    select c.table_name || '.' || c.column_name || ' ' || c.data_type as place from information_schema.columns as c where c.table_schema = 'public' and c.table_name !~ '_20\\d\\d_\\d\\d$'
    union all select i.indexdef from pg_indexes as i where i.schemaname = 'public' and i.tablename !~ '_20\\d\\d_\\d\\d$' order by 1`;
  const fresh = await createTestDatabase();
  try {
    expect(await rows(db, shape)).toEqual(await rows(fresh.db, shape));
  } finally {
    await fresh.drop();
  }
});
