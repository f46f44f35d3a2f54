import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readInFull } from '../../src/analytics/verdicts/reads/accounts.read.js';
import { foldMarks } from '../../src/analytics/store/fold.store.js';
import { takeMarks, whomMarksMean } from '../../src/analytics/store/marks.store.js';
import { newId } from '../../src/kernel/ids.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

const [a, b, edited, resting] = [newId(), newId(), newId(), newId()];
const [p1, p2, p3, stranger] = [newId(), newId(), newId(), newId()];
const people = [p1, p2, p3];

const mark = (campaignId: string | null, personIds: string[], more: { reads?: string[]; deliveryIds?: string[] } = {}) =>
  rows(database.db, 'insert into result_mark (campaign_id, person_ids, reads, delivery_ids, people) values ($1, $2, $3, $4, $5)', [campaignId, personIds, more.reads ?? null, more.deliveryIds ?? [], personIds.length + (more.deliveryIds?.length ?? 0)]);
const marks = (folded: boolean) => rows<{ campaign: string | null; people: string[]; named: number }>(database.db, 'select m.campaign_id as campaign, m.person_ids as people, m.people as named from result_mark as m where m.folded = $1 order by m.campaign_id', [folded]);
const fold = (least: number) => inTransaction(database.db, (tx) => foldMarks(tx, least, [resting]));

test('marks that name more people than a round counts are put together, each person once a campaign, and worked off before more are', async () => {
  await rows(database.db, `insert into result_person (campaign_id, person_id, cells) select c, p, '{}' from unnest($1::uuid[]) as c cross join unnest($2::uuid[]) as p`, [[a, b], [p1, p2]]);
  await rows(database.db, `insert into result_reads (version_id, campaign_id, reads) values ($1, $2, '{Order}')`, [newId(), b]);
  const deliveryId = newId();
  await rows(database.db, `
    insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, topic, state, due_at, queued_at) values ($1, $2, $3, $4, 'hello', $5, 'email', 'A', 'news', 'queued', now(), now())`, [deliveryId, p3, a, newId(), newId()]);
  await rows(database.db, 'delete from result_mark');
  await mark(a, [p1]);
  await mark(a, [p1, p2]);
  await mark(null, [], { deliveryIds: [deliveryId] });
  await mark(null, [p2, stranger], { reads: ['Order', 'Other'] });
  await mark(null, [p1], { reads: ['Nothing anybody reads'] });
  await mark(edited, []);
  await mark(resting, people);

  expect(await fold(100)).toBe('none');
  expect(await marks(true)).toEqual([]);

  expect(await fold(4)).toBe('made');
  const byCampaign = [{ campaign: a, people: people.toSorted(), named: 3 }, { campaign: b, people: [p2], named: 1 }, { campaign: edited, people: [], named: 0 }];
  expect(await marks(true)).toEqual(byCampaign.toSorted((one, other) => (one.campaign < other.campaign ? -1 : 1)));
  expect(await marks(false)).toEqual([{ campaign: resting, people, named: 3 }]);

  // What comes meanwhile waits until they are worked off.
  for (let time = 0; time < 3; time += 1) await mark(a, [p1, p2]);
  expect(await fold(4)).toBe('kept');
  expect(await marks(true)).toHaveLength(3);
  const taken = await inTransaction(database.db, async (tx) => whomMarksMean(tx, (await takeMarks(tx, 100, { except: [resting], folded: true })).marks));
  expect(taken).toEqual(new Map([[a, new Set(people)], [b, new Set([p2])], [edited, new Set()]]));
  expect(await fold(4)).toBe('made');
  expect(await marks(true)).toEqual([{ campaign: a, people: [p1, p2].toSorted(), named: 2 }]);

  // Everybody who is named by news alone, in all campaigns with a part of theirs.
  await rows(database.db, 'delete from result_mark');
  for (let time = 0; time < 3; time += 1) await mark(null, [p1, p2]);
  expect(await fold(4)).toBe('made');
  expect(await marks(true)).toEqual([a, b].toSorted().map((campaign) => ({ campaign, people: [p1, p2].toSorted(), named: 2 })));
});

test('reading all rows in full leaves the settings of the planner as the operator has them', async () => {
  const settings = (tx: Parameters<typeof rows>[0]) => rows<{ scan: string; merge: string }>(tx, `select current_setting('enable_indexscan') as scan, current_setting('enable_mergejoin') as merge`);
  const seen = await inTransaction(database.db, async (tx) => {
    await rows(tx, 'set local enable_mergejoin = off');
    return [await readInFull(tx, () => settings(tx)), await settings(tx)];
  });
  expect(seen).toEqual([[{ scan: 'off', merge: 'off' }], [{ scan: 'on', merge: 'off' }]]);
});
